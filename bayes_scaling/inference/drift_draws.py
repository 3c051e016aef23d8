"""The drift of new runs: a slope off the law for each draw, times the way beyond the training runs.

A run at the displacement d from the hull of the training runs drifts by b . d on the link's scale.
The slope b is Normal in every direction with the drift's size as its sd, so that the drift's sd is
size * |d|. One draw has one slope: runs in the same direction drift together, those in another do
so independently, and all outcomes of one run share its drift.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bayes_scaling._core.hull import displacements
from bayes_scaling.law.array_types import Values
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.drift import describe_drift
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.places import places


def displacements_at(law: Law, runs: np.ndarray, x: Values) -> np.ndarray:
    """Compute the way from the hull of training runs to targets.

    Parameters
    ----------
    law : Law
        The law.
    runs : array (runs, dimensions)
        Places of the training runs: see ``bayes_scaling.law.places``.
    x : mapping of str to array
        The law's inputs at the targets, shape (1 or draws, targets).

    Returns
    -------
    array (1 or draws, targets, dimensions)
    """
    to = places(law, x)
    return displacements(runs, to.reshape(-1, to.shape[-1])).reshape(to.shape)


@dataclass(frozen=True, eq=False)
class DriftDraws:
    """The drift of one table's forecasts.

    Parameters
    ----------
    law : Law
        The law, with its likelihood.
    runs : array (runs, dimensions)
        Places of the training runs: see ``bayes_scaling.law.places``.
    sigma : float
        Posterior median of the noise's sigma; 0 where the likelihood has none.
    count : int
        Number of training runs.
    own_source : callable
        Gives the evidence of the table's own held-out runs on a learned drift's size, or None. It
        is called once something drifts: it may take another fit.
    """

    law: Law
    runs: np.ndarray
    sigma: float
    count: int
    own_source: Callable[[], OwnRuns | None] = lambda: None

    @cached_property
    def own(self) -> OwnRuns | None:
        """Evidence of the table's own held-out runs on a learned drift's size."""
        return self.own_source()

    def displacements(self, x: Values) -> np.ndarray:
        """Compute the way from the hull of the training runs to targets.

        Parameters
        ----------
        x : mapping of str to array
            The law's inputs, shape (1 or draws, targets).

        Returns
        -------
        array (1 or draws, targets, dimensions)
        """
        return displacements_at(self.law, self.runs, x)

    def distances(self, x: Values) -> np.ndarray:
        """Compute the lengths of ``displacements``, shape (1 or draws, targets)."""
        return np.linalg.norm(self.displacements(x), axis=-1)

    def with_runs(self, x: Values) -> "DriftDraws":
        """The same drift once runs with these inputs, shape (1, runs), are training runs too."""
        more = places(self.law, x)
        return replace(self, runs=np.concatenate([self.runs, more.reshape(-1, more.shape[-1])]))

    def sizes(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Draw the sd for each unit of distance, shape (count, 1)."""
        return self.law.noise.drift_term.sizes(rng, count, self.unit, self.own)[:, None]

    @property
    def unit(self) -> float:
        """Sd for each unit of distance where a learned drift's g is 1; 1 of a drift as given."""
        drift = self.law.noise.drift
        if not isinstance(drift, LearnedDrift):
            return 1.0
        return drift.unit(self.sigma, self.count, len(self.law.parameters))

    @property
    def typical(self) -> float:
        """The median sd for each unit of distance."""
        drift = self.law.noise.drift
        if not isinstance(drift, LearnedDrift):
            return float(drift)
        return self.unit * float(drift.quantiles([0.5], self.own)[0])

    def describe(self) -> str:
        """The drift in words, with its size in this table."""
        return describe_drift(self.law, self.unit, self.own)

    def draw(self, rng: np.random.Generator, x: Values, count: int) -> np.ndarray:
        """Draw the drift at targets.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness; of one fit and seed it is the same for every target.
        x : mapping of str to array
            As in ``displacements``.
        count : int
            Number of draws.

        Returns
        -------
        array (count, targets), on the link's scale
        """
        way = self.displacements(x)
        if not way.any():  # inside the training runs
            return np.zeros((count, way.shape[1]))
        slope = self.sizes(rng, count) * rng.standard_normal((count, way.shape[-1]))
        return (slope[:, None] * way).sum(axis=-1)

    def sds(self, rng: np.random.Generator, x: Values, count: int) -> np.ndarray:
        """Draw the sd of the drift at targets, shape (count, targets)."""
        distances = self.distances(x)
        return (self.sizes(rng, count) if distances.any() else np.zeros((count, 1))) * distances
