r"""Scores of forecasts against observed values.

All are proper: no forecast gains by stating other than what it believes.

Draws are (draws, targets), observed values (targets,). Smaller is better for all but the log score.

CRPS (Gneiting and Raftery 2007, doi 10.1198/016214506000001437), without the bias of few draws
(Zamo and Naveau 2018, doi 10.1007/s11004-017-9709-7):

.. math:: \mathrm{CRPS} = E|X - y| - \tfrac12 E|X - X'|

Interval score of the central interval (l, u) of nominal coverage 1 - a:

.. math:: (u - l) + \tfrac2a (l - y)_+ + \tfrac2a (y - u)_+
"""

import numpy as np
from numpy.typing import ArrayLike

PROBS = (0.5, 0.8, 0.9, 0.95)  # of the intervals whose coverage is counted
COVERAGE_COLUMNS = tuple(f"in_{prob:.0%}"[:-1] for prob in PROBS)


def crps(draws: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of each target.

    Parameters
    ----------
    draws : numpy.ndarray (draws, targets)
        Predictive draws, in the outcome's unit.
    observed : numpy.ndarray (targets,)
        Observed values.

    Returns
    -------
    numpy.ndarray (targets,)
        In the outcome's unit.
    """
    ordered, count = np.sort(draws, axis=0), len(draws)
    weight = (2 * np.arange(1, count + 1) - count - 1) / (count * (count - 1))
    return np.abs(draws - observed).mean(axis=0) - weight @ ordered


def interval_score(
    lower: np.ndarray, upper: np.ndarray, observed: np.ndarray, prob: float
) -> np.ndarray:
    """Width of an interval, plus a penalty where it misses the observed value.

    Parameters
    ----------
    lower, upper : numpy.ndarray (targets,)
        Ends of the central intervals.
    observed : numpy.ndarray (targets,)
        Observed values.
    prob : float
        Nominal coverage of the intervals.

    Returns
    -------
    numpy.ndarray (targets,)
        In the outcome's unit.
    """
    return (
        upper
        - lower
        + 2 / (1 - prob) * (np.maximum(lower - observed, 0) + np.maximum(observed - upper, 0))
    )


def pit(draws: np.ndarray, observed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Probability integral transform: the fraction of draws below each observed value.

    Parameters
    ----------
    draws : numpy.ndarray (draws, targets)
        Predictive draws.
    observed : numpy.ndarray (targets,)
        Observed values.
    rng : numpy.random.Generator
        Breaks ties at random.

    Returns
    -------
    numpy.ndarray (targets,)
    """
    return (draws < observed).mean(axis=0) + rng.uniform(size=len(observed)) * (
        draws == observed
    ).mean(axis=0)


def log_score(log_density: np.ndarray) -> np.ndarray:
    """Log of the predictive density at each observed value: the mean over draws of the density.

    Parameters
    ----------
    log_density : numpy.ndarray (draws, targets)
        Log density of each observed value under each draw.

    Returns
    -------
    numpy.ndarray (targets,)
        In nats.
    """
    top = log_density.max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):  # minus infinity where no draw gives a density
        return top + np.log(np.exp(log_density - top).mean(axis=0))


def score_forecast(
    draws: np.ndarray, observed: np.ndarray, log_density: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """All scores of predictive draws against observed values.

    Parameters
    ----------
    draws : numpy.ndarray (draws, targets)
        Predictive draws.
    observed : numpy.ndarray (targets,)
        Observed values.
    log_density : numpy.ndarray (draws, targets)
        Log density of each observed value under each draw.
    rng : numpy.random.Generator
        Breaks ties of the PIT.

    Returns
    -------
    dict of str to numpy.ndarray (targets,)
        median, lower, upper (90%), error (signed), width, crps and interval_score in the outcome's
        unit; log_score; pit; in_50, in_80, in_90, in_95: whether the central interval contains
        the observed value.
    """
    ends = {prob: np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0) for prob in PROBS}
    (lower, upper), median = ends[0.9], np.median(draws, axis=0)
    scores = {
        "median": median,
        "lower": lower,
        "upper": upper,
        "error": median - observed,
        "width": upper - lower,
        "crps": crps(draws, observed),
        "interval_score": interval_score(lower, upper, observed, 0.9),
        "log_score": log_score(log_density),
        "pit": pit(draws, observed, rng),
    }
    return scores | {
        name: (low <= observed) & (observed <= high)
        for name, (low, high) in zip(COVERAGE_COLUMNS, ends.values())
    }


def clustered_mean(values: ArrayLike, clusters: ArrayLike) -> tuple[float, float]:
    """Mean and its standard error where values of one cluster depend on one another.

    The error is that of a ratio of cluster totals, with the factor G/(G - 1) for G clusters.

    Parameters
    ----------
    values : array_like (n,)
        The values.
    clusters : array_like (n,)
        The cluster of each value.

    Returns
    -------
    (float, float)
        Mean and standard error; the error is NaN for a single cluster.
    """
    values = np.asarray(values, float)
    mean = values.mean()
    _, cluster = np.unique(np.asarray(clusters), return_inverse=True)
    totals = np.bincount(cluster, values - mean)
    count = len(totals)
    if count < 2:
        return mean, np.nan
    return mean, np.sqrt(count / (count - 1) * (totals**2).sum()) / len(values)
