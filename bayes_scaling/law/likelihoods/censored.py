"""A likelihood for outcomes that are known only to lie beyond a limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import ArrayModule, Numeric, Values
from bayes_scaling.law.likelihoods.continuous import ContinuousLikelihood
from bayes_scaling.law.likelihoods.drift import DriftTerm
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter

if TYPE_CHECKING:
    from numpyro.distributions import Distribution

    from bayes_scaling.law.likelihoods.censored_distribution import Continuous


@dataclass(frozen=True)
class Censored(ContinuousLikelihood):
    """Noise of a metric that is not measured beyond a limit, such as an accuracy at chance.

    Of a run at a limit only this is known: its outcome lies there or beyond.

    Parameters
    ----------
    noise : Noise
        The noise inside the limits: Normal, or Student-t with df 4, without a smooth discrepancy.
    lower, upper : float or None
        Limits in the outcome's unit, inside the link's domain; at least one. A column named in the
        fit, such as lower="chance", gives each run a limit in place of that number.

    Raises
    ------
    InputError
        Another kind of noise, no limit, or a limit outside the link's domain.
    """

    noise: Noise = Noise()
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        if (
            not isinstance(self.noise, Noise)
            or self.noise.df not in (None, 4.0)
            or self.noise.correlates
        ):
            raise InputError(
                f"censored noise is {self.noise}; "
                "give a Noise with df=None or df=4, and no smooth discrepancy"
            )
        if not self._limits:
            raise InputError(
                "censored noise has no limit; "
                "give lower=..., upper=... or both, in the unit of the outcome"
            )
        for name, limit in self._limits.items():
            self._check_limit(name, np.asarray([limit], float))

    @property
    def _limits(self) -> dict[str, float]:
        limits = {"lower": self.lower, "upper": self.upper}
        return {name: limit for name, limit in limits.items() if limit is not None}

    def _check_limit(self, name: str, limit: np.ndarray) -> None:
        if bad := self.noise.check(limit):
            index, expected = bad
            raise InputError(
                f"{name} is {limit[index]:g}; it must be {expected}: "
                "for a proportion of 0 give less than one item, such as 0.5 / items"
            )

    @property
    def reads(self) -> Mapping[str, str]:
        """The limits that are set."""
        return {name: f"the {name} limit" for name in self._limits}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The noise's parameters."""
        return self.noise.parameters

    @property
    def grows(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether the noise may vary with scale."""
        return self.noise.grows

    @property
    def drift(self) -> float | LearnedDrift | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The noise's drift."""
        return self.noise.drift

    @property
    def drift_term(self) -> DriftTerm:
        """The noise's drift, with its link."""
        return self.noise.drift_term

    @property
    def signature(self) -> tuple[Any, ...]:
        """What the compiled program depends on, besides the parameters' priors."""
        return (type(self), *self.reads, *self.noise.signature)

    def without_scale(self) -> Self:
        """As ``Likelihood.without_scale``."""
        return self._replace(noise=self.noise.without_scale())

    def without_drift(self) -> Self:
        """As ``Likelihood.without_drift``."""
        return self._replace(noise=self.noise.without_drift())

    def with_default_drift(self, learned: Mapping[str, LearnedDrift]) -> Self:
        """As ``Likelihood.with_default_drift``."""
        return self._replace(noise=self.noise.with_default_drift(learned))

    def with_priors(self, **priors: Any) -> Self:
        """As ``Likelihood.with_priors``: those of the noise."""
        return self._replace(noise=self.noise.with_priors(**priors))

    def _clip(self, y: np.ndarray, rows: Values | None) -> np.ndarray:
        rows = rows or {}
        return np.clip(y, rows.get("lower", -np.inf), rows.get("upper", np.inf))

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """As ``Noise.forward``."""
        return self.noise.forward(y, xp)

    def check(self, y: np.ndarray, rows: Values) -> tuple[int, str] | None:
        """As ``Noise.check``, after clipping to the limits; InputError for an invalid limit."""
        for name in self.reads:
            self._check_limit(name, np.asarray(rows[name]))
        return self.noise.check(self._clip(y, rows))

    def encode(self, y: np.ndarray, rows: Values) -> np.ndarray:
        """As ``Likelihood.encode``: outcomes beyond a limit go to it."""
        return self.forward(self._clip(y, rows))

    def log_jacobian(self, y: np.ndarray, rows: Values | None = None) -> np.ndarray:
        """As ``Noise.log_jacobian``; 0 at a limit, which has a probability."""
        rows = rows or {}
        at_limit = (y <= rows.get("lower", -np.inf)) | (y >= rows.get("upper", np.inf))
        inside = np.where(at_limit, self._clip(y, rows), y)
        return np.where(at_limit, 0.0, self.noise.log_jacobian(inside))

    def outside(self, mean: np.ndarray) -> np.ndarray:
        """As ``Noise.outside``."""
        return self.noise.outside(mean)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Noise.distribution``; ``rows`` has the limits."""
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods.censored_distribution import CensoredDistribution

        rows = rows or {}
        base = cast("Continuous", self.noise.distribution(mean, p, u, se))
        lower, upper = (
            self.forward(rows[name], jnp) if name in rows else None for name in ("lower", "upper")
        )
        return CensoredDistribution(base, lower, upper)

    def log_density(
        self,
        rng: np.random.Generator,
        z: np.ndarray,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
        seen: Values | None = None,
        drift_sd: Numeric = 0.0,
    ) -> np.ndarray:
        """As ``Noise.log_density``; at a limit, the log probability of the limit and beyond."""
        from scipy.stats import norm

        rows = rows or {}
        center, sd = self.noise.scatter(rng, mean, p, u, se)
        sd = np.hypot(sd, drift_sd)
        log = norm.logpdf(z, center, sd)
        if "lower" in rows:
            limit = self.forward(rows["lower"])
            log = np.where(z <= limit, norm.logcdf(limit, center, sd), log)
        if "upper" in rows:
            limit = self.forward(rows["upper"])
            log = np.where(z >= limit, norm.logsf(limit, center, sd), log)
        return log

    def draw(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
        seen: Values | None = None,
        drift: Numeric | None = None,
    ) -> np.ndarray:
        """As ``Noise.draw``; an outcome beyond a limit is at the limit."""
        return self._clip(self.noise.draw(rng, mean, p, u, se, drift=drift), rows)

    def __str__(self) -> str:
        sides = {"lower": "below", "upper": "above"}
        limits = " and ".join(f"{sides[name]} {limit:g}" for name, limit in self._limits.items())
        return f"{self.noise}; censored {limits}"
