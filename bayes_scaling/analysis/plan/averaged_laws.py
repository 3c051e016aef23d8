"""The laws behind a forecaster, with draws of each in proportion to its weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.future_drift import Base, distance_beyond, groups_of_runs


@dataclass(frozen=True)
class WeightedLaw:
    """A fit, its weight, and the positions of the draws that stand for it; None for all."""

    fit: Any
    weight: float
    kept: np.ndarray | None


def laws_of(base: Base | Average) -> list[WeightedLaw]:
    """Return the laws of a forecaster; a fit is one law, with all of its draws.

    Parameters
    ----------
    base : Fit, PooledFit, Group or Average
        The forecaster.

    Returns
    -------
    list of WeightedLaw
        Laws without weight are left out. Of an average the draws that are kept number as those of
        its largest fit, at even steps through each fit's chains.
    """
    if not isinstance(base, Average):
        return [WeightedLaw(base, 1.0, None)]
    weights = {k: float(w) for k, w in base.weights["weight"].to_dict().items() if w > 0}
    lengths = {k: len(base.fits[k].flat(base.fits[k].law.names[0]).popitem()[1]) for k in weights}
    ends = np.round(np.cumsum(list(weights.values())) * max(lengths.values())).astype(int)
    counts = dict(zip(weights, np.diff(ends, prepend=0)))
    return [
        WeightedLaw(
            base.fits[k], weights[k], np.linspace(0, lengths[k] - 1, counts[k]).round().astype(int)
        )
        for k in weights
        if counts[k]
    ]


def interleaved(counts: Sequence[int]) -> np.ndarray:
    """Return the order that puts each law's draws evenly among those of all laws."""
    return np.argsort(np.concatenate([(np.arange(n) + 0.5) / n for n in counts]), kind="stable")


def farthest_beyond(base: Base | Average, runs: pd.DataFrame) -> np.ndarray:
    """Compute how far runs lie beyond the training runs, by the law for which that is farthest."""
    return np.max([distance_beyond(law.fit, runs) for law in laws_of(base)], axis=0)


def groups_at(base: Base | Average, runs: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the group of each run; an average has none."""
    return groups_of_runs(laws_of(base)[0].fit, runs)
