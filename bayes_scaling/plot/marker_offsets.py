"""Horizontal offsets that keep the markers of neighboring targets apart."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

MANY_MARKERS = 12  # above this number, markers are smaller and stay where they are
_MIN_DISTANCE = 11  # points between two markers


def offset_transforms(
    ax: "Axes", marks: pd.DataFrame, distance: float = _MIN_DISTANCE
) -> list["Transform"]:
    """A transform for each marker: that of the data, shifted by a few points where markers overlap.

    ``marks`` has the columns x, lower, upper and measured; ``distance`` is in points.
    """
    from matplotlib.transforms import ScaledTranslation

    x, points = marks["x"].to_numpy(float), 72 / ax.figure.dpi
    for name in ("lower", "upper", "measured"):
        # shifted artists do not set the limits of an axis, so that the data has to
        ax.update_datalim(np.column_stack([x, marks[name]]))
    transforms: list[Transform] = [ax.transData] * len(marks)
    if len(marks) > MANY_MARKERS:
        return transforms
    ax.autoscale_view()
    centers = points * ax.transData.transform(np.column_stack([x, np.ones(len(x))]))[:, 0]
    order = np.argsort(centers, kind="stable")
    breaks = np.flatnonzero(np.diff(centers[order]) >= distance) + 1
    for cluster in np.split(order, breaks):
        for j, i in enumerate(cluster):
            middle = centers[cluster].mean() + (j - (len(cluster) - 1) / 2) * distance
            shift = ScaledTranslation(float(middle - centers[i]) / 72, 0, ax.figure.dpi_scale_trans)
            transforms[i] = ax.transData + shift
    return transforms
