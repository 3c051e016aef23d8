"""The sampler's mass matrix: a variance for every coordinate, and a covariance for each block.

The coordinates of a hierarchy are nearly standard normal, except in groups where the linearization
is poor, such as one whose curve is well determined and its parameters are not. There a few
quantities of one group are wide and correlated, which variances alone cannot fix.
"""

from typing import TYPE_CHECKING, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

if TYPE_CHECKING:
    from blackjax.mcmc.metrics import Metric

NO_BLOCKS = np.zeros((0, 0), int)

_PRIOR_DRAWS = 5.0  # draws that the unit matrix, the best guess after whitening, counts for


class Moments(NamedTuple):
    """Running moments of draws.

    Attributes
    ----------
    total : jax.Array
        Number of draws.
    mean, squares : jax.Array
        Mean and sum of squared deviations, (size,).
    products : jax.Array
        Sum of products of deviations within each block, (blocks, n, n).
    """

    total: jax.Array
    mean: jax.Array
    squares: jax.Array
    products: jax.Array


def unit(position: jax.Array, blocks: np.ndarray) -> tuple[jax.Array, jax.Array]:
    """Variances and covariances before any draw: one and the identity."""
    return jnp.ones_like(position), jnp.broadcast_to(
        jnp.eye(blocks.shape[1]), (*blocks.shape, blocks.shape[1])
    )


def no_draws(position: jax.Array, blocks: np.ndarray) -> Moments:
    """Moments of no draws."""
    zero = jnp.zeros_like(position)
    return Moments(jnp.zeros(()), zero, zero, jnp.zeros((*blocks.shape, blocks.shape[1])))


def add_draw(moments: Moments, blocks: np.ndarray, position: jax.Array) -> Moments:
    """Update the moments with one more draw, by Welford's method."""
    count, mean, squares, products = moments
    before = position - mean
    mean = mean + before / (count + 1)
    after = position - mean
    return Moments(
        count + 1,
        mean,
        squares + before * after,
        products + before[blocks][:, :, None] * after[blocks][:, None, :],
    )


def estimate(moments: Moments) -> tuple[jax.Array, jax.Array]:
    """Variances (size,) and covariances (blocks, n, n), shrunk to the unit matrix."""
    count, _, squares, products = moments
    return (squares + _PRIOR_DRAWS) / (count + _PRIOR_DRAWS - 1), (
        products + _PRIOR_DRAWS * jnp.eye(products.shape[-1])
    ) / (count + _PRIOR_DRAWS - 1)


def euclidean(
    blocks: np.ndarray, variance: jax.Array, covariance: jax.Array
) -> "Metric | jax.Array":
    """BlackJAX metric with this inverse mass matrix; without blocks, the variances themselves."""
    if not len(blocks):
        return variance
    from blackjax.mcmc.metrics import Metric
    from jax.scipy.linalg import solve_triangular

    root = jnp.linalg.cholesky((covariance + covariance.mT) / 2)
    inverse_root = solve_triangular(
        root, jnp.broadcast_to(jnp.eye(root.shape[-1]), root.shape), lower=True
    )

    def velocity(p: jax.Array) -> jax.Array:
        return (variance * p).at[blocks].set(jnp.einsum("bij,bj->bi", covariance, p[blocks]))

    def momentum(key: jax.Array, position: jax.Array) -> jax.Array:
        e = random.normal(key, position.shape)
        within = jnp.einsum("bji,bj->bi", inverse_root, e[blocks])
        return (e / jnp.sqrt(variance)).at[blocks].set(within)

    def energy(p: jax.Array, position: jax.Array | None = None) -> jax.Array:
        return 0.5 * p @ velocity(p)

    def turning(left: jax.Array, right: jax.Array, total: jax.Array, *_: object) -> jax.Array:
        rho = total - (left + right) / 2
        return (velocity(left) @ rho <= 0) | (velocity(right) @ rho <= 0)

    # looser types than BlackJAX declares, and no scale: that is for its Riemannian metric
    return Metric(momentum, energy, turning, None)  # pyright: ignore[reportArgumentType]
