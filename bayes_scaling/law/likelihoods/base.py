"""What every likelihood of an outcome given a law's mean offers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from bayes_scaling.law.array_types import ArrayModule, Numeric, Values
from bayes_scaling.law.likelihoods.drift import DriftTerm
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.parameter import Parameter

if TYPE_CHECKING:
    from numpyro.distributions import Distribution


class Likelihood:
    """How outcomes scatter about a law's mean. Every kind is a frozen dataclass.

    A run's scale enters as u = log(largest training scale / scale): below 0 beyond the training
    range. ``rows`` holds what the likelihood reads of each run beside the outcome, as
    {name: (runs,)} for the names in ``reads``.
    """

    grows: bool = False  # whether the scatter may depend on scale
    smooth: str | None = None  # kernel of a smooth discrepancy, which correlates the runs
    drift: float | LearnedDrift = 0.0  # of new runs beyond the training runs
    takes_se: bool = False  # whether known measurement errors can be added

    @property
    def reads(self) -> Mapping[str, str]:
        """What the likelihood reads of each run: name -> description, for messages.

        Each is a column, one number for all runs, or the likelihood's field of that name.
        """
        return {}

    @property
    def labels(self) -> frozenset[str]:
        """Names in ``reads`` whose values are labels, which targets do not have."""
        return frozenset()

    @property
    def reads_of_targets(self) -> Mapping[str, str]:
        """What the likelihood reads of targets, as ``reads``."""
        return {name: what for name, what in self.reads.items() if name not in self.labels}

    @property
    def correlates(self) -> bool:
        """Whether runs depend on one another given the parameters."""
        return bool(self.smooth)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The likelihood's parameters, which are sampled with the law's."""
        return ()

    @property
    def drift_term(self) -> DriftTerm:
        """The drift beyond the training runs, with the link on which it acts."""
        return DriftTerm(0.0)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What the compiled program depends on, besides the parameters' priors."""
        return (type(self),)

    def with_priors(self, **priors: Any) -> Self:
        """The same likelihood with other priors.

        Parameters
        ----------
        **priors : Prior or NumPyro distribution
            Priors by the names of ``parameters``, as in ``Prior.of``.

        Returns
        -------
        Likelihood of the same kind

        Raises
        ------
        InputError
            A prior is not a scalar, continuous distribution.
        """
        return self._replace(**priors)

    def without_scale(self) -> Self:
        """The same likelihood for a law whose runs have no scale.

        Returns
        -------
        Likelihood of the same kind
        """
        return self._replace(grows=False)

    def without_drift(self) -> Self:
        """The same likelihood whose new runs stay on the law.

        Returns
        -------
        Likelihood of the same kind
        """
        return self._replace(drift=0.0)

    def with_default_drift(self, learned: Mapping[str, LearnedDrift]) -> Self:
        """The same likelihood with its default drift filled in.

        Parameters
        ----------
        learned : mapping of str to LearnedDrift
            The drifts that were learned for laws of this kind, by link.

        Returns
        -------
        Likelihood of the same kind
            Where its drift was left open: the learned one of its link, or none.
        """
        return self

    def shifted(self, mean: np.ndarray, drift: Numeric) -> np.ndarray:
        """Move a law's mean by a drift on the scale of the drift's link (numpy).

        Parameters
        ----------
        mean : array (draws, targets)
            The law's mean, in the outcome's unit.
        drift : array (draws, targets)
            Drift off the law.

        Returns
        -------
        array (draws, targets), in the outcome's unit
        """
        return mean

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """Transform outcomes to the scale on which measurement errors add up.

        Parameters
        ----------
        y : array
            Outcomes, in their unit.
        xp : module
            ``numpy`` or ``jax.numpy``.

        Returns
        -------
        array of the same shape
        """
        return y

    def check(self, y: np.ndarray, rows: Values) -> tuple[int, str] | None:
        """Find the first outcome that is invalid under this likelihood.

        Parameters
        ----------
        y : array (runs,)
            Outcomes, in their unit.
        rows : mapping of str to array (runs,)
            What the likelihood reads of each run.

        Returns
        -------
        (int, str) or None
            Index of the outcome and what it must be; None where all are valid.
        """
        raise NotImplementedError

    def encode(self, y: np.ndarray, rows: Values) -> np.ndarray:
        """Outcomes in the form that ``distribution`` takes (numpy).

        Parameters
        ----------
        y : array (runs,)
            Outcomes that passed ``check``.
        rows : mapping of str to array (runs,)
            What the likelihood reads of each run.

        Returns
        -------
        array (runs,)
        """
        return self.forward(y)

    def log_jacobian(self, y: np.ndarray, rows: Values | None = None) -> np.ndarray:
        """Log |d encoded / d outcome|: 0 for counts, whose probabilities need no Jacobian.

        Parameters
        ----------
        y : array
            Outcomes, in their unit.
        rows : mapping of str to array, optional
            What the likelihood reads, as long as ``y``.

        Returns
        -------
        array of the shape of ``y``
        """
        return np.zeros_like(y)

    def outside(self, mean: np.ndarray) -> np.ndarray:
        """Where a law's mean lies outside the domain of its outcome.

        Parameters
        ----------
        mean : array
            Means, in the outcome's unit.

        Returns
        -------
        array of bool, of the same shape
        """
        return np.zeros(np.shape(mean), bool)

    def distribution(
        self,
        mean: Numeric,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
    ) -> "Distribution":
        """NumPyro distribution of the encoded outcome about the law's mean.

        Parameters
        ----------
        mean : array (runs,)
            The law's mean, in the outcome's unit; it broadcasts against ``u``.
        p : mapping of str to number
            Values of the likelihood's parameters.
        u : array (runs,)
            log(largest training scale / scale).
        se : array (runs,), optional
            Known measurement errors on the scale of ``forward``.
        rows : mapping of str to array (runs,)
            What the likelihood reads of each run.

        Returns
        -------
        numpyro.distributions.Distribution over runs
        """
        raise NotImplementedError

    def pointwise(self, distribution: Any, z: Numeric, mask: Numeric) -> Numeric:
        """Log density of each encoded outcome given the parameters and all correlated outcomes.

        Parameters
        ----------
        distribution : numpyro.distributions.Distribution
            What ``distribution`` returned for one draw.
        z : array (runs,) or (groups, runs)
            Encoded outcomes.
        mask : array of bool, of the same shape
            Which elements are runs; the rest is padding, whose values mean nothing.

        Returns
        -------
        jax.Array of the shape of ``z``, in nats
        """
        return distribution.log_prob(z)

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
        """Draw a new outcome for every element of ``mean`` (numpy).

        Targets of one draw share its discrepancy, where the likelihood has one.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        mean : array (draws, targets)
            The law's mean, in the outcome's unit.
        p : mapping of str to array (draws, 1)
            The likelihood's parameters.
        u : array
            log(largest training scale / scale); it broadcasts against ``mean``.
        se : array, optional
            Known measurement errors on the scale of ``forward``; they broadcast against ``mean``.
        rows : mapping of str to array (targets,)
            What the likelihood reads of each target.
        seen : mapping, optional
            Training residuals that inform a discrepancy: see ``Noise.scatter``.
        drift : array (draws, targets), optional
            Drift off the law, on the scale of the drift's link: see
            ``bayes_scaling.inference.drift_draws``.

        Returns
        -------
        array (draws, targets), in the outcome's unit
        """
        raise NotImplementedError

    def _replace(self, **changes: Any) -> Self:
        return replace(cast(Any, self), **changes)
