"""Convergence checks of draws, vectorized over many fits: R-hat, effective sample size, E-BFMI.

Draws are (..., chains, draws, size), sampler statistics (..., chains, draws).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd

ENOUGH = 150.0  # independent draws wanted of a chain


def split_rhat(theta: np.ndarray) -> np.ndarray:
    """Compute the plain split R-hat of every coordinate: (..., size)."""
    return _rhat(_halves(theta))


def quick_ess(theta: np.ndarray) -> np.ndarray:
    """Compute the plain effective sample size of every coordinate: (..., size).

    It sums autocorrelations by Geyer's initial positive sequence.
    """
    return _ess(_halves(theta))


def rhat_limit(total: int) -> float:
    """R-hat above which chains disagree: 1.01, or more with fewer than 2000 draws in all."""
    return 1 + max(0.01, 20 / total)


def rank_diagnostics(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute rank-normalized R-hat, bulk ESS and tail ESS (Vehtari et al. 2021, arXiv 1903.08008).

    R-hat is the larger of that of the normal scores of the draws and that of the scores of their
    distances from the median. The tail ESS is the smaller of those of the 5% and 95% quantiles.

    Parameters
    ----------
    draws : np.ndarray
        (chains, draws, size).

    Returns
    -------
    rhat, bulk, tail : np.ndarray
        Each (size,).
    """
    with np.errstate(all="ignore"):
        normal = _normal_scores(draws)
        folded = _normal_scores(np.abs(draws - np.median(draws, axis=(0, 1))))
        low, high = np.quantile(draws, [0.05, 0.95], axis=(0, 1))
        tails = np.minimum(
            quick_ess((draws <= low).astype(float)), quick_ess((draws <= high).astype(float))
        )
        return np.maximum(_rhat(normal), _rhat(folded)), _ess(normal), tails


def sampler_health(
    blocks: Sequence[Mapping[str, np.ndarray]], max_steps: int
) -> dict[str, np.ndarray]:
    """Summarize the sampler statistics of all blocks of an attempt.

    Parameters
    ----------
    blocks : sequence of {statistic: (..., chains, draws)}
        Consecutive draws. Energies are compared within a block.
    max_steps : int
        Leapfrog steps at the maximum tree depth.

    Returns
    -------
    dict of str to np.ndarray
        ``made``, ``diverging``, ``bfmi`` and ``deepest`` as in ``Draws.health``, each (...).
    """
    energy = np.concatenate([block["energy"] for block in blocks], axis=-2)
    with np.errstate(all="ignore"):
        bfmi = (np.diff(energy, axis=-1) ** 2).mean(axis=-1) / energy.var(axis=-1)
    return {
        "made": np.full(energy.shape[:-2], energy.shape[-1] * energy.shape[-2]),
        "diverging": np.sum([block["diverging"].sum(axis=(-2, -1)) for block in blocks], axis=0),
        "bfmi": np.nan_to_num(bfmi).min(axis=-1),
        "deepest": np.mean(
            [(block["n_steps"] >= max_steps).mean(axis=(-2, -1)) for block in blocks], axis=0
        ),
    }


def check_draws(
    theta: np.ndarray, health: Mapping[str, float], strict: bool, margin: bool = True
) -> tuple[bool, bool, bool]:
    """Check whether draws of one fit are good enough to stop sampling.

    Parameters
    ----------
    theta : np.ndarray
        (chains, draws, size).
    health : dict
        As in ``Draws.health``.
    strict : bool
        Tolerate fewer divergences.
    margin : bool
        Keep a margin to the limits of the diagnosis. Hundreds of coordinates at once rarely do.

    Returns
    -------
    sampler_ok, chains_agree, enough_draws : bool
        Whether divergences are few and E-BFMI is not low; whether R-hat is low; whether there are
        enough independent draws, in the tails too.
    """
    chains, draws = theta.shape[:2]
    sampler_ok = health["diverging"] <= (2e-4 if strict else 5e-4) * health["made"]
    sampler_ok &= health["bfmi"] >= 0.3
    limit = rhat_limit(chains * draws)
    wanted = min(ENOUGH if margin else ENOUGH / 1.4, draws / 5) * chains
    with np.errstate(all="ignore"):
        # chains may agree in the middle and not in width
        distance = np.abs(theta - np.median(theta, axis=(0, 1), keepdims=True))
        rhat = split_rhat(np.stack([theta, distance]))
        chains_agree = rhat[0].max() < limit - 0.004 * margin and rhat[1].max() < limit
        low, high = np.quantile(theta, [0.05, 0.95], axis=(0, 1), keepdims=True)
        ess = quick_ess(np.stack([theta, theta <= low, theta >= high]))
    enough_draws = ess[0].min() >= wanted and ess[1:].min() >= 0.75 * wanted
    return bool(sampler_ok), bool(chains_agree), bool(enough_draws)


def _rhat(chains: np.ndarray) -> np.ndarray:
    n = chains.shape[-2]
    within = chains.var(axis=-2, ddof=1).mean(axis=-2)
    between = chains.mean(axis=-2).var(axis=-2, ddof=1)
    return np.sqrt((n - 1) / n + between / np.maximum(within, 1e-300))


def _ess(chains: np.ndarray) -> np.ndarray:
    # (..., halves, size, draws): draws side by side, for the transform
    chains = np.moveaxis(chains, -2, -1)
    n, m = chains.shape[-1], chains.shape[-3]
    spectrum = np.fft.rfft(chains - chains.mean(axis=-1, keepdims=True), 2 * n)
    cov = np.fft.irfft((spectrum.real**2 + spectrum.imag**2).mean(axis=-3), 2 * n)[..., :n] / n
    within = cov[..., :1] * n / (n - 1)
    total = within * (n - 1) / n + chains.mean(axis=-1).var(axis=-2, ddof=1)[..., None]
    rho = 1 - (within - cov) / np.maximum(total, 1e-300)
    rho[..., 0] = 1.0
    pairs = rho[..., : n // 2 * 2 : 2] + rho[..., 1 : n // 2 * 2 : 2]
    positive = np.minimum.accumulate(
        np.where(np.cumsum(pairs < 0, axis=-1) > 0, 0.0, pairs), axis=-1
    )
    return m * n / np.maximum(2 * positive.sum(axis=-1) - 1, 1 / np.log10(m * n))


def _halves(theta: np.ndarray) -> np.ndarray:
    """Each chain as two: (..., 2 chains, draws / 2, size)."""
    half = theta.shape[-2] // 2
    return np.concatenate([theta[..., :half, :], theta[..., half : 2 * half, :]], axis=-3)


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Compute normal scores of the ranks of split chains."""
    split = _halves(values)
    # pandas ranks as SciPy does, whose module of statistics takes half a second to import
    ranks = pd.DataFrame(split.reshape(-1, split.shape[-1])).rank().to_numpy().reshape(split.shape)
    known = ~np.isnan(ranks)
    scores = _scores_of_ranks(split[..., 0].size)[np.where(known, 2 * ranks - 2, 0).astype(int)]
    return np.where(known, scores, np.nan)


@lru_cache(maxsize=16)
def _scores_of_ranks(size: int) -> np.ndarray:
    """Compute normal scores of the ranks 1, 1.5, 2, ..., size; ties have the halves.

    SciPy's function computes each value again, and its module takes long to import.
    """
    inverse = NormalDist().inv_cdf
    lower = np.array([inverse((i / 2 + 0.625) / (size + 0.25)) for i in range(size)])
    return np.concatenate([lower, -lower[-2::-1]])
