"""The drift that a held-out forecast would have needed, and how far out its run lies."""

import numpy as np

from bayes_scaling._core.hull import distances
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.beta_binomial import BetaBinomial
from bayes_scaling.law.likelihoods.continuous import ContinuousLikelihood
from bayes_scaling.law.likelihoods.link import link_named
from bayes_scaling.law.places import axes, places

_PROB = 0.9  # of the intervals, and of the runs that a sufficient drift lets them hold
_QUANTILE = 1.6448536269514722  # sds from the center to the end of a Normal's 90% interval


def distance_beyond(
    law: Law, x: dict[str, np.ndarray], train: np.ndarray, test: np.ndarray
) -> np.ndarray:
    """How far held-out runs lie beyond the training runs.

    Parameters
    ----------
    law : Law
        The law.
    x : dict of str to numpy.ndarray (runs,)
        Its inputs, of all runs.
    train, test : numpy.ndarray of int
        Positions of the training runs and of the held-out ones.

    Returns
    -------
    numpy.ndarray (test,)
        Distance from the convex hull of the training runs, in the coordinates of
        ``bayes_scaling.law.places``; 0 for a run that is not beyond, or a law of no sizes.
    """
    if not axes(law):
        return np.zeros(len(test))
    at = places(law, x)
    return distances(at[train], at[test])


def needed_drift(
    law: Law, draws: np.ndarray, observed: np.ndarray, beyond: np.ndarray, *, known: float
) -> np.ndarray:
    r"""The smallest sd of a drift with which each 90% interval would have held its run.

    On the link's scale the forecast is taken as Normal on each side of its median m, with sd s
    (without any drift) from the end of the 90% interval there. With a drift of sd d per unit of
    distance b the interval holds an outcome z if

    .. math:: |z - m| \le 1.645 \sqrt{s^2 + d^2 b^2}

    Parameters
    ----------
    law : Law
        The law.
    draws : numpy.ndarray (draws, targets)
        Draws of new runs, in the outcome's unit.
    observed : numpy.ndarray (targets,)
        Observed outcomes.
    beyond : numpy.ndarray (targets,)
        From ``distance_beyond``.
    known : float
        Sd per unit of distance of the drift that the draws contain, which is taken out; the median
        of a learned one.

    Returns
    -------
    numpy.ndarray (targets,)
        Sd per unit of distance; 0 if none is needed, inf if none is enough, NaN if such laws
        cannot drift.
    """
    noise = law.noise
    if not axes(law) or not isinstance(noise, ContinuousLikelihood | BetaBinomial):
        return np.full(len(observed), np.nan)
    link = link_named(noise.drift_term.link)
    z, (lower, median, upper) = (
        np.asarray(link.forward(values), float)
        for values in (observed, np.quantile(draws, [0.05, 0.5, 0.95], axis=0))
    )
    half = np.where(z < median, median - lower, upper - median) / _QUANTILE
    variance = np.maximum(half**2 - (known * beyond) ** 2, 0.0)
    missing = np.sqrt(np.maximum(((z - median) / _QUANTILE) ** 2 - variance, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(missing > 0, missing / beyond, 0.0)


def sufficient_drift(needed: np.ndarray, beyond: np.ndarray) -> float:
    """The smallest drift with which 90% intervals hold 90% of the runs beyond the training runs.

    Parameters
    ----------
    needed, beyond : numpy.ndarray (forecasts,)
        From ``needed_drift`` and ``distance_beyond``.

    Returns
    -------
    float
        Sd per unit of distance; NaN if no run lies beyond the training runs, or none can drift.
    """
    outside = np.sort(needed[(beyond > 0) & ~np.isnan(needed)])
    if not len(outside):
        return np.nan
    return float(outside[int(np.ceil(_PROB * len(outside) - 1e-9)) - 1])
