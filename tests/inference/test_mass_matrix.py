"""The sampler's mass matrix: what it learns, that it is BlackJAX's dense one, what it saves."""

import jax
import jax.numpy as jnp
import numpy as np
from blackjax.mcmc.metrics import gaussian_euclidean

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.mass_matrix import NO_BLOCKS, add_draw, estimate, euclidean, no_draws
from bayes_scaling.inference.sampler import sample

BLOCKS = np.array([[0, 3], [4, 1]])  # coordinate 2 is in none
ROOT = np.array([[6.0, 0.0], [5.0, 0.5]])  # of a block's covariance: wide, and warped together


class Warped:
    """A normal density of two such blocks and a coordinate of its own."""

    size = 5

    def __init__(self, blocks):
        self.blocks = blocks

    def log(self, theta, data):
        away = jnp.linalg.solve(ROOT, theta[BLOCKS].T)
        return -0.5 * (away**2).sum() - 0.5 * theta[2] ** 2


def dense_matrix(variance, covariance):
    full = np.diag(np.asarray(variance))
    for at, block in zip(BLOCKS, np.asarray(covariance)):
        full[np.ix_(at, at)] = block
    return full


def test_it_learns_the_covariance_of_blocks_and_shrinks_it_to_one():
    drawn = np.random.default_rng(0).normal(size=(40, 5)) @ np.random.default_rng(1).normal(
        size=(5, 5)
    )
    with float64():
        moments = no_draws(jnp.zeros(5), BLOCKS)
        for x in drawn:
            moments = add_draw(moments, BLOCKS, jnp.asarray(x))
        variance, covariance = estimate(moments)
    known = (39 * np.cov(drawn.T) + 5 * np.eye(5)) / 44
    np.testing.assert_allclose(variance, np.diag(known), rtol=1e-9)
    np.testing.assert_allclose(covariance, [known[np.ix_(at, at)] for at in BLOCKS], rtol=1e-9)


def test_it_is_blackjaxs_with_a_dense_matrix():
    rng = np.random.default_rng(0)
    variance, covariance = np.array([1.0, 1.0, 3.0, 1.0, 1.0]), np.stack([ROOT @ ROOT.T, np.eye(2)])
    with float64():
        ours, theirs = (
            euclidean(BLOCKS, jnp.asarray(variance), jnp.asarray(covariance)),
            gaussian_euclidean(jnp.asarray(dense_matrix(variance, covariance))),
        )
        left, right, rest = jnp.asarray(rng.normal(size=(3, 200, 5)))
        np.testing.assert_allclose(
            jax.vmap(ours.kinetic_energy)(left), jax.vmap(theirs.kinetic_energy)(left), rtol=1e-9
        )
        turning = np.asarray(jax.vmap(ours.check_turning)(left, right, rest))
        assert (
            0.05 < turning.mean() < 0.95
            and (turning == np.asarray(jax.vmap(theirs.check_turning)(left, right, rest))).all()
        )
        momenta = jax.vmap(lambda key: ours.sample_momentum(key, jnp.zeros(5)))(
            jax.random.split(jax.random.key(0), 40_000)
        )
        np.testing.assert_allclose(
            dense_matrix(variance, covariance) @ np.cov(np.asarray(momenta).T), np.eye(5), atol=0.15
        )


def test_it_spares_steps_where_a_few_quantities_are_warped_together():
    made = {
        len(blocks): sample(
            Warped(blocks),
            {},
            seed=0,
            chains=2,
            draws=400,
            warmup=200,
            start=(np.zeros(5), np.eye(5)),
        )
        for blocks in (BLOCKS, NO_BLOCKS)
    }
    drawn = made[2].theta.reshape(-1, 5)
    np.testing.assert_allclose(np.cov(drawn[:, BLOCKS[0]].T), ROOT @ ROOT.T, rtol=0.2)
    assert made[2].stats["n_steps"].mean() < 0.5 * made[0].stats["n_steps"].mean()
