"""Markov Gaussian processes along the logarithm of scale: the density by a Kalman filter.

The state is f (Ornstein-Uhlenbeck), or f and its slope (Matern-3/2), so the cost of the density
grows with the number of runs and not with its cube. Särkkä and Solin 2019, Applied Stochastic
Differential Equations, 12.3.
"""

from collections.abc import Callable, Sequence
from math import log, pi, sqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from bayes_scaling.law.array_types import ArrayModule, Numeric

# of symmetric matrices the filter carries the lower triangle alone
type _Triangle = list[jax.Array]
type _Carry = tuple[list[jax.Array], _Triangle]


def correlation(kernel: str, gap: Numeric, xp: ArrayModule = np) -> Numeric:
    """Correlation of the process over a distance of ``gap`` lengths."""
    return xp.exp(-gap) if kernel == "ou" else (1 + sqrt(3) * gap) * xp.exp(-sqrt(3) * gap)


def transition(kernel: str, gap: Numeric, xp: ArrayModule) -> tuple[tuple[Numeric, ...], ...]:
    """Rows of the matrix F: the state's mean after ``gap`` lengths is F state.

    The slope is in units that give it the variance of f.
    """
    if kernel == "ou":
        return ((xp.exp(-gap),),)
    gap = sqrt(3) * gap
    decay = xp.exp(-gap)
    return (decay * (1 + gap), decay * gap), (-decay * gap, decay * (1 - gap))


def log_densities(
    kernel: str,
    residual: jax.Array,
    variance: jax.Array,
    u: jax.Array,
    tau: jax.Array,
    ell: jax.Array,
) -> jax.Array:
    """Log density of each residual given those of larger u; their sum is the joint density.

    Parameters
    ----------
    kernel : str
        "ou" or "matern".
    residual, variance : jax.Array (runs,)
        Residuals about the law's curve and variances of their noise, on the link's scale.
    u : jax.Array (runs,)
        log(largest training scale / scale).
    tau, ell : jax.Array
        Sd and length of the process.

    Returns
    -------
    jax.Array (runs,), in nats
    """
    order = jnp.argsort(-u)
    error, error_variance = _filter(kernel, residual[order], variance[order], u[order], tau, ell)
    terms = -0.5 * (error**2 / error_variance + jnp.log(error_variance) + log(2 * pi))
    return jnp.zeros_like(terms).at[order].set(terms)


def _filter(
    kernel: str,
    residual: jax.Array,
    variance: jax.Array,
    u: jax.Array,
    tau: jax.Array,
    ell: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """Prediction errors and their variances, run after run in the given order; u is monotone."""
    size = 1 if kernel == "ou" else 2
    gap = jnp.abs(jnp.diff(u, prepend=u[:1])) / ell
    start = (
        [jnp.zeros_like(u[0]) for _ in range(size)],
        [jnp.zeros_like(u[0]) for _ in range(size * (size + 1) // 2)],
    )
    inputs = (residual, variance, transition(kernel, gap, jnp))
    return lax.scan(_filter_step(size, tau), start, inputs)[1]


def _filter_step(
    size: int, tau: jax.Array
) -> Callable[[_Carry, Any], tuple[_Carry, tuple[jax.Array, jax.Array]]]:
    """One step of the filter of a state of ``size``: predict, compare, update.

    It carries the state's mean and its excess covariance: the covariance less tau^2, which it has
    before any run.
    """
    rows = range(size)
    lower = [(i, j) for i in rows for j in range(i + 1)]

    def full(triangle: Sequence[Any]) -> list[list[Any]]:
        return [[triangle[lower.index((max(i, j), min(i, j)))] for j in rows] for i in rows]

    def step(carry: _Carry, run: Any) -> tuple[_Carry, tuple[jax.Array, jax.Array]]:
        mean, excess = carry[0], full(carry[1])
        residual, variance, F = run
        mean = [sum(F[i][k] * mean[k] for k in rows) for i in rows]
        moved = [[sum(F[i][k] * excess[k][j] for k in rows) for j in rows] for i in rows]
        excess = full([sum(moved[i][k] * F[j][k] for k in rows) for i, j in lower])
        covariance = [excess[i][0] + (tau**2 if i == 0 else 0.0) for i in rows]
        error, error_variance = residual - mean[0], covariance[0] + variance
        gain = [entry / error_variance for entry in covariance]
        mean = [mean[i] + gain[i] * error for i in rows]
        updated = [excess[i][j] - gain[i] * covariance[j] for i, j in lower]
        return (mean, updated), (error, error_variance)

    return step
