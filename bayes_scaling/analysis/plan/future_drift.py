"""How far runs extrapolate a fit, and the drift that remains once a larger run was measured."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd

from bayes_scaling.inference.design import distance
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.censored import Censored
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
    """Compute how far each run lies beyond the largest training run, of its group if it has one.

    Parameters
    ----------
    base : Fit, PooledFit or Group
        The fit.
    runs : pd.DataFrame
        The runs.

    Returns
    -------
    np.ndarray
        Log scale, shape (runs,); 0 inside the training range.
    """
    if isinstance(base, Fit):
        largest = np.zeros(1)
    else:
        largest = pooled_fit_of(base).drift_origin(groups_of_runs(base, runs))
    u = distance(base.law, base.inputs(base.with_known(runs)), reference_run(base)).ravel()
    return np.broadcast_to(np.maximum(largest - u, 0.0), len(runs))


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
        return replace(forecaster, law=law)
    drift = forecaster.drift
    if drift is not None:
        column, sds = drift
        drift = column, {level: sd * fraction for level, sd in sds.items()}
    return replace(forecaster, pool=replace(forecaster.pool, law=law), drift=drift)


def _scaled_drift(noise: Likelihood, fraction: float) -> Likelihood:
    """The likelihood with a fraction of its drift."""
    if isinstance(noise, Censored):
        return replace(noise, noise=_scaled_drift(noise.noise, fraction))
    return replace(cast(Any, noise), drift=noise.drift * fraction) if noise.drift else noise
