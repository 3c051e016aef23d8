"""Draws of the outcome from one fit, at given inputs."""

from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_of, check_seed
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.results.fit_posterior import FitPosterior
from bayes_scaling.results.known_inputs import mean_row

Arrays = dict[str, np.ndarray]


def draws_at(
    fit: FitPosterior,
    x: Arrays,
    of: str,
    seed: int,
    paired: bool,
    se: np.ndarray | None,
    rows: dict[str, Any] | None,
) -> np.ndarray:
    """Draws (draws, targets) of the outcome: see ``Fit.draws_at``."""
    check_of(of), check_seed(seed)
    mean, published, sampled = curve_at(fit, x, paired)
    if of == "mean":
        return mean
    return fit.law.noise.draw(
        np.random.default_rng([fit.seed, seed, 1]),
        mean,
        sampled,
        distance(fit.law, x, fit.ref),
        se,
        mean_row(fit.law, fit.ref) | (rows or {}),
        **training_residuals(fit, published),
    )


def scatter_at(
    fit: FitPosterior, x: Arrays, seed: int, se: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Center, sd and log distance of new runs on the link's scale: see ``Fit.scatter_at``."""
    mean, published, sampled = curve_at(fit, x, paired=False)
    u = distance(fit.law, x, fit.ref)
    generator = np.random.default_rng([fit.seed, seed, 1])
    residuals = training_residuals(fit, published)
    return *fit.law.noise.scatter(generator, mean, sampled, u, se, **residuals), u


def curve_at(fit: FitPosterior, x: Arrays, paired: bool) -> tuple[np.ndarray, Arrays, Arrays]:
    """The curve (draws, targets), and its published and sampled parameters (draws, 1)."""
    published = {name: value[:, None] for name, value in fit.flat(*fit.law.names).items()}
    names = (q.sampled for q in fit.law.sites)
    sampled = {name: value[:, None] for name, value in fit.flat(*names).items()}
    if paired:
        count = len(next(iter(x.values())))
        available = len(next(iter(published.values())))
        order = np.random.default_rng([fit.seed, 2]).permutation(available)
        chosen = np.resize(order, count)
        published = {name: value[chosen] for name, value in published.items()}
        sampled = {name: value[chosen] for name, value in sampled.items()}
    return curve(fit.law, x, published), published, sampled


def training_residuals(fit: FitPosterior, published: Arrays) -> dict[str, dict[str, Any]]:
    """Residuals of the training runs for ``Noise.scatter``: see ``Fit.training_residuals``."""
    if not fit.law.noise.smooth:
        return {}
    x, z, se = fit._training_data
    mean = curve(fit.law, {name: values[None] for name, values in x.items()}, published)
    residual = z - fit.law.noise.forward(mean)
    return {"seen": {"residual": residual, "u": distance(fit.law, x, fit.ref), "se": se}}
