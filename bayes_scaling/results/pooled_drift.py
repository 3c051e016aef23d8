"""Drift in forecasts of a pooled fit: where it begins, its size for each level, its description."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_scaling._core.arguments import is_drift_sd
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.inference.design import distance
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.drift import describe_drift, distance_of
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.results.pooled_posterior import PooledPosterior


def drift_origin(fit: PooledPosterior, keys: list[tuple]) -> np.ndarray:
    """Log distance u of each group's largest run, where its drift begins; 0 of a new group.

    Larger runs of other groups inform the law, not how this group departs from it.
    """
    u, positions = fit.by_run(fit.data["u"]), [fit.pool.index_of(key) for key in keys]
    return np.array([0.0 if i is None else u[fit.place[0] == i].min() for i in positions])


def noise_of(fit: PooledPosterior, key: tuple) -> Likelihood:
    """The likelihood of a group's new runs, with the drift of its level."""
    if fit.drift is None:
        return fit.law.noise
    column, sds = fit.drift
    mean = float(np.mean(list(sds.values())))
    level = key[fit.pool.by.index(column)]
    noise: Any = fit.law.noise  # a Noise: see check_drifts
    return replace(noise, drift=sds.get(level, mean))


def check_drifts(fit: PooledPosterior, column: str, sds: Mapping[Any, float]) -> None:
    """Refuse a column, a level or an sd that is invalid, and a likelihood without drift."""
    if column not in fit.pool.by:
        raise InputError(
            f"column is {column!r}{did_you_mean(column, fit.pool.by)}; the groups are identified by"
            f" {', '.join(fit.pool.by)}"
        )
    levels = fit.pool.levels[fit.pool.by.index(column)]
    for level, sd in sds.items():
        if level not in levels:
            raise InputError(
                f"sds name the {column} {level!r}, which has no runs{did_you_mean(level, levels)};"
                f" those that have: {shorten_list(levels)}"
            )
        if not is_drift_sd(sd):
            raise InputError(f"the drift of {level} is {sd!r}; give a number from 0, such as 0.005")
    if not sds:
        raise InputError("sds are empty; give an sd for at least one level")
    if not isinstance(fit.law.noise, Noise) or fit.law.scale is None:
        raise InputError(
            f"{fit.law.name} with {fit.law.noise} has no drift; give a law with a scale and a Noise"
        )


def has_drift(fit: PooledPosterior) -> bool:
    """Whether forecasts of any group may drift."""
    return max([fit.law.noise.drift] if fit.drift is None else fit.drift[1].values()) > 0


def drift_note(fit: PooledPosterior, x: dict[str, np.ndarray], keys: list[tuple]) -> str:
    """Describe the drift of targets with inputs ``x``; "" where none drifts."""
    if not (distance(fit.law, x, fit.ref) < drift_origin(fit, keys)).any():
        return ""
    if fit.drift is None:
        description = describe_drift(fit.law)
    else:
        each = ", ".join(f"{level} {sd:.2g}" for level, sd in fit.drift[1].items())
        noise: Any = fit.law.noise  # a Noise: see check_drifts
        description = (
            f"sd by {fit.drift[0]} ({each}) * {distance_of(fit.law)} on the {noise.link} of the"
            " outcome, as given"
        )
    return f"Beyond the training range {fit.y} may drift off the law: {description}"
