"""The engine against densities whose answers are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

from bayes_scaling import health, sampler


class Known:
    """A density for the engine with normal starts and an exact answer."""

    def __init__(self, size, log, wide=3.0):
        self.size, self._log, self.wide = size, log, wide

    def log(self, theta, data):
        return self._log(theta)

    def draw_prior(self, key, data, count):
        return self.wide * jax.random.normal(key, (count, self.size))


def z_scores(theta, expect):
    """(estimate - truth) over the Monte-Carlo error, for means of functions of the draws."""
    scores = []
    for function, truth in expect:
        values = np.asarray(function(theta))
        error = values.std() / np.sqrt(float(array_stats.ess(values, chain_axis=0, draw_axis=1)))
        scores.append((values.mean() - truth) / error)
    return np.abs(scores)


def moments(column, marginal):
    """Mean, square and 5 / 95% quantiles of one coordinate, as expectations with known values."""
    low, high = marginal.ppf([0.05, 0.95])
    return [
        (lambda t: t[..., column], marginal.mean()),
        (lambda t: t[..., column] ** 2, marginal.var() + marginal.mean() ** 2),
        (lambda t: (t[..., column] < low).astype(float), 0.05),
        (lambda t: (t[..., column] < high).astype(float), 0.95),
    ]


SD = np.array([1e-3, 1.0, 1e3])
CASES = {
    "gaussian, condition number 1e12 in variance": (Known(3, lambda t: -0.5 * jnp.sum((t / SD) ** 2)), [stats.norm(0, s) for s in SD]),
    "correlated gaussian": (Known(2, lambda t: -0.5 * (t[0] ** 2 + (t[1] - 0.99 * t[0]) ** 2 / (1 - 0.99**2))), [stats.norm(), stats.norm()]),
    "positive, exponential, on the log scale": (Known(1, lambda t: t[0] - jnp.exp(t[0])), [stats.loggamma(1.0)]),
    "student tails": (Known(1, lambda t: -3.0 * jnp.log1p(t[0] ** 2 / 5)), [stats.t(5)]),
    "half normal at its bound, on the log scale": (Known(1, lambda t: t[0] - 0.5 * jnp.exp(2 * t[0]), 1.0), None),
    "funnel, non-centred": (Known(3, lambda t: -0.5 * jnp.sum(t**2)), [stats.norm()] * 3),
}


@pytest.mark.parametrize("case", CASES)
def test_draws_agree_with_the_exact_answer(case):
    density, marginals = CASES[case]
    draws = sampler.sample(density, {}, seed=3, draws=1000)
    if marginals is None:
        half = stats.halfnorm()
        expect = [(lambda t: np.exp(t[..., 0]), half.mean()), (lambda t: np.exp(2 * t[..., 0]), 1.0), (lambda t: (np.exp(t[..., 0]) < half.ppf(0.05)).astype(float), 0.05)]
    else:
        expect = [pair for i, marginal in enumerate(marginals) for pair in moments(i, marginal)]
    assert z_scores(draws.theta, expect).max() < 4.5
    assert draws.stats["diverging"].mean() < 0.001


def test_a_kernel_that_is_wrong_is_found_out(monkeypatch):
    """The check above can fail: a density with a temperature of 0.8 in place of the right one."""
    density = Known(2, lambda t: -0.4 * jnp.sum(t**2))
    draws = sampler.sample(density, {}, seed=3)
    assert z_scores(draws.theta, moments(0, stats.norm())).max() > 4.5


def test_two_modes_are_both_found_and_told():
    """A mixture of N(-4, 0.5) and N(4, 0.5), 70 to 30: chains start in both, and R-hat says that they do not meet."""
    parts = lambda t: jnp.stack([jnp.log(0.7) - 2 * (t[0] + 4) ** 2, jnp.log(0.3) - 2 * (t[0] - 4) ** 2])
    draws = sampler.sample(Known(1, lambda t: jax.nn.logsumexp(parts(t))), {}, seed=0)
    assert [round(share, 2) for _, share in draws.modes] == [0.7, 0.3]
    assert (draws.theta < 0).any() and (draws.theta > 0).any()
    assert health.split_rhat(draws.theta).max() > 1.1


def test_health_is_told_of_every_draw_made():
    """A density that diverges at its edge: retries are thinned, and the count is still of all draws."""
    ridge = Known(2, lambda t: -0.5 * t[0] ** 2 - 0.5 * (t[1] / jnp.exp(2 * t[0])) ** 2 - 2 * t[0])
    draws = sampler.sample(ridge, {}, seed=1, draws=200)
    assert draws.attempts > 1 and draws.health["made"] == 4 * 200 * sampler._ATTEMPTS[draws.attempts - 1][1]
    assert draws.health["diverging"] >= draws.stats["diverging"].sum() and 0 < draws.health["bfmi"] < 1.5


def test_seeds_give_equal_draws_and_others_do_not():
    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    one, two, three = (sampler.sample(density, {}, seed=s, draws=100).theta for s in (5, 5, 6))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, three)


def test_a_data_set_draws_the_same_in_any_company():
    """Alone, among others, in another order, in a larger room: the draws depend on the data and the seed alone."""
    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    density.log = lambda theta, data: -0.5 * jnp.sum((theta - data["at"]) ** 2)
    rows, seeds, turned = {"at": np.arange(10.0).reshape(5, 2)}, np.arange(5) + 7, np.array([3, 0, 4, 1, 2])
    many = sampler.sample_many(density, rows, seeds, draws=200)
    other = sampler.sample_many(density, {"at": rows["at"][turned]}, seeds[turned], draws=200, room=8)
    alone = sampler.sample(density, {"at": rows["at"][2]}, seed=9, draws=200)
    for place, i in enumerate(turned):
        np.testing.assert_array_equal(other[place].theta, many[i].theta)
    np.testing.assert_array_equal(alone.theta, many[2].theta)
    assert abs(many[4].theta[..., 0].mean() - 8) < 0.3


def test_chains_together_are_chains_in_turn():
    """What runs on an accelerator (vmap over chains) draws the same as what runs on a CPU."""
    from bayes_scaling.settings import float64

    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    with float64():
        keys = jax.random.split(jax.random.key(0), 2)
        rows = (keys, {}, np.zeros((2, 2)), np.stack([np.eye(2)] * 2), np.zeros((2, 3, 2)), np.ones(2), np.full(2, 0.8))
        turn, together = (np.asarray(sampler.run_chains(density, np.int64(2), rows, warmup=100, draws=200, together=t)[0]) for t in (False, True))
    np.testing.assert_allclose(turn, together, rtol=1e-6, atol=1e-9)


def test_the_users_jax_settings_stay_as_they_were():
    before = (jax.config.jax_enable_x64, jax.config.jax_compilation_cache_dir, jax.config.jax_compilation_cache_max_size)
    sampler.sample(Known(1, lambda t: -0.5 * jnp.sum(t**2)), {}, draws=50)
    assert before == (jax.config.jax_enable_x64, jax.config.jax_compilation_cache_dir, jax.config.jax_compilation_cache_max_size)
    assert jnp.zeros(1).dtype == jnp.float32


def test_quick_ess_is_near_arviz():
    rng = np.random.default_rng(0)
    walk = np.zeros((4, 1000, 2))
    for i in range(1, 1000):
        walk[:, i] = np.array([0.0, 0.8]) * walk[:, i - 1] + rng.standard_normal((4, 2))
    theirs = [float(array_stats.ess(walk[..., i], chain_axis=0, draw_axis=1, method="mean")) for i in range(2)]
    np.testing.assert_allclose(health.quick_ess(walk), theirs, rtol=0.15)
