"""FLOPs counted by another convention, brought to 6 N D."""

import math
from typing import Any

import pandas as pd

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.columns import positive_numbers

STANDARD = 6.0  # FLOPs per parameter and token, forward and backward


def check_flops_per_nd(value: Any) -> None:
    """Refuse a convention that is no positive number, or none that counts training FLOPs."""
    if value is None:
        return
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not 0.5 <= value <= 100:
        raise InputError(
            f"flops_per_nd is {value!r}; give the FLOPs per parameter and token, such as 6 or 2"
        )


def in_six_nd(table: pd.DataFrame, flops_per_nd: float | None) -> pd.DataFrame:
    """The table with C in FLOPs by 6 N D.

    Parameters
    ----------
    table : DataFrame
        Runs or targets; one without C stays as it is.
    flops_per_nd : float or None
        FLOPs per parameter and token by which its C is counted.
    """
    if "C" not in table.columns or flops_per_nd in (None, STANDARD):
        return table
    return table.assign(C=positive_numbers(table, "C") * (STANDARD / flops_per_nd))


def convention_notices(table: pd.DataFrame) -> list[str]:
    """The notice of a table in which C determines N or D, by 6 N D.

    Parameters
    ----------
    table : DataFrame
        Runs with the sizes that were given.
    """
    given = [name for name in ("N", "D", "M") if name in table.columns]
    if "C" not in table.columns or given not in (["N"], ["D"]):  # laws of C and M need no other
        return []
    found = "D" if given[0] == "N" else "N"
    convention = option("flops-per-nd", "8", "load_runs(..., flops_per_nd=8)")
    return [
        f"{found} follows from the column C by C = 6 N D; where your FLOPs are counted otherwise"
        f" (attention, embeddings, recomputed activations), state how, as in {convention}"
    ]
