"""The binomial likelihood: independent items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayes_scaling._core.errors import RunsWarning, warn
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


@dataclass(frozen=True)
class Binomial(CountLikelihood):
    """Independent items, each wrong (or right) with the probability that is the law's mean.

    Parameters
    ----------
    items : float or None
        Number of items where it is the same for every run, at least 1; None for a column that is
        named in the fit.

    Raises
    ------
    InputError
        The number of items is below 1.
    """

    items: float | None = None

    def __post_init__(self) -> None:
        check_count("items", self.items)

    @property
    def reads(self) -> Mapping[str, str]:
        """The number of items."""
        return {"items": "number of test items"}

    def check(self, y: np.ndarray, rows: Values) -> tuple[int, str] | None:
        """As ``Likelihood.check``: the first outcome that is not a proportion."""
        bad = ~((y >= 0) & (y <= 1))
        if not bad.any():
            return None
        return int(bad.argmax()), "a proportion of the items, from 0 to 1"

    def encode(self, y: np.ndarray, rows: Values) -> np.ndarray:
        """As ``Likelihood.encode``: counts, rounded with a RunsWarning where not integers."""
        count: np.ndarray = y * rows["items"]
        error = np.abs(count - np.round(count))
        if error.max() > 0.1:
            worst = int(error.argmax())
            warn(
                f"{(error > 0.1).sum()} proportions are no whole number of items, "
                f"such as {y[worst]:.6g} of {rows['items'][worst]:g}: rounded to the nearest; "
                "an average over sub-tasks is none, so check the number of items",
                RunsWarning,
            )
        return np.round(count)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Likelihood.distribution``: of the count; ``p``, ``u`` and ``se`` are not read."""
        import jax.numpy as jnp
        import numpyro.distributions as dist

        probability = jnp.clip(mean, EDGE, 1 - EDGE)
        return dist.BinomialProbs(probability, read_rows(rows)["items"], validate_args=False)

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
        probability = np.clip(mean, EDGE, 1 - EDGE)
        count = rng.binomial(
            np.asarray(rows["items"], int), probability, draws_shape(mean, p, rows)
        )
        return count / rows["items"]

    def __str__(self) -> str:
        return "Binomial count of the items"
