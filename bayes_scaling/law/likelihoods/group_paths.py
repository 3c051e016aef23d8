"""GroupPaths: the likelihood of groups that follow one shared curve, each on a path of its own.

Groups are corpora or recipes whose runs lie along one scale s, such as compute. On the link's
scale the outcome of a run of group g is

    link(law(s)) + discrepancy(s) + path_g(s) + noise,

with x = log s. ``discrepancy`` is a random walk that all groups share: what the law itself gets
wrong. ``path_g`` is how a group departs from the others. Between two scales all paths are stretched
by one random factor, and each moves by itself:

    path_g(x + d) = exp(growth d + growth_sd sqrt(d) e) path_g(x) + rate(x) sqrt(d) e_g.

So differences between groups may grow, shrink or fade with scale, as they do for all groups alike,
and small runs count as much as the groups' later order bears out.
"""

from dataclasses import dataclass
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, lognormal, normal

_PER = "for each square root of an e-fold of scale"
_TEXT = {
    "initial_sd": (
        "sd of the groups' departures from the shared curve at the smallest scale",
        "small runs of different corpora differ by 0.005 to 0.2 in log",
    ),
    "growth": (
        "rate at which the departures grow with log scale",
        "they may grow or shrink by a third over a decade",
    ),
    "growth_sd": (
        f"sd of that growth about its rate, {_PER}",
        "differences at one scale are those at the next up to a factor of 1.1 to 2",
    ),
    "rate": (
        f"sd of the change of one group alone, at the largest scale, {_PER}",
        "groups may keep their order, or lose it within a decade",
    ),
    "roughness": (
        "rate at which rate and discrepancy grow towards small scales",
        "small runs may depart more from their law and order than large ones, or less",
    ),
    "discrepancy": (
        f"sd of the shared curve's departure from the law, {_PER}",
        "laws of one scale miss by a tenth of a percent to a tenth over a decade",
    ),
}
PATH_NAMES = tuple(_TEXT)


@dataclass(frozen=True)
class GroupPaths(Noise):
    """Noise about a curve that groups share, and from which each departs on a path of its own.

    Parameters
    ----------
    initial_sd, growth, growth_sd, rate, roughness, discrepancy : Prior
        Priors of what the module describes; sds are on the link's scale.
    link, grows, sigma, kappa
        As in ``Noise``; the noise is Normal.

    Raises
    ------
    InputError
        As ``Noise``; or a df, smooth or drift.
    """

    df: float | None = None
    drift: Any = 0.0  # the paths go on beyond the training runs
    initial_sd: Prior = lognormal(0.03, 1.0)
    growth: Prior = normal(0.0, 0.1)
    growth_sd: Prior = lognormal(0.1, 0.7)
    rate: Prior = lognormal(0.01, 1.0)
    roughness: Prior = normal(0.0, 0.15)
    discrepancy: Prior = lognormal(0.01, 1.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.df is not None or self.smooth or self.drift:
            raise InputError(
                "the noise of GroupPaths is Normal, and its paths take the place of smooth and"
                " drift; leave these and df out"
            )
        for name in _TEXT:
            object.__setattr__(self, name, Prior.of(getattr(self, name), name))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of the noise, of the paths and of the discrepancy."""
        units = {"growth": "1", "growth_sd": "1", "roughness": "1"}
        return super().parameters + tuple(
            Parameter(name, getattr(self, name), units.get(name, self.link), meaning, reason)
            for name, (meaning, reason) in _TEXT.items()
        )

    def __str__(self) -> str:
        return f"{super().__str__()}; each group on a path of its own about a curve that all share"
