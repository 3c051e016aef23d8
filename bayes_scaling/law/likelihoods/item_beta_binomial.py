"""The likelihood of repeated attempts at one problem, whose pass rate is Beta distributed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.binomial import Binomial
from bayes_scaling.law.likelihoods.count_likelihood import EDGE, check_count, read_rows

if TYPE_CHECKING:
    from numpyro.distributions import Distribution


@dataclass(frozen=True)
class ItemBetaBinomial(Binomial):
    """One problem a run, tried ``items`` times; pass rates of problems are Beta(alpha_p, beta_p).

    Both shapes are parameters of the law. The runs hold single attempts (k = 1). A new problem at
    k is ``items`` tries of k attempts each; a try passes when one of its attempts does.

    Parameters
    ----------
    items : float or None
        As for ``Binomial``.
    k : float or None
        Attempts a try where they are the same for every run, at least 1; None for a column that is
        named in the fit.

    Raises
    ------
    InputError
        The number of items or of attempts is below 1.
    """

    k: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("k", self.k)

    @property
    def reads(self) -> Mapping[str, str]:
        """The number of tries and of attempts a try."""
        return {"items": "number of tries at a problem", "k": "attempts a try"}

    def check(self, y: np.ndarray, rows: Values) -> tuple[int, str] | None:
        """As ``Binomial.check``; InputError where a run has k above 1."""
        if (rows["k"] != 1).any():
            raise InputError(
                "k is above 1 in the runs; "
                "give single attempts, k = 1: the proportions for more follow from them"
            )
        return super().check(y, rows)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Binomial.distribution``; ``p`` has the law's alpha_p and beta_p."""
        from bayes_scaling.law.likelihoods.beta_binomial_distribution import BetaBinomialCounts

        items = read_rows(rows)["items"]
        return BetaBinomialCounts(
            p["alpha_p"], p["beta_p"] + 0.0 * mean, items, validate_args=False
        )

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
        """As ``Likelihood.draw``: the proportion of a new problem's tries that pass."""
        rows = read_rows(rows)
        shape = np.broadcast_shapes(np.shape(mean), np.shape(p["alpha_p"]))
        rate = rng.beta(p["alpha_p"], p["beta_p"], shape)
        pass_at_k = -np.expm1(rows["k"] * np.log1p(-np.minimum(rate, 1 - EDGE)))
        return rng.binomial(np.asarray(rows["items"], int), pass_at_k) / rows["items"]

    def __str__(self) -> str:
        return "BetaBinomial count of a problem's tries, its shapes the law's parameters"
