r"""Sets of runs within a budget, and what each would leave of the targets' uncertainty.

A run i that is measured with the noise variance r_i takes the covariance K of all outcomes to

.. math:: K - K_{\cdot i} K_{i \cdot} / (K_{ii} + r_i).

That is the adjusted variance of Bayes linear analysis (Goldstein and Wooff 2007): exact where
everything is Normal, and for any other posterior, with several modes or laws too, no smaller than
the variance that is expected once the runs were measured. To it come the noise of a target and the
drift that is left, which begins at the runs of the design. A design is worth the mean over targets
of the log sd it leaves, and of outcomes that one run measures together the mean over them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling.analysis.plan.joint_outcomes import Joint
from bayes_scaling.analysis.plan.law_error import HullDrift

_LEAST = 1e-4  # gain of the mean log sd below which no further run is worth its cost
_TINY = 1e-12  # fraction of a target's variance that is taken for nothing


@dataclass(frozen=True)
class Design:
    """Runs in the order in which they are to be trained.

    Parameters
    ----------
    name : str
        How it was made.
    runs : list of int
        Positions of the candidates.
    worth : list of float
        Mean over targets and outcomes of the log of sd after and sd now, after each run.
    """

    name: str
    runs: list[int]
    worth: list[float]

    @property
    def value(self) -> float:
        """The mean log ratio that all of its runs leave; 0 of no runs."""
        return self.worth[-1] if self.worth else 0.0


class Beliefs:
    """What is known of some outcomes, to which runs are added one at a time."""

    def __init__(self, joints: Sequence[Joint]) -> None:
        self.runs: list[int] = []
        self._states = [_State(joint) for joint in joints]
        self._before = self._log_sds()

    def _log_sds(self) -> list[np.ndarray]:
        return [0.5 * np.log(state.curve() + state.noise + state.drift) for state in self._states]

    def gains(self) -> np.ndarray:
        """Compute how much each candidate would lower the mean log sd, (candidates,)."""
        found = []
        for state in self._states:
            curve, taken = state.curve(), state.taken()
            after = np.maximum(curve - taken, 0.0) + state.noise
            drift = sum((one.with_each(self.runs) for one in state.drifts), np.zeros(after.shape))
            found.append(0.5 * np.log((curve + state.noise + state.drift) / (after + drift)))
        return np.mean([one.mean(axis=1) for one in found], axis=0)

    def variance_gains(self) -> np.ndarray:
        """Compute how much each candidate takes from the targets' variances, (candidates,)."""
        return np.sum([state.taken().sum(axis=1) for state in self._states], axis=0)

    def information(self) -> np.ndarray:
        """Compute the information that each candidate gives of the law, nats, (candidates,)."""
        return np.sum([0.5 * np.log1p(s.own / s.noises) for s in self._states], axis=0)

    def add(self, i: int) -> None:
        """Add the run of a candidate."""
        self.runs.append(i)
        for state in self._states:
            state.add(i)
            state.drift = _drift(state.drifts, self.runs, len(state.drift))

    def log_ratios(self) -> list[np.ndarray]:
        """Return the log of sd after and sd now of each target, for each outcome."""
        return [now - before for now, before in zip(self._log_sds(), self._before)]

    def worth(self) -> float:
        """Return the mean of ``log_ratios``."""
        return float(np.mean([np.mean(one) for one in self.log_ratios()]))


class _State:
    """The covariance of one outcome once some runs were added.

    It is kept as the first covariance and one vector a run: variances of the candidates, ``own``,
    and their covariances with targets, ``cross`` (candidates, targets), follow at once.
    """

    def __init__(self, joint: Joint) -> None:
        n, first = joint.targets, joint.covariance
        self._first, self._vectors = first, list[np.ndarray]()
        self._count = len(first) - n
        self.own = np.diag(first)[:-n].copy()
        self.cross = first[:-n, -n:].copy()
        self._targets = np.diag(first)[-n:].copy()
        self.noises = joint.noise[:-n] + 1e-300
        self.drifts = joint.drifts
        self.drift = _drift(joint.drifts, [], n)
        noise = joint.noise[-n:]
        self.noise = noise + _TINY * (self._targets + noise + self.drift) + 1e-300

    def curve(self) -> np.ndarray:
        """Variances of the targets without noise and drift."""
        return np.maximum(self._targets, 0.0)

    def taken(self) -> np.ndarray:
        """What each candidate takes from each target's variance, (candidates, targets)."""
        return self.cross**2 / (np.maximum(self.own, 0.0) + self.noises)[:, None]

    def add(self, i: int) -> None:
        """Condition on the run of a candidate."""
        column = self._first[:, i].copy()
        for vector in self._vectors:
            column -= vector * vector[i]
        column /= np.sqrt(max(column[i], 0.0) + self.noises[i])
        self._vectors.append(column)
        runs, targets = column[: self._count], column[self._count :]
        self.own -= runs**2
        self.cross -= np.outer(runs, targets)
        self._targets -= targets**2


def _drift(drifts: Sequence[HullDrift], chosen: Sequence[int], count: int) -> np.ndarray:
    """Variance of the targets' drift once some candidates were measured, (targets,)."""
    return sum((one.variances(chosen) for one in drifts), np.zeros(count))


def designs(
    joints: Sequence[Joint],
    costs: np.ndarray,
    budget: float,
    candidates: pd.DataFrame,
    fewest: int = 0,
) -> list[Design]:
    """Make designs within a budget, the best first.

    Parameters
    ----------
    joints : sequence of Joint
        The outcomes that every run measures.
    costs : np.ndarray
        Cost of each candidate.
    budget : float
        What all runs may cost together.
    candidates : pd.DataFrame
        The candidates.
    fewest : int
        Number of runs that a fit needs: money for so many is kept, where there is enough.

    Returns
    -------
    list of Design
        The greedy choice by gain for its cost and that by gain alone, of which one is always
        near the best possible for gains that diminish (Leskovec et al. 2007); the cheapest first;
        and the L-shaped grid of runs with N and D: all tokens at the smallest sizes, and all sizes
        at the fewest tokens.
    """
    found = [
        _greedy("most for the cost", joints, costs, budget, costs, fewest),
        _greedy("most a run", joints, costs, budget, np.ones(len(costs)), fewest),
        _given("the cheapest", joints, np.argsort(costs, kind="stable").tolist(), costs, budget),
    ]
    for order in _l_shape(candidates, costs):
        found.append(_given("L-shaped grid", joints, order, costs, budget))
    best = {one.name: one for one in sorted(found, key=lambda one: -one.value)}
    return sorted(best.values(), key=lambda one: (len(one.runs) < fewest, one.value))


def _greedy(
    name: str,
    joints: Sequence[Joint],
    costs: np.ndarray,
    budget: float,
    price: np.ndarray,
    fewest: int,
) -> Design:
    """Add the run that gains most for its price, as long as any is affordable and gains."""
    beliefs, left = Beliefs(joints), budget
    free = np.ones(len(costs), bool)
    worth: list[float] = []
    while True:
        kept = np.sort(costs[free])[: max(fewest - len(worth) - 1, 0)].sum()
        within = costs <= (left - kept if kept < left else left) * (1 + 1e-12)
        can = np.flatnonzero(free & within)
        gain = beliefs.gains()[can]
        if not gain.size or (len(worth) >= fewest and not gain.max() > _LEAST):
            break
        i = int(can[np.argmax(gain / price[can])])
        beliefs.add(i)
        free[i], left = False, left - costs[i]
        worth.append(beliefs.worth())
    return Design(name, beliefs.runs, worth)


def in_order(name: str, joints: Sequence[Joint], runs: Sequence[int]) -> Design:
    """Return a design of given runs in their order."""
    beliefs = Beliefs(joints)
    worth = []
    for i in runs:
        beliefs.add(i)
        worth.append(beliefs.worth())
    return Design(name, beliefs.runs, worth)


def _given(
    name: str, joints: Sequence[Joint], order: Sequence[int], costs: np.ndarray, budget: float
) -> Design:
    """Take runs in an order, leaving out those that no longer fit the budget."""
    left, runs = budget, list[int]()
    for i in order:
        if costs[i] <= left * (1 + 1e-12):
            left -= costs[i]
            runs.append(i)
    return in_order(name, joints, runs)


def _l_shape(candidates: pd.DataFrame, costs: np.ndarray) -> Iterator[list[int]]:
    """Positions of L-shaped grids of one, two and three sizes and token counts, cheapest first."""
    if not {"N", "D"} <= set(candidates.columns):
        return
    N, D = (candidates[name].to_numpy(float) for name in ("N", "D"))
    for arms in (1, 2, 3):
        small = np.isin(N, np.unique(N)[:arms])
        short = np.zeros(len(N), bool)
        for size in np.unique(N):
            at = np.flatnonzero(N == size)
            short[at[np.isin(D[at], np.unique(D[at])[:arms])]] = True
        chosen = np.flatnonzero(small | short)
        yield chosen[np.argsort(costs[chosen], kind="stable")].tolist()
