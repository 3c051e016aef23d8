"""Pareto-smoothed importance weights and their diagnostic k (arXiv 1507.02646)."""

import numpy as np


def pareto_k(log_likelihood):
    """Pareto k of every column of (draws, runs): how far single runs carry the fit.

    The tail of the leave-one-out importance ratios, fitted by the estimator of Zhang and Stephens 2009
    with the weak prior of Vehtari et al. (arXiv 1507.02646), for all runs at once.
    """
    draws = len(log_likelihood)
    tail = int(np.ceil(min(0.2 * draws, 3 * draws**0.5)))
    if tail < 5:
        return np.full(log_likelihood.shape[1], np.inf)
    ratio = -log_likelihood
    top = np.sort(np.partition(ratio, draws - tail - 1, axis=0)[draws - tail - 1 :], axis=0)
    weight = np.exp(top - top[-1])
    excess = np.maximum(weight[1:] - weight[0], 1e-300)  # (tail, runs), ascending
    grid = 30 + int(tail**0.5)
    b = 1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))  # (grid,)
    b = b[:, None] / (3 * excess[int(tail / 4 + 0.5) - 1]) + 1 / excess[-1]  # (grid, runs)
    with np.errstate(all="ignore"):
        k = np.stack([np.log1p(-row * excess).mean(axis=0) for row in b])
        profile = tail * (np.log(-b / k) - k - 1)
        share = 1 / np.exp(profile[None] - profile[:, None]).sum(axis=1)
        share = np.where(share < 10 * np.finfo(float).eps, 0, share)
        best = (b * share).sum(axis=0) / share.sum(axis=0)
        k = np.log1p(-best * excess).mean(axis=0)
    k = (tail * k + 10 * 0.5) / (tail + 10)
    return np.where(np.isfinite(k), k, np.where(np.ptp(top, axis=0) < 1e-9, -np.inf, np.inf))


def smoothed(log_ratio):
    """Normalised importance weights (draws, ...) and Pareto k of log ratios (draws, ...), smoothed along the first axis."""
    from arviz_stats.base import array_stats

    with np.errstate(all="ignore"):
        # ArviZ takes the log likelihood that is left out: the ratio with the other sign
        log, k = array_stats.psislw(-np.moveaxis(np.asarray(log_ratio, float), 0, -1), axis=-1)
    log = np.moveaxis(np.asarray(log), -1, 0)
    weight = np.exp(log - log.max(axis=0))
    return weight / weight.sum(axis=0), np.asarray(k)


def weighted_quantiles(draws, weights, shares):
    """Quantiles (shares, ...) along the first axis of draws (draws, ...) that count as their weights (draws,) say."""
    order = np.argsort(draws, axis=0)
    ordered, weight = np.take_along_axis(draws, order, 0), weights[order]
    middle = np.cumsum(weight, axis=0) - 0.5 * weight
    columns = [
        np.interp(
            shares, middle.reshape(len(draws), -1)[:, j], ordered.reshape(len(draws), -1)[:, j]
        )
        for j in range(ordered[0].size)
    ]
    return np.stack(columns, axis=-1).reshape(len(shares), *draws.shape[1:])
