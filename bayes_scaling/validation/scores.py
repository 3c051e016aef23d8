r"""Scores of a forecast once the truth is known: proper ones, so that no forecast gains by saying other than it believes.

Draws are (draws, targets), truths (targets,). Smaller is better for all but the log score.

CRPS (Gneiting and Raftery 2007, doi 10.1198/016214506000001437), without the bias of few draws (Zamo and Naveau 2018,
doi 10.1007/s11004-017-9709-7):

.. math:: \mathrm{CRPS} = E|X - y| - \tfrac12 E|X - X'|

Interval score of the central interval (l, u) that is to hold 1 - a:

.. math:: (u - l) + \tfrac2a (l - y)_+ + \tfrac2a (y - u)_+
"""

import numpy as np

PROBS = (0.5, 0.8, 0.9, 0.95)  # of the intervals whose coverage is counted


INSIDE = tuple(
    f"in_{prob:.0%}"[:-1] for prob in PROBS
)  # columns that tell whether they hold the truth


def crps(draws, truth):
    """Continuous ranked probability score of each target, in the outcome's unit."""
    ordered, count = np.sort(draws, axis=0), len(draws)
    weight = (2 * np.arange(1, count + 1) - count - 1) / (count * (count - 1))
    return np.abs(draws - truth).mean(axis=0) - weight @ ordered


def interval_score(lower, upper, truth, prob):
    """Width of an interval of probability ``prob``, and what it pays for a truth outside."""
    return (
        upper
        - lower
        + 2 / (1 - prob) * (np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0))
    )


def pit(draws, truth, rng):
    """Probability integral transform: the share of draws below the truth, ties shared out at random."""
    return (draws < truth).mean(axis=0) + rng.uniform(size=len(truth)) * (draws == truth).mean(
        axis=0
    )


def log_score(log_density):
    """Log of the predictive density at each truth: the mean, over draws, of the likelihood's density there.

    Parameters
    ----------
    log_density : (draws, targets).
    """
    top = log_density.max(axis=0)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):  # a truth that no draw thinks possible: minus infinity
        return top + np.log(np.exp(log_density - top).mean(axis=0))


def scored(draws, truth, log_density, rng):
    """{score: (targets,)} of draws against what was measured.

    median, lower, upper (90%), error (signed) and width, crps, interval_score in the outcome's unit; log_score; pit;
    in_50, in_80, in_90, in_95: whether the central interval holds the truth.
    """
    ends = {prob: np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0) for prob in PROBS}
    (lower, upper), median = ends[0.9], np.median(draws, axis=0)
    made = {
        "median": median,
        "lower": lower,
        "upper": upper,
        "error": median - truth,
        "width": upper - lower,
    }
    made |= {
        "crps": crps(draws, truth),
        "interval_score": interval_score(lower, upper, truth, 0.9),
        "log_score": log_score(log_density),
        "pit": pit(draws, truth, rng),
    }
    return made | {
        name: (low <= truth) & (truth <= high) for name, (low, high) in zip(INSIDE, ends.values())
    }


def clustered(values, clusters):
    """Mean of values and its standard error where those of one cluster depend on one another.

    The error is that of a ratio of cluster totals, with the factor G/(G - 1) for G clusters; NaN for a single one.
    """
    values = np.asarray(values, float)
    mean = values.mean()
    _, which = np.unique(np.asarray(clusters), return_inverse=True)
    totals = np.bincount(which, values - mean)
    count = len(totals)
    return mean, np.sqrt(count / (count - 1) * (totals**2).sum()) / len(
        values
    ) if count > 1 else np.nan
