"""Pareto-smoothed importance weights and their diagnostic k (arXiv 1507.02646)."""

import numpy as np


def pareto_k(log_likelihood: np.ndarray) -> np.ndarray:
    """Pareto k of every run: how strongly single runs influence the fit.

    The tail of the leave-one-out importance ratios, fitted by the estimator of Zhang and Stephens
    2009 with the weak prior of Vehtari et al. (arXiv 1507.02646), for all runs at once.

    Parameters
    ----------
    log_likelihood : np.ndarray
        Pointwise log likelihood, (draws, runs), nats.

    Returns
    -------
    np.ndarray
        (runs,); infinite with too few draws.
    """
    draws = len(log_likelihood)
    tail = int(np.ceil(min(0.2 * draws, 3 * draws**0.5)))
    if tail < 5:
        return np.full(log_likelihood.shape[1], np.inf)
    ratio = -log_likelihood
    top = np.sort(np.partition(ratio, draws - tail - 1, axis=0)[draws - tail - 1 :], axis=0)
    weight = np.exp(top - top[-1])
    excess = np.maximum(weight[1:] - weight[0], 1e-300)  # (tail, runs), ascending
    k = (tail * _tail_shape(excess) + 10 * 0.5) / (tail + 10)
    return np.where(np.isfinite(k), k, np.where(np.ptp(top, axis=0) < 1e-9, -np.inf, np.inf))


def _tail_shape(excess: np.ndarray) -> np.ndarray:
    """Shape of the generalized Pareto distribution of each column, ascending: (runs,)."""
    tail = len(excess)
    grid = 30 + int(tail**0.5)
    b = 1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))  # (grid,)
    b = b[:, None] / (3 * excess[int(tail / 4 + 0.5) - 1]) + 1 / excess[-1]  # (grid, runs)
    with np.errstate(all="ignore"):
        k = np.stack([np.log1p(-row * excess).mean(axis=0) for row in b])
        profile = tail * (np.log(-b / k) - k - 1)
        weight = 1 / np.exp(profile[None] - profile[:, None]).sum(axis=1)
        weight = np.where(weight < 10 * np.finfo(float).eps, 0, weight)
        best = (b * weight).sum(axis=0) / weight.sum(axis=0)
        return np.log1p(-best * excess).mean(axis=0)


def smooth_weights(log_ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Normalize and Pareto-smooth importance ratios along the first axis.

    Parameters
    ----------
    log_ratio : np.ndarray
        Log importance ratios, (draws, ...).

    Returns
    -------
    weights : np.ndarray
        (draws, ...), summing to 1 over draws.
    k : np.ndarray
        Pareto k, (...).
    """
    from arviz_stats.base.array import array_stats

    with np.errstate(all="ignore"):
        # ArviZ takes the log likelihood that is left out: the ratio with the opposite sign
        log, k = array_stats.psislw(-np.moveaxis(np.asarray(log_ratio, float), 0, -1), axis=-1)
    log = np.moveaxis(np.asarray(log), -1, 0)
    weight = np.exp(log - log.max(axis=0))
    return weight / weight.sum(axis=0), np.asarray(k)


def weighted_quantiles(
    draws: np.ndarray, weights: np.ndarray, probabilities: np.ndarray | list[float]
) -> np.ndarray:
    """Compute quantiles of weighted draws along the first axis.

    Parameters
    ----------
    draws : np.ndarray
        (draws, ...).
    weights : np.ndarray
        Importance weights, (draws,).
    probabilities : array_like
        (probabilities,), each in [0, 1].

    Returns
    -------
    np.ndarray
        (probabilities, ...).
    """
    order = np.argsort(draws, axis=0)
    ordered, weight = np.take_along_axis(draws, order, 0), weights[order]
    middle = (np.cumsum(weight, axis=0) - 0.5 * weight).reshape(len(draws), -1)
    values = ordered.reshape(len(draws), -1)
    columns = [np.interp(probabilities, middle[:, j], values[:, j]) for j in range(ordered[0].size)]
    return np.stack(columns, axis=-1).reshape(len(probabilities), *draws.shape[1:])
