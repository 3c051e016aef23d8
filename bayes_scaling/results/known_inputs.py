"""Inputs that targets may leave out, because the training runs determine them.

A law or its likelihood may need a number of each run that is not forecast, such as a chance level
or a number of items. Targets without it take it from the training runs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.law.law import Law

COUNTS = ("items", "passes", "k")  # whole numbers among what likelihoods read


def with_constants(to: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Add inputs that were given as one number for all runs, where targets lack them."""
    constants = {
        name: float(value)
        for name, value in columns.items()
        if not isinstance(value, str) and name not in to
    }
    return to.assign(**constants)


def mean_row(law: Law, ref: Mapping[str, float]) -> dict[str, Any]:
    """What a law's likelihood reads of a run, as it is in the mean training run."""
    return {
        name: np.round(ref[name]) if name in COUNTS else ref[name]
        for name in law.noise.reads_of_targets
    }
