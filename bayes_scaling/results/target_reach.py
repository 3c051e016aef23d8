"""How far targets lie beyond the training runs, and how such forecasts performed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling._core.hull import distances
from bayes_scaling._core.messages import join_words
from bayes_scaling.results.past_coverage import past_coverage
from bayes_scaling.results.verdict import Verdict

_FAR = {"N": 10.0, "D": 10.0, "C": 10.0}  # factors beyond the runs from which there is a caution
_TOO_FAR = {"N": 100.0, "D": 100.0, "C": 1000.0}
_NEAR = 1.05  # a factor that is none
_WORDS = {"N": "N", "D": "D", "C": "training compute"}


@dataclass(frozen=True)
class _Distance:
    """How far one target lies beyond its runs."""

    label: object
    factors: dict[str, float]  # by which it lies above the largest run or below the smallest
    below: tuple[str, ...]
    hull: float

    @property
    def level(self) -> str:
        """The verdict in a word."""
        hull = np.exp(self.hull)
        for level, limits in (("bad", _TOO_FAR), ("caution", _FAR)):
            # over the limit in one size, or in all sizes together as far
            if hull > limits["N"] or any(v > limits[k] for k, v in self.factors.items()):
                return level
        return "good"

    @property
    def text(self) -> str:
        """The distance in words."""
        parts = []
        for name in ("C", "N", "D"):
            factor = self.factors.get(name, 1.0)
            if factor > _NEAR:
                end = "below the smallest" if name in self.below else "the largest"
                parts.append(f"{_WORDS[name]} {factor:.3g} times {end}")
        return join_words(parts)


def reach_of_targets(
    to: pd.DataFrame, training: pd.DataFrame, by: Sequence[str], kind: str
) -> Verdict:
    """Judge how far targets lie beyond the runs in N, D and C.

    Parameters
    ----------
    to : pandas.DataFrame
        Targets.
    training : pandas.DataFrame
        The runs that were fitted.
    by : sequence of str
        Columns that identify groups; a target is compared with the runs of its own group.
    kind : str
        What is predicted, "loss" or "error", whose past coverage is stated.

    Returns
    -------
    Verdict
        Of the farthest target.
    """
    found = [
        distance
        for targets, runs in _by_group(to, training, list(by))
        for distance in _distances(targets, runs)
    ]
    if not found:
        return Verdict("Reach", checked=False)
    order = ("good", "caution", "bad")
    worst = max(found, key=lambda one: (order.index(one.level), one.hull, *one.factors.values()))
    compute = worst.factors.get("C", 1.0)
    numbers = {"distance": worst.hull}
    if worst.level == "good":
        text = f"farthest target: {worst.text}" if worst.text else "targets inside the runs' range"
        return Verdict("Reach", details=(text,), numbers=numbers)
    sentence = f"target {worst.label} lies beyond the runs: {worst.text}"
    if covered := past_coverage(kind, compute):
        sentence += f"; {covered}"
    if worst.level == "caution":
        return Verdict("Reach", cautions=(sentence,), numbers=numbers)
    remedy = "no forecast this far was ever checked; give runs nearer to it, or check its unit"
    return Verdict("Reach", (f"{sentence}; {remedy}",), numbers=numbers)


def _by_group(
    to: pd.DataFrame, training: pd.DataFrame, by: list[str]
) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """Targets with the runs that they are compared with: of their group, else of all groups."""
    if not by or not set(by) <= set(to.columns):
        return [(to, training)]
    parts = []
    for key, targets in to.groupby(by, sort=False, observed=True):
        runs = training[(training[by] == list(key)).all(axis=1)]
        parts.append((targets, runs if len(runs) else training))
    return parts


def _distances(to: pd.DataFrame, runs: pd.DataFrame) -> list[_Distance]:
    """Distance of each target, in the sizes that both tables have."""
    sizes = [name for name in _FAR if name in to.columns and name in runs.columns]
    if not sizes or not len(runs):
        return []
    values, ends = to[sizes].to_numpy(float), runs[sizes].to_numpy(float)
    low, high = ends.min(axis=0), ends.max(axis=0)
    with np.errstate(all="ignore"):
        factors = np.maximum(np.maximum(values / high, low / values), 1.0)
    axes = [name for name in ("N", "D") if name in sizes] or sizes[:1]
    logs = (np.log(table[axes].to_numpy(float)) for table in (runs, to))
    hull = distances(*logs)
    return [
        _Distance(
            label,
            dict(zip(sizes, map(float, factors[i]))),
            tuple(name for name, value, end in zip(sizes, values[i], low) if value < end),
            float(hull[i]),
        )
        for i, label in enumerate(to.index)
    ]
