"""What a law's priors predict of candidates and targets, where no run has been trained yet."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.threefry import seed_words
from bayes_scaling.analysis.plan.joint_outcomes import (
    Joint,
    covariance_of,
    noise_variance,
    with_gain,
)
from bayes_scaling.analysis.plan.law_error import HullDrift, coordinates, matern
from bayes_scaling.inference.density import Density, quantities
from bayes_scaling.inference.design import conditioned, distance
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.inference.target_inputs import check_inputs, inputs_at
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift
from bayes_scaling.law.places import axes, places

_DRAWS = 2000
_FEWEST = 200  # draws of the prior that must give valid outcomes


def joint_of_prior(
    law: Law,
    candidates: pd.DataFrame,
    targets: pd.DataFrame,
    of: str,
    prob: float,
    seed: int,
) -> Joint:
    """Compute the joint covariance of the outcomes that a law's priors predict.

    Parameters
    ----------
    law : Law
        The law. Its priors are stated on the runs' own scale: the mean run is that of the
        candidates, and the level of the outcome that of the law's first published values there.
    candidates, targets, of, prob, seed
        As in ``joint_outcome``.

    Returns
    -------
    Joint

    Raises
    ------
    InputError
        If an input is missing, the law has no published values, or hardly any draw is valid.

    Notes
    -----
    The drift begins at the smallest candidate.
    """
    for table in (candidates, targets):
        check_inputs(law, table)
    runs = pd.concat([candidates, targets], ignore_index=True)
    x = inputs_at(law, runs, law.inputs)
    table = candidates.assign(**{law.outcome: _expected(law, x)[: len(candidates)]})
    data = conditioned(law, table, law.outcome, None, {})
    rng = generator(Stream.PREPOSTERIOR, seed, "prior")
    with float64():
        theta = Density(law).draw_prior(seed_words(int(rng.integers(2**32))), data, _DRAWS)
        values = quantities(Density(law), np.asarray(theta), data)
    p = {name: np.asarray(a)[:, None] for name, a in values.items()}
    mean = curve(law, x, {name: p[name] for name in law.names})
    sampled = {q.sampled: p[q.sampled] for q in law.sites}
    with np.errstate(all="ignore"):
        outcome = law.noise.draw(rng, mean, sampled, distance(law, x, data["ref"]), None, {})
    finite = np.isfinite(outcome).all(axis=1) & np.isfinite(mean).all(axis=1)
    valid = np.array([bool(ok and not law.noise.check(y, {})) for ok, y in zip(finite, outcome)])
    if valid.sum() < _FEWEST:
        raise InputError(
            f"only {valid.sum()} of {_DRAWS} draws from the priors of {law.name} give valid "
            "outcomes; give tighter priors (law.with_priors)"
        )
    mean, outcome = mean[valid], outcome[valid]
    at_targets = (outcome if of == "run" else mean)[:, len(candidates) :]
    upper, lower = np.quantile(at_targets, [(1 + prob) / 2, (1 - prob) / 2], axis=0)
    mean, outcome = law.noise.forward(mean), law.noise.forward(outcome)
    noise, wanted = noise_variance(mean, outcome), np.full(len(targets), float(of == "run"))
    drifts = _drifts(law, x, float(np.median(values.get("sigma", 0.0))), wanted)
    noise[len(candidates) :] *= wanted
    smooth = _smooth(x) * float(np.median(noise[: len(candidates)]))
    covariance = covariance_of(mean) + with_gain(smooth, wanted * (not drifts))
    return Joint(covariance, noise, np.asarray(upper - lower), drifts)


def _expected(law: Law, x: dict[str, np.ndarray]) -> np.ndarray:
    """The outcome at runs by the law's first published values that give valid ones."""
    for setting in law.published.values():
        if set(setting.values) >= set(law.names):
            values = {name: np.full((1, 1), setting.values[name]) for name in law.names}
            outcome = np.broadcast_to(curve(law, x, values)[0], next(iter(x.values())).shape[1])
            if np.isfinite(outcome).all() and not law.noise.check(outcome, {}):
                return outcome
    raise InputError(
        f"{law.name} has no published values that give a valid outcome at these runs, and its "
        "priors need its level; fit it to a few runs, and give that fit"
    )


def _smooth(x: dict[str, np.ndarray]) -> np.ndarray:
    """Correlation of the law's smooth error."""
    columns = np.concatenate([np.reshape(v, (v.shape[1], -1)) for v in x.values()], axis=1)
    at = coordinates([columns])
    return matern(at, at)


def _drifts(
    law: Law, x: dict[str, np.ndarray], sigma: float, wanted: np.ndarray
) -> list[HullDrift]:
    """The drift, which begins at the smallest candidate; none of a law that has none."""
    drift: Any = law.noise.drift
    if not drift or not axes(law):
        return []
    at: Any = places(law, x)[0]
    candidates, targets = at[: -len(wanted)], at[-len(wanted) :]
    if isinstance(drift, LearnedDrift):
        drift = drift.unit(sigma, 10**6, 1) * float(drift.quantiles([0.5])[0])
    first = candidates[[np.argmin(candidates.sum(axis=1))]]
    joins = np.ones(len(candidates), bool)
    return [HullDrift(wanted * drift, first, candidates, targets, joins)]
