"""Are ranks uniform? A simultaneous test of their ECDF, and its bands (Saeilynoja, Buerkner and Vehtari 2022, arXiv 2103.10522).

Of n ranks in 0, ..., levels - 1 the count below k is Binomial(n, k / levels) where they are uniform. The statistic is the least
two-sided tail probability of these counts over all k; its law, for n independent ranks, is simulated once, so that the test has
the size it says whatever n and however the counts hang together.
"""

from functools import lru_cache

import numpy as np
from scipy.stats import binom

_SIMULATED = 20_000


@lru_cache(maxsize=8)
def _tails(count, levels):
    """Two-sided tail probability of a count below each level: (levels - 1, count + 1)."""
    shares = np.arange(1, levels)[:, None] / levels
    counts = np.arange(count + 1)
    return 2 * np.minimum(binom.cdf(counts, count, shares), binom.sf(counts - 1, count, shares))


@lru_cache(maxsize=8)
def _null(count, levels):
    """The statistic of simulated uniform ranks, ascending."""
    drawn = np.random.default_rng(0).multinomial(count, np.full(levels, 1 / levels), _SIMULATED)
    below = np.cumsum(drawn, axis=1)[:, :-1]
    return np.sort(_tails(count, levels)[np.arange(levels - 1), below].min(axis=1))


def below(ranks, levels):
    """Counts of ranks below 1, ..., levels - 1."""
    return np.cumsum(np.bincount(np.asarray(ranks, int), minlength=levels))[:-1]


def p_value(ranks, levels):
    """Probability that uniform ranks stray as far from their ECDF somewhere as these do."""
    statistic = _tails(len(ranks), levels)[np.arange(levels - 1), below(ranks, levels)].min()
    return (1 + np.searchsorted(_null(len(ranks), levels), statistic, side="right")) / (
        1 + _SIMULATED
    )


def bands(count, levels, size):
    """Counts between which the ECDF of uniform ranks stays, at all levels at once, with probability 1 - ``size``: lower, upper."""
    edge = np.quantile(_null(count, levels), size) / 2
    shares = np.arange(1, levels) / levels
    return binom.ppf(edge, count, shares), binom.isf(edge, count, shares)


LEVELS = 100  # values that a rank can have: one more than the draws it is counted among
