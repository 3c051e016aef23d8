"""A simultaneous test that ranks are uniform, by their ECDF, and its bands.

The method is Saeilynoja, Buerkner and Vehtari 2022, arXiv 2103.10522. Of n uniform ranks in
0, ..., levels - 1, the count below k is Binomial(n, k / levels). The statistic is the smallest
two-sided tail probability of these counts over all k. Its null distribution, for n independent
ranks, is simulated once, so that the test has its nominal size for every n, however the counts
depend on one another.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from bayes_scaling._core.random_streams import Stream, generator

LEVELS = 100  # values of a rank: one more than the draws it is counted among
_SIMULATIONS = 20_000


@lru_cache(maxsize=8)
def _tails(count: int, levels: int) -> np.ndarray:
    """Two-sided tail probability of a count below each level: (levels - 1, count + 1)."""
    probs = np.arange(1, levels)[:, None] / levels
    counts = np.arange(count + 1)
    return 2 * np.minimum(binom.cdf(counts, count, probs), binom.sf(counts - 1, count, probs))


@lru_cache(maxsize=8)
def _null_statistics(count: int, levels: int) -> np.ndarray:
    """The statistic of simulated uniform ranks, ascending."""
    simulated = generator(Stream.UNIFORM_RANKS).multinomial(
        count, np.full(levels, 1 / levels), _SIMULATIONS
    )
    counts = np.cumsum(simulated, axis=1)[:, :-1]
    return np.sort(_tails(count, levels)[np.arange(levels - 1), counts].min(axis=1))


def counts_below(ranks: ArrayLike, levels: int) -> np.ndarray:
    """Counts of ranks below 1, ..., levels - 1.

    Parameters
    ----------
    ranks : array_like (n,)
        Whole numbers from 0 to levels - 1.
    levels : int
        Number of values that a rank can have.

    Returns
    -------
    numpy.ndarray (levels - 1,)
    """
    return np.cumsum(np.bincount(np.asarray(ranks, int), minlength=levels))[:-1]


def p_value(ranks: np.ndarray, levels: int) -> float:
    """Probability that the ECDF of uniform ranks deviates somewhere as much as this one does.

    Parameters
    ----------
    ranks : numpy.ndarray (n,)
        Whole numbers from 0 to levels - 1.
    levels : int
        Number of values that a rank can have.

    Returns
    -------
    float
    """
    counts = counts_below(ranks, levels)
    statistic = _tails(len(ranks), levels)[np.arange(levels - 1), counts].min()
    null = _null_statistics(len(ranks), levels)
    return (1 + np.searchsorted(null, statistic, side="right")) / (1 + _SIMULATIONS)


def bands(count: int, levels: int, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Simultaneous bands of the ECDF of uniform ranks, as counts.

    Parameters
    ----------
    count : int
        Number of ranks.
    levels : int
        Number of values that a rank can have.
    size : float
        Probability that uniform ranks leave the bands at some level.

    Returns
    -------
    lower, upper : numpy.ndarray (levels - 1,)
    """
    edge = np.quantile(_null_statistics(count, levels), size) / 2
    probs = np.arange(1, levels) / levels
    return binom.ppf(edge, count, probs), binom.isf(edge, count, probs)
