"""Intervals and moments of draws."""

import numpy as np


def interval(draws: np.ndarray, prob: float, kind: str = "eti") -> np.ndarray:
    """Lower and upper ends of an interval over the first axis.

    Parameters
    ----------
    draws : numpy.ndarray
        Draws, shape (draws, ...).
    prob : float
        Probability inside the interval.
    kind : {"eti", "hdi"}
        Central, or of highest density.

    Returns
    -------
    numpy.ndarray
        The ends, shape (2, ...).
    """
    if kind == "eti":
        return np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    ordered = np.sort(draws, axis=0)
    inside = int(np.ceil(prob * len(ordered)))
    widths = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    first = widths.argmin(axis=0)[None]
    return np.concatenate(
        [np.take_along_axis(ordered, first, 0), np.take_along_axis(ordered, first + inside - 1, 0)]
    )
