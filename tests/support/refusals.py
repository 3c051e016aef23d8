"""A small table of runs, and the form that every InputError must have."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

RUNS = pd.DataFrame(
    {
        "run": [f"r{i}" for i in range(12)],
        "N": [1e7, 2e7, 4e7, 8e7] * 3,
        "D": np.repeat([2e8, 1e9, 5e9], 4),
        "loss": [4.5, 4.2, 4.0, 3.8, 4.1, 3.8, 3.6, 3.4, 3.9, 3.6, 3.3, 3.1],
        "error": np.linspace(0.8, 0.69, 12),
    }
)
CSV = RUNS.to_csv(index=False).encode()


def changed(row, column, value):
    """The table with one cell replaced."""
    runs = RUNS.astype({column: object})
    runs.loc[row, column] = value
    return runs


def refused(*words):
    """A context in which an InputError of one line that holds the words must be raised."""

    def check(error):
        text = str(error)
        return (
            isinstance(error, ValueError)
            and "\n" not in text
            and all(word in text for word in words)
        )

    return pytest.raises(bs.InputError, check=check)
