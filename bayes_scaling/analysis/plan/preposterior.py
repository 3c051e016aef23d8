"""What a run that was not trained would add: draws reweighted by its simulated outcomes.

Weights are Pareto-smoothed (Vehtari et al., arXiv 1507.02646).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.averaged_laws import interleaved, laws_of
from bayes_scaling.analysis.plan.future_drift import (
    Base,
    drift_at,
    groups_of_runs,
    pooled_fit_of,
    reference_run,
    with_drift_fraction,
)
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.psis import smooth_weights
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_drift import noise_of
from bayes_scaling.runs.columns import numbers

_BLOCKS = 8  # blocks of draws, whose answers give the Monte-Carlo error
_NOISES = 4  # noises of the target for each draw
_COUNTS = ("items", "passes", "k")  # integers among what a likelihood reads of a run

type Arrays = dict[str, np.ndarray]


def simulated_weights(
    base: Base | Average, candidate: pd.DataFrame, outcomes: int, seed: int
) -> tuple[np.ndarray, dict[str, float]]:
    """Weight the draws of a fit by simulated outcomes of a candidate run.

    Parameters
    ----------
    base : Fit, PooledFit, Group or Average
        The fit to which the run would be added. Draws of an average are those of ``laws_of``, one
        law after the other: their weights are Bayes' rule over laws and parameters at once.
    candidate : pd.DataFrame
        The run, one row.
    outcomes : int
        Number of simulated outcomes.
    seed : int
        Seed of the outcomes.

    Returns
    -------
    weights : np.ndarray
        Shape (draws, outcomes), summing to 1 over the draws.
    reliability : dict of str to float
        unsure, the fraction of outcomes with a Pareto k above its limit, and effective, the number
        of draws that the weights of half the outcomes are worth.

    Notes
    -----
    Outcomes have the drift of a run in extrapolation, the likelihood has none: a new fit attributes
    everything that is measured to the law. The noise is that at the run's own scale.
    """
    laws = laws_of(base)
    predictions = [_prediction(law.fit, candidate, law.kept) for law in laws]
    ends = np.cumsum([len(one.mean) for one in predictions])
    chosen = np.linspace(0, ends[-1] - 1, outcomes).round().astype(int)  # from all chains alike
    of_law = [chosen[(a <= chosen) & (chosen < b)] - a for a, b in zip([0, *ends], ends)]
    simulated = np.concatenate(
        [
            _simulate(law.fit, candidate, one, its, seed)
            for law, one, its in zip(laws, predictions, of_law)
        ]
    )
    log_likelihood = np.concatenate([_log_likelihood(one, simulated) for one in predictions])
    log_likelihood = log_likelihood[interleaved(np.diff(ends, prepend=0).tolist())]
    with float64():
        weights, k = smooth_weights(log_likelihood)
    return weights, {
        "unsure": float((k > LIMITS["pareto_k"]).mean()),
        "effective": float(np.median(1 / (weights**2).sum(axis=0))),
    }


@dataclass(frozen=True)
class _Prediction:
    """What one fit predicts of a candidate: curve (draws, 1), likelihood, and what that reads."""

    mean: np.ndarray
    noise: Likelihood
    sampled: Arrays
    rows: Arrays
    u: np.ndarray


def _prediction(base: Base, candidate: pd.DataFrame, kept: np.ndarray | None) -> _Prediction:
    """The prediction of some draws of a fit."""
    candidate = base.with_known(candidate)
    x = base.inputs(candidate)
    mean, noise, sampled, rows = _curve_and_likelihood(base, candidate, x)
    mean = np.broadcast_to(mean, (len(mean), 1))
    if kept is not None:
        sampled = {n: v[kept] if len(v) == len(mean) else v for n, v in sampled.items()}
        mean = mean[kept]
    u = distance(base.law, x, reference_run(base)).reshape(-1)
    return _Prediction(mean, noise, sampled, rows, u)


def _simulate(
    base: Base, candidate: pd.DataFrame, one: _Prediction, chosen: np.ndarray, seed: int
) -> np.ndarray:
    """Outcomes of the candidate under some of the draws, shape (chosen,)."""
    if not len(chosen):
        return np.zeros(0)
    drift = None
    if one.noise.drift:
        drift = drift_at(base, base.with_known(candidate), seed, len(chosen))
    return one.noise.draw(
        generator(Stream.PREPOSTERIOR, seed),
        one.mean[chosen],
        {name: np.broadcast_to(v, one.mean.shape)[chosen] for name, v in one.sampled.items()},
        one.u,
        None,
        one.rows,
        drift=drift,
    )[:, 0]


def _log_likelihood(one: _Prediction, outcomes: np.ndarray) -> np.ndarray:
    """Log density of each outcome under every draw, in the outcome's unit: (draws, outcomes)."""
    repeated = {name: np.repeat(value, len(outcomes)) for name, value in one.rows.items()}
    z = one.noise.encode(outcomes, repeated)
    with float64():
        spread = one.noise.distribution(one.mean, one.sampled, one.u, None, one.rows)
        log = np.asarray(spread.log_prob(z))
    return log + one.noise.log_jacobian(outcomes, repeated)


def _curve_and_likelihood(
    base: Base, candidate: pd.DataFrame, x: Arrays
) -> tuple[np.ndarray, Likelihood, Arrays, Arrays]:
    """The law's curve (draws, 1), the likelihood, its sampled quantities, and what it reads."""
    noise = base.law.noise
    rows = {
        name: numbers(candidate, name)
        for name in noise.reads_of_targets
        if name in candidate.columns
    }
    if isinstance(base, Fit):
        mean, _, sampled = base.curve_at(x, paired=False)
        means = {
            name: np.atleast_1d(np.round(base.ref[name]) if name in _COUNTS else base.ref[name])
            for name in noise.reads_of_targets
        }
        return mean, noise, sampled, means | rows
    fit, key = pooled_fit_of(base), groups_of_runs(base, candidate)[0]
    mean = fit.draws_at(key, x, None, of="mean")
    sampled = {
        name: np.asarray(value)[:, None] for name, value in fit.parameters_of(key)[1].items()
    }
    return mean, noise_of(fit, key), sampled, rows


def target_draws(
    forecaster: Base | Chain | Average,
    target: pd.DataFrame,
    of: str,
    seed: int,
    drift_fraction: float | Sequence[float] = 1.0,
) -> np.ndarray:
    """Draw the outcome of one target, with several noises for each draw of the posterior.

    Parameters
    ----------
    forecaster : Fit, PooledFit, Group, Chain or Average
        The forecaster.
    target : pd.DataFrame
        The target, one row.
    of : str
        "run" or "mean".
    seed : int
        Seed of the noise.
    drift_fraction : float or sequence of float
        Fraction of the drift that remains; of an average one for each law of ``laws_of``.

    Returns
    -------
    np.ndarray
        Shape (draws, noises), in the outcome's unit; (draws, 1) of "mean".
    """
    if isinstance(forecaster, Average):
        laws = laws_of(forecaster)
        fractions = np.broadcast_to(np.asarray(drift_fraction, float), len(laws))
        parts = zip(laws, fractions)
        draws = [target_draws(law.fit, target, of, seed, float(f))[law.kept] for law, f in parts]
        return np.concatenate(draws)[interleaved(list(map(len, draws)))]
    if of == "mean":
        return forecaster.draws(target, of=of, seed=seed)
    if isinstance(drift_fraction, Sequence):
        (drift_fraction,) = drift_fraction
    if drift_fraction < 1:
        forecaster = with_drift_fraction(forecaster, drift_fraction)
    seeds = [(seed + 2 * i) % 2**32 for i in range(_NOISES)]
    return np.concatenate([forecaster.draws(target, of=of, seed=one) for one in seeds], axis=1)


def narrowing(
    now: np.ndarray, after: np.ndarray, weights: np.ndarray, prob: float
) -> dict[str, Any]:
    """Compare a target's interval now with that under the weights of each simulated outcome.

    Parameters
    ----------
    now, after : np.ndarray
        Draws of the target, shape (draws, noises): as they are, and with the remaining drift.
    weights : np.ndarray
        Weights, shape (draws, outcomes).
    prob : float
        Probability inside the central interval.

    Returns
    -------
    dict
        width now; ratio, shape (outcomes,), of the widths after and now; blocks, shape (blocks,
        outcomes), the same for blocks of the draws; sd_log now, and sd_log_after as expected,
        NaN if the outcome may be negative.
    """
    ends = [(1 + prob) / 2, (1 - prob) / 2]
    width = _width(now, ends)
    blocks = np.array_split(np.arange(len(now)), _BLOCKS)
    with np.errstate(invalid="ignore", divide="ignore"):
        log = np.log(after)
        mean, square = ((values.sum(axis=1) @ weights) / now.shape[1] for values in (log, log**2))
        sd_log = float(np.log(now).std())
        sd_log_after = float(np.sqrt(np.maximum(square - mean**2, 0.0)).mean())
    return {
        "width": width,
        "ratio": _weighted_widths(after, weights, ends) / width,
        "blocks": np.stack(
            [
                _weighted_widths(after[block], weights[block], ends) / _width(now[block], ends)
                for block in blocks
            ]
        ),
        "sd_log": sd_log,
        "sd_log_after": sd_log_after,
    }


def _width(draws: np.ndarray, ends: Sequence[float]) -> float:
    """Width of the interval of draws."""
    upper, lower = np.quantile(draws, ends)
    return float(upper - lower)


def _weighted_widths(draws: np.ndarray, weights: np.ndarray, ends: Sequence[float]) -> np.ndarray:
    """Width of the interval of draws (draws, noises) under each column of weights."""
    order = np.argsort(draws, axis=None)
    ordered, weight = draws.ravel()[order], weights[order // draws.shape[1]]
    cumulative = (np.cumsum(weight, axis=0) - 0.5 * weight) / weight.sum(axis=0)
    bounds = np.stack([np.interp(ends, column, ordered) for column in cumulative.T])
    return bounds[:, 0] - bounds[:, 1]
