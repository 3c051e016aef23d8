r"""How far a law may itself be off, at several runs at once.

Two parts, on the link's scale:

drift : of targets beyond the training runs. Its sd is size * distance from their hull, as in every
    forecast, and a run that is measured moves the hull: the drift begins there. A run near the
    target so keeps its worth, however well the law is known.
smooth : of candidates, with the sd of one run's noise: Matern-3/2 over the law's inputs, each
    scaled by its range, with half a range as its length. Runs side by side share it, so that many
    cheap ones do not add up to certainty about a law that is slightly wrong. The training runs
    inform it. Targets of a law without a drift have it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.hull import distances
from bayes_scaling.analysis.plan.future_drift import drift_draws_of, groups_of_runs
from bayes_scaling.law.places import places

_LENGTH = 0.5  # of the smooth error, in ranges of the inputs
_MOST_RUNS = 400  # training runs that inform the smooth error


@dataclass(frozen=True, eq=False)
class HullDrift:
    """The drift of the targets of one law and group.

    Parameters
    ----------
    size : np.ndarray
        Sd of each target for each unit of distance, shape (targets,); 0 of other groups' targets.
    runs : np.ndarray
        Places of the training runs, (runs, dimensions).
    candidates, targets : np.ndarray
        Places, (candidates, dimensions) and (targets, dimensions).
    joins : np.ndarray
        Whether each candidate would be a training run of this group, (candidates,).
    """

    size: np.ndarray
    runs: np.ndarray
    candidates: np.ndarray
    targets: np.ndarray
    joins: np.ndarray

    def variances(self, chosen: Sequence[int]) -> np.ndarray:
        """Compute the variance that is left once some candidates were measured, (targets,)."""
        return (self.size * distances(self._hull(chosen), self.targets)) ** 2

    def with_each(self, chosen: Sequence[int]) -> np.ndarray:
        """Compute what is left with each one more candidate, (candidates, targets)."""
        hull = self._hull(chosen)
        before = (self.size * distances(hull, self.targets)) ** 2
        left = np.broadcast_to(before, (len(self.candidates), len(before))).copy()
        if not before.any():
            return left
        moves = np.flatnonzero(self.joins & (distances(hull, self.candidates) > 0))
        at, same = np.unique(self.candidates[moves], axis=0, return_inverse=True)
        each = [(self.size * distances(np.vstack([hull, p]), self.targets)) ** 2 for p in at]
        if len(moves):
            left[moves] = np.array(each)[same.reshape(-1)]
        return left

    def _hull(self, chosen: Sequence[int]) -> np.ndarray:
        """Places of the training runs and of those that join them."""
        more = [i for i in chosen if self.joins[i]]
        return np.vstack([self.runs, self.candidates[more]]) if more else self.runs


def hull_drifts(
    base: Any, candidates: pd.DataFrame, targets: pd.DataFrame, scale: np.ndarray
) -> list[HullDrift]:
    """Describe the drift of a fit's targets, one for each group that drifts.

    Parameters
    ----------
    base : Fit, PooledFit or Group
        The fit.
    candidates, targets : pd.DataFrame
        The runs.
    scale : np.ndarray
        What the drift of each target is multiplied by, (targets,).

    Returns
    -------
    list of HullDrift
    """
    of_candidates, of_targets = (groups_of_runs(base, runs) for runs in (candidates, targets))
    found = []
    for key in dict.fromkeys(of_targets):
        drift = drift_draws_of(base, key)
        if drift is None:
            continue
        x = [base.inputs(base.with_known(runs)) for runs in (candidates, targets)]
        at, to = (places(drift.law, one)[0] for one in x)
        here = np.array([other == key for other in of_targets])
        joins = np.array([other == key for other in of_candidates])
        found.append(HullDrift(here * scale * drift.typical, drift.runs, at, to, joins))
    return found


def smooth_covariance(base: Any, runs: pd.DataFrame, noise: float) -> np.ndarray:
    """Compute the smooth error's covariance at runs, given the training runs.

    Parameters
    ----------
    base : Fit, PooledFit or Group
        The fit, whose training runs inform the error.
    runs : pd.DataFrame
        The runs.
    noise : float
        Variance of a run's noise, which is that of the smooth error too.

    Returns
    -------
    np.ndarray
        Shape (runs, runs); runs of two groups are independent.
    """
    training = base.training
    keys, known = groups_of_runs(base, runs), groups_of_runs(base, training)
    result = np.zeros((len(runs), len(runs)))
    at = coordinates([_columns(base, runs), _columns(base, training)])
    here, there = at[: len(runs)], at[len(runs) :]
    for key in dict.fromkeys(keys):
        chosen = np.flatnonzero([other == key for other in keys])
        seen = np.flatnonzero([other == key for other in known])
        few = np.linspace(0, len(seen) - 1, min(len(seen), _MOST_RUNS)).astype(int)
        seen = seen[np.unique(few)]
        across = matern(there[seen], here[chosen])
        within = matern(there[seen], there[seen]) + np.eye(len(seen))
        left = matern(here[chosen], here[chosen]) - across.T @ np.linalg.solve(within, across)
        result[np.ix_(chosen, chosen)] = noise * (left + left.T) / 2
    return result


def _columns(base: Any, runs: pd.DataFrame) -> np.ndarray:
    """The law's inputs of runs, shape (runs, inputs)."""
    x = base.inputs(base.with_known(runs))
    return np.concatenate([np.reshape(v, (len(runs), -1)) for v in x.values()], axis=1)


def coordinates(tables: list[np.ndarray]) -> np.ndarray:
    """Scale inputs to unit ranges over all tables: on the log scale where they are positive."""
    values = np.concatenate(tables)
    logs = (values > 0).all(axis=0)
    values = np.where(logs, np.log(np.where(logs, values, 1.0)), values)
    span = np.ptp(values, axis=0)
    return values / np.where(span > 0, span, 1.0)


def matern(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlation of Matern-3/2 between places (n, inputs) and (m, inputs)."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    r = np.sqrt(3 * np.maximum(squares, 0.0)) / _LENGTH
    return (1 + r) * np.exp(-r)
