"""Tables of target runs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.sizes import SIZES, _sizes


def as_targets(to):
    """A frame of targets from a frame, a mapping or what ``targets`` made."""
    if isinstance(to, pd.DataFrame):
        return targets(to)
    if isinstance(to := getattr(to, "targets", to), pd.DataFrame):  # what a plan says to train
        return to
    if not isinstance(to, dict):
        raise InputError(
            f"targets are {repr(to)[:80]}; give bayes_scaling.targets(N=[7e9], D=[140e9]) or a DataFrame"
        )
    return targets(**to)


def targets(table=None, /, **columns):
    """Runs to foretell: any two of N, D, C, M, or other inputs of a law by name.

    Parameters
    ----------
    table : DataFrame of targets, whose labels are kept, or {column: values}, to which the columns are added.
    **columns : number, text or list of them; one value stands for every row. N parameters, D tokens, C FLOPs, M tokens per parameter.

    Returns
    -------
    DataFrame with N, D, C, M where they follow, and the other columns as given.

    Raises
    ------
    InputError : nothing given, lengths that do not match, or of N, D, C, M a value that is no positive number, in other units, or more
        than 2% off what the others give.
    """
    if isinstance(table, Mapping):
        table, columns = None, {**table, **columns}
    if isinstance(table, pd.DataFrame):
        try:
            table = table.assign(
                **{
                    name: values.to_numpy() if isinstance(values, pd.Series) else values
                    for name, values in columns.items()
                }
            )
        except ValueError:
            raise InputError(
                f"targets have {len(table)} rows, and one of {', '.join(columns)} has another number of values; give one or {len(table)}"
            ) from None
    if table is None:
        if not columns:
            raise InputError(
                "targets need values; give N and D, such as targets(N=[7e9], D=[140e9])"
            )
        arrays = {
            key: np.atleast_1d(np.asarray(value, dtype=object)) for key, value in columns.items()
        }
        length = max(len(array) for array in arrays.values())
        for key, array in arrays.items():
            if array.ndim > 1:
                raise InputError(
                    f"targets have {array.ndim} dimensions in {key}; give a number or a list of numbers"
                )
            if len(array) not in (1, length):
                raise InputError(
                    f"targets have {length} rows but {key} has {len(array)} values; give one or {length}"
                )
        table = pd.DataFrame(
            {key: np.broadcast_to(array, length) for key, array in arrays.items()}
        ).infer_objects()
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"targets can not be of type {type(table).__name__}; give N and D, such as targets(N=[7e9], D=[140e9]), or a DataFrame"
        )
    if len(table) == 0:
        raise InputError("targets have no rows; give at least one run to foretell")
    full = _sizes(table, most=1.02)  # rounded counts may differ by that; more is a contradiction
    return pd.DataFrame(
        {**full, **{key: table[key].to_numpy() for key in table.columns if key not in SIZES}},
        index=table.index,
    )[[*(key for key in SIZES if key in full), *(key for key in table.columns if key not in SIZES)]]
