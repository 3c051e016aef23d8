"""How the parameters of a prior family follow from weighted draws, by matching moments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from bayes_scaling.law.prior import Prior

type Arguments = dict[str, float]


@dataclass(frozen=True)
class Family:
    """Maximum-likelihood updates of one family of priors.

    Parameters
    ----------
    transform : callable
        From draws to the scale on which moments are taken.
    moments : callable
        Mean and mean square of a prior on that scale, from its arguments.
    arguments : callable
        Arguments from mean, variance and mean square on that scale.
    """

    transform: Callable[[np.ndarray], np.ndarray]
    moments: Callable[[Arguments], tuple[float, float]]
    arguments: Callable[[float, float, float], Arguments]

    def updated(self, original: Prior, values: np.ndarray, weight: np.ndarray) -> Prior:
        """Fit the family to weighted draws, with the original prior as one more series.

        Parameters
        ----------
        original : Prior
            The law's own prior.
        values, weight : np.ndarray
            Draws and their weights, shape (series, draws); weights sum to 1 in a series.

        Returns
        -------
        Prior
        """
        transformed = self.transform(values)
        prior_mean, prior_square = self.moments(dict(original.args))
        count = len(transformed) + 1
        mean = ((weight * transformed).sum() + prior_mean) / count
        square = ((weight * transformed**2).sum() + prior_square) / count
        arguments = self.arguments(mean, square - mean**2, square)
        return Prior(original.family, tuple(arguments.items()))


def _identity(values: np.ndarray) -> np.ndarray:
    return values


def _normal_moments(arguments: Arguments) -> tuple[float, float]:
    return arguments["loc"], arguments["loc"] ** 2 + arguments["scale"] ** 2


def _normal_arguments(mean: float, variance: float, square: float) -> Arguments:
    return {"loc": float(mean), "scale": float(np.sqrt(variance))}


def _half_normal_moments(arguments: Arguments) -> tuple[float, float]:
    return 0.0, arguments["scale"] ** 2


def _half_normal_arguments(mean: float, variance: float, square: float) -> Arguments:
    return {"scale": float(np.sqrt(square))}


def _beta_moments(arguments: Arguments) -> tuple[float, float]:
    p, q = arguments["concentration1"], arguments["concentration0"]
    mean = p / (p + q)
    return mean, mean * (1 - mean) / (p + q + 1) + mean**2


def _beta_arguments(mean: float, variance: float, square: float) -> Arguments:
    size = mean * (1 - mean) / variance - 1
    return {"concentration1": float(mean * size), "concentration0": float((1 - mean) * size)}


def _truncated_moments(arguments: Arguments) -> tuple[float, float]:
    """Moments of a normal truncated to positive values."""
    loc, scale = arguments["loc"], arguments["scale"]
    mean, square = _standard_moments(-loc / scale)
    return scale * mean, scale**2 * square


def _standard_moments(a: float) -> tuple[float, float]:
    """Mean and mean square of Z - a given Z > a, for a standard normal Z."""
    from scipy.stats import norm

    hazard = float(np.exp(norm.logpdf(a) - norm.logsf(a)))
    return hazard - a, 1 - a * hazard + a**2


def _truncated_arguments(mean: float, variance: float, square: float) -> Arguments:
    """Location and scale before the truncation at 0, by the ratio of mean square to squared mean.

    The ratio rises with the point of truncation, from 1 to the 2 of an exponential distribution.
    """
    from scipy.optimize import brentq

    def excess(a: float) -> float:
        first, second = _standard_moments(a)
        return second / first**2 - min(square / mean**2, 1.9)

    a = cast(float, brentq(excess, -1e3, 6.0))
    scale = float(mean / _standard_moments(a)[0])
    return {"loc": -a * scale, "scale": scale, "low": 0.0}


FAMILIES = {
    "Normal": Family(_identity, _normal_moments, _normal_arguments),
    "LogNormal": Family(np.log, _normal_moments, _normal_arguments),
    "HalfNormal": Family(_identity, _half_normal_moments, _half_normal_arguments),
    "Beta": Family(_identity, _beta_moments, _beta_arguments),
    "TruncatedNormal": Family(_identity, _truncated_moments, _truncated_arguments),
}
