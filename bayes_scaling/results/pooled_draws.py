"""Draws from a pooled fit: parameters of a group, and its outcome at given inputs."""

from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_of, check_seed
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.results.new_group import generator, new_group_parameters
from bayes_scaling.results.pooled_drift import drift_origin, noise_of
from bayes_scaling.results.pooled_posterior import PooledPosterior

Arrays = dict[str, np.ndarray]


def parameters_of(fit: PooledPosterior, key: tuple) -> tuple[Arrays, Arrays]:
    """Published parameters and sampled quantities (draws,) of a group, new or not."""
    position = fit.pool.where(key)
    if position is None:
        return new_group_parameters(fit, key)
    published, sampled = (
        {name: values[:, position] for name, values in fit.flat(*names).items()}
        for names in (fit.law.names, (q.sampled for q in fit.law.sites))
    )
    return published, sampled


def draws_at(
    fit: PooledPosterior,
    key: tuple,
    x: Arrays,
    rows: Arrays | None,
    of: str,
    seed: int,
    chosen: slice | np.ndarray,
) -> np.ndarray:
    """Draws (draws, targets) of one group's outcome: see ``PooledFit.draws_at``."""
    check_of(of), check_seed(seed)
    published, sampled = (
        {name: np.asarray(value)[chosen, None] for name, value in part.items()}
        for part in parameters_of(fit, key)
    )
    mean = curve(fit.law, x, published)
    if of == "mean":
        return mean
    u, noise = distance(fit.law, x, fit.ref), noise_of(fit, key)
    drift: dict[str, Any] = (
        {"beyond": np.maximum(drift_origin(fit, [key]) - u, 0.0)} if noise.drift else {}
    )
    residuals = _training_residuals(fit, key, published)
    rng = generator(fit, "noise", seed, key)
    return noise.draw(rng, mean, sampled, u, None, rows, **drift, **residuals)


def scatter_at(
    fit: PooledPosterior, key: tuple, x: Arrays, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Center, sd and log distance of new runs of a group: see ``PooledFit.scatter_at``."""
    published, sampled = (
        {name: value[:, None] for name, value in part.items()} for part in parameters_of(fit, key)
    )
    mean, u = curve(fit.law, x, published), distance(fit.law, x, fit.ref)
    residuals = _training_residuals(fit, key, published)
    rng = generator(fit, "noise", seed, key)
    center, sd = fit.law.noise.scatter(rng, mean, sampled, u, **residuals)
    return center, sd, u - drift_origin(fit, [key])


def _training_residuals(
    fit: PooledPosterior, key: tuple, published: Arrays
) -> dict[str, dict[str, Any]]:
    """Residuals of a group's runs, which determine its discrepancy; {} without one."""
    position = fit.pool.where(key)
    if not fit.law.noise.smooth or position is None:
        return {}
    group, slot = (index[fit.place[0] == position] for index in fit.place)
    x = {name: values[group, slot] for name, values in fit.data["x"].items()}
    mean = curve(fit.law, {name: values[None] for name, values in x.items()}, published)
    residual = fit.data["z"][group, slot] - fit.law.noise.forward(mean)
    se = fit.data["se"][group, slot] if "se" in fit.data else None
    return {"seen": {"residual": residual, "u": distance(fit.law, x, fit.ref), "se": se}}
