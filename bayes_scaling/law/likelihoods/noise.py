"""Noise: the likelihood of a continuous outcome about a law's mean.

A residual lives on the scale of the link (log for a loss, logit for an error rate, identity for a
signed outcome). There it has a Normal or Student-t distribution whose scale is

    sigma * exp(kappa * max(u, 0)),   u = log(largest training scale / scale),

so that small runs may scatter more than large ones, or less. A known measurement error on the
link's scale adds to it, Normal with sd se. Two further terms allow for a law that is only
approximately right: a smooth ``Discrepancy`` along u, and a drift of forecasts beyond the training
runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bayes_scaling.law.array_types import ArrayModule, Numeric, Values
from bayes_scaling.law.likelihoods.continuous import ContinuousLikelihood
from bayes_scaling.law.likelihoods.discrepancy import Discrepancy
from bayes_scaling.law.likelihoods.drift import DriftTerm
from bayes_scaling.law.likelihoods.family import Family
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.likelihoods.link import Link, link_named
from bayes_scaling.law.likelihoods.scale_growth import ScaleGrowth
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior

if TYPE_CHECKING:
    from numpyro.distributions import Distribution


@dataclass(frozen=True)
class Noise(ContinuousLikelihood):
    """A likelihood on the link's scale.

    Parameters
    ----------
    link : str
        "log" (positive outcomes), "logit" (rates in (0, 1)) or "identity" (any sign).
    df : float or None
        Degrees of freedom of the Student-t, whose sd is sqrt(df / (df - 2)) times its scale; None
        for Normal noise.
    grows : bool
        Whether the scale of the noise may grow or shrink towards small runs (parameter ``kappa``,
        of either sign); False for noise of one scale for all runs.
    smooth : str or None
        A smooth discrepancy of the law along the log of scale: "ou" (rough) or "matern"
        (Matern-3/2), with Normal noise; None for none. Runs of one scale share it, training runs
        inform new runs nearby, and beyond the training range it returns to its prior.
    drift : float, LearnedDrift or None
        Sd of a drift off the law for each unit of distance beyond the training runs: in
        (log N, log D) to their hull, along the loss in nats, else in log scale. It enters
        forecasts of new runs alone. 0 for none. None for the default: a population of sizes
        learned from held-out runs of bundled tables (``bayes_scaling.law.likelihoods.drift``) and
        moved by the table's own, in laws of a loss along N, D or compute and of an error along the
        loss, and none in others. To score forecasts on those tables themselves, give one learned
        elsewhere (``learn_drift``).
    sigma, kappa : Prior
        Priors of the noise's scale at the largest training scale, its sd where ``df`` is None, and
        of the exponent with which it grows towards small runs.
    tau, ell : Prior
        Priors of the discrepancy's sd and of its length in log scale.

    Raises
    ------
    InputError
        An invalid link, ``df``, ``smooth`` or drift, a discrepancy beside Student-t noise, or a
        prior that is not a distribution.
    """

    link: str = "log"
    df: float | None = Family.df
    grows: bool = ScaleGrowth.grows
    smooth: str | None = Discrepancy.kernel
    drift: float | LearnedDrift | None = None  # pyright: ignore[reportIncompatibleVariableOverride]  # set by Law
    sigma: Prior = ScaleGrowth.sigma
    kappa: Prior = ScaleGrowth.kappa
    tau: Prior = Discrepancy.tau
    ell: Prior = Discrepancy.ell

    def __post_init__(self) -> None:
        # each part checks its arguments when it is built
        _ = self._link, self._family, self._discrepancy, self.drift_term
        self._discrepancy.check_family(self._family)
        for name in ("sigma", "kappa", "tau", "ell"):
            object.__setattr__(self, name, Prior.of(getattr(self, name), name))

    @property
    def _link(self) -> Link:
        return link_named(self.link)

    @property
    def _family(self) -> Family:
        return Family(self.df)

    @property
    def _growth(self) -> ScaleGrowth:
        return ScaleGrowth(self.grows, self.sigma, self.kappa)

    @property
    def _discrepancy(self) -> Discrepancy:
        return Discrepancy(self.smooth, self.tau, self.ell)

    @property
    def drift_term(self) -> DriftTerm:
        """The drift beyond the training runs, on the noise's link."""
        return DriftTerm(self.drift, self.link, type(self).__name__)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Sigma, kappa where the noise may vary, tau and ell where there is a discrepancy."""
        of_noise = self._growth.parameters(self.link, self._family)
        return of_noise + self._discrepancy.parameters(self.link)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What the compiled program depends on, besides the parameters' priors."""
        return (type(self), self.link, self.df, self.grows, self.smooth)

    def without_scale(self) -> Self:
        """As ``Likelihood.without_scale``: constant sd."""
        return self._replace(grows=False)

    def with_default_drift(self, learned: Mapping[str, LearnedDrift]) -> Self:
        """As ``Likelihood.with_default_drift``."""
        return self if self.drift is not None else self._replace(drift=learned.get(self.link, 0.0))

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """As ``Likelihood.forward``; outcomes outside the link's domain go to its edge."""
        return self._link.forward(y, xp)

    def backward(self, z: np.ndarray) -> np.ndarray:
        """Link scale to outcome, in its unit (numpy): the inverse of ``forward``."""
        return self._link.backward(z)

    def log_jacobian(self, y: np.ndarray, rows: Values | None = None) -> np.ndarray:
        """As ``Likelihood.log_jacobian``: that of the link."""
        return self._link.log_jacobian(y)

    def check(self, y: np.ndarray, rows: Values | None = None) -> tuple[int, str] | None:
        """As ``Likelihood.check``: the first outcome outside the link's domain."""
        return self._link.check(y)

    def outside(self, mean: np.ndarray) -> np.ndarray:
        """As ``Likelihood.outside``: the link's domain."""
        return self._link.outside(mean)

    def sd(self, p: Values, u: Numeric, se: Numeric | None, xp: ArrayModule = np) -> Numeric:
        """Sd on the link's scale, without the drift: sqrt((r sigma exp(kappa max(u, 0)))^2 + se^2).

        r is 1 for a Normal and sqrt(df / (df - 2)) for a Student-t, infinite up to df = 2.

        Parameters
        ----------
        p : mapping of str to array
            sigma and, where the noise may vary, kappa; arrays broadcast.
        u : array
            log(largest training scale / scale), below 0 beyond the training range.
        se : array or None
            Known measurement errors on the link's scale.
        xp : module
            ``numpy`` or ``jax.numpy``.

        Returns
        -------
        array
        """
        sd = self._family.sd_ratio * self._growth.scale(p, u, xp)
        return sd if se is None else xp.hypot(sd, se)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Likelihood.distribution``, on the link's scale, without the drift."""
        import jax.numpy as jnp

        log_scale = self._growth.log_scale(p, u)
        center = self.forward(mean, jnp)
        if not self.smooth:
            return self._family.distribution(center, log_scale, se)
        if se is not None:
            log_scale = jnp.log(jnp.hypot(jnp.exp(log_scale), se))
        return self._discrepancy.distribution(center, log_scale, p, u)

    def pointwise(self, distribution: Any, z: Numeric, mask: Numeric) -> Numeric:
        """As ``Likelihood.pointwise``: a discrepancy correlates the outcomes."""
        return distribution.left_out(z, mask) if self.smooth else distribution.log_prob(z)

    def scatter(
        self,
        rng: np.random.Generator,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        seen: Values | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Center and sd of a new run for every element of ``mean``, without the drift (numpy).

        The run is Normal on the link's scale given what is drawn here: the Student-t's scale and
        the discrepancy.

        Parameters
        ----------
        rng, mean, p, u, se
            As in ``Likelihood.draw``.
        seen : mapping, optional
            Training residuals that inform a discrepancy: "residual" (draws, runs), "u" (runs,)
            and "se" (runs,) or None. Without it the discrepancy is drawn from its prior.

        Returns
        -------
        two arrays (draws, targets)
        """
        shape = np.broadcast_shapes(np.shape(mean), np.shape(u), *(np.shape(v) for v in p.values()))
        center = self.forward(mean)
        sd = self._family.draw_sd(rng, self._growth.scale(p, u), se, shape)
        if self.smooth:
            center = center + self._discrepancy.draw(rng, self, p, u, shape, seen)
        return np.broadcast_to(center, shape), np.broadcast_to(sd, shape)

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
        """As ``ContinuousLikelihood.log_density``."""
        center, sd = self.scatter(rng, mean, p, u, se, seen)
        sd = np.hypot(sd, drift_sd)
        return -0.5 * ((z - center) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)

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
        """As ``Likelihood.draw``; targets of one draw share its discrepancy."""
        center, sd = self.scatter(rng, mean, p, u, se, seen)
        z = center + sd * rng.standard_normal(sd.shape)
        return self.backward(z if drift is None else z + drift)

    def __str__(self) -> str:
        smooth = f"; {self._discrepancy}" if self.smooth else ""
        drift = f"; beyond the training runs a {self.drift_term}" if self.drift else ""
        ratio = f" ({self._family.sd_clause})" if self._family.sd_clause else ""
        scale = f"{self._family.scale_word.split()[-1]} {self._growth}{ratio}"
        return f"{self._family} {self._link}, {scale}{smooth}{drift}"
