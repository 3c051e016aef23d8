"""Densities of outcomes left out one at a time, where outcomes are jointly Normal."""

from collections.abc import Callable
from math import log, pi
from typing import cast

import jax
import jax.numpy as jnp


def left_out_densities(
    terms: Callable[[jax.Array, jax.Array], jax.Array],
    residual: jax.Array,
    variance: jax.Array,
    mask: jax.Array,
) -> jax.Array:
    """Log density of each outcome given all others.

    Parameters
    ----------
    terms : callable
        From residuals and variances of their noise, (runs,), to terms that sum to the joint log
        density of a Normal.
    residual, variance : jax.Array (runs,)
        Residuals about the law's curve and variances of their noise, on the link's scale.
    mask : jax.Array of bool (runs,)
        Which elements are runs; the rest is padding, whose values mean nothing.

    Returns
    -------
    jax.Array (runs,), in nats
    """

    def joint(residual: jax.Array, variance: jax.Array) -> jax.Array:
        return jnp.where(mask, terms(residual, variance), 0.0).sum()

    gradient = cast(Callable[..., tuple[jax.Array, ...]], jax.grad(joint, argnums=(0, 1)))
    slope, curvature = gradient(residual, variance)
    # the joint density is Normal: its gradient holds K^-1 r and the diagonal of K^-1
    precision = jnp.where(mask, slope**2 - 2 * curvature, 1.0)
    return 0.5 * (jnp.log(precision) - slope**2 / precision - log(2 * pi))
