"""Columns of a table as checked numbers."""

import re

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, shown


def row_name(runs, position):
    """How a message names a row: its label and, where there is one, the run's name."""
    name = f" ({runs['run'].iloc[position]})" if "run" in runs.columns else ""
    return f"row {runs.index[position]}{name}"


def check_present(runs, column, mend):
    """Refuse a column with a missing value, by its row."""
    missing = runs[column].isna().to_numpy()
    if missing.any():
        raise InputError(
            f"{row_name(runs, int(missing.argmax()))}: {column} is missing; {mend} or leave the row out"
        )


def _float(cell):
    """A cell as a float, NaN where it is none."""
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def _spoken(cell):
    """The number that a cell such as 12,000,000 or 12M means, or None."""
    found = (
        re.fullmatch(
            r"\s*(-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*([kmbt]?)\s*", cell, re.IGNORECASE
        )
        if isinstance(cell, str)
        else None
    )
    return (
        found
        and float(found[1].replace(",", ""))
        * {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}[found[2].lower()]
    )


def numbers(runs, column):
    """A column as float64, refusing text and missing values by row."""
    if column not in runs.columns:
        raise InputError(
            f"the runs have no column {column!r}{meant(column, runs.columns)}; name one of {shown(runs.columns)}"
        )
    values = np.array([_float(cell) for cell in runs[column]])
    bad = ~np.isfinite(values)
    if bad.any():
        at = int(bad.argmax())
        cell = runs[column].iloc[at]
        plain = _spoken(cell)
        mend = (
            "give a finite number"
            if plain is None
            else f"write it without commas or letters, as {plain:.15g},"
        )
        raise InputError(
            f"{row_name(runs, at)}: {column} is {(repr(cell) if isinstance(cell, str) else str(cell))[:60]}; {mend} or leave the row out"
        )
    return values


def positive(runs, column):
    """A column of positive numbers as float64."""
    values = numbers(runs, column)
    if (values <= 0).any():
        at = int((values <= 0).argmax())
        raise InputError(
            f"{row_name(runs, at)}: {column} is {values[at]:g}; give a positive number or leave the row out"
        )
    return values


def vector(runs, name):
    """Columns name_0, name_1, ... as one array (runs, pieces)."""
    count = 0
    while f"{name}_{count}" in runs:
        count += 1
    if not count:
        raise InputError(
            f"the runs have no column {name}_0; {name} is one number or more a run, in columns {name}_0, {name}_1, ..."
        )
    return np.stack(
        [
            numbers(runs, f"{name}_{i}")
            if isinstance(runs, pd.DataFrame)
            else np.asarray(runs[f"{name}_{i}"], float)
            for i in range(count)
        ],
        axis=-1,
    )


def spread(name, values):
    """The columns name_0, name_1, ... of an array (runs, pieces)."""
    return {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
