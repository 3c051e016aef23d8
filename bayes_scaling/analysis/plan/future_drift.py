"""How far runs extrapolate a fit, and the drift that remains once a larger run was measured."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.places import axes
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group, joint_fit
from bayes_scaling.results.pooled_fit import PooledFit

type Base = Fit | PooledFit | Group  # a fit to which a run can be added


def pooled_fit_of(base: PooledFit | Group) -> PooledFit:
    """Return the pooled fit that a group is of."""
    return cast(PooledFit, joint_fit(base))


def reference_run(base: Base) -> dict[str, Any]:
    """Return the reference run of a fit, or what all groups of a pooled fit have in common."""
    return base.ref if isinstance(base, Fit) else pooled_fit_of(base).ref


def groups_of_runs(base: Base, runs: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the group of each run; () for a fit without groups."""
    if isinstance(base, Fit):
        return [()] * len(runs)
    if isinstance(base, Group):
        return [base.key] * len(runs)
    return base.keys_of_targets(runs)


def distance_beyond(base: Base, runs: pd.DataFrame) -> np.ndarray:
    """Compute how far each run lies beyond the training runs, of its group if it has one.

    Parameters
    ----------
    base : Fit, PooledFit or Group
        The fit.
    runs : pd.DataFrame
        The runs.

    Returns
    -------
    np.ndarray
        Distance that the drift grows with, shape (runs,); 0 inside the hull of the runs.
    """
    x = base.inputs(base.with_known(runs))
    beyond, keys = np.zeros(len(runs)), groups_of_runs(base, runs)
    for key in dict.fromkeys(keys):
        drift, chosen = drift_draws_of(base, key), np.array([other == key for other in keys])
        if drift is not None:
            beyond[chosen] = drift.distances(x)[0, chosen]
    return beyond


def remaining_drift(base: Base, candidate: pd.DataFrame, target: pd.DataFrame) -> float:
    """Compute the fraction of a target's drift that remains once a candidate run was measured.

    Parameters
    ----------
    base : Fit, PooledFit or Group
        The fit.
    candidate, target : pd.DataFrame
        One run each.

    Returns
    -------
    float
        From 0 to 1; 1 where the candidate is of another group than the target.
    """
    key = groups_of_runs(base, target)[0]
    drift = drift_draws_of(base, key)
    if drift is None or groups_of_runs(base, candidate)[0] != key:
        return 1.0
    at, run = (base.inputs(base.with_known(table)) for table in (target, candidate))
    before = float(drift.distances(at).max())
    return float(drift.with_runs(run).distances(at).max()) / before if before > 0 else 1.0


def drift_at(base: Base, run: pd.DataFrame, seed: int, count: int) -> np.ndarray | None:
    """Draw the drift of one run, shape (count, 1); None where nothing drifts."""
    drift = drift_draws_of(base, groups_of_runs(base, run)[0])
    if drift is None:
        return None
    x = base.inputs(base.with_known(run))
    return drift.draw(generator(Stream.PREPOSTERIOR, seed, "drift"), x, count)


def drift_draws_of(base: Base, key: tuple[Any, ...]) -> DriftDraws | None:
    """Return the drift of a fit, or of one of its groups; None where nothing drifts."""
    if isinstance(base, Fit):
        return base.drift_draws
    fit = pooled_fit_of(base)
    return fit.drift_draws(key) if axes(fit.law) else None


def with_drift_fraction(forecaster: Base | Chain, fraction: float) -> Base | Chain:
    """Return a forecaster with less drift in the fit to which runs are added.

    Parameters
    ----------
    forecaster : Fit, PooledFit, Group or Chain
        The forecaster; of a chain the first fit changes.
    fraction : float
        Fraction of the drift that remains.

    Returns
    -------
    Forecaster of the same kind
    """
    if isinstance(forecaster, Chain):
        first = cast(Base, forecaster.first)
        return Chain(with_drift_fraction(first, fraction), forecaster.second)
    if isinstance(forecaster, Group):
        return replace(forecaster, fit=with_drift_fraction(forecaster.fit, fraction))
    law = forecaster.law.with_noise(_scaled_drift(forecaster.law.noise, fraction))
    if isinstance(forecaster, Fit):
        return replace(forecaster, law=law, own_source=lambda: forecaster.own_runs)
    drift = forecaster.drift
    if drift is not None:
        column, sds = drift
        drift = column, {level: sd * fraction for level, sd in sds.items()}
    return replace(forecaster, pool=replace(forecaster.pool, law=law), drift=drift)


def _scaled_drift(noise: Likelihood, fraction: float) -> Likelihood:
    """The likelihood with a fraction of its drift."""
    if isinstance(noise, Censored):
        return replace(noise, noise=_scaled_drift(noise.noise, fraction))
    drift = cast(Any, noise).drift
    if not drift:
        return noise
    if isinstance(drift, LearnedDrift):
        return replace(cast(Any, noise), drift=drift.scaled(fraction))
    return replace(cast(Any, noise), drift=drift * fraction)
