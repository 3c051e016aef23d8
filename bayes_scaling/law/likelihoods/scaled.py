"""Distributions of residuals whose scale is given by its logarithm.

What NumPyro's own do, with fewer logarithms of long vectors: those are most of what a posterior's gradient costs.
"""

from math import lgamma, log, pi

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from numpyro.distributions import constraints
from numpyro.distributions.util import promote_shapes


@jax.custom_jvp
def sum_log1p(x):
    """Sum of log(1 + x) over a vector, x >= 0: the logarithms of products of four."""
    product = 1 + x
    if len(x) % 4 == 0:
        product = product.reshape(4, -1).prod(axis=0)
    return jnp.log(product).sum()


@sum_log1p.defjvp
def _slope(at, way):
    return sum_log1p(*at), (way[0] / (1 + at[0])).sum()


def total(distribution, value, mask):
    """Summed log density of the values that ``mask`` leaves."""
    if isinstance(distribution, ScaledStudentT):
        return distribution.total(value, mask)
    return jnp.where(mask, distribution.log_prob(value), 0.0).sum()


class _Scaled(dist.Distribution):
    """A location and the logarithm of a scale."""

    arg_constraints = {"loc": constraints.real, "log_scale": constraints.real}
    support = constraints.real
    reparametrized_params = ["loc", "log_scale"]

    def __init__(self, loc, log_scale, *, validate_args=None):
        self.loc, self.log_scale = promote_shapes(loc, log_scale)
        super().__init__(
            jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(log_scale)), validate_args=validate_args
        )

    def residual(self, value):
        """Distance from the location in scales."""
        return (value - self.loc) * jnp.exp(-self.log_scale)


class ScaledNormal(_Scaled):
    r"""Normal: :math:`-r^2/2 - \log s - \log(2\pi)/2`, r the residual over the scale s."""

    def log_prob(self, value):
        return -0.5 * self.residual(value) ** 2 - self.log_scale - 0.5 * log(2 * pi)

    def sample(self, key, sample_shape=()):
        return dist.Normal(self.loc, jnp.exp(self.log_scale)).sample(key, sample_shape)


class ScaledStudentT(_Scaled):
    r"""Student-t with ``df`` degrees of freedom: :math:`-\frac{\nu+1}{2}\log(1 + r^2/\nu) - \log s` and a constant."""

    pytree_aux_fields = ("df",)

    def __init__(self, df, loc, log_scale, *, validate_args=None):
        self.df = float(df)
        super().__init__(loc, log_scale, validate_args=validate_args)

    @property
    def _constant(self):
        return lgamma((self.df + 1) / 2) - lgamma(self.df / 2) - 0.5 * log(self.df * pi)

    def log_prob(self, value):
        return (
            self._constant
            - self.log_scale
            - 0.5 * (self.df + 1) * jnp.log(1 + self.residual(value) ** 2 / self.df)
        )

    def total(self, value, mask):
        """Summed log density of the values that ``mask`` leaves, (runs,)."""
        distance = jnp.where(mask, self.residual(value), 0.0) ** 2 / self.df
        return jnp.where(
            mask, self._constant - self.log_scale, jnp.zeros_like(distance)
        ).sum() - 0.5 * (self.df + 1) * sum_log1p(distance)

    def sample(self, key, sample_shape=()):
        return dist.StudentT(self.df, self.loc, jnp.exp(self.log_scale)).sample(key, sample_shape)
