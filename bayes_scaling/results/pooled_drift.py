"""Drift in forecasts of a pooled fit: where it begins, its size for each level, its description."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_scaling._core.arguments import is_drift_sd
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.drift import describe_drift, distance_of
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.places import axes, places
from bayes_scaling.results.pooled_posterior import PooledPosterior


def drift_draws(fit: PooledPosterior, key: tuple) -> DriftDraws:
    """The drift of a group's new runs, beyond the hull of its own runs.

    Larger runs of other groups inform the law, not how this group departs from it. A group without
    runs drifts beyond those of all groups.
    """
    position = fit.pool.index_of(key)
    runs = places(fit.law, {name: fit.by_run(values) for name, values in fit.data["x"].items()})
    sigma = 0.0
    if "sigma" in fit.posterior:
        drawn = fit.posterior["sigma"]
        of_group = position is not None and drawn.ndim > 2
        sigma = float(np.median(drawn[..., position] if of_group else drawn))
    if position is not None:
        runs = runs[fit.place[0] == position]
    return DriftDraws(fit.law.with_noise(noise_of(fit, key)), runs, sigma, len(runs))


def drift_at(
    fit: PooledPosterior, key: tuple, x: Mapping[str, np.ndarray], seed: int, count: int
) -> np.ndarray | None:
    """The drift of a group at inputs; None where nothing drifts.

    A draw's slope off the law is the same for all groups: the outcomes of one run drift together.
    """
    if not noise_of(fit, key).drift:
        return None
    of_fit = (fit.seed, repr(fit.law.names), fit.provenance["data_hash"])
    return drift_draws(fit, key).draw(generator(Stream.DRIFT, *of_fit, seed), x, count)


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
    if not isinstance(fit.law.noise, Noise) or not axes(fit.law):
        raise InputError(
            f"{fit.law.name} with {fit.law.noise} has no drift; give a law of sizes and a Noise"
        )


def drift_note(fit: PooledPosterior, x: dict[str, np.ndarray], keys: list[tuple]) -> str:
    """Describe the drift of targets with inputs ``x``; "" where none drifts."""
    drifts = {key: drift_draws(fit, key) for key in keys if noise_of(fit, key).drift}
    beyond = [
        key
        for key, drift in drifts.items()
        if drift.distances(x)[..., [other == key for other in keys]].any()
    ]
    if not beyond:
        return ""
    if fit.drift is None:
        description = describe_drift(fit.law)  # the same text for every group
    else:
        each = ", ".join(f"{level} {sd:.2g}" for level, sd in fit.drift[1].items())
        noise: Any = fit.law.noise  # a Noise: see check_drifts
        description = (
            f"sd by {fit.drift[0]} ({each}) * {distance_of(fit.law)} on the {noise.link} of the"
            " outcome, as given"
        )
    return f"Beyond the training runs {fit.y} may drift off the law: {description}"
