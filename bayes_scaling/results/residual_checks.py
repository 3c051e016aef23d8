"""Posterior predictive checks of residuals: trends, outliers, size, and what a law explains."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling.results.residuals import Residuals

_CLIP = 3.0  # sds: a run further off counts as this far off in a trend
_VISIBLE = 0.3  # a trend of which the parameters leave less cannot be judged
_MAX_RUNS = 2000  # above it trends are tested on a part of the runs


@dataclass(frozen=True)
class Trend:
    """The strongest trend of the residuals.

    Parameters
    ----------
    size : str
        What the residuals vary with: "N", "D", "C" or an input of the law.
    kind : str
        "rise with", "fall with" or "curve along".
    p : float
        Probability of a trend this strong, of all that were tested, were the law right.
    explained : float
        Fraction of the variance of the residuals that it explains.
    """

    size: str
    kind: str
    p: float
    explained: float


def strongest_trend(residuals: Residuals) -> Trend | None:
    """Find the strongest trend along the log of each size, straight or curved.

    The residuals are compared with replicated ones, in which the parameters have taken up what
    they can; p is of the maximum over all trends.

    Parameters
    ----------
    residuals : Residuals
        Of a law without a smooth discrepancy.

    Returns
    -------
    Trend or None
        None where no size varies enough, or the parameters take up every trend.
    """
    directions = _directions(residuals)
    if not directions or len(residuals.raw) > _MAX_RUNS:
        return None
    names, vectors = list(directions), np.array(list(directions.values()))
    observed = np.clip(residuals.standardized, -_CLIP, _CLIP)
    replicated = np.clip(residuals.replicated, -_CLIP, _CLIP)
    scores, others = (_scores(r, vectors) for r in (observed[None], replicated))
    scale = np.maximum(others.std(axis=0), 1e-9)
    size = np.abs(scores[0]) / scale
    largest = np.abs(others / scale).max(axis=1)
    best = int(size.argmax())
    p = (1 + (largest >= size[best]).sum()) / (1 + len(largest))
    name, curved = names[best]
    rises = "rise with" if scores[0, best] > 0 else "fall with"
    explained = float(scores[0, best] ** 2) / len(observed)
    return Trend(name, "curve along" if curved else rises, float(p), explained)


def _scores(residuals: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Projections of residuals (draws, runs) on directions, over their root mean square."""
    rms = np.sqrt((residuals**2).mean(axis=1, keepdims=True))
    return residuals @ vectors.T / np.maximum(rms, 1e-12)


def _directions(residuals: Residuals) -> dict[tuple[str, bool], np.ndarray]:
    """Unit vectors of straight and curved trends along each size, as far as a fit leaves them."""
    ones, directions = np.ones(len(residuals.raw)), {}
    for name, values in residuals.sizes.items():
        log = np.log(values)
        levels = len(np.unique(np.round(log, 6)))
        basis = [ones]
        for degree in (1, 2):
            if levels <= degree:
                continue
            vector = (log - log.mean()) ** degree
            for other in basis:
                vector = vector - other * (vector @ other) / (other @ other)
            basis.append(vector)
            visible = residuals.unabsorbed @ (vector / residuals.sd)
            size = np.linalg.norm(visible)
            if size > _VISIBLE * np.linalg.norm(vector / residuals.sd):
                directions[name, degree == 2] = residuals.unabsorbed.T @ visible / size
    return directions


def farthest_run(residuals: Residuals) -> tuple[int, float, float]:
    """Find the run farthest off the law.

    Parameters
    ----------
    residuals : Residuals
        The residuals.

    Returns
    -------
    run : int
        Its number.
    distance : float
        Its residual, sds of the noise, signed.
    p : float
        Probability that some run lies as far off, were the law right.
    """
    observed = residuals.standardized
    run = int(np.abs(observed).argmax())
    largest = np.abs(residuals.replicated).max(axis=1)
    p = (1 + (largest >= abs(observed[run])).sum()) / (1 + len(largest))
    return run, float(observed[run]), float(p)


def size_p(residuals: Residuals) -> float:
    """Compute the probability of residuals as large as these, by their median square."""
    observed = np.median(residuals.standardized**2)
    replicated = np.median(residuals.replicated**2, axis=1)
    return float((1 + (replicated >= observed).sum()) / (1 + len(replicated)))


def explained_fraction(residuals: Residuals) -> float:
    """Compute R2 within groups, adjusted for the effective number of parameters.

    Parameters
    ----------
    residuals : Residuals
        The residuals.

    Returns
    -------
    float
        1 - (residual variance) / (variance of the outcome), on the likelihood's scale; NaN with
        fewer than two runs more than effective parameters.
    """
    count = np.bincount(residuals.group)
    means = np.bincount(residuals.group, residuals.outcome) / np.maximum(count, 1)
    total = ((residuals.outcome - means[residuals.group]) ** 2).sum()
    freedom, groups = residuals.freedom, (count > 0).sum()
    if freedom < 2 or not total > 0:
        return float("nan")
    left = np.minimum(np.abs(residuals.raw), 5 * residuals.sd) ** 2
    return float(1 - (left.sum() / freedom) / (total / max(len(residuals.raw) - groups, 1)))
