"""Panels of a calibration figure: coverage of intervals, histogram of the PIT."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.plot.style import INK, LIGHT_GRAY
from bayes_scaling.validation.scores import clustered_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GRID = np.linspace(0.05, 0.95, 19)  # nominal probabilities of central intervals


def coverage(pit: Any, clusters: Any) -> np.ndarray:
    """Actual coverage of central intervals at each probability of GRID, with standard errors.

    Parameters
    ----------
    pit : array of float
        PIT of each forecast.
    clusters : array of int
        Cluster of each forecast; forecasts of one cluster count as dependent.

    Returns
    -------
    ndarray
        Coverages and their standard errors, with shape (2, probabilities).
    """
    inside = np.abs(np.asarray(pit)[:, None] - 0.5) <= GRID / 2
    return np.array([clustered_mean(column, clusters) for column in inside.T]).T


def set_up_coverage(ax: "Axes", title: str) -> None:
    """Draw the diagonal and set the labels of a coverage panel."""
    ax.plot([0, 1], [0, 1], color=LIGHT_GRAY, lw=1, zorder=1, label="as it should be")
    ax.set(
        xlim=(0, 1),
        ylim=(0, 1.02),
        xlabel="nominal probability",
        ylabel="fraction of observed values inside",
    )
    ax.set_title(title, parse_math=False)


def draw_coverage(
    ax: "Axes", pit: np.ndarray, clusters: np.ndarray, look: tuple[str, Any, str], label: str
) -> None:
    """Draw the actual coverage with two standard errors."""
    color, dash, marker = look
    actual, error = coverage(pit, clusters)
    ax.plot(GRID, actual, ls=dash, marker=marker, ms=3.5, color=color, lw=1.4, label=label)
    ax.fill_between(GRID, actual - 2 * error, actual + 2 * error, color=color, alpha=0.12, lw=0)


def draw_histogram(
    ax: "Axes", pit: np.ndarray, clusters: np.ndarray, bins: int, color: str
) -> None:
    """Draw the density of the PIT with two standard errors; 1 everywhere is calibrated."""
    edges = np.linspace(0, 1, bins + 1)
    index = np.minimum((pit * bins).astype(int), bins - 1)
    height, error = np.array([clustered_mean(index == i, clusters) for i in range(bins)]).T * bins
    ax.bar(edges[:-1], height, width=1 / bins, align="edge", color=color, alpha=0.35, lw=0)
    centers = edges[:-1] + 0.5 / bins
    ax.errorbar(centers, height, yerr=2 * error, fmt="none", ecolor=INK, lw=0.9)
    ax.axhline(1, color=LIGHT_GRAY, lw=1)
    ax.set(xlim=(0, 1), ylim=(0, None), xticks=[0, 0.5, 1])
    ax.set(xlabel="PIT", ylabel="density")
