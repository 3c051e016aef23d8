"""NumPyro distribution of outcomes that are known only to lie beyond a limit."""

from typing import Any, cast

import jax.numpy as jnp
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr  # pyright: ignore[reportUnknownVariableType]

from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT


class CensoredDistribution(dist.Distribution):
    """A Normal, or a Student-t of 4 degrees of freedom, whose tails are lumped at the limits.

    Parameters
    ----------
    base : ScaledNormal or ScaledStudentT
        Distribution inside the limits.
    lower, upper : array or None
        Limits on the same scale.
    """

    support = cast(Any, dist.constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(
        self, base: ScaledNormal | ScaledStudentT, lower: Numeric | None, upper: Numeric | None
    ) -> None:
        self.base, self.lower, self.upper = base, lower, upper
        super().__init__(base.batch_shape, validate_args=False)

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density inside the limits; at a limit, log probability of the limit and beyond."""
        log = self.base.log_prob(value)
        if self.lower is not None:
            tail = _log_cdf(self.base, self.base.residual(self.lower))
            log = jnp.where(value <= self.lower, tail, log)
        if self.upper is not None:
            tail = _log_cdf(self.base, -self.base.residual(self.upper))
            log = jnp.where(value >= self.upper, tail, log)
        return log


def _log_cdf(base: ScaledNormal | ScaledStudentT, t: Numeric) -> Numeric:
    """Log of the standard cdf at ``t``."""
    if isinstance(base, ScaledNormal):
        return cast(Numeric, log_ndtr(t))
    # Student-t of 4 degrees of freedom: F = (1 + w)^2 (2 - w) / 4 with w = t / sqrt(4 + t^2)
    w = t / jnp.sqrt(4 + t**2)
    one_plus_w = jnp.where(t < 0, 4 / (4 + t**2) / (1 + jnp.abs(w)), 1 + w)  # no cancellation
    return 2 * jnp.log(one_plus_w) + jnp.log(2 - w) - jnp.log(4.0)
