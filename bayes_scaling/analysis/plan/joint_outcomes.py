"""What is believed of candidates and targets together, before anything is measured.

All of it is on the scale of the likelihood's link. The curves' covariance is that of the draws, so
that it holds the uncertainty of parameters, modes and, for an average, laws. To it comes the law's
own error: see ``bayes_scaling.analysis.plan.law_error``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.averaged_laws import WeightedLaw, interleaved, laws_of
from bayes_scaling.analysis.plan.future_drift import Base, with_drift_fraction
from bayes_scaling.analysis.plan.law_error import HullDrift, hull_drifts, smooth_covariance
from bayes_scaling.results.chain import Chain

_MOST_DRAWS = 2000  # that a covariance is computed from
_TAIL = 0.002  # fraction of draws at each end that count as the next ones
_ONE_SD = (0.15865525393145707, 0.8413447460685429)


@dataclass(frozen=True, eq=False)
class Joint:
    """One outcome at candidates, then targets.

    Parameters
    ----------
    covariance : np.ndarray
        Of the outcomes without run-to-run noise, shape (candidates + targets,) twice.
    noise : np.ndarray
        Variance of the noise of each candidate and target; 0 of targets whose curve is asked for.
    width : np.ndarray
        Width of each target's interval now, in the outcome's unit.
    drifts : list of HullDrift
        The targets' drift, of which runs near a target leave less.
    """

    covariance: np.ndarray
    noise: np.ndarray
    width: np.ndarray
    drifts: list[HullDrift] = field(default_factory=list[HullDrift])

    @property
    def targets(self) -> int:
        """Number of targets."""
        return len(self.width)


def joint_outcome(
    loss: Base | Chain | Average,
    candidates: pd.DataFrame,
    targets: pd.DataFrame,
    of: str,
    prob: float,
    seed: int,
) -> Joint:
    """Compute the joint covariance of a forecaster's outcomes.

    Parameters
    ----------
    loss : Fit, PooledFit, Group, Average or Chain
        The forecaster; of a chain the candidates' loss and the targets' error.
    candidates, targets : pd.DataFrame
        The runs, with every column that the laws read.
    of : str
        "run" or "mean", of the targets.
    prob : float
        Probability inside the targets' intervals.
    seed : int
        Seed of the noise.

    Returns
    -------
    Joint
    """
    base: Any = loss.first if isinstance(loss, Chain) else loss
    laws = laws_of(base)
    runs = pd.concat([candidates, targets], ignore_index=True)
    parts = [_draws(law, loss, candidates, targets, seed) for law in laws]
    curves = _spread([curve for curve, _, _ in parts], laws)
    weights = np.array([law.weight for law in laws]) / sum(law.weight for law in laws)
    noise = np.sum([w * variance for w, (_, variance, _) in zip(weights, parts)], axis=0)
    floor, drifts = float(np.median(noise[: len(candidates)])), []
    covariance = covariance_of(curves)
    for w, law, (_, _, slope) in zip(weights, laws, parts):
        scale = np.sqrt(w) * slope * (of == "run")
        own = hull_drifts(law.fit, candidates, targets, scale)
        drifts += own
        covariance += w * with_gain(
            smooth_covariance(law.fit, runs, floor), slope * (of == "run" and not own)
        )
    noise[len(candidates) :] *= of == "run"
    ends = [(1 + prob) / 2, (1 - prob) / 2]
    upper, lower = np.quantile(loss.draws(targets, of=of, seed=seed), ends, axis=0)
    return Joint(covariance, noise, np.asarray(upper - lower), drifts)


def with_gain(smooth: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Scale the rows and columns of the targets, which are last, by ``gain`` (targets,)."""
    both = np.concatenate([np.ones(len(smooth) - len(gain)), gain])
    return both[:, None] * smooth * both


def _draws(
    law: WeightedLaw, loss: Any, candidates: pd.DataFrame, targets: pd.DataFrame, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Curves (draws, runs), variances of noise (runs,), and target per unit of loss (targets,)."""
    steady: Any = with_drift_fraction(law.fit, 0.0)
    count = len(candidates)
    runs = pd.concat([candidates, targets], ignore_index=True)
    curve, run = (
        steady.law.noise.forward(steady.draws(runs, of=of, seed=seed)) for of in ("mean", "run")
    )
    slope = np.ones(len(targets))
    if isinstance(loss, Chain):
        chain = Chain(steady, loss.second)
        error, error_run = (
            loss.law.noise.forward(chain.draws(targets, of=of, seed=seed)) for of in ("mean", "run")
        )
        at = curve[:, count:] - curve[:, count:].mean(axis=0)
        slope = (at * (error - error.mean(axis=0))).mean(axis=0)
        slope /= np.maximum((at**2).mean(axis=0), 1e-300)
        curve = np.concatenate([curve[:, :count], error], axis=1)
        run = np.concatenate([run[:, :count], error_run], axis=1)
    return curve, noise_variance(curve, run), slope


def noise_variance(curve: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Compute the variance of a Normal whose central 68% are those of the noise: (runs,)."""
    low, high = np.quantile(run - curve, _ONE_SD, axis=0)
    return ((high - low) / 2) ** 2


def _spread(curves: Sequence[np.ndarray], laws: Sequence[WeightedLaw]) -> np.ndarray:
    """The draws of all laws by their weights, at most ``_MOST_DRAWS``."""
    kept = [c if law.kept is None else c[law.kept] for c, law in zip(curves, laws)]
    draws = np.concatenate(kept)[interleaved(list(map(len, kept)))]
    return draws[np.linspace(0, len(draws) - 1, min(len(draws), _MOST_DRAWS)).round().astype(int)]


def covariance_of(draws: np.ndarray) -> np.ndarray:
    """Compute the covariance of draws (draws, runs), with the outermost brought in."""
    low, high = np.quantile(draws, [_TAIL, 1 - _TAIL], axis=0)
    centered = np.clip(draws, low, high)
    centered = centered - centered.mean(axis=0)
    return centered.T @ centered / (len(draws) - 1)
