"""Ticks of axes: plain numbers on log axes, numbers under the lowest panel of each column."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def label_lowest_panels(grid: np.ndarray) -> None:
    """Show x tick labels under the last visible panel in each column of a grid."""
    for column in grid.T:
        visible = [ax for ax in column if ax.get_visible()]
        if visible:
            visible[-1].xaxis.set_tick_params(labelbottom=True)


def plain_log_ticks(ax: "Axes") -> None:
    """Label a log y axis with plain numbers: 2, 2.5, 3, 4 and not 3 x 10^0.

    An axis too short for three such numbers gets evenly spaced ticks.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    low, high = ax.get_ylim()
    ticks = []
    for steps in ((1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8), (1, 2, 5), (1,)):
        ticks = [
            tick for e in range(-12, 13) for m in steps if low <= (tick := m * 10.0**e) <= high
        ]
        if len(ticks) <= 10:
            break
    ax.yaxis.set_major_locator(FixedLocator(ticks) if len(ticks) > 2 else MaxNLocator(5))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
