"""How groups are usually ranked: at the largest size alone, or by a least-squares law for each."""

from collections.abc import Callable

import numpy as np
import pandas as pd

_FLOORS = np.concatenate([[0.0], np.linspace(0.02, 0.98, 49), [0.99, 0.995]])  # of the smallest


def largest_size(log_c: np.ndarray, y: np.ndarray, at: float) -> float:
    """Mean outcome of the runs of largest compute."""
    return float(y[log_c >= log_c.max() - 0.1].mean())


def two_parameters(log_c: np.ndarray, y: np.ndarray, at: float) -> float:
    """Least-squares power law A C^-alpha of the log of the outcome."""
    return _power_law(log_c, y, at, 0.0)[0]


def three_parameters(log_c: np.ndarray, y: np.ndarray, at: float) -> float:
    """Least-squares power law with a floor, E + A C^-alpha, over a grid of floors."""
    if len(np.unique(log_c)) < 3:
        return largest_size(log_c, y, at)
    tried = [_power_law(log_c, y, at, share * y.min()) for share in _FLOORS]
    return min(tried, key=lambda one: one[1])[0]


def _power_law(log_c: np.ndarray, y: np.ndarray, at: float, floor: float) -> tuple[float, float]:
    """Outcome at ``at`` and the sum of squared errors of a power law above a floor."""
    if len(np.unique(log_c)) < 2:
        return float(y.mean()), 0.0
    slope, level = np.polyfit(log_c, np.log(y - floor), 1)
    error = floor + np.exp(level + slope * log_c) - y
    return float(floor + np.exp(level + slope * at)), float((error**2).sum())


RULES: dict[str, Callable[[np.ndarray, np.ndarray, float], float]] = {
    "largest size": largest_size,
    "2 parameters": two_parameters,
    "3 parameters": three_parameters,
}


def forecasts_of_rule(
    rule: str, train: pd.DataFrame, y: str, group: str, groups: list, at: float
) -> np.ndarray:
    """Outcome of each group at a log compute, by a rule; NaN where outcomes are not positive.

    Parameters
    ----------
    rule : str
        One of ``RULES``.
    train : pd.DataFrame
        The runs, with C.
    y, group : str
        Columns of the outcome and of the group.
    groups : list
        The groups.
    at : float
        Log compute of the target.

    Returns
    -------
    np.ndarray (groups,)
    """
    found = []
    for name in groups:
        runs = train[train[group] == name]
        outcome = runs[y].to_numpy(float)
        positive = rule == "largest size" or (len(outcome) and outcome.min() > 0)
        compute = np.log(runs["C"].to_numpy(float))
        found.append(RULES[rule](compute, outcome, at) if len(runs) and positive else np.nan)
    return np.array(found)
