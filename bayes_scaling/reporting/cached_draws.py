"""Forecasters that make each set of draws once, however often a report needs it."""

from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit


@dataclass(frozen=True)
class CompleteTargets:
    """Targets that are complete and valid: ``as_targets`` returns ``targets`` as they are."""

    targets: pd.DataFrame


@singledispatch
def with_cached_draws(forecaster: Any) -> Any:
    """Return a copy of a forecaster, and of those it is made of, that keeps its draws.

    The copy takes all targets as complete: ``validate`` has completed them.

    Raises
    ------
    InputError
        No Fit, PooledFit, Group, Chain or Average was given.
    """
    hint = (
        ": give the pooled fit, and this as comparison="
        if isinstance(forecaster, Comparison)
        else ""
    )
    raise InputError(
        f"a report needs a Fit, a Chain, an Average or a PooledFit, not a "
        f"{type(forecaster).__name__}{hint}"
    )


@with_cached_draws.register
def _(forecaster: Fit) -> Fit:
    return _cached(copy(forecaster))


@with_cached_draws.register
def _(forecaster: PooledFit) -> PooledFit:
    return _cached(copy(forecaster))


@with_cached_draws.register
def _(forecaster: Group) -> Group:
    return _cached(Group(with_cached_draws(forecaster.fit), forecaster.key))


@with_cached_draws.register
def _(forecaster: Chain) -> Chain:
    stages = forecaster.first, forecaster.second
    return _cached(Chain(*map(with_cached_draws, stages)))


@with_cached_draws.register
def _(forecaster: Average) -> Average:
    fits = {label: with_cached_draws(fit) for label, fit in forecaster.fits.items()}
    return _cached(Average(fits, forecaster.weights))


def _cached[F: Fit | PooledFit | Group | Chain | Average](forecaster: F) -> F:
    """Shadow the methods that take targets on this one instance, and return it."""
    draws, forecast, drift_note = forecaster.draws, forecaster.forecast, forecaster.drift_note
    kept: dict[Hashable, np.ndarray] = {}

    def cached_draws(to: Any, of: str = "run", seed: int = 0) -> np.ndarray:
        key = of, seed, _contents(_frame(to))
        if key not in kept:
            kept[key] = draws(CompleteTargets(_frame(to)), of=of, seed=seed)
        return kept[key]

    def complete_forecast(to: Any, *args: Any, **options: Any) -> pd.DataFrame:
        return forecast(CompleteTargets(_frame(to)), *args, **options)

    def complete_drift_note(to: Any) -> str:
        return drift_note(CompleteTargets(_frame(to)))

    vars(forecaster).update(
        draws=cached_draws, forecast=complete_forecast, drift_note=complete_drift_note
    )
    return forecaster


def _frame(to: pd.DataFrame | CompleteTargets) -> pd.DataFrame:
    return to.targets if isinstance(to, CompleteTargets) else to


def _contents(to: pd.DataFrame) -> Hashable:
    """Return what the draws depend on: columns and values, not the labels of the rows."""
    return tuple(to.columns), tuple(to.itertuples(index=False, name=None))
