"""Residuals of the training runs, observed and replicated from the posterior."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.design import distance
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.results.fit_draws import FitDraws
from bayes_scaling.results.pooled_draws import PooledDraws
from bayes_scaling.results.pooled_posterior import PooledPosterior

_DRAWS = 1000  # posterior draws that are used
_ABSORBED = 0.5  # variance of the curve, over that of the noise, that counts as a parameter's
_SCALE = 0.8413  # quantile of a standard Normal at 1


@dataclass(frozen=True, eq=False)
class Residuals:
    """Outcomes of the training runs about a law's curve, on the likelihood's scale.

    Parameters
    ----------
    outcome : numpy.ndarray
        Outcomes on that scale, shape (runs,).
    curve : numpy.ndarray
        The law's curve there, shape (draws, runs).
    noise : numpy.ndarray
        Replicated outcomes minus the curve, shape (draws, runs).
    sizes : {str: numpy.ndarray}
        Positive inputs and sizes of the runs that vary, shape (runs,) each.
    group : numpy.ndarray
        Number of each run's group, shape (runs,).
    """

    outcome: np.ndarray
    curve: np.ndarray
    noise: np.ndarray
    sizes: dict[str, np.ndarray]
    group: np.ndarray

    @cached_property
    def sd(self) -> np.ndarray:
        """Sd of the noise of each run; of heavy tails, that of their middle."""
        low, high = np.quantile(self.noise, [1 - _SCALE, _SCALE], axis=0)
        middle = (high - low) / 2
        return np.maximum(np.maximum(middle, 0.1 * self.noise.std(axis=0)), 1e-12)

    @cached_property
    def raw(self) -> np.ndarray:
        """Outcomes minus the posterior mean of the curve, shape (runs,)."""
        return self.outcome - self.curve.mean(axis=0)

    @cached_property
    def unabsorbed(self) -> np.ndarray:
        """Directions in which a fit leaves the noise in the residuals, (directions, runs).

        Residuals divided by ``sd`` have the covariance I - K about the posterior mean, where K is
        the posterior covariance of the curve in units of ``sd``. Its eigenvalues are near 0 for
        what the parameters take up and near 1 for the rest, whose unit vectors these are.
        """
        centered = (self.curve - self.curve.mean(axis=0)) / self.sd
        values, vectors = np.linalg.eigh(centered.T @ centered / len(centered))
        return vectors[:, values < _ABSORBED].T

    @property
    def freedom(self) -> int:
        """Number of runs less the effective number of parameters."""
        return len(self.unabsorbed)

    @cached_property
    def standardized(self) -> np.ndarray:
        """Residuals divided by the noise's sd, without what parameters take up, shape (runs,)."""
        return self.unabsorbed.T @ (self.unabsorbed @ (self.raw / self.sd))

    @cached_property
    def replicated(self) -> np.ndarray:
        """What ``standardized`` would be were the law right, shape (draws, runs)."""
        return (self.noise / self.sd) @ self.unabsorbed.T @ self.unabsorbed


def residuals_of_fit(fit: FitDraws) -> Residuals | None:
    """Compute the residuals of a Fit; None where outcomes are censored.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    Residuals or None
    """
    if isinstance(fit.law.noise, Censored):
        return None
    x, _, se = fit.training_data
    every, _, sampled = fit.curve_at({name: values[None] for name, values in x.items()})
    part = np.linspace(0, len(every) - 1, min(_DRAWS, len(every))).astype(int)
    sampled = {name: value[part] for name, value in sampled.items()}
    runs = fit.training
    mean = np.broadcast_to(every[part], (len(part), len(runs)))
    return _residuals(
        fit,
        mean,
        sampled,
        distance(fit.law, x, fit.ref),
        se,
        fit.training_rows,
        np.zeros(len(runs)),
    )


def residuals_of_pooled_fit(fit: PooledDraws) -> Residuals | None:
    """Compute the residuals of a PooledFit, each run about the curve of its own group.

    Parameters
    ----------
    fit : PooledFit
        The fit.

    Returns
    -------
    Residuals or None
        None where outcomes are censored, or a smooth discrepancy is shared by the runs of a group.
    """
    if isinstance(fit.law.noise, Censored) or fit.law.noise.correlates:
        return None
    group = fit.place[0]
    part = np.linspace(0, fit.count - 1, min(_DRAWS, fit.count)).astype(int)
    names = [q.sampled for q in fit.law.sites]
    sampled = {name: values[part][:, group] for name, values in fit.flat(*names).items()}
    published = {name: values[part] for name, values in fit.flat(*fit.law.names).items()}
    x = {name: fit.by_run(values) for name, values in fit.data["x"].items()}
    mean = np.empty((len(part), len(group)))
    for number in range(len(fit.groups)):
        mask = group == number
        of_group = {name: values[:, number, None] for name, values in published.items()}
        inputs = {name: values[mask][None] for name, values in x.items()}
        key = fit.pool.key(fit.groups[number])
        mean[:, mask] = fit.curve_of(key, inputs, of_group, part)
    rows = {name: fit.by_run(values) for name, values in fit.data.get("rows", {}).items()}
    se = fit.by_run(fit.data["se"]) if "se" in fit.data else None
    return _residuals(fit, mean, sampled, fit.by_run(fit.data["u"]), se, rows, group)


def _residuals(
    fit: FitDraws | PooledPosterior,
    mean: np.ndarray,
    sampled: dict[str, np.ndarray],
    u: np.ndarray,
    se: np.ndarray | None,
    rows: dict[str, Any],
    group: np.ndarray,
) -> Residuals:
    """Replicate outcomes about the curve ``mean`` (draws, runs)."""
    law, runs, forward = fit.law, fit.training, fit.law.noise.forward
    rng = generator(Stream.FIT_CHECK, fit.seed, fit.provenance["data_hash"])
    with np.errstate(all="ignore"):
        replicated = law.noise.draw(rng, mean, sampled, u, se, rows)
        center = np.asarray(forward(mean))
        noise = np.asarray(forward(replicated)) - center
    outcome = np.asarray(forward(runs[fit.y].to_numpy(float)))
    return Residuals(outcome, center, noise, _sizes(law, runs), np.asarray(group, int))


def _sizes(law: Law, runs: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns of N, D and C, and the law's inputs, that are positive and vary."""
    names = dict.fromkeys(name for name in ("N", "D", "C", *law.inputs) if name in runs.columns)
    columns = {name: runs[name].to_numpy(float) for name in names}
    return {
        name: values
        for name, values in columns.items()
        if (values > 0).all() and values.max() > values.min() * (1 + 1e-9)
    }
