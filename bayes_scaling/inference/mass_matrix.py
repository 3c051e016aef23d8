"""The sampler's mass matrix: a variance for every coordinate, and of those that fall into blocks of a few a covariance for each block.

The coordinates of a hierarchy are nearly standard normal but for groups that the pilot misjudges, such as one whose curve is well told
and its parameters are not. A few quantities of one group are then wide and bent together, which variances alone can not mend.
"""

import jax.numpy as jnp
import numpy as np
from blackjax.mcmc.metrics import Metric
from jax import random
from jax.scipy.linalg import solve_triangular

NONE = np.zeros((0, 0), int)  # no blocks


_PRIOR = 5.0  # draws that the unit matrix counts for, which whitening has made the best guess


def unit(position, blocks):
    """Variances and covariances to begin with."""
    return jnp.ones_like(position), jnp.broadcast_to(
        jnp.eye(blocks.shape[1]), (*blocks.shape, blocks.shape[1])
    )


def blank(position, blocks):
    """Moments of no draws: count, mean (size,), squares (size,), products (blocks, n, n)."""
    zero = jnp.zeros_like(position)
    return jnp.zeros(()), zero, zero, jnp.zeros((*blocks.shape, blocks.shape[1]))


def grown(moments, blocks, position):
    """The moments with one more draw."""
    count, mean, squares, products = moments
    before = position - mean
    mean = mean + before / (count + 1)
    after = position - mean
    return (
        count + 1,
        mean,
        squares + before * after,
        products + before[blocks][:, :, None] * after[blocks][:, None, :],
    )


def learned(moments):
    """(variances (size,), covariances (blocks, n, n)), shrunk to one."""
    count, _, squares, products = moments
    return (squares + _PRIOR) / (count + _PRIOR - 1), (
        products + _PRIOR * jnp.eye(products.shape[-1])
    ) / (count + _PRIOR - 1)


def euclidean(blocks, variance, covariance):
    """The BlackJAX metric with this inverse mass matrix; without blocks that of the variances."""
    if not len(blocks):
        return variance
    root = jnp.linalg.cholesky((covariance + covariance.mT) / 2)
    back = solve_triangular(root, jnp.broadcast_to(jnp.eye(root.shape[-1]), root.shape), lower=True)

    def velocity(p):
        return (variance * p).at[blocks].set(jnp.einsum("bij,bj->bi", covariance, p[blocks]))

    def momentum(key, position):
        e = random.normal(key, position.shape)
        return (e / jnp.sqrt(variance)).at[blocks].set(jnp.einsum("bji,bj->bi", back, e[blocks]))

    def energy(p, position=None):
        return 0.5 * p @ velocity(p)

    def turning(left, right, whole, *_):
        rho = whole - (left + right) / 2
        return (velocity(left) @ rho <= 0) | (velocity(right) @ rho <= 0)

    return Metric(momentum, energy, turning, None)
