"""N, D, C and M: what each is, and how each follows from the others."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.columns import positive, row_name

SIZES = ("N", "D", "C", "M")


_LEAST = {
    "N": (1e5, "parameters"),
    "D": (1e6, "tokens"),
    "C": (1e10, "FLOPs"),
}  # smaller columns are in other units


def derive(x):
    """Add what follows from C = 6 N D and M = D / N, as floats; works on arrays of any kind."""
    x = dict(x)
    has = lambda *keys: all(key in x for key in keys)
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


def _contradictions(sizes, factor):
    """C and M that are off 6 N D and D / N by more than a factor: (key, formula, unit, row, given, value) of the worst row."""
    if {"N", "D"} <= sizes.keys():
        for key, formula, unit, value in (
            ("C", "6 N D", "FLOPs", 6.0 * sizes["N"] * sizes["D"]),
            ("M", "D / N", "tokens per parameter", sizes["D"] / sizes["N"]),
        ):
            off = np.abs(np.log(sizes.get(key, value) / value))
            at = int(off.argmax())
            if off[at] > np.log(factor):
                yield key, formula, unit, at, sizes[key][at], value[at]


def _sizes(table, most):
    """N, D, C, M of a table and what follows from them, refused where units or values can not be or contradict one another by a factor of ``most``."""
    present = {key: positive(table, key) for key in SIZES if key in table.columns}
    for key, (least, unit) in _LEAST.items():
        if key in present and present[key].max() < least:
            raise InputError(
                f"column {key} is at most {present[key].max():g} ({row_name(table, int(present[key].argmax()))}): give {unit} as a count, such as {least * 1e4:g}, not in millions or billions"
            )
    for key, formula, unit, at, given, value in _contradictions(present, most):
        raise InputError(
            f"{row_name(table, at)}: {key} is {given:g} but {formula} is {value:g}; give {key} in {unit}, or leave the column out"
        )
    return derive(present)
