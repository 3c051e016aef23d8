"""N, D, C and M: what each is, and how each follows from the others."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.columns import positive_numbers, row_name

SIZES = ("N", "D", "C", "M")

UNITS = {"N": "parameters", "D": "tokens", "C": "FLOPs"}
# a column whose largest value is below these is in other units
SMALLEST = {"N": 1e5, "D": 1e6, "C": 1e10}
# and a row whose value is outside these
_RANGE = {"N": (1e4, 1e15), "D": (5e3, 1e19), "C": (1e9, 1e33)}


class SizeContradiction(NamedTuple):
    """A row whose C or M contradicts its N and D."""

    column: str
    formula: str
    unit: str
    row: int
    given: float
    value: float


def derive_sizes(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Add what follows from C = 6 N D and M = D / N, as floats; works on arrays of any kind."""
    x = dict(inputs)

    def has(*keys: str) -> bool:
        return all(key in x for key in keys)

    if "D" not in x and has("N", "M"):
        x["D"] = x["N"] * x["M"]
    if "D" not in x and has("N", "C"):
        x["D"] = x["C"] / (6.0 * x["N"])
    if "N" not in x and has("D", "M"):
        x["N"] = x["D"] / x["M"]
    if "N" not in x and has("D", "C"):
        x["N"] = x["C"] / (6.0 * x["D"])
    if "N" not in x and has("C", "M"):
        x["N"] = (x["C"] / (6.0 * x["M"])) ** 0.5
        x.setdefault("D", x["N"] * x["M"])
    if has("N", "D"):
        x.setdefault("C", 6.0 * x["N"] * x["D"])
        x.setdefault("M", x["D"] / x["N"])
    return x


def size_contradictions(
    sizes: Mapping[str, NDArray[np.float64]], factor: float
) -> Iterator[SizeContradiction]:
    """The worst row of C, and of M, that is off 6 N D, or D / N, by more than a factor."""
    if not {"N", "D"} <= sizes.keys():
        return
    for column, formula, unit, value in (
        ("C", "6 N D", "FLOPs", 6.0 * sizes["N"] * sizes["D"]),
        ("M", "D / N", "tokens per parameter", sizes["D"] / sizes["N"]),
    ):
        given = sizes.get(column, value)
        error = np.abs(np.log(given / value))
        row = int(error.argmax())
        if error[row] > np.log(factor):
            yield SizeContradiction(column, formula, unit, row, given[row], value[row])


def check_sizes(table: pd.DataFrame, max_factor: float) -> dict[str, NDArray[np.float64]]:
    """N, D, C, M of a table, with those that follow from the others.

    Parameters
    ----------
    table : DataFrame
        Has any of the columns N (parameters), D (tokens), C (FLOPs), M (tokens per parameter).
    max_factor : float
        How far C may be off 6 N D, and M off D / N.

    Returns
    -------
    dict
        Column name -> values of all rows.

    Raises
    ------
    InputError
        A value is not a positive number, a column is in other units, or sizes contradict.
    """
    present = {key: positive_numbers(table, key) for key in SIZES if key in table.columns}
    for key in UNITS:
        if key in present:
            _check_unit(table, key, present[key])
    for wrong in size_contradictions(present, max_factor):
        raise InputError(
            f"{row_name(table, wrong.row)}: {wrong.column} is {wrong.given:g} "
            f"but {wrong.formula} is {wrong.value:g}; "
            f"give {wrong.column} in {wrong.unit}, or leave the column out"
        )
    for key in UNITS:
        if key in present and (key != "D" or len(present) > 1):  # D alone may count examples
            _check_rows(table, key, present[key])
    sizes = derive_sizes(present)
    for key in UNITS:
        if key in sizes and key not in present:
            _check_derived(table, key, present, sizes[key])
    return sizes


def _check_unit(table: pd.DataFrame, key: str, values: NDArray[np.float64]) -> None:
    """Refuse a column whose largest value is in other units."""
    smallest, unit = SMALLEST[key], UNITS[key]
    if values.max() < smallest:
        raise InputError(
            f"column {key} is at most {values.max():g} ({row_name(table, values.argmax())}): "
            f"give {unit} as a count, such as {smallest * 1e4:g}, not in millions or billions"
        )


def _check_rows(table: pd.DataFrame, key: str, values: NDArray[np.float64]) -> None:
    """Refuse a row that is in other units than the rest."""
    low, high = _RANGE[key]
    outside = (values < low) | (values > high)
    if outside.any():
        row, unit = int(outside.argmax()), UNITS[key]
        raise InputError(
            f"{row_name(table, row)}: column {key} is {values[row]:g}, which no run has; give "
            f"{unit} as a count in every row, or leave the row out"
        )


def _check_derived(
    table: pd.DataFrame,
    key: str,
    present: Mapping[str, NDArray[np.float64]],
    values: NDArray[np.float64],
) -> None:
    """Refuse sizes from which another follows that no run has."""
    high = _RANGE[key][1]
    outside = (values < SMALLEST[key] / 10) | (values > high)
    small = values.max() < SMALLEST[key]
    if not small and not outside.any():
        return
    row = int(values.argmax() if small else outside.argmax())
    cause = next((name for name in ("C", "M") if name in present), "N")
    names = " and ".join(name for name in present if name != cause)
    unit = "FLOPs as a count, not in GFLOPs or PF-days" if cause == "C" else "numbers as counts"
    raise InputError(
        f"column {cause} does not fit {names}: {cause} is {present[cause][row]:g} and "
        f"{key} would be {values[row]:g} {UNITS[key]} ({row_name(table, row)}); give {unit}"
    )
