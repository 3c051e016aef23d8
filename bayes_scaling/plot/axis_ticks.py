"""Ticks of axes: numbers that do not overlap, under the lowest panel of each column of a grid."""

from typing import Any

import numpy as np

_MOST = {"x": 6, "y": 10}  # labels of an axis that are not all powers of ten


def label_lowest_panels(grid: np.ndarray) -> None:
    """Show x tick labels under the last visible panel in each column of a grid."""
    for column in grid.T:
        visible = [ax for ax in column if ax.get_visible()]
        if visible:
            visible[-1].xaxis.set_tick_params(labelbottom=True)


def space_log_ticks(*axes: Any) -> None:
    """Label log axes, such as ``ax.xaxis``, at round numbers that are far enough apart."""
    from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

    from bayes_scaling.plot.log_ticks import SpacedLocator, label, round_numbers

    for axis in axes:
        most = _MOST[axis.axis_name]
        axis.set_major_locator(
            SpacedLocator(lambda low, high, most=most: round_numbers(low, high, most))
        )
        axis.set_major_formatter(FuncFormatter(lambda value, _: label(value)))
        axis.set_minor_formatter(NullFormatter())
        if axis.axis_name == "y":
            axis.set_minor_locator(NullLocator())
