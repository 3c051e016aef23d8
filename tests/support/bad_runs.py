"""Runs of which tests change a cell, and the form that a refusal must have."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

SIZES = np.geomspace(3e7, 3e9, 16)
TOKENS = SIZES * np.tile([12.0, 20.0, 40.0, 90.0], 4)
LOSS = 1.8 + 400 / SIZES**0.34 + 1200 / TOKENS**0.32
RUNS = pd.DataFrame(
    {
        "run": [f"m{i}" for i in range(16)],
        "corpus": ["c4", "dclm"] * 8,
        "N": SIZES,
        "D": TOKENS,
        "loss": LOSS,
        "error": np.linspace(0.7, 0.4, 16),
    }
)
LAW = "over_training"


def cell(row, column, value):
    """The runs with one cell replaced."""
    runs = RUNS.astype({column: object})
    runs.loc[row, column] = value
    return runs


def check_refused(call, words):
    """Call what must be refused in one printable sentence that holds the words."""
    with pytest.raises(bs.InputError) as caught:
        call()
    text = str(caught.value)
    assert text.isprintable() and all(word in text for word in words), text
