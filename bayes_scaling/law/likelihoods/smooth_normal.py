"""NumPyro distribution of outcomes with Normal noise and a smooth discrepancy."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from numpyro.distributions import constraints

from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.likelihoods.gaussian_process import correlation, log_densities
from bayes_scaling.law.likelihoods.left_out import left_out_densities


class SmoothNormal(dist.Distribution):
    """Outcomes about a law's curve: Normal noise and a smooth discrepancy.

    ``log_prob`` gives each run's density given the smaller runs (u larger), so that the terms sum
    to the joint log density. Runs with u below that of all others, as padding has, change none of
    their terms.

    Parameters
    ----------
    kernel : str
        "ou" or "matern".
    loc, log_scale : jax.Array (runs,)
        The law's curve and the logarithm of the noise's sd, on the link's scale.
    u : jax.Array (runs,)
        log(largest training scale / scale).
    tau, ell : jax.Array
        Sd and length of the discrepancy.
    """

    arg_constraints = {
        "loc": constraints.real_vector,
        "log_scale": constraints.real_vector,
        "u": constraints.real_vector,
        "tau": constraints.positive,
        "ell": constraints.positive,
    }
    support = cast(Any, constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]
    pytree_data_fields = ("loc", "log_scale", "u", "tau", "ell")
    pytree_aux_fields = ("kernel",)

    def __init__(
        self,
        kernel: str,
        loc: Numeric,
        log_scale: Numeric,
        u: Numeric,
        tau: Numeric,
        ell: Numeric,
        *,
        validate_args: bool | None = None,
    ) -> None:
        shape = jnp.shape(u)
        self.kernel, self.u, self.tau, self.ell = kernel, u, tau, ell
        self.loc = jnp.broadcast_to(loc, shape)
        self.log_scale = jnp.broadcast_to(log_scale, shape)
        super().__init__(shape, validate_args=validate_args)

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density of each run given the smaller runs."""
        return self._by_series(partial(log_densities, self.kernel), value)

    def left_out(self, value: Numeric, mask: Numeric = True) -> jax.Array:
        """Log density of each outcome given all others; meaningless where not ``mask``."""
        mask = jnp.broadcast_to(mask, jnp.shape(value))
        return self._by_series(self._left_out, value, mask)

    def _by_series(
        self, function: Callable[..., jax.Array], value: Numeric, *given: jax.Array
    ) -> jax.Array:
        """``function`` of each series: (runs,), or (series, runs) with independent processes."""
        signature = "(n),(n),(n),(),()" + len(given) * ",(n)" + "->(n)"
        tau, ell = (
            a[..., 0] if jnp.ndim(a) == jnp.ndim(self.u) else a for a in (self.tau, self.ell)
        )
        by_series = cast(Callable[..., jax.Array], jnp.vectorize(function, signature=signature))
        return by_series(value - self.loc, jnp.exp(2 * self.log_scale), self.u, tau, ell, *given)

    def _left_out(
        self,
        residual: jax.Array,
        variance: jax.Array,
        u: jax.Array,
        tau: jax.Array,
        ell: jax.Array,
        mask: jax.Array,
    ) -> jax.Array:
        def terms(residual: jax.Array, variance: jax.Array) -> jax.Array:
            return log_densities(self.kernel, residual, variance, u, tau, ell)

        return left_out_densities(terms, residual, variance, mask)

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Draw outcomes: a path of the process, and noise."""
        process_key, noise_key = jax.random.split(key)
        gap = jnp.abs(self.u[:, None] - self.u) / self.ell
        covariance = self.tau**2 * correlation(self.kernel, gap, jnp)
        process = dist.MultivariateNormal(self.loc, covariance + 1e-12 * jnp.eye(len(self.u)))
        noise = jax.random.normal(noise_key, (*sample_shape, *self.batch_shape))
        return process.sample(process_key, sample_shape) + jnp.exp(self.log_scale) * noise
