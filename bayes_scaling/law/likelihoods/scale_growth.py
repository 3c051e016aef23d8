"""The scale of the noise, which may vary with the scale of the run."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling.law.array_types import ArrayModule, Numeric, Values
from bayes_scaling.law.likelihoods.family import Family
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, half_normal, normal

_DEFAULT_SIGMA = half_normal(0.02)

# why sigma's default prior is what it is
LOSS_SCATTER = "final losses of one recipe scatter by 0.002 to 0.02 in log"


@dataclass(frozen=True)
class ScaleGrowth:
    """The noise's scale: sigma * exp(kappa * max(u, 0)), with u = log(largest scale / scale).

    It is the sd of Normal noise and the scale of Student-t noise. Small runs scatter more than the
    largest where kappa is positive, and less where it is negative. Beyond the training range it
    stays sigma: noise is never extrapolated.

    Parameters
    ----------
    grows : bool
        Whether the scale of the noise may vary with the scale of the run; kappa is a parameter
        only then.
    sigma : Prior
        Prior of the noise's scale at the largest training scale.
    kappa : Prior
        Prior of the exponent with which it grows towards small scales.
    """

    grows: bool = True
    sigma: Prior = _DEFAULT_SIGMA
    kappa: Prior = normal(0.04, 0.07)

    def parameters(self, link: str, family: Family) -> tuple[Parameter, ...]:
        """Sigma, and kappa where the noise may vary; ``link`` is sigma's unit."""
        where = " at the largest training scale" if self.grows else ""
        of_scale = f" ({family.sd_clause})" if family.sd_clause else ""
        meaning = f"{family.scale_word} of the noise{where}{of_scale}"
        sigma = Parameter("sigma", self.sigma, link, meaning, self._sigma_reason(link))
        if not self.grows:
            return (sigma,)
        kappa = Parameter(
            "kappa",
            self.kappa,
            "1",
            "exponent with which the noise grows towards small scales; it shrinks if negative",
            "small runs scatter as much as large ones or a little more, and may scatter less: "
            "0.84 to 1.4 times as much per decade of scale (90%)",
        )
        return sigma, kappa

    def _sigma_reason(self, link: str) -> str:
        if link == "log":
            is_default = self.sigma == _DEFAULT_SIGMA
            return LOSS_SCATTER if is_default else "stated for this outcome, in log"
        if link == "logit":
            return "averages over many tasks scatter by up to a tenth in logit about a law"
        return "in the outcome's unit: give a prior that suits it"

    def scale(self, p: Values, u: Numeric, xp: ArrayModule = np) -> Numeric:
        """The noise's scale for runs at ``u``."""
        return p["sigma"] * (xp.exp(p["kappa"] * xp.maximum(u, 0.0)) if self.grows else 1.0)

    def log_scale(self, p: Values, u: Numeric) -> Numeric:
        """Logarithm of ``scale`` (JAX), without a detour over exp."""
        import jax.numpy as jnp

        return jnp.log(p["sigma"]) + (p["kappa"] * jnp.maximum(u, 0.0) if self.grows else 0.0)

    def __str__(self) -> str:
        return "sigma * (largest scale / scale)^kappa" if self.grows else "sigma"
