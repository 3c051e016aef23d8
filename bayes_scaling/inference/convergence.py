"""Quick checks of draws, for many fits at once: are they enough, do the chains agree, did the sampler stumble?

Arrays are (..., chains, draws, size) or, for what the sampler says of each draw, (..., chains, draws).
"""

import numpy as np

ENOUGH = 150.0  # independent draws wanted of a chain


def split_rhat(theta):
    """Plain split R-hat of every coordinate: (..., size)."""
    return _rhat(_halves(theta))


def _rhat(parts):
    n, within, between = (
        parts.shape[-2],
        parts.var(axis=-2, ddof=1).mean(axis=-2),
        parts.mean(axis=-2).var(axis=-2, ddof=1),
    )
    return np.sqrt((n - 1) / n + between / np.maximum(within, 1e-300))


def quick_ess(theta):
    """Plain effective sample size of every coordinate, by Geyer's initial positive sequence: (..., size)."""
    return _ess(_halves(theta))


def _ess(parts):
    parts = np.moveaxis(
        parts, -2, -1
    )  # (..., halves, size, draws): draws side by side, for the transform
    n, m = parts.shape[-1], parts.shape[-3]
    spectrum = np.fft.rfft(parts - parts.mean(axis=-1, keepdims=True), 2 * n)
    cov = np.fft.irfft((spectrum.real**2 + spectrum.imag**2).mean(axis=-3), 2 * n)[..., :n] / n
    within = cov[..., :1] * n / (n - 1)
    total = within * (n - 1) / n + parts.mean(axis=-1).var(axis=-2, ddof=1)[..., None]
    rho = 1 - (within - cov) / np.maximum(total, 1e-300)
    rho[..., 0] = 1.0
    pairs = rho[..., : n // 2 * 2 : 2] + rho[..., 1 : n // 2 * 2 : 2]
    positive = np.minimum.accumulate(
        np.where(np.cumsum(pairs < 0, axis=-1) > 0, 0.0, pairs), axis=-1
    )
    return m * n / np.maximum(2 * positive.sum(axis=-1) - 1, 1 / np.log10(m * n))


def _halves(theta):
    half = theta.shape[-2] // 2
    return np.concatenate([theta[..., :half, :], theta[..., half : 2 * half, :]], axis=-3)


def ranked(draws):
    """R-hat, bulk and tail ESS of every coordinate of (chains, draws, size), each (size,): Vehtari et al. 2021, arXiv 1903.08008.

    R-hat is the greater of that of the draws' normal scores and that of their distances from the median; the tail ESS the
    lesser of those of the 5% and 95% quantiles.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    def scores(values):
        split = _halves(values)
        return ndtri(
            (rankdata(split.reshape(-1, split.shape[-1]), axis=0).reshape(split.shape) - 0.375)
            / (split[..., 0].size + 0.25)
        )

    with np.errstate(all="ignore"):
        normal, folded = scores(draws), scores(np.abs(draws - np.median(draws, axis=(0, 1))))
        low, high = np.quantile(draws, [0.05, 0.95], axis=(0, 1))
        tails = np.minimum(
            quick_ess((draws <= low).astype(float)), quick_ess((draws <= high).astype(float))
        )
        return np.maximum(_rhat(normal), _rhat(folded)), _ess(normal), tails


def health(blocks, most_steps):
    """What all draws of an attempt say of the sampler: name -> (...), from blocks of {statistic: (..., chains, draws)}.

    Energies are compared within a block, where draws follow one another.
    """
    energy = np.concatenate([block["energy"] for block in blocks], axis=-2)
    with np.errstate(all="ignore"):
        bfmi = (np.diff(energy, axis=-1) ** 2).mean(axis=-1) / energy.var(axis=-1)
    return {
        "made": np.full(energy.shape[:-2], energy.shape[-1] * energy.shape[-2]),
        "diverging": sum(block["diverging"].sum(axis=(-2, -1)) for block in blocks),
        "bfmi": np.nan_to_num(bfmi).min(axis=-1),
        "deepest": np.mean(
            [(block["n_steps"] >= most_steps).mean(axis=(-2, -1)) for block in blocks], axis=0
        ),
    }


def sound(theta, health, strict, margin=True):
    """Whether draws look good enough to stop; with a ``margin`` to what the diagnosis will ask, which hundreds of coordinates all at
    once seldom keep.

    Three arrays: whether the sampler did not stumble (the fewer divergences are borne where it is ``strict``); whether
    chains agree; whether there are enough independent draws, in the tails too.
    """
    chains, draws = theta.shape[-3:-1]
    smooth = (health["diverging"] <= np.where(strict, 2e-4, 5e-4) * health["made"]) & (
        health["bfmi"] >= 0.3
    )
    limit, spread = (
        rhat_limit(chains * draws),
        np.abs(theta - np.median(theta, axis=(-3, -2), keepdims=True)),
    )
    with np.errstate(all="ignore"):
        # chains may agree in the middle and not in width
        agree = (split_rhat(theta).max(axis=-1) < limit - 0.004 * margin) & (
            split_rhat(spread).max(axis=-1) < limit
        )
        low, high = np.quantile(theta, [0.05, 0.95], axis=(-3, -2), keepdims=True)
        tails = np.minimum(
            quick_ess((theta <= low).astype(float)), quick_ess((theta >= high).astype(float))
        ).min(axis=-1)
        middle = quick_ess(theta).min(axis=-1)
    wanted = min(ENOUGH if margin else ENOUGH / 1.4, draws / 5) * chains
    return smooth, agree, (middle >= wanted) & (tails >= 0.75 * wanted)


def rhat_limit(total):
    """The R-hat above which chains disagree: 1.01, or with fewer than 2000 draws in all what chance alone may bring."""
    return 1 + max(0.01, 20 / total)
