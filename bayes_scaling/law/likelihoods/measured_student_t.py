r"""NumPyro distribution of outcomes with Student-t noise and a known Normal measurement error.

The sum has no closed density. A Student-t is a mixture of Normals,

.. math:: t_\nu(0, s) = \int N(0, s^2 / \lambda) \, \text{Gamma}(\lambda; \nu/2, \nu/2) \, d\lambda,

so the sum is a mixture of Normals of variance :math:`s^2/\lambda + se^2`. The trapezoidal rule in
:math:`\log \lambda` gives the log density within 1e-4 up to 40 scales from the center.
A Student-t that takes the error into its scale is no substitute. Where the error dominates and df
is 4, it doubles the error's variance; scaled to the right variance, it makes intervals of the
center 16% too narrow.
"""

from functools import lru_cache
from math import lgamma, log, pi
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr, logsumexp  # pyright: ignore[reportUnknownVariableType]
from numpyro.distributions import constraints

from bayes_scaling.law.array_types import Numeric

_FAR = 40.0  # scales from the center up to which the density is accurate


@lru_cache
def mixture_nodes(df: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes lambda and log weights of the mixture of Normals that is a Student-t.

    Parameters
    ----------
    df : float
        Degrees of freedom.

    Returns
    -------
    nodes, log_weights : numpy.ndarray
        Shape (nodes,); the weights sum to 1, but for what lies further out.
    """
    step = 0.6 / np.sqrt(max(1.0, df / 4))
    width = np.sqrt(2 / df)  # about the sd of log lambda
    low = log((df + 1) / (df + _FAR**2)) - max(4 * width, 20 / (df + 1))
    high = log(1 + 5 * width + 20 / df)
    t: np.ndarray = low + step * np.arange(int((high - low) / step) + 2, dtype=float)
    log_density = df / 2 * (log(df / 2) + t - np.exp(t)) - lgamma(df / 2)  # of log lambda
    return np.exp(t), log_density + log(step)


class MeasuredStudentT(dist.Distribution):
    """Sum of Student-t noise and a Normal measurement error.

    Parameters
    ----------
    df : float
        Degrees of freedom of the noise.
    loc, log_scale : array
        Location, and the logarithm of the noise's scale.
    se : array
        Sd of the measurement error.
    """

    arg_constraints = {
        "loc": constraints.real,
        "log_scale": constraints.real,
        "se": constraints.nonnegative,
    }
    support = cast(Any, constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]
    pytree_data_fields = ("loc", "log_scale", "se")
    pytree_aux_fields = ("df",)

    def __init__(
        self,
        df: float,
        loc: Numeric,
        log_scale: Numeric,
        se: Numeric,
        *,
        validate_args: bool | None = None,
    ) -> None:
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(log_scale), jnp.shape(se))
        self.df = float(df)
        self.loc, self.log_scale, self.se = (
            jnp.broadcast_to(value, shape) for value in (loc, log_scale, se)
        )
        super().__init__(shape, validate_args=validate_args)

    def _parts(self) -> tuple[Numeric, Numeric]:
        """Variances (..., nodes) and log weights (nodes,) of the Normals."""
        nodes, log_weights = mixture_nodes(self.df)
        return jnp.exp(2 * self.log_scale)[..., None] / nodes + self.se[..., None] ** 2, log_weights

    def _log_parts(self, value: Numeric) -> tuple[Numeric, Numeric]:
        """Log weighted densities (..., nodes) of the Normals at values, and their variances."""
        variance, log_weights = self._parts()
        square = ((value - self.loc) ** 2)[..., None]
        log_normal = -0.5 * (square / variance + jnp.log(variance) + log(2 * pi))
        return log_weights + log_normal, variance

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density of each value."""
        return logsumexp(self._log_parts(value)[0], axis=-1)

    def log_tail(self, distance: Numeric) -> Numeric:
        """Log probability of lying below the location by more than ``-distance``."""
        variance, log_weights = self._parts()
        below = cast(Numeric, log_ndtr(distance[..., None] / jnp.sqrt(variance)))
        return logsumexp(log_weights + below, axis=-1)

    def expected_precision(self, value: Numeric) -> Numeric:
        """Mean precision, 1/variance, of the Normals that may have given each value."""
        log_parts, variance = self._log_parts(value)
        return (jax.nn.softmax(log_parts, axis=-1) / variance).sum(axis=-1)

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Draw values."""
        of_noise, of_error = jax.random.split(key)
        shape = (*sample_shape, *self.batch_shape)
        noise = jnp.exp(self.log_scale) * jax.random.t(of_noise, self.df, shape)
        return self.loc + noise + self.se * jax.random.normal(of_error, shape)
