"""The beta-binomial likelihood: items whose probability scatters from run to run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.binomial import Binomial
from bayes_scaling.law.likelihoods.count_likelihood import EDGE, draws_shape, read_rows
from bayes_scaling.law.likelihoods.drift import DriftTerm
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.likelihoods.link import link_named
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, lognormal

if TYPE_CHECKING:
    from numpyro.distributions import Distribution

_MAX_CONCENTRATION = 1e9  # what scatters less is a Binomial


@dataclass(frozen=True)
class BetaBinomial(Binomial):
    """Items whose probability scatters about the law's mean m: Beta(m phi, (1 - m) phi).

    Parameters
    ----------
    items : float or None
        As for ``Binomial``.
    phi : Prior
        Prior of the concentration; runs scatter as much as the sampling of phi items would add.
    drift : float or LearnedDrift
        Sd of a drift off the law on the logit of m, from 0, for each unit of distance beyond the
        training runs, as in ``Noise``; 0 by default. It enters forecasts of new runs alone: targets
        of one draw share it.

    Raises
    ------
    InputError
        The number of items is below 1, the drift is not a number from 0, or phi is not a
        distribution.
    """

    phi: Prior = lognormal(200.0, 1.0)
    drift: float | LearnedDrift = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.drift_term  # it checks its sd when it is built
        object.__setattr__(self, "phi", Prior.of(self.phi, "phi"))

    @property
    def drift_term(self) -> DriftTerm:
        """The drift beyond the training runs, on the logit of the law's mean."""
        return DriftTerm(self.drift, "logit", type(self).__name__)

    def shifted(self, mean: np.ndarray, drift: Numeric) -> np.ndarray:
        """As ``Likelihood.shifted``: on the logit."""
        logit = link_named("logit")
        return logit.backward(logit.forward(np.clip(mean, EDGE, 1 - EDGE)) + drift)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The concentration."""
        return (
            Parameter(
                "phi",
                self.phi,
                "items",
                "concentration: how little runs scatter beyond the sampling of items",
                "a scatter as of 30 to 1,400 items; large is plain Binomial",
            ),
        )

    @property
    def signature(self) -> tuple[Any, ...]:
        """What the compiled program depends on, besides the parameters' priors."""
        return (type(self),)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """As ``Likelihood.distribution``: of the count; ``u`` and ``se`` are not read."""
        import jax.numpy as jnp

        from bayes_scaling.law.likelihoods.beta_binomial_distribution import BetaBinomialCounts

        mean = jnp.clip(mean, EDGE, 1 - EDGE)
        phi = jnp.minimum(p["phi"], _MAX_CONCENTRATION)
        items = read_rows(rows)["items"]
        return BetaBinomialCounts(mean * phi, (1 - mean) * phi, items, validate_args=False)

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
        """As ``Likelihood.draw``: proportions, independent between targets but for the drift."""
        rows = read_rows(rows)
        mean = np.clip(mean if drift is None else self.shifted(mean, drift), EDGE, 1 - EDGE)
        shape, phi = draws_shape(mean, p, rows), np.minimum(p["phi"], _MAX_CONCENTRATION)
        with np.errstate(invalid="ignore"):
            probability = rng.beta(mean * phi, (1 - mean) * phi, shape)
        probability = np.nan_to_num(probability, nan=0.0)
        return rng.binomial(np.asarray(rows["items"], int), probability, shape) / rows["items"]

    def __str__(self) -> str:
        drift = f"; beyond the training runs a {self.drift_term} on the logit"
        return f"BetaBinomial count of the items, concentration phi{drift if self.drift else ''}"
