"""Compute on the horizontal axis of figures of groups."""

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.crossings import compute_range
from bayes_scaling.law.law import Law
from bayes_scaling.runs.sizes import SIZES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 80


def check_ratio(M: object) -> None:
    """Refuse tokens per parameter that are not a positive number."""
    if isinstance(M, bool) or not isinstance(M, Real) or not 0 < float(M) < np.inf:
        raise InputError(f"M is {M!r}; give tokens per parameter, a positive number such as 20")


def at_ratio(laws: Iterable[Law], M: float) -> str:
    """Name tokens per parameter, " at M = 20", unless all laws are of compute alone."""
    needed = {name for law in laws for name in law.inputs}
    return f" at M = {M:g}" if needed & {"N", "D", "M"} else ""


def training_compute(tables: Iterable[pd.DataFrame]) -> np.ndarray:
    """Compute of all training runs, in FLOPs."""
    found = [table["C"].to_numpy(float) for table in tables if "C" in table.columns]
    if not found:
        raise InputError(
            "this figure has compute on the horizontal axis, and the runs have none; "
            "give runs with N and D"
        )
    return np.concatenate(found)


def compute_limits(sides: Sequence[Side], training: np.ndarray, within: Any) -> tuple[float, float]:
    """Ends of the horizontal axis in FLOPs: ``within``, or up to 100 times the largest run."""
    for part in (part for side in sides for part in side.parts):
        if others := [name for name in part.law.inputs if name not in SIZES]:
            raise InputError(
                f"this figure has compute on the horizontal axis, and {part.law.name} needs "
                f"{', '.join(others)} too; plot from compare(fit, targets)"
            )
    return compute_range(within, training.min(), 100 * training.max())


def mark_training_end(ax: "Axes", training: np.ndarray) -> None:
    """Mark the largest training compute, where extrapolation begins."""
    ax.axvline(training.max(), color="#888888", lw=1, ls=":")
    ax.text(
        training.max(),
        1.0,
        " beyond the runs",
        transform=ax.get_xaxis_transform(),
        fontsize=8,
        color="#666666",
        va="top",
    )
