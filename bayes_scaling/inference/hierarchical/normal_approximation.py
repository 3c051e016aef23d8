"""Normal stand-ins: for the distribution of an outcome, and for the tail of a group sd."""

from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
from numpyro.distributions import Distribution

from bayes_scaling.law.likelihoods.discrepancy import SmoothNormal
from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT


@runtime_checkable
class _Censored(Protocol):
    """A censored distribution, with that of the uncensored outcome."""

    base: Distribution


def outcome_normal(
    distribution: Distribution, z: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Find the normal that carries as much information on the location of an outcome.

    For a Student-t the weight falls with the distance of the outcome: iterated, it leads to the
    mode.

    Parameters
    ----------
    distribution : Distribution
        Distribution of the encoded outcome.
    z : jax.Array
        The outcomes, in its shape.

    Returns
    -------
    location, variance, weight : jax.Array
        Of the normal, and how much each outcome counts.
    """
    if isinstance(distribution, _Censored):
        distribution = distribution.base
    if isinstance(distribution, ScaledStudentT):
        df = distribution.df
        return (
            distribution.loc,
            jnp.exp(2 * distribution.log_scale) * (df + 3) / (df + 1),
            (df + 3) / (df + distribution.residual(z) ** 2),
        )
    ones = jnp.ones(jnp.shape(z))
    if isinstance(distribution, ScaledNormal):
        return distribution.loc, jnp.exp(2 * distribution.log_scale), ones
    if isinstance(distribution, SmoothNormal):
        variance = jnp.exp(2 * distribution.log_scale) + distribution.tau**2
        return distribution.loc, variance, ones
    # no count is known better than to half of one
    return distribution.mean, jnp.maximum(distribution.variance, 0.25), ones


def hinge(x: jax.Array | float) -> jax.Array | float:
    """0 far above zero, -x far below, smooth between."""
    return ((x**2 + 1) ** 0.5 - x) / 2


def stretch_tail(
    x: jax.Array, middle: jax.Array, width: jax.Array, stretch: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Map coordinates to log tau: x itself, but far below the middle it falls faster.

    Where the data allow a group sd of zero, the density of log tau falls no faster than tau: a
    long tail, on which NUTS moves slowly. In x it falls as a normal's does.

    Returns
    -------
    log_tau : jax.Array
        In the shape of ``x``.
    log_jacobian : jax.Array
        Summed log slope.
    """
    above = (x - middle) / width + 1
    below = hinge(above)
    return x - stretch * below**2, jnp.log1p(
        2 * stretch / width * below**2 / jnp.sqrt(above**2 + 1)
    ).sum()
