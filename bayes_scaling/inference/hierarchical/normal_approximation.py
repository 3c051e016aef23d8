"""Normal stand-ins: for the distribution of an outcome, and for the tail of a group sd."""

from typing import Any

import jax
import jax.numpy as jnp


def outcome_normal(distribution: Any, z: jax.Array) -> tuple[Any, Any, Any]:
    """Find the normal that carries as much information on the location of an outcome.

    For a Student-t the weight falls with the distance of the outcome: iterated, it leads to the
    mode.

    Parameters
    ----------
    distribution : numpyro.distributions.Distribution
        Distribution of the encoded outcome.
    z : jax.Array
        The outcomes, in its shape.

    Returns
    -------
    location, variance, weight : jax.Array
        Of the normal, and how much each outcome counts.
    """
    from bayes_scaling.law.likelihoods.censored_distribution import CensoredDistribution
    from bayes_scaling.law.likelihoods.measured_student_t import MeasuredStudentT
    from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT
    from bayes_scaling.law.likelihoods.smooth_normal import SmoothNormal

    if isinstance(distribution, CensoredDistribution):
        distribution = distribution.base
    ones = jnp.ones(jnp.shape(z))
    if isinstance(distribution, ScaledStudentT):
        df, variance = distribution.df, _squared_scale(distribution)
        weight = (df + 3) / (df + distribution.residual(z) ** 2)
        return distribution.loc, variance * (df + 3) / (df + 1), weight
    if isinstance(distribution, MeasuredStudentT):
        df, error = distribution.df, distribution.se**2
        variance = _squared_scale(distribution) * (df + 3) / (df + 1) + error
        return distribution.loc, variance, variance * distribution.expected_precision(z)
    if isinstance(distribution, ScaledNormal):
        return distribution.loc, _squared_scale(distribution), ones
    if isinstance(distribution, SmoothNormal):
        return distribution.loc, _squared_scale(distribution) + distribution.tau**2, ones
    # no count is known better than to half of one
    return distribution.mean, jnp.maximum(distribution.variance, 0.25), ones


def _squared_scale(distribution: Any) -> jax.Array:
    return jnp.exp(2 * distribution.log_scale)


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
