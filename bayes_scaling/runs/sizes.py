"""N, D, C and M: what each is, and how each follows from the others."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.columns import positive_numbers, row_name

SIZES = ("N", "D", "C", "M")

# a column whose largest value is below these is in other units
_SMALLEST = {"N": (1e5, "parameters"), "D": (1e6, "tokens"), "C": (1e10, "FLOPs")}


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
    for key, (smallest, unit) in _SMALLEST.items():
        if key in present and present[key].max() < smallest:
            row = int(present[key].argmax())
            raise InputError(
                f"column {key} is at most {present[key].max():g} ({row_name(table, row)}): "
                f"give {unit} as a count, such as {smallest * 1e4:g}, not in millions or billions"
            )
    for wrong in size_contradictions(present, max_factor):
        raise InputError(
            f"{row_name(table, wrong.row)}: {wrong.column} is {wrong.given:g} "
            f"but {wrong.formula} is {wrong.value:g}; "
            f"give {wrong.column} in {wrong.unit}, or leave the column out"
        )
    return derive_sizes(present)
