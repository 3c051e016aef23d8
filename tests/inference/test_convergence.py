"""Quick checks of draws against ArviZ's, one fit at a time and many at once."""

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy.special import ndtri

from bayes_scaling.inference import convergence as health
from bayes_scaling.results.convergence_checks import convergence

AUTOCORRELATIONS = np.array(
    [-0.5, 0.0, 0.5, 0.9]
)  # of each draw on the next: antithetic, independent, slow, slower


@pytest.fixture(scope="module")
def walks():
    """Autoregressive chains (fits, chains, draws, size): the second disagree, the third drift."""
    rng = np.random.default_rng(0)
    walk = np.zeros((3, 4, 2001, AUTOCORRELATIONS.size))
    for i in range(1, 2001):
        noise = rng.standard_normal((3, 4, AUTOCORRELATIONS.size))
        walk[:, :, i] = AUTOCORRELATIONS * walk[:, :, i - 1] + noise
    walk = walk[:, :, 1:]
    walk[1] += np.arange(4.0)[:, None, None]
    walk[2] += np.linspace(0, 3, 2000)[:, None]
    return walk


@pytest.mark.parametrize("check", [health.quick_ess, health.split_rhat])
def test_many_fits_are_checked_as_each_alone(walks, check):
    together = check(walks)
    assert together.shape == (3, AUTOCORRELATIONS.size)
    for fit, one in zip(walks, together):
        np.testing.assert_allclose(check(fit), one, rtol=1e-12)
        np.testing.assert_allclose(
            [check(fit[..., i : i + 1])[0] for i in range(AUTOCORRELATIONS.size)], one, rtol=1e-12
        )
    np.testing.assert_allclose(
        check(walks.reshape(3, 1, 4, 2000, -1)), together[:, None], rtol=1e-12
    )


def test_quick_ess_is_near_arviz(walks):
    """Also near the truth, n (1 - r) / (1 + r), where chains agree."""
    theirs = array_stats.ess(walks, chain_axis=1, draw_axis=2, method="mean")
    np.testing.assert_allclose(health.quick_ess(walks), theirs, rtol=0.05)
    np.testing.assert_allclose(
        health.quick_ess(walks)[0], 8000 * (1 - AUTOCORRELATIONS) / (1 + AUTOCORRELATIONS), rtol=0.3
    )


def test_split_rhat_is_near_arviz(walks):
    theirs = array_stats.rhat(walks, chain_axis=1, draw_axis=2, method="split")
    np.testing.assert_allclose(health.split_rhat(walks), theirs, rtol=1e-6)
    assert health.split_rhat(walks[0]).max() < 1.02 < health.split_rhat(walks[1:]).min()


def test_rank_normalized_checks_are_arviz():
    """R-hat, bulk and tail ESS on walks that mix badly, one of them with heavy tails."""
    rng = np.random.default_rng(4)
    walk = np.zeros((4, 600, 3))
    for i in range(1, 600):
        walk[:, i] = np.array([0.0, 0.7, 0.95]) * walk[:, i - 1] + rng.standard_normal((4, 3))
    walk[..., 1] = np.sinh(walk[..., 1])
    axes = {"chain_axis": 0, "draw_axis": 1}
    rhat, bulk, tail = health.rank_diagnostics(walk)
    np.testing.assert_allclose(rhat, array_stats.rhat(walk, **axes), rtol=1e-12)
    np.testing.assert_allclose(bulk, array_stats.ess(walk, **axes), rtol=0.02)
    np.testing.assert_allclose(
        tail, array_stats.ess(walk, method="tail", prob=(0.05, 0.95), **axes), rtol=0.02
    )


def test_long_trajectories_cost_and_divergences_lie():
    """Draws at the maximum tree depth are expensive, not wrong: a caution where all else passes."""
    draws = {"eta": np.random.default_rng(0).standard_normal((4, 1000))}
    sound = {"diverging": 0, "made": 4000, "bfmi": 1.0, "deepest": 0.0}
    assert convergence(draws, sound)[1:] == ([], [])
    numbers, problems, cautions = convergence(draws, sound | {"deepest": 0.4})
    assert (
        problems == []
        and len(cautions) == 1
        and cautions[0].startswith("40% of the draws reached the maximum tree depth")
    )
    for name, value in (("diverging", 40), ("bfmi", 0.1)):
        assert len(convergence(draws, sound | {name: value, "deepest": 0.4})[1]) == 1


@pytest.mark.parametrize("size", [1, 2, 7, 4000])
def test_scores_of_ranks_are_normal_quantiles(size):
    ranks = np.arange(1, size + 0.5, 0.5)
    expected = ndtri((ranks - 0.375) / (size + 0.25))
    np.testing.assert_allclose(health._scores_of_ranks(size), expected, rtol=1e-11, atol=1e-12)
