"""Minima of curves on a grid, and quantiles of values that may be infinite."""

from collections.abc import Sequence

import numpy as np

_FLAT = 1e-9  # relative variation along a path below which a curve is flat


def row_minima(log_m: np.ndarray, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find where each row is lowest, by a parabola through the lowest point and its neighbors.

    Parameters
    ----------
    log_m : np.ndarray
        Log tokens per parameter along the path, evenly spaced, shape (points,).
    cost : np.ndarray
        Costs, shape (draws, points); inf where there is none.

    Returns
    -------
    position : np.ndarray
        Log tokens per parameter of the minimum, shape (draws,): -inf at the first point, inf at
        the last, where there is no minimum, and NaN where the row is flat.
    minimum : np.ndarray
        The minimum, shape (draws,).
    """
    lowest, last, rows = cost.argmin(axis=1), cost.shape[1] - 1, np.arange(len(cost))
    middle = np.clip(lowest, 1, last - 1)
    left, center, right = (cost[rows, middle + i] for i in (-1, 0, 1))
    interior = (lowest > 0) & (lowest < last)
    with np.errstate(all="ignore"):
        convex = interior & (left + right > 2 * center) & np.isfinite(left + right)
        step = np.where(convex, 0.5 * (left - right) / (left - 2 * center + right), 0.0)
        at_grid = cost[rows, lowest]
        minimum = np.where(step != 0, center - 0.25 * (left - right) * step, at_grid)
        position = np.where(
            interior,
            log_m[middle] + step * (log_m[1] - log_m[0]),
            np.where(lowest == 0, -np.inf, np.inf),
        )
        flat = cost.max(axis=1) - at_grid <= _FLAT * np.abs(at_grid)
    return np.where(flat | ~np.isfinite(minimum), np.nan, position), minimum


def finite_quantiles(values: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Compute quantiles of values that may be infinite; NaN where the quantile is infinite.

    Parameters
    ----------
    values : np.ndarray
        Values, shape (draws,).
    probabilities : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    np.ndarray
        Shape (probabilities,).
    """
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(values, probabilities)
    return np.where(np.isfinite(quantiles), quantiles, np.nan)
