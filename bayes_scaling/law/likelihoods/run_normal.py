r"""NumPyro distribution of outcomes whose rows of one run share a Normal deviation.

.. math:: z_i = g_i + b_{r(i)} + \epsilon_i, \quad b_r \sim N(0, \tau^2), \quad
   \epsilon_i \sim N(0, v_i)

with b marginalized exactly: given the rows of its run before it, a row is Normal with mean
:math:`\tau^2 B / (1 + \tau^2 A)` and variance :math:`v_i + \tau^2 / (1 + \tau^2 A)`, where A and B
are the sums of :math:`1 / v_j` and of :math:`(z_j - g_j) / v_j` over those rows.
"""

from math import log, pi
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from numpyro.distributions import constraints

from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.likelihoods.left_out import left_out_densities


class RunNormal(dist.Distribution):
    """Outcomes about a law's curve: Normal noise, and a deviation of each run.

    ``log_prob`` gives the density of each row given those of its run before it, so that the terms
    sum to the joint log density. Rows at the end, as padding is, change no term of another.

    Parameters
    ----------
    loc, log_scale : jax.Array (rows,)
        The law's curve and the logarithm of the noise's sd, on the link's scale.
    run : jax.Array (rows,)
        A number that identifies the run of each row.
    tau : jax.Array
        Sd of the runs' deviations.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "log_scale": constraints.real_vector,
        "run": constraints.real_vector,
        "tau": constraints.positive,
    }
    support = cast(Any, constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]
    pytree_data_fields = ("loc", "log_scale", "run", "tau")

    def __init__(
        self,
        loc: Numeric,
        log_scale: Numeric,
        run: Numeric,
        tau: Numeric,
        *,
        validate_args: bool | None = None,
    ) -> None:
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(run))
        self.tau = tau
        self.loc, self.log_scale, self.run = (
            jnp.broadcast_to(value, shape) for value in (loc, log_scale, run)
        )
        super().__init__(shape, validate_args=validate_args)

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density of each row given the rows of its run before it."""
        return _log_densities(value - self.loc, jnp.exp(2 * self.log_scale), self.run, self.tau)

    def left_out(self, value: Numeric, mask: Numeric = True) -> jax.Array:
        """Log density of each outcome given all others; meaningless where not ``mask``."""

        def terms(residual: jax.Array, variance: jax.Array) -> jax.Array:
            return _log_densities(residual, variance, self.run, self.tau)

        mask = jnp.broadcast_to(mask, jnp.shape(value))
        return left_out_densities(terms, value - self.loc, jnp.exp(2 * self.log_scale), mask)

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Draw outcomes: a deviation of each run, and noise."""
        of_run, of_noise = jax.random.split(key)
        shape = (*sample_shape, *self.batch_shape)
        first = (self.run[:, None] == self.run).argmax(axis=1)
        deviation = self.tau * jax.random.normal(of_run, shape)[..., first]
        return self.loc + deviation + jnp.exp(self.log_scale) * jax.random.normal(of_noise, shape)


def _log_densities(
    residual: jax.Array, variance: jax.Array, run: jax.Array, tau: Numeric
) -> jax.Array:
    """Log density of each residual (rows,) given those of its run before it."""
    order = jnp.argsort(run)  # stable
    r, v, run = residual[order], variance[order], run[order]
    first = jnp.searchsorted(run, run, side="left")
    precision, pull = (
        before - before[first] for before in (jnp.cumsum(term) - term for term in (1 / v, r / v))
    )
    shrunk = tau**2 / (1 + tau**2 * precision)  # variance of the deviation given the rows before
    total = v + shrunk
    terms = -0.5 * ((r - shrunk * pull) ** 2 / total + jnp.log(total) + log(2 * pi))
    return jnp.zeros_like(terms).at[order].set(terms)
