"""Distributions of residuals whose scale is given by its logarithm.

They do what NumPyro's own do with fewer logarithms of long vectors, which dominate the cost of a
posterior's gradient.
"""

from math import lgamma, log, pi
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from numpyro.distributions import constraints
from numpyro.distributions.util import (
    promote_shapes,  # pyright: ignore[reportUnknownVariableType]
)

from bayes_scaling.law.array_types import Numeric


@jax.custom_jvp
def sum_log1p(x: jax.Array) -> jax.Array:
    """Sum of log(1 + x) over a vector, x >= 0: the logarithms of products of four."""
    product = 1 + x
    if len(x) % 4 == 0:
        product = product.reshape(4, -1).prod(axis=0)
    return jnp.log(product).sum()


@sum_log1p.defjvp
def _sum_log1p_jvp(
    primals: tuple[jax.Array], tangents: tuple[jax.Array]
) -> tuple[jax.Array, jax.Array]:
    return sum_log1p(*primals), (tangents[0] / (1 + primals[0])).sum()


@jax.custom_jvp
def sum_log1p_over_runs(x: jax.Array) -> jax.Array:
    """As ``sum_log1p``, over the first axis: runs of many data sets side by side."""
    product = 1 + x
    if len(x) % 4 == 0:
        product = product.reshape(4, -1, *x.shape[1:]).prod(axis=0)
    return jnp.log(product).sum(axis=0)


@sum_log1p_over_runs.defjvp
def _sum_log1p_over_runs_jvp(
    primals: tuple[jax.Array], tangents: tuple[jax.Array]
) -> tuple[jax.Array, jax.Array]:
    return sum_log1p_over_runs(*primals), (tangents[0] / (1 + primals[0])).sum(axis=0)


def sum_log_prob(distribution: Any, value: Numeric, mask: Numeric) -> jax.Array:
    """Sum of the log densities of the values that ``mask`` keeps."""
    if isinstance(distribution, ScaledStudentT):
        return distribution.sum_log_prob(value, mask)
    return jnp.where(mask, distribution.log_prob(value), 0.0).sum()


def sum_log_prob_over_runs(distribution: Any, value: Numeric, mask: Numeric) -> jax.Array:
    """As ``sum_log_prob``, of values (runs, lanes): one sum for each data set, (lanes,)."""
    if isinstance(distribution, ScaledStudentT):
        constants, distance = distribution.parts(value, mask)
        return constants.sum(axis=0) - 0.5 * (distribution.df + 1) * sum_log1p_over_runs(distance)
    return jnp.where(mask, distribution.log_prob(value), 0.0).sum(axis=0)


class _Scaled(dist.Distribution):
    """A location and the logarithm of a scale."""

    arg_constraints = {"loc": constraints.real, "log_scale": constraints.real}
    support = cast(Any, constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]
    reparametrized_params = ["loc", "log_scale"]
    loc: Numeric
    log_scale: Numeric

    def __init__(
        self, loc: Numeric, log_scale: Numeric, *, validate_args: bool | None = None
    ) -> None:
        self.loc, self.log_scale = cast(tuple[Numeric, Numeric], promote_shapes(loc, log_scale))
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(log_scale))
        super().__init__(shape, validate_args=validate_args)

    def residual(self, value: Numeric) -> Numeric:
        """Distance from the location in scales."""
        return (value - self.loc) * jnp.exp(-self.log_scale)


class ScaledNormal(_Scaled):
    r"""Normal: :math:`-r^2/2 - \log s - \log(2\pi)/2`, r the residual over the scale s."""

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density of each value."""
        return -0.5 * self.residual(value) ** 2 - self.log_scale - 0.5 * log(2 * pi)

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Draw values."""
        return dist.Normal(self.loc, jnp.exp(self.log_scale)).sample(key, sample_shape)


class ScaledStudentT(_Scaled):
    r"""Student-t: :math:`-\frac{\nu+1}{2}\log(1 + r^2/\nu) - \log s` and a constant.

    ``df`` is its degrees of freedom :math:`\nu`, r the residual over the scale s.
    """

    pytree_aux_fields = ("df",)

    def __init__(
        self, df: float, loc: Numeric, log_scale: Numeric, *, validate_args: bool | None = None
    ) -> None:
        self.df = float(df)
        super().__init__(loc, log_scale, validate_args=validate_args)

    @property
    def _constant(self) -> float:
        return lgamma((self.df + 1) / 2) - lgamma(self.df / 2) - 0.5 * log(self.df * pi)

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density of each value."""
        return (
            self._constant
            - self.log_scale
            - 0.5 * (self.df + 1) * jnp.log(1 + self.residual(value) ** 2 / self.df)
        )

    def sum_log_prob(self, value: Numeric, mask: Numeric) -> jax.Array:
        """Sum of the log densities of the values (runs,) that ``mask`` keeps."""
        constants, distance = self.parts(value, mask)
        return constants.sum() - 0.5 * (self.df + 1) * sum_log1p(distance)

    def parts(self, value: Numeric, mask: Numeric) -> tuple[jax.Array, jax.Array]:
        """Constant and squared residual over df of each value, 0 where ``mask`` drops it."""
        distance = jnp.where(mask, self.residual(value), 0.0) ** 2 / self.df
        return jnp.where(mask, self._constant - self.log_scale, jnp.zeros_like(distance)), distance

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Draw values."""
        return dist.StudentT(self.df, self.loc, jnp.exp(self.log_scale)).sample(key, sample_shape)
