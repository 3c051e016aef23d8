"""The drift of each level of a grouping column, learned from held-out runs."""

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.learned_drift import Drift, log_densities
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.places import axes
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.targets import as_targets


def drift_by(fit: PooledFit, held: pd.DataFrame, column: str) -> dict[str, float]:
    """Learn the sd of the drift in each level of a column, such as each validation set.

    Some validation sets are further from the training corpus and drift more. Each level's log
    gamma is Normal around a common mean; mean and sd are learned, so that levels with few held-out
    runs are near the others. The errors of one group's outcomes are correlated: they count as the
    square root of their number.

    Parameters
    ----------
    fit : PooledFit
        Fit of smaller runs.
    held : pd.DataFrame
        Larger runs, with the columns of the groups and the outcome; none may be a target's.
    column : str
        One of the columns of the fit's groups.

    Returns
    -------
    dict of level to float
        Sd for each unit of distance, for ``PooledFit.with_drift``.

    Raises
    ------
    InputError
        If there is no such column, or the law has no size or no Noise.
    """
    columns, law = fit.pool.by, fit.law
    if column not in columns or not axes(law) or not isinstance(law.noise, Noise):
        raise InputError(
            f"column is {column!r} and the law {law.name} with {law.noise}; "
            f"name one of {', '.join(columns)}, of a law of sizes and a Noise"
        )
    scores, targets = {}, as_targets(held)
    for key, runs in targets.groupby(list(columns), sort=False):
        log = log_densities(
            fit.group(key if len(columns) > 1 else key[0]),
            {name: numbers(runs, name) for name in law.inputs},
            law.noise.forward(held.loc[runs.index, fit.y].to_numpy(float)),
        )
        level = key[columns.index(column)]
        scores[level] = scores.get(level, 0.0) + log.mean(axis=1)[1:] * np.sqrt(log.shape[1])
    return dict(zip(scores, _partially_pooled_means(np.stack(list(scores.values())))))


def _partially_pooled_means(scores: np.ndarray) -> list[float]:
    """Posterior mean of gamma in each level, from log densities (levels, grid without 0).

    Each level's log gamma is Normal; its mean and sd are on a grid, with a HalfNormal(1) prior on
    the sd.
    """
    gamma = Drift.grid[1:]
    log_gamma = np.log(gamma)
    mean = log_gamma[::2, None, None]
    sd = np.array([0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4])[:, None]
    prior = np.exp(-0.5 * ((log_gamma - mean) / sd) ** 2)
    prior /= prior.sum(axis=-1, keepdims=True)
    likelihood = np.exp(scores - scores.max(axis=1, keepdims=True))
    marginal = prior @ likelihood.T  # (mean, sd, levels)
    log_weight = np.log(marginal).sum(axis=-1) - 0.5 * sd[:, 0] ** 2
    weight = np.exp(log_weight - log_weight.max())
    mean_gamma = (prior * gamma) @ likelihood.T / marginal
    return np.einsum("ms,msl->l", weight / weight.sum(), mean_gamma).tolist()
