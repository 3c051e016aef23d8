"""A law's inputs at targets of a forecast."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.inference.input_checks import check_sign
from bayes_scaling.law.law import Law
from bayes_scaling.runs.columns import numbers, stack_columns
from bayes_scaling.runs.sizes import SIZES


def inputs_at(law: Law, to: pd.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Read some of a law's inputs at targets.

    Parameters
    ----------
    law : Law
        The law.
    to : pd.DataFrame
        Targets.
    names : iterable of str
        Which inputs: those that the law knows of every run may be left out.

    Returns
    -------
    dict of str to np.ndarray
        (1, targets) each; (1, targets, pieces) of a vector.
    """
    x = {
        name: (stack_columns if name in law.vectors else numbers)(to, name)[None] for name in names
    }
    check_sign(law, to, x, target=True)
    return x


def check_inputs(law: Law, to: pd.DataFrame) -> None:
    """Refuse targets that lack an input of the law."""
    for name in law.inputs:
        if (f"{name}_0" if name in law.vectors else name) not in to.columns:
            has = f"have {to.columns[0]} alone" if len(to.columns) == 1 else f"have no {name}"
            raise InputError(
                f"the targets {has}; {law.name} needs {', '.join(law.inputs)}"
                + (": give two of N, D, C, M, such as N and D" if name in SIZES else "")
            )
