"""The drift of new runs: its direction, its size, and what shares it."""

import numpy as np
import pytest
from scipy import stats

import bayes_scaling as bs
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.places import TOKENS_WEIGHT, places

RUNS = {"N": np.array([1e7, 1e8, 1e7, 1e8]), "D": np.array([1e9, 1e9, 1e10, 1e10])}


def drift_of(size, own=None, sigma=0.01, count=40):
    law = bs.find_law("chinchilla").with_noise(bs.Noise(drift=size))
    return DriftDraws(law, places(law, RUNS), sigma, count, lambda: own)


def drawn(drift, n, d, count=40_000):
    x = {"N": np.array([n], float), "D": np.array([d], float)}
    return drift.draw(np.random.default_rng(0), x, count)


def test_the_sd_is_the_size_times_the_distance_in_every_direction():
    far_in_n, far_in_d, both, inside = drawn(
        drift_of(0.01), [1e9, 1e8, 1e9, 3e7], [1e10, 1e11, 1e11, 3e9]
    ).T
    step = np.log(10)
    np.testing.assert_allclose(far_in_n.std(), 0.01 * step, rtol=0.02)
    np.testing.assert_allclose(far_in_d.std(), 0.01 * TOKENS_WEIGHT * step, rtol=0.02)
    np.testing.assert_allclose(both.std(), 0.01 * step * np.hypot(1, TOKENS_WEIGHT), rtol=0.02)
    assert (inside == 0).all()
    assert stats.kstest(far_in_n / (0.01 * step), "norm").pvalue > 0.001


def test_runs_in_one_direction_drift_together_and_others_do_not():
    near, far, other = drawn(drift_of(0.01), [1e9, 1e10, 1e8], [1e10, 1e10, 1e12]).T
    np.testing.assert_allclose(far, 2 * near, rtol=1e-9)
    assert abs(np.corrcoef(near, other)[0, 1]) < 0.02


def test_a_learned_drift_averages_over_its_sizes():
    """Variance and tails of the mixture: g^2 has the mean exp(2 log_sd^2) median^2."""
    drift = LearnedDrift(1.2, 0.5, 0.005)
    one = drawn(drift_of(drift), [1e9], [1e10], 200_000)[:, 0] / np.log(10)
    unit = (0.01 + 0.005) * (40 - 5) / 40
    expected = 1.2**2 * np.exp(2 * 0.5**2) * unit**2
    np.testing.assert_allclose(one.var(), expected, rtol=0.04)
    assert stats.kurtosis(one) > 2  # heavier than a Normal's 0


@pytest.mark.parametrize("count, factor", [(4, 1 / 4), (10, 0.5), (50, 0.9)])
def test_the_drift_fades_where_runs_are_few(count, factor):
    """1 - parameters / runs; one run more than parameters where there are not even those."""
    assert drift_of(LearnedDrift(1.0, 0.5, 0.0), count=count).unit == pytest.approx(0.01 * factor)


def test_own_runs_move_the_size_and_count_as_two_outcomes_at_most():
    drift = LearnedDrift(1.0, 0.7, 0.005)
    likes_large = np.log(drift.grid)
    plain, moved, much = (
        drift.quantiles([0.5], own)[0]
        for own in (None, OwnRuns(likes_large, 2), OwnRuns(likes_large, 100))
    )
    assert plain == pytest.approx(1.0)
    # a lognormal times g^k is a lognormal whose log median grows by k log_sd^2
    assert np.log(moved) == pytest.approx(1 * 0.7**2, rel=0.02)
    assert np.log(much) == pytest.approx(2 * 0.7**2, rel=0.02)
