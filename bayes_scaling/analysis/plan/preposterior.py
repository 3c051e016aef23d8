"""What a run that was not trained would tell: draws weighed by simulated outcomes of it, and the intervals that they then give.

Weights are Pareto-smoothed (Vehtari et al., arXiv 1507.02646).
"""

from dataclasses import replace

import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.design import distance
from bayes_scaling.inference.psis import smoothed
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import LIMITS
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group, whole_of
from bayes_scaling.runs.columns import numbers

_BLOCKS = 8  # parts of the draws, whose answers tell how far their number moves it


_TIMES = 4  # noises of the target for each draw


_COUNTS = ("items", "passes", "k")  # whole numbers among what a likelihood reads of a run


def ref_of(base):
    """The reference run of a fit, or what all groups of a pooled one share of it."""
    return base.ref if isinstance(base, Fit) else whole_of(base)._ref


def beyond(base, to):
    """How far each run lies beyond those that were fitted, of a group beyond its own, in log scale (runs,); 0 where it lies within."""
    last = 0.0 if isinstance(base, Fit) else whole_of(base)._last(keys_of(base, to))
    return np.broadcast_to(
        np.maximum(
            last - distance(base.law, base.inputs(base.with_known(to)), ref_of(base)).ravel(), 0.0
        ),
        len(to),
    )


def keys_of(base, to):
    """The group of each run, a tuple; () of a fit without groups."""
    if isinstance(base, Fit):
        return [()] * len(to)
    return [base.key] * len(to) if isinstance(base, Group) else base._keys(to)


def weighed(base, one, outcomes, seed):
    """What simulated outcomes of a run make of the draws.

    Parameters
    ----------
    base : Fit, PooledFit or a group of it.
    one : the run, a DataFrame of one row.
    outcomes : how many are simulated.
    seed : of them, a list of whole numbers.

    Returns
    -------
    weights (draws, outcomes) that sum to 1 over the draws, and a dict: unsure, the share of outcomes with a Pareto k above its limit,
    and effective, the draws that the weights of half the outcomes are worth.

    Notes
    -----
    Outcomes have the drift of a run beyond the data, the likelihood has not: a new fit takes all that is measured for the law's. The noise is that at the
    run's own scale.
    """
    one = base.with_known(one)
    x, law, noise = base.inputs(one), base.law, base.law.noise
    rows = {name: numbers(one, name) for name in noise.reads if name in one.columns}
    if isinstance(base, Fit):
        mean, _, p = base._along(x, paired=False)
        rows = {
            name: np.atleast_1d(np.round(base.ref[name]) if name in _COUNTS else base.ref[name])
            for name in noise.reads
        } | rows
    else:
        fit, key = whole_of(base), keys_of(base, one)[0]
        mean, noise, p = (
            fit.draws_at(key, x, None, of="mean"),
            fit.noise_of(key),
            {name: np.asarray(value)[:, None] for name, value in fit._group(key)[1].items()},
        )
    mean, u = np.broadcast_to(mean, (len(mean), 1)), distance(law, x, ref_of(base)).reshape(-1)
    pick = np.linspace(0, len(mean) - 1, outcomes).round().astype(int)  # of all chains alike
    drift = {"beyond": beyond(base, one)} if noise.drift else {}
    drawn = noise.draw(
        np.random.default_rng(seed),
        mean[pick],
        {name: np.broadcast_to(value, mean.shape)[pick] for name, value in p.items()},
        u,
        None,
        rows,
        **drift,
    )
    z = noise.encode(
        drawn[:, 0], {name: np.repeat(value, outcomes) for name, value in rows.items()}
    )
    with float64():
        weights, k = smoothed(np.asarray(noise.distribution(mean, p, u, None, rows).log_prob(z)))
    return weights, {
        "unsure": float((k > LIMITS["pareto_k"]).mean()),
        "effective": float(np.median(1 / (weights**2).sum(axis=0))),
    }


def drawn(forecaster, one, of, seed, left=1.0):
    """Draws (draws, times) of one target, with that share ``left`` of its drift; several noises for each draw of the posterior."""
    if of == "mean":
        return forecaster.draws(one, of=of, seed=seed)
    made = lessened(forecaster, left) if left < 1 else forecaster
    return np.concatenate(
        [made.draws(one, of=of, seed=(seed + 2 * time) % 2**32) for time in range(_TIMES)], axis=1
    )


def lessened(forecaster, left):
    """The same forecaster with a share of the drift of the fit that runs are added to: of a chain the first."""
    if isinstance(forecaster, Chain):
        return Chain(lessened(forecaster.first, left), forecaster.second)
    if isinstance(forecaster, Group):
        return replace(forecaster, fit=lessened(forecaster.fit, left))
    law = forecaster.law
    noise = law.noise
    if inner := getattr(noise, "noise", None):  # that of a censored one
        noise = replace(noise, noise=replace(inner, drift=inner.drift * left))
    elif noise.drift:
        noise = replace(noise, drift=noise.drift * left)
    law = law.with_noise(noise)
    if isinstance(forecaster, Fit):
        return replace(forecaster, law=law)
    own = forecaster.drift and (
        forecaster.drift[0],
        {level: sd * left for level, sd in forecaster.drift[1].items()},
    )
    return replace(forecaster, pool=replace(forecaster.pool, law=law), drift=own)


def narrowed(now, after, weights, prob):
    """What weights do to a target's interval.

    Parameters
    ----------
    now, after : (draws, times) draws of it as they are, and with the drift that is left.
    weights : (draws, outcomes).
    prob : of the central interval.

    Returns
    -------
    dict: width now; ratio (outcomes,) of widths, after over now; blocks (blocks, outcomes), the same of parts of the draws; sd_log, and sd_log_after as
    expected, NaN where the outcome may be negative
    """
    ends, times = [(1 + prob) / 2, (1 - prob) / 2], now.shape[1]
    width = lambda draws: np.subtract(*np.quantile(draws, ends))
    made = {"width": float(width(now)), "ratio": _widths(after, weights, ends) / width(now)}
    made["blocks"] = np.stack(
        [
            _widths(after[at], weights[at], ends) / width(now[at])
            for at in np.array_split(np.arange(len(now)), _BLOCKS)
        ]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        log = np.log(after)
        middle, square = ((part.sum(axis=1) @ weights) / times for part in (log, log**2))
        return made | {
            "sd_log": float(np.log(now).std()),
            "sd_log_after": float(np.sqrt(np.maximum(square - middle**2, 0.0)).mean()),
        }


def _widths(draws, weights, ends):
    """Width of the interval of draws (draws, times) under each column of weights (draws, outcomes)."""
    order = np.argsort(draws, axis=None)
    ordered, weight = draws.ravel()[order], weights[order // draws.shape[1]]
    place = (np.cumsum(weight, axis=0) - 0.5 * weight) / weight.sum(axis=0)
    return np.array([np.subtract(*np.interp(ends, column, ordered)) for column in place.T])
