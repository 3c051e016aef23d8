"""Scores are the textbook's: CRPS, interval score, log score, PIT and clustered errors."""

import numpy as np
import pytest
from scipy import stats

from bayes_scaling.validation import scores


@pytest.mark.parametrize("observed", [-1.3, 0.2, 4.0])
def test_crps_of_draws_matches_the_normal(observed):
    """Closed form of Gneiting and Raftery 2007; the error of 4,000 draws is known."""
    draws = np.random.default_rng(0).normal(1.0, 2.0, (4000, 50))
    z = (observed - 1) / 2
    exact = 2 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    found = scores.crps(draws, np.full(50, observed))
    assert abs(found.mean() - exact) < 4 * found.std() / np.sqrt(50) + 1e-3 * exact


def test_crps_has_no_bias_with_few_draws():
    """Ten draws at a time have the mean of many; the plain formula would be off by 11% of the
    sd."""
    rng = np.random.default_rng(1)
    few = scores.crps(rng.normal(size=(10, 20_000)), np.zeros(20_000))
    assert abs(few.mean() - (np.sqrt(2) - 1) / np.sqrt(np.pi)) < 4 * few.std() / np.sqrt(20_000)


def test_interval_score_charges_width_and_misses():
    np.testing.assert_allclose(
        scores.interval_score(
            np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]), np.array([1.5, 0.9, 2.2]), 0.9
        ),
        [1.0, 3.0, 5.0],
    )


def test_log_score_is_the_log_of_the_mean_density():
    log = stats.norm.logpdf(0.3, np.linspace(-1, 1, 50)[:, None], [[0.1, 1.0]])
    np.testing.assert_allclose(scores.log_score(log), np.log(np.exp(log).mean(axis=0)))
    np.testing.assert_allclose(
        scores.log_score(log - 5000), np.log(np.exp(log).mean(axis=0)) - 5000
    )
    assert scores.log_score(np.full((3, 1), -np.inf))[0] == -np.inf


def test_ties_of_counts_are_broken_at_random():
    """The PIT of a discrete forecast is uniform where the forecast is right."""
    rng = np.random.default_rng(2)
    pit = scores.pit(rng.binomial(5, 0.4, (4000, 3000)), rng.binomial(5, 0.4, 3000), rng)
    assert stats.kstest(pit, "uniform").pvalue > 0.001


def test_standard_errors_allow_for_clusters():
    """Copies of forecasts add no information: the error stays; without copies, it is the usual."""
    values = np.random.default_rng(3).normal(size=30)
    mean, error = scores.clustered_mean(values, np.arange(30))
    np.testing.assert_allclose([mean, error], [values.mean(), values.std(ddof=1) / np.sqrt(30)])
    np.testing.assert_allclose(
        scores.clustered_mean(np.repeat(values, 9), np.repeat(np.arange(30), 9)), [mean, error]
    )
    assert np.isnan(scores.clustered_mean(values, np.zeros(30))[1])
