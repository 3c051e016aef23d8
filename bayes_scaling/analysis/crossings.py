"""Where two curves cross along compute, and how much compute makes up for the worse one."""

from collections.abc import Sequence

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.contrast_side import Side

_POINTS = 121  # points along compute at which two curves are compared
_LARGEST_MULTIPLIER = 1e6  # a compute multiplier above this counts as never
_BISECTIONS = 50


def compute_range(
    within: Sequence[float] | None, smallest: float, largest: float
) -> tuple[float, float]:
    """Return the range of compute to search.

    Parameters
    ----------
    within : (smallest, largest) or None
        The range that was given, in FLOPs.
    smallest, largest : float
        The range where none was given, in FLOPs.

    Returns
    -------
    tuple of float

    Raises
    ------
    InputError
        If ``within`` is no pair of positive, increasing numbers.
    """
    try:
        low, high = (float(end) for end in ((smallest, largest) if within is None else within))
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0 < low < high:
        raise InputError(
            f"within is {within!r}; give the smallest and the largest compute, such as (1e19, 1e24)"
        )
    return low, high


def crossing(
    one: Side, two: Side, ratio: float, low: float, high: float, prob: float, better: str
) -> dict[str, float]:
    """Find the compute at which the order of two curves changes.

    If the curves of one draw cross several times the last crossing counts: the order after it
    lasts to the end of the range.

    Parameters
    ----------
    one, two : Side
        The two sides.
    ratio : float
        Tokens per parameter, M, along the path.
    low, high : float
        The range of compute, FLOPs.
    prob : float
        Probability inside the central interval.
    better : str
        "lower" or "higher".

    Returns
    -------
    dict of str to float
        C, lower and upper, FLOPs, over the draws that cross; p_none, the probability of no
        crossing; and p_better_beyond, the probability that ``one`` is better above the crossing.
    """
    log_c = np.linspace(np.log(low), np.log(high), _POINTS)
    compute = np.exp(log_c)[None]
    gap = one.curve_along(compute, ratio) - two.curve_along(compute, ratio)
    changes = np.sign(gap[:, 1:]) != np.sign(gap[:, :-1])
    crosses = changes.any(axis=1)
    row = {
        "C": np.nan,
        "lower": np.nan,
        "upper": np.nan,
        "p_none": float(1 - crosses.mean()),
        "p_better_beyond": np.nan,
    }
    if not crosses.any():
        return row
    last = _POINTS - 2 - changes[crosses][:, ::-1].argmax(axis=1)
    left = np.take_along_axis(gap[crosses], last[:, None], 1)[:, 0]
    right = np.take_along_axis(gap[crosses], last[:, None] + 1, 1)[:, 0]
    crossover = np.exp(log_c[last] + (log_c[1] - log_c[0]) * left / (left - right))
    ends = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    row["lower"], row["C"], row["upper"] = np.quantile(crossover, ends)
    row["p_better_beyond"] = float(((right < 0) == (better == "lower")).mean())
    return row


def multiplier(
    worse: Side, goal: np.ndarray, compute: float, ratio: float, better: str
) -> np.ndarray:
    """Find how many times the compute the worse side needs to reach a goal, by bisection.

    Parameters
    ----------
    worse : Side
        The worse side.
    goal : np.ndarray
        The better side's curve at ``compute``, shape (draws,).
    compute : float
        Compute of the better side, FLOPs.
    ratio : float
        Tokens per parameter, M, along the path.
    better : str
        "lower" or "higher".

    Returns
    -------
    np.ndarray
        The multiplier of each draw, shape (draws,); inf above a million.
    """
    sign = 1.0 if better == "lower" else -1.0

    def falls_short(log_c: np.ndarray) -> np.ndarray:
        return sign * (worse.curve_along(np.exp(log_c)[:, None], ratio)[:, 0] - goal) > 0

    low = np.full(len(goal), np.log(compute / _LARGEST_MULTIPLIER))
    high = np.full(len(goal), np.log(compute * _LARGEST_MULTIPLIER))
    never = falls_short(high)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        short = falls_short(middle)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.where(never, np.inf, np.exp(high) / compute)
