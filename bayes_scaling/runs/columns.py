"""Columns of a table as checked numbers."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list

_DECIMAL_COMMA = re.compile(r"\s*-?\d{1,3},\d+\s*")
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SHORTHAND = re.compile(
    r"\s*(-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*([kmbt]?)\s*", re.IGNORECASE
)


def row_name(runs: pd.DataFrame, position: int | np.integer[Any]) -> str:
    """A row's name in a message: its label and, where there is one, the run's name."""
    position = int(position)
    name = f" ({runs['run'].iloc[position]})" if "run" in runs.columns else ""
    return f"row {runs.index[position]}{name}"


def check_present(runs: pd.DataFrame, column: str, remedy: str) -> None:
    """Refuse a column with a missing value, and name its row."""
    missing = runs[column].isna().to_numpy()
    if missing.any():
        raise InputError(
            f"{row_name(runs, int(missing.argmax()))}: {column} is missing; "
            f"{remedy} or leave the row out"
        )


def _floats(cells: "pd.Series[Any]") -> NDArray[np.float64]:
    """A column as floats, NaN where a cell is no number."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_complex_dtype(cells):
        return cells.to_numpy(float, na_value=np.nan)
    return np.array([_float(cell) for cell in cells])


def _float(cell: Any) -> float:
    """A cell as a float, NaN where it is no number."""
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def _parse_shorthand(cell: object) -> float | None:
    """The number that a cell such as "12,000,000" or "12M" stands for, or None."""
    match = _SHORTHAND.fullmatch(cell) if isinstance(cell, str) else None
    if match is None:
        return None
    return float(match[1].replace(",", "")) * _UNITS[match[2].lower()]


def numbers(runs: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column as float64; refuse text and missing values, and name the row."""
    if column not in runs.columns:
        raise InputError(
            f"the runs have no column {column!r}{did_you_mean(column, runs.columns)}; "
            f"name one of {shorten_list(runs.columns)}"
        )
    values = _floats(runs[column])
    bad = ~np.isfinite(values)
    if bad.any():
        row = int(bad.argmax())
        cell = runs[column].iloc[row]
        shorthand = _parse_shorthand(cell)
        remedy = "give a finite number"
        if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell):
            remedy = "write a decimal point, or no comma where it separates thousands,"
        elif shorthand is not None:
            remedy = f"write it without commas or letters, as {shorthand:.15g},"
        text = repr(cell) if isinstance(cell, str) else str(cell)
        raise InputError(
            f"{row_name(runs, row)}: {column} is {text[:60]}; {remedy} or leave the row out"
        )
    return values


def positive_numbers(runs: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return a column of positive numbers as float64."""
    values = numbers(runs, column)
    if (values <= 0).any():
        row = int((values <= 0).argmax())
        raise InputError(
            f"{row_name(runs, row)}: {column} is {values[row]:g}; "
            "give a positive number or leave the row out"
        )
    return values


def stack_columns(runs: pd.DataFrame | Mapping[str, Any], name: str) -> NDArray[np.float64]:
    """Columns name_0, name_1, ... as one array (runs, parts)."""
    count = 0
    while f"{name}_{count}" in runs:
        count += 1
    if not count:
        raise InputError(
            f"the runs have no column {name}_0; {name} is one number or more a run, "
            f"in columns {name}_0, {name}_1, ..."
        )
    return np.stack([_values(runs, f"{name}_{i}") for i in range(count)], axis=-1)


def _values(runs: pd.DataFrame | Mapping[str, Any], column: str) -> NDArray[np.float64]:
    """A column of numbers, checked where a table has it."""
    if isinstance(runs, pd.DataFrame):
        return numbers(runs, column)
    return np.asarray(runs[column], float)


def split_columns(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The columns name_0, name_1, ... of an array (runs, parts)."""
    return {f"{name}_{i}": values[:, i] for i in range(values.shape[1])}
