"""The sd of the noise and how it grows towards small scales."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling.law.array_types import ArrayModule, Numeric, Values
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, half_normal, lognormal

_DEFAULT_SIGMA = half_normal(0.02)

# why sigma's default prior is what it is
LOSS_SCATTER = "final losses of one recipe scatter by 0.002 to 0.02 in log"


@dataclass(frozen=True)
class ScaleGrowth:
    """The sd of the noise: sigma * exp(kappa * max(u, 0)), with u = log(largest scale / scale).

    Beyond the training range it stays sigma: a forecast never has less noise than the largest run.

    Parameters
    ----------
    grows : bool
        Whether the sd grows towards small scales; kappa is a parameter only then.
    sigma : Prior
        Prior of the sd at the largest training scale.
    kappa : Prior
        Prior of the growth.
    """

    grows: bool = True
    sigma: Prior = _DEFAULT_SIGMA
    kappa: Prior = lognormal(0.1, 1.0)

    def parameters(self, link: str) -> tuple[Parameter, ...]:
        """Sigma, and kappa where the sd grows; ``link`` is sigma's unit."""
        where = " at the largest training scale" if self.grows else ""
        sigma = Parameter(
            "sigma", self.sigma, link, f"sd of the noise{where}", self._sigma_reason(link)
        )
        if not self.grows:
            return (sigma,)
        kappa = Parameter(
            "kappa",
            self.kappa,
            "1",
            "growth of the noise towards small scales",
            "none to some: sd of the smallest runs a few times that of the largest",
        )
        return sigma, kappa

    def _sigma_reason(self, link: str) -> str:
        if link == "log":
            is_default = self.sigma == _DEFAULT_SIGMA
            return LOSS_SCATTER if is_default else "stated for this outcome, in log"
        if link == "logit":
            return "averages over many tasks scatter by up to a tenth in logit about a law"
        return "in the outcome's unit: give a prior that suits it"

    def sd(self, p: Values, u: Numeric, se: Numeric | None, xp: ArrayModule = np) -> Numeric:
        """The sd of runs at ``u``, known measurement errors ``se`` added in quadrature."""
        scale = p["sigma"] * (xp.exp(p["kappa"] * xp.maximum(u, 0.0)) if self.grows else 1.0)
        return scale if se is None else xp.hypot(scale, se)

    def log_sd(self, p: Values, u: Numeric, se: Numeric | None) -> Numeric:
        """Logarithm of ``sd`` (JAX), without a detour over exp where there is no ``se``."""
        import jax.numpy as jnp

        if se is not None:
            return jnp.log(self.sd(p, u, se, jnp))
        return jnp.log(p["sigma"]) + (p["kappa"] * jnp.maximum(u, 0.0) if self.grows else 0.0)

    def __str__(self) -> str:
        return "sd sigma * (largest scale / scale)^kappa" if self.grows else "sd sigma"
