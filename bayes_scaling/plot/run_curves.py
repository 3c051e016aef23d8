"""The law at the tokens per parameter of the runs, so that a misfit shows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayes_scaling.plot.ratio_shades import round_ratio
from bayes_scaling.plot.style import GRAY
from bayes_scaling.runs.sizes import derive_sizes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAX_CURVES = 10  # values of tokens per parameter; more would hide the runs
_POINTS = 15


def draw_run_curves(
    ax: "Axes", runs: pd.DataFrame, draws_of: Callable[[pd.DataFrame], np.ndarray]
) -> None:
    """Draw a thin curve through the runs of each M, where there are some runs of each.

    ``draws_of`` gives draws of the law's curve, shape (draws, rows), at a table of N, D, C and M.
    """
    if not {"C", "M"} <= set(runs.columns):
        return
    groups = [(M, part) for M, part in runs.groupby(runs["M"].map(round_ratio)) if len(part) > 1]
    if not 1 < len(groups) <= _MAX_CURVES:
        return
    label: str | None = "law at the M of runs"
    for _, part in groups:
        compute = np.geomspace(part["C"].min(), part["C"].max(), _POINTS)
        # the runs' own M: rounded sizes give nearly, and not quite, the same
        ratio = np.full(_POINTS, np.exp(np.log(part["M"]).mean()))
        median = np.median(draws_of(pd.DataFrame(derive_sizes({"C": compute, "M": ratio}))), axis=0)
        ax.plot(compute, median, color=GRAY, lw=0.7, zorder=1.5, label=label)
        label = None
