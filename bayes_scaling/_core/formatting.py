"""Numbers and table cells as text."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def format_count(value: float) -> str:
    """A count with its unit: 1.44B, 921B; 7.96e+21 where it is too large for one."""
    value = float(f"{value:.3g}")
    for unit, scale in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
        if scale <= value < 1e15:
            return f"{value / scale:.3g}{unit}"
    return f"{value:.3g}" if value < 1e3 or value >= 1e6 else f"{value:,.0f}"


def describe_run(row: "Mapping[Any, Any] | pd.Series[Any]") -> str:
    """A run by its size: parameters and tokens, or compute, or the inputs it has."""
    if "N" in row and "D" in row:
        return f"{format_count(row['N'])} parameters on {format_count(row['D'])} tokens"
    if "C" in row:
        return f"{row['C']:.3g} FLOPs"
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, int | float) else f"{name} = {value}"
        for name, value in row.items()
    )


def format_to_width(values: Sequence[float] | NDArray[Any], width: float) -> list[str]:
    """Numbers with the digits that an interval of ``width`` needs, and at least four."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    digits = 4
    if width > 0 and largest > 0:
        digits = min(max(4, math.ceil(math.log10(largest / width)) + 2), 12)
    return [f"{value:#.{digits}g}".rstrip(".") for value in values]


def percent(fraction: float) -> str:
    """A fraction in percent, as exactly as it was given."""
    return f"{100 * fraction:g}%"


def has_standard_error(value: float, error: float) -> bool:
    """Whether a mean has a usable standard error: neither missing nor 0."""
    return error > 1e-9 * abs(value)


def format_with_error(value: float, error: float) -> str:
    """A mean with its standard error in parentheses, "-" where it has none.

    It has none from one series, or from values that are all alike.
    """
    if has_standard_error(value, error):
        return f"{value:.3g} ({error:.2g})"
    return f"{value:.3g} (-)"


def format_cell(value: object) -> str:
    """A value as the text of a table's cell."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def format_cells(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """(header, rows) of a DataFrame as texts, without an index that only counts."""
    table = pd.DataFrame(table)
    if not pd.api.types.is_integer_dtype(table.index) or table.index.name is not None:
        table = table.reset_index().rename(columns={"index": ""})
    header = tuple(map(str, table.columns))
    return header, tuple(
        tuple(map(format_cell, row)) for row in table.itertuples(index=False, name=None)
    )
