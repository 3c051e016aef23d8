"""The population of drifts from held-out forecasts of several sources.

Every task has a size g of its own; log g is Normal(mu, omega) over tasks, omega half-Normal(1). A
task's outcomes count as two at most and a source's tasks as the root of their number, for their
errors are correlated. The shipped population is the LogNormal with the median and the 5% and 95%
quantiles of g of a new table.
"""

import numpy as np
import pandas as pd

from bayes_scaling.inference.drift_density import log_densities_by_size
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift

GRID = np.geomspace(0.01, 50, 69)  # of g
_MU = np.log(np.geomspace(0.03, 12, 49))
_OMEGA = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0])
_MOST_COUNTED = 2  # outcomes of one task


def log_densities(made) -> np.ndarray:
    """Log density of every held-out run at each g of ``GRID``, (grid, runs)."""
    one = (made.runs["unit"] * made.runs["distance"]).to_numpy()
    z = made.runs["z"].to_numpy()
    return log_densities_by_size(z, made.center.T, made.sd.T, one, GRID)


def learn(runs: pd.DataFrame, logs: np.ndarray, base: float | None) -> LearnedDrift:
    """The population that the held-out runs of some sources imply for a new table."""
    at = np.log(GRID)
    prior = np.exp(-0.5 * ((at - _MU[:, None, None]) / _OMEGA[:, None]) ** 2)
    prior /= prior.sum(axis=-1, keepdims=True)
    total = -0.5 * _OMEGA**2 + np.zeros((len(_MU), 1))
    for rows in runs.groupby("source").indices.values():
        tasks = runs["task"].iloc[rows]
        evidence = 0.0
        for chosen in tasks.groupby(tasks).indices.values():
            log = logs[:, rows[chosen]]
            log = min(log.shape[1], _MOST_COUNTED) * log.mean(axis=1)
            evidence = evidence + np.log(prior @ np.exp(log - log.max()) + 1e-300)
        total = total + evidence / np.sqrt(tasks.nunique())
    posterior = np.exp(total - total.max())
    weights = np.einsum("mo,mog->g", posterior / posterior.sum(), prior)
    low, median, high = np.interp([0.05, 0.5, 0.95], np.cumsum(weights) - weights / 2, at)
    spread = (high - low) / (2 * 1.6449)
    sources = tuple(sorted(runs["source"].unique()))
    return LearnedDrift(float(np.exp(median)), float(spread), base, sources)
