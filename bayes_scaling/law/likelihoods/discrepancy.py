r"""The smooth discrepancy of a law: a Gaussian process along the logarithm of scale.

On the link's scale outcomes are :math:`z_i = g(u_i) + f(u_i) + \epsilon_i`: the law's curve g,
independent Normal noise, and a process f of mean zero and covariance
:math:`\tau^2 k(|u - u'| / \ell)`, which runs of equal u share. It is marginalized exactly.

"ou" : :math:`k(s) = e^{-s}`: rough, without a trend (Ornstein-Uhlenbeck).
"matern" : :math:`k(s) = (1 + \sqrt 3 s) e^{-\sqrt 3 s}`: once differentiable (Matern-3/2).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.family import Family
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, lognormal

if TYPE_CHECKING:
    from bayes_scaling.law.likelihoods.smooth_normal import SmoothNormal


class _NoiseSd(Protocol):
    """What a discrepancy needs of the noise beside it."""

    def sd(self, p: Values, u: Numeric, se: Numeric | None) -> Numeric: ...


_KERNELS = {"ou": "an Ornstein-Uhlenbeck", "matern": "a Matern-3/2"}


@dataclass(frozen=True)
class Discrepancy:
    """The smooth discrepancy of a law, or none.

    Parameters
    ----------
    kernel : str or None
        "ou", "matern", or None for no discrepancy (else InputError).
    tau : Prior
        Prior of its sd, on the link's scale.
    ell : Prior
        Prior of its length in log scale.
    """

    kernel: str | None = None
    tau: Prior = lognormal(0.02, 0.8)
    ell: Prior = lognormal(1.0, 0.5)

    def __post_init__(self) -> None:
        if self.kernel is not None and self.kernel not in _KERNELS:
            raise InputError(
                f"noise has smooth {self.kernel!r}; use 'ou', 'matern', or None for no discrepancy"
            )

    def check_family(self, family: Family) -> None:
        """Refuse Student-t noise beside a discrepancy: the two are marginalized only if Normal."""
        if self.kernel and family.df is not None:
            raise InputError(
                "a smooth discrepancy needs Normal noise; "
                f"give df=None beside smooth={self.kernel!r}"
            )

    def parameters(self, link: str) -> tuple[Parameter, ...]:
        """Its sd tau and length ell, where there is a discrepancy; ``link`` is tau's unit."""
        if not self.kernel:
            return ()
        tau = Parameter(
            "tau",
            self.tau,
            link,
            "sd of the law's smooth discrepancy",
            "laws miss curves by 0.004 to 0.1 in log: measured on learning curves",
        )
        ell = Parameter(
            "ell",
            self.ell,
            "1",
            "length of the discrepancy in log scale",
            "it turns within a factor of 1.5 to 15 in scale",
        )
        return tau, ell

    def distribution(
        self, center: Numeric, log_sd: Numeric, p: Values, u: Numeric
    ) -> "SmoothNormal":
        """NumPyro distribution of runs at ``u`` about a center, the discrepancy marginalized."""
        from bayes_scaling.law.likelihoods.smooth_normal import SmoothNormal

        assert self.kernel is not None
        return SmoothNormal(self.kernel, center, log_sd, u, p["tau"], p["ell"])

    def draw(
        self,
        rng: np.random.Generator,
        noise: _NoiseSd,
        p: Values,
        u: Numeric,
        shape: tuple[int, ...],
        seen: Values | None,
    ) -> np.ndarray:
        """Draw the discrepancy at ``u``, of a given shape, conditional on training residuals."""
        from bayes_scaling.law.likelihoods.discrepancy_draws import draw_discrepancy

        assert self.kernel is not None
        count = shape[0] if len(shape) > 1 else 1
        tau, ell = (np.broadcast_to(p[name], (count, 1)) for name in ("tau", "ell"))
        seen = seen or {"residual": np.zeros((count, 0)), "u": np.zeros(0), "se": None}
        residual = seen["residual"]
        sd = np.broadcast_to(noise.sd(p, seen["u"], seen["se"]), residual.shape)
        targets = np.atleast_2d(u)
        return draw_discrepancy(
            rng, self.kernel, residual, sd, seen["u"], targets, tau, ell
        ).reshape(shape)

    def __str__(self) -> str:
        if not self.kernel:
            return "no discrepancy"
        return f"{_KERNELS[self.kernel]} discrepancy of sd tau, length ell in log scale"
