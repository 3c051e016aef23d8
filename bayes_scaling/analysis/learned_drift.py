"""What held-out forecasts imply for the drift of a law in extrapolation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from bayes_scaling.inference.drift_density import log_densities_by_size
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group


@dataclass(frozen=True, eq=False)
class Drift:
    """The evidence of held-out forecasts on the drift; ``one + other`` combines two.

    Parameters
    ----------
    scores : mapping of source to np.ndarray
        Mean log density of held-out outcomes at each gamma of ``grid``, nats.
    counts : mapping of source to (int, int)
        Numbers of series and of held-out outcomes.
    skipped : mapping of series to str
        Why nothing was held out of it.
    """

    scores: dict[str, np.ndarray]
    counts: dict[str, tuple[int, int]]
    skipped: dict[Any, str]
    grid: ClassVar[np.ndarray] = np.r_[0.0, np.geomspace(2e-4, 0.3, 80)]

    @cached_property
    def score(self) -> np.ndarray:
        """Mean log density of a held-out outcome at each gamma; every source has equal weight."""
        return np.mean(list(self.scores.values()), axis=0)

    @property
    def gamma(self) -> float:
        """The gamma of the grid with the highest score."""
        return float(self.grid[self.score.argmax()])

    @cached_property
    def expected(self) -> float:
        """Posterior mean of gamma: a source counts as one outcome, log gamma is uniform.

        With several sources the best gamma may be 0 because of one clean source, although the
        others leave larger values plausible.
        """
        weight = np.exp(len(self.scores) * (self.score[1:] - self.score.max()))
        return float(weight @ self.grid[1:] / weight.sum())

    def gain(self, gamma: float) -> float:
        """Compute what a drift adds to the log density of a held-out outcome.

        Parameters
        ----------
        gamma : float
            Sd of the drift for each unit of distance, from 0 to 0.3; interpolated in ``grid``.

        Returns
        -------
        float
            Nats for each outcome.
        """
        return float(np.interp(gamma, self.grid, self.score) - self.score[0])

    def __add__(self, other: "Drift") -> "Drift":
        return Drift(
            self.scores | other.scores, self.counts | other.counts, self.skipped | other.skipped
        )

    def __repr__(self) -> str:
        series, outcomes = np.sum(list(self.counts.values()), axis=0)
        return (
            f"<Drift of sd {self.gamma:.3g} (expected: {self.expected:.3g}) from {outcomes} "
            f"held-out outcomes of {series} series of {', '.join(self.counts)}: "
            f"{self.gain(self.gamma):+.3f} in log density>"
        )


def log_densities(fit: Fit | Group, x: Mapping[str, np.ndarray], z: np.ndarray) -> np.ndarray:
    """Compute the log density of held-out outcomes at each gamma of ``Drift.grid``.

    Parameters
    ----------
    fit : Fit or Group
        Fit of the smaller runs.
    x : mapping of str to np.ndarray
        The law's inputs of the held-out runs, shape (outcomes,).
    z : np.ndarray
        The held-out outcomes on the link's scale, shape (outcomes,).

    Returns
    -------
    np.ndarray
        Nats, shape (grid, outcomes).
    """
    center, sd, distance = fit.scatter_at({name: values[None] for name, values in x.items()})
    return log_densities_by_size(z, center, sd, distance, Drift.grid)
