"""The drift of runs off a law, learned from other tables: a population of sizes.

Beyond the hull of the training runs a forecast's variance grows by (g s f h)^2 on the link's scale:
h is the distance to the hull, s = sigma + base the scatter of the table's own runs, and log g is
Normal over tables. So a table of little noise drifts less, and no table's drift is known: forecasts
average over g, which makes their tails heavy. f = 1 - parameters / runs fades the drift where runs
are few: the posterior is wide enough there.
"""

from dataclasses import dataclass, replace

import numpy as np

from bayes_scaling._core.errors import InputError

_NODES = np.linspace(-4.0, 4.0, 65)  # of (log g - log median) / log_sd
_MOST_COUNTED = 4  # held-out outcomes of one table at most: its errors are correlated


@dataclass(frozen=True, eq=False)
class OwnRuns:
    """Evidence of a table's own held-out runs on the size of its drift.

    Parameters
    ----------
    log_density : array (grid,)
        Mean log density of the held-out outcomes at each g of ``LearnedDrift.grid``, nats.
    count : int
        Number of held-out outcomes.
    """

    log_density: np.ndarray
    count: int


@dataclass(frozen=True)
class LearnedDrift:
    """A population of drifts: log g ~ Normal(log(median), log_sd), sd = g (sigma + base) f h.

    Parameters
    ----------
    median : float
        Median of g over tables, positive.
    log_sd : float
        Sd of log g, positive.
    base : float or None
        Added to the noise's sigma, from 0; None where g alone is the sd for each unit of distance.
    sources : tuple of str
        Tables it was learned from.

    Raises
    ------
    InputError
        A number is not positive and finite.
    """

    median: float
    log_sd: float
    base: float | None = None
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("median", "log_sd"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(
                    f"the learned drift has {name} {getattr(self, name)!r}; give a positive number"
                )
        if self.base is not None and not 0 <= self.base < np.inf:
            raise InputError(
                f"the learned drift has base {self.base!r}; give a number from 0, or None"
            )
        object.__setattr__(self, "sources", tuple(self.sources))

    @property
    def grid(self) -> np.ndarray:
        """Values of g at which a table's own held-out runs are scored."""
        return self.median * np.exp(self.log_sd * _NODES)

    def unit(self, sigma: float, runs: int, parameters: int) -> float:
        """Sd for each unit of distance at g = 1.

        Parameters
        ----------
        sigma : float
            The noise's sigma, on the link's scale.
        runs, parameters : int
            Number of training runs, and of the law's parameters.

        Returns
        -------
        float
        """
        scatter = 1.0 if self.base is None else sigma + self.base
        return scatter * max(runs - parameters, 1) / max(runs, 1)

    def scaled(self, fraction: float) -> "LearnedDrift | float":
        """The same population with a fraction of every drift; 0 where nothing is left."""
        return replace(self, median=self.median * fraction) if fraction > 0 else 0.0

    def weights(self, own: OwnRuns | None = None) -> np.ndarray:
        """Weights of ``grid``: the population's, or those moved by a table's own held-out runs.

        Parameters
        ----------
        own : OwnRuns, optional
            Its own held-out runs. The errors of one table are correlated: they count as half their
            number, as two at most.

        Returns
        -------
        array (grid,), of sum 1
        """
        log = -0.5 * _NODES**2
        if own is not None:
            log = log + min(own.count, _MOST_COUNTED) / 2 * own.log_density
        weights = np.exp(log - log.max())
        return weights / weights.sum()

    def quantiles(self, probs: np.ndarray | list[float], own: OwnRuns | None = None) -> np.ndarray:
        """Quantiles of g, for probabilities ``probs``."""
        weights = self.weights(own)
        position = np.cumsum(weights) - weights / 2
        return np.exp(np.interp(probs, position, np.log(self.grid)))

    def draw(self, rng: np.random.Generator, count: int, own: OwnRuns | None = None) -> np.ndarray:
        """Draw g, shape (count,)."""
        return self.quantiles(rng.random(count), own)
