"""NumPyro distribution of outcomes that are known only to lie beyond a limit."""

from typing import Any, cast

import jax.numpy as jnp
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr  # pyright: ignore[reportUnknownVariableType]

from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.likelihoods.measured_student_t import MeasuredStudentT
from bayes_scaling.law.likelihoods.scaled import ScaledNormal, ScaledStudentT

type Continuous = ScaledNormal | ScaledStudentT | MeasuredStudentT


class CensoredDistribution(dist.Distribution):
    """A Normal, or a Student-t of 4 degrees of freedom, whose tails are lumped at the limits.

    Parameters
    ----------
    base : ScaledNormal, ScaledStudentT or MeasuredStudentT
        Distribution inside the limits.
    lower, upper : array or None
        Limits on the same scale.
    """

    support = cast(Any, dist.constraints.real)  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(self, base: Continuous, lower: Numeric | None, upper: Numeric | None) -> None:
        self.base, self.lower, self.upper = base, lower, upper
        super().__init__(base.batch_shape, validate_args=False)

    def log_prob(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, value: Numeric
    ) -> Numeric:
        """Log density inside the limits; at a limit, log probability of the limit and beyond."""
        log = self.base.log_prob(value)
        if self.lower is not None:
            tail = _log_tail(self.base, self.lower - self.base.loc)
            log = jnp.where(value <= self.lower, tail, log)
        if self.upper is not None:
            tail = _log_tail(self.base, self.base.loc - self.upper)
            log = jnp.where(value >= self.upper, tail, log)
        return log


def _log_tail(base: Continuous, distance: Numeric) -> Numeric:
    """Log probability of lying below location + ``distance``, or above location - ``distance``."""
    if isinstance(base, MeasuredStudentT):
        return base.log_tail(distance)
    t = distance * jnp.exp(-base.log_scale)
    if isinstance(base, ScaledNormal):
        return cast(Numeric, log_ndtr(t))
    # Student-t of 4 degrees of freedom: F = (1 + w)^2 (2 - w) / 4 with w = t / sqrt(4 + t^2)
    w = t / jnp.sqrt(4 + t**2)
    one_plus_w = jnp.where(t < 0, 4 / (4 + t**2) / (1 + jnp.abs(w)), 1 + w)  # no cancellation
    return 2 * jnp.log(one_plus_w) + jnp.log(2 - w) - jnp.log(4.0)
