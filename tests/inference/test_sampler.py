"""The engine: seeds, batches, settings, health. That the draws are right: test_exact.py."""

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling.inference import nuts, sampler, warping


class Known:
    """A density for the engine, with normal starts."""

    def __init__(self, size, log, wide=3.0):
        self.size, self._log, self.wide = size, log, wide

    def log(self, theta, data):
        return self._log(theta)

    def draw_prior(self, key, data, count):
        return self.wide * jax.random.normal(key, (count, self.size))


def test_health_covers_every_draw():
    """A density that diverges at its edge: retries are thinned, and counts are of all draws."""
    ridge = Known(2, lambda t: -0.5 * t[0] ** 2 - 0.5 * (t[1] / jnp.exp(2 * t[0])) ** 2 - 2 * t[0])
    draws = sampler.sample(ridge, {}, seed=1, draws=200)
    blocks, rest = divmod(draws.health["made"], 4 * 200)
    assert draws.attempts > 1 and blocks > 1 and rest == 0 and draws.theta.shape == (4, 200, 2)
    assert (
        draws.health["diverging"] >= draws.stats["diverging"].sum()
        and 0 < draws.health["bfmi"] < 1.5
    )


def straightened(theta):
    """Draws in the coordinates that they teach, (draws, size)."""
    center, root, warp = warping.learn_coordinates(theta)
    u = ((theta - center) @ np.linalg.inv(root).T).reshape(-1, theta.shape[-1])
    shift, log = np.einsum("np,kpi->kni", warping.powers(u[:, 0], np), warp)
    return np.column_stack([u[:, 0], (u[:, 1:] - shift) * np.exp(-log)])


def test_coordinates_learned_from_draws_straighten_a_warped_posterior():
    """On a banana the coordinates warp with it: draws come out near standard normal."""
    rng = np.random.default_rng(0)
    t, away = rng.standard_normal((2, 4, 1000))
    u = straightened(np.stack([3 * t, 0.1 * away + t**2 - 0.2 * t], axis=-1))
    assert np.abs(np.corrcoef(u.T)[0, 1]) < 0.05 and np.allclose(u.std(axis=0), 1, atol=0.05)
    assert (
        np.abs(np.corrcoef(u[:, 0] ** 2, u[:, 1])[0, 1]) < 0.3
    )  # what tanh leaves of the parabola
    assert (
        warping.learn_coordinates(t[..., None])[2].shape == (2, 3, 0)
        and warping.learn_coordinates(np.ones((2, 50, 2))) is None
    )


def test_coordinates_learned_from_draws_widen_a_funnel():
    """The neck is found though it is not widest; along it the others are equally wide."""
    rng = np.random.default_rng(0)
    neck, *others = rng.standard_normal((3, 4, 1000))
    u = straightened(
        np.stack(
            [0.9 * np.exp(1.2 * neck) * others[0], 0.7 * neck, 3 * np.exp(1.2 * neck) * others[1]],
            axis=-1,
        )
    )
    assert abs(np.corrcoef(u[:, 0], neck.ravel())[0, 1]) > 0.99
    low, high = (u[np.abs(u[:, 0] - at) < 0.5, 1:].std(axis=0) for at in (-1.5, 1.5))
    assert np.allclose(low / high, 1, atol=0.25)  # 36 before


def test_seeds_give_equal_draws_and_others_do_not():
    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    one, two, three = (sampler.sample(density, {}, seed=s, draws=100).theta for s in (5, 5, 6))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, three)


def test_more_draws_begin_with_the_same_and_need_no_other_program():
    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    few, before = sampler.sample(density, {}, draws=1000), nuts.run_chains._cache_size()
    more = sampler.sample(density, {}, draws=2000)
    assert few.attempts == more.attempts == 1 and nuts.run_chains._cache_size() == before
    np.testing.assert_array_equal(more.theta[:, :1000], few.theta)
    np.testing.assert_array_equal(more.stats["n_steps"][:, :1000], few.stats["n_steps"])
    longer = sampler.sample(density, {}, draws=2000, warmup=700)
    assert (
        nuts.run_chains._cache_size() == before + 1
        and longer.theta.shape == more.theta.shape
        and np.ptp(longer.theta[:, -50:]) > 1
    )
    assert (np.ptp(longer.stats["step_size"], axis=1) == 0).all() and (
        np.ptp(more.stats["step_size"], axis=1) == 0
    ).all()


def test_a_data_set_draws_the_same_in_any_batch():
    """Alone, among others, reordered, padded: draws depend on the data and the seed alone."""
    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    density.log = lambda theta, data: -0.5 * jnp.sum((theta - data["at"]) ** 2)
    rows, seeds, turned = (
        {"at": np.arange(10.0).reshape(5, 2)},
        np.arange(5) + 7,
        np.array([3, 0, 4, 1, 2]),
    )
    many = sampler.sample_many(density, rows, seeds, draws=200)
    other = sampler.sample_many(
        density, {"at": rows["at"][turned]}, seeds[turned], draws=200, capacity=8
    )
    alone = sampler.sample(density, {"at": rows["at"][2]}, seed=9, draws=200)
    for place, i in enumerate(turned):
        np.testing.assert_array_equal(other[place].theta, many[i].theta)
    np.testing.assert_array_equal(alone.theta, many[2].theta)
    assert abs(many[4].theta[..., 0].mean() - 8) < 0.3


def test_chains_together_are_chains_in_turn():
    """What runs on an accelerator (vmap over chains) draws the same as what runs on a CPU."""
    from bayes_scaling._core.jax_config import float64

    density = Known(2, lambda t: -0.5 * jnp.sum(t**2))
    with float64():
        keys = jax.random.split(jax.random.key(0), 2)
        rows = (
            keys,
            {},
            np.zeros((2, 2)),
            np.stack([np.eye(2)] * 2),
            np.full((2, 2, 3, 1), 0.1),
            np.zeros((2, 3, 2)),
            np.ones(2),
            np.full(2, 0.8),
        )
        turn, together = (
            np.asarray(
                nuts.run_chains(
                    density, np.int64(2), rows, np.array([100, 300]), 400, vectorized=t
                )[0]
            )
            for t in (False, True)
        )
    np.testing.assert_allclose(turn, together, rtol=0, atol=2e-3)  # rounding grows along a chain


def test_the_users_jax_settings_stay_as_they_were():
    before = (
        jax.config.jax_enable_x64,
        jax.config.jax_compilation_cache_dir,
        jax.config.jax_compilation_cache_max_size,
    )
    sampler.sample(Known(1, lambda t: -0.5 * jnp.sum(t**2)), {}, draws=50)
    assert before == (
        jax.config.jax_enable_x64,
        jax.config.jax_compilation_cache_dir,
        jax.config.jax_compilation_cache_max_size,
    )
    assert jnp.zeros(1).dtype == jnp.float32
