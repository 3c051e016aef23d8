"""The test of uniform ranks has its nominal size and power, and its bands their coverage."""

import numpy as np
import pytest
from scipy import stats

from bayes_scaling.validation.calibration import describe_deviation
from bayes_scaling.validation.ecdf_uniformity import LEVELS, bands, counts_below, p_value


def test_the_test_has_its_nominal_size():
    """Of 2,000 sets of uniform ranks 5% have p below 0.05 and 1% below 0.01, up to chance."""
    rng = np.random.default_rng(0)
    p = np.array([p_value(rng.integers(0, LEVELS, 100), LEVELS) for _ in range(2000)])
    for size in (0.05, 0.01):
        low, high = stats.binom(2000, size).ppf([0.0005, 0.9995])
        assert low <= (p < size).sum() <= high


@pytest.mark.parametrize(
    ("fractions", "verdict"),
    [
        (stats.beta(2.5, 2.5), "posterior too wide"),
        (stats.beta(0.4, 0.4), "posterior too narrow"),
        (stats.beta(1.0, 1.7), "posterior too high"),
    ],
)
def test_the_test_detects_ranks_that_are_not_uniform(fractions, verdict):
    """True values too often in the middle, at the ends, or low; the verdict says which."""
    ranks = np.minimum((fractions.rvs(200, random_state=1) * LEVELS).astype(int), LEVELS - 1)
    assert p_value(ranks, LEVELS) < 1e-3
    fraction = (ranks + 0.5) / LEVELS
    statistics = {"bias": fraction.mean() - 0.5, "spread": 12 * fraction.var()}
    assert describe_deviation(statistics, 200) == verdict


def test_bands_contain_all_levels_at_once():
    rng, (low, high) = np.random.default_rng(2), bands(100, LEVELS, 0.05)
    inside = [
        np.all((low <= counts) & (counts <= high))
        for counts in (counts_below(rng.integers(0, LEVELS, 100), LEVELS) for _ in range(2000))
    ]
    assert 0.93 < np.mean(inside) < 0.975
