"""Columns given other names, with a factor or a logarithm: total_gflops*1e9, log(ppl)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.runs.columns import numbers, positive_numbers
from bayes_scaling.runs.quantities import parse_quantity, read_quantities
from bayes_scaling.runs.sizes import SIZES

_LOG = re.compile(r"log\((?P<column>.+)\)")
_NUMBER = r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_FACTOR = re.compile(rf"(?P<column>.*\S)\s*(?P<sign>[*/])\s*(?P<number>{_NUMBER})")
_COMPLEMENT = re.compile(r"1\s*-\s*(?P<column>.+)")


@dataclass(frozen=True)
class Source:
    """Where a column comes from: another one, times a factor, as its logarithm or 1 minus it."""

    column: str
    factor: float = 1.0
    function: str = ""  # "log" or "1 -"

    def __str__(self) -> str:
        if self.function == "log":
            return f"log({self.column})"
        if self.function == "1 -":
            return f"1 - {self.column}"
        return self.column if self.factor == 1 else f"{self.column}*{self.factor:g}"

    @property
    def is_plain(self) -> bool:
        """Whether the values are those of the column."""
        return self.factor == 1 and not self.function


def parse_source(text: str, columns: pd.Index) -> Source:
    """Read ``column``, ``column*1e9``, ``column/8``, ``log(column)`` or ``1 - column``.

    Parameters
    ----------
    text : str
        The name of a column, which comes first, or one of these.
    columns : Index
        The columns there are.
    """
    if text in columns:
        return Source(text)
    if (found := _LOG.fullmatch(text)) is not None:
        return Source(found["column"].strip(), function="log")
    if (found := _COMPLEMENT.fullmatch(text)) is not None:
        return Source(found["column"].strip(), function="1 -")
    if (found := _FACTOR.fullmatch(text)) is not None:
        number = float(found["number"])
        if number > 0:
            return Source(found["column"], number if found["sign"] == "*" else 1 / number)
    return Source(text)


def is_expression(text: str) -> bool:
    """Whether a source computes with a column."""
    return any(pattern.fullmatch(text) for pattern in (_LOG, _COMPLEMENT, _FACTOR))


def rename_columns(
    runs: pd.DataFrame, columns: Mapping[str, str | float], label: str
) -> pd.DataFrame:
    """Copy columns to the names that they have here.

    Parameters
    ----------
    runs : DataFrame
        The table, with columns of unique names.
    columns : mapping
        {name here: source}, as ``parse_source`` reads it.
    label : str
        What the table is called in messages.

    Raises
    ------
    InputError
        A column does not exist, or is named for two of them.
    """
    sources: dict[str, Source] = {}
    numbers_of_all: dict[str, Any] = {
        name: given
        for name, given in columns.items()
        if _is_number(given) and isinstance(name, str)
    }
    for name, given in columns.items():
        if name in numbers_of_all:
            continue
        if not isinstance(name, str) or not name.strip():
            raise InputError(f"columns names {name!r}; give the name of a column as text")
        if not isinstance(given, str):
            raise InputError(
                f"columns[{name!r}] is {repr(given)[:40]}; give the name of a column as text"
            )
        source = parse_source(given, runs.columns)
        constant = parse_quantity(given, name) if name in SIZES else None
        if source.column not in runs.columns and constant is not None:
            numbers_of_all[name] = constant
            continue
        if source.column not in runs.columns:
            raise InputError(
                f"{label} has no column {source.column!r}"
                f"{did_you_mean(source.column, runs.columns)}; it has {shorten_list(runs.columns)}"
            )
        twice = next((key for key, one in sources.items() if one == source), None)
        is_other_size = name in SIZES and source.column in SIZES and source.is_plain
        if is_other_size and source.column not in (name, *columns):
            twice = source.column
        if twice is not None:
            raise InputError(
                f"{twice} and {name} are both the column {given!r}; give each a column of its own"
            )
        sources[name] = source
    values = {name: _values(runs, name, one) for name, one in sources.items()}
    return runs.assign(**numbers_of_all, **values)


def _is_number(given: object) -> bool:
    """Whether a source is one number for every row."""
    return isinstance(given, int | float) and not isinstance(given, bool)


def _values(runs: pd.DataFrame, name: str, source: Source) -> "pd.Series | np.ndarray":
    """The values of a source."""
    cells = runs[source.column]
    if source.is_plain:
        return cells
    if source.function == "log":
        return np.log(positive_numbers(runs, source.column))
    if name in SIZES:
        cells, _ = read_quantities(cells, name)
        runs = runs.assign(**{source.column: cells})
    values = numbers(runs, source.column)
    return 1 - values if source.function == "1 -" else values * source.factor
