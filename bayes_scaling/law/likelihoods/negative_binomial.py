"""The negative binomial likelihood: attempts until a number of passes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.count_likelihood import (
    EDGE,
    CountLikelihood,
    check_count,
    draws_shape,
    read_rows,
)

if TYPE_CHECKING:
    from numpyro.distributions import Distribution

_MIN_RATE = 1e-30
_MAX_POISSON = 1e15  # NumPy has no Poisson counts beyond 2^63


@dataclass(frozen=True)
class NegativeBinomial(CountLikelihood):
    """Attempts until so many passed: the outcome is passes / attempts, the mean the pass rate.

    Parameters
    ----------
    passes : float or None
        Number of passes waited for where it is the same for every run, at least 1; None for a
        column that is named in the fit.

    Raises
    ------
    InputError
        The number of passes is below 1.
    """

    passes: float | None = None

    def __post_init__(self) -> None:
        check_count("passes", self.passes)

    @property
    def reads(self) -> Mapping[str, str]:
        """The number of passes."""
        return {"passes": "number of passes waited for"}

    def check(self, y: np.ndarray, rows: Values) -> tuple[int, str] | None:
        """As ``Likelihood.check``: the first outcome that is not a positive proportion."""
        bad = ~((y > 0) & (y <= 1))
        return (
            (int(bad.argmax()), "passes over attempts, above 0 and up to 1") if bad.any() else None
        )

    def encode(self, y: np.ndarray, rows: Values) -> np.ndarray:
        """As ``Likelihood.encode``: failures before the last pass."""
        attempts: np.ndarray = rows["passes"] / y
        return np.round(attempts) - rows["passes"]

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Likelihood.distribution``: of failures; a GammaPoisson is exact at tiny rates."""
        import jax.numpy as jnp
        import numpyro.distributions as dist

        mean = jnp.clip(mean, _MIN_RATE, 1 - EDGE)
        passes = read_rows(rows)["passes"]
        return dist.GammaPoisson(passes, mean / (1 - mean), validate_args=False)

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
        """As ``Likelihood.draw``: proportions, independent between targets."""
        rows = read_rows(rows)
        mean = np.clip(mean, _MIN_RATE, 1 - EDGE)
        expected = rng.gamma(rows["passes"], (1 - mean) / mean, draws_shape(mean, p, rows))
        # where NumPy cannot draw the count, its expectation is it to nine digits
        count = rng.poisson(np.minimum(expected, _MAX_POISSON))
        failures = np.where(expected < _MAX_POISSON, count, expected)
        return rows["passes"] / (rows["passes"] + failures)

    def __str__(self) -> str:
        return "NegativeBinomial count of the attempts until enough have passed"
