"""A table's own held-out runs: how far its larger runs left a fit of its smaller ones.

Runs up to an eighth of the largest scale are fitted, those above a quarter are predicted, and
their density is computed at each size of the drift. Errors along a loss are cut at 0.4 and 0.2
nats above the lowest loss. A table with too few runs below the cut has no
evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bayes_scaling._core.hull import distances
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, fingerprint, generator
from bayes_scaling.inference.batch import chunks, run_chunks, stacked
from bayes_scaling.inference.density import Density, quantities
from bayes_scaling.inference.design import Design, distance, padded, subset
from bayes_scaling.inference.drift_density import log_densities_by_size
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.inference.sampler import sample
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.places import TOKENS_WEIGHT, axes, places

_FEWEST = 6  # runs below the cut
_MOST_HELD = 24  # runs held out
_MOST_DRAWS = 1000  # that their density is averaged over
_CUTS = {"L": (0.4, 0.2)}  # how far below the largest: runs that are fitted, and predicted
_LOG_CUTS = (np.log(8.0), np.log(4.0))


def own_runs(
    law: Law,
    designs: Sequence[Design],
    seeds: Sequence[int],
    options: Mapping[str, Any],
    batch: bool = True,
) -> list[OwnRuns | None]:
    """Score the own held-out runs of tables at each size of a learned drift.

    Parameters
    ----------
    law : Law
        The law of all tables, whose likelihood is continuous.
    designs : sequence of dict
        The data of each table: see ``bayes_scaling.inference.design``; padded or not.
    seeds : sequence of int
        One for each table.
    options : mapping of str to int
        ``chains``, ``draws`` and ``warmup`` of the fits.
    batch : bool
        Whether to use the program of many fits, in place of that of one.

    Returns
    -------
    list of OwnRuns or None
        None where a table has too few runs below the cut, or the drift is not a learned one.
    """
    result: list[OwnRuns | None] = [None] * len(designs)
    noise = law.noise
    if not (isinstance(noise, Noise) and isinstance(noise.drift, LearnedDrift)) or noise.correlates:
        return result
    splits = {i: split for i, data in enumerate(designs) if (split := _split(law, data))}
    # a rough posterior will do: the evidence counts as two outcomes at most
    options = {**options, "retries": False}
    below = {
        i: padded(subset(law, designs[i], runs), len(designs[i]["u"]))
        for i, (runs, _) in splits.items()
    }
    members = list(below)
    fitted, their_seeds = [below[i] for i in members], [seeds[i] for i in members]
    sampled = _sampled if batch else _sampled_alone
    for j, theta in sampled(law, fitted, their_seeds, options):
        i = members[j]
        result[i] = _score(law, designs[i], *splits[i], below[i], theta, seeds[i])
    return result


def _split(law: Law, data: Design) -> tuple[np.ndarray, np.ndarray] | None:
    """Positions of the runs that are fitted and of those that are held out."""
    count = int(data["mask"].sum()) if "mask" in data else len(data["u"])
    at = places(law, {name: values[:count] for name, values in data["x"].items()})
    along_loss = axes(law) == ("L",)
    scale = -at[:, 0] if along_loss else _log_scale(law, at)
    far, near = _CUTS["L"] if along_loss else _LOG_CUTS
    fitted = np.flatnonzero(scale <= scale.max() - far)
    held = scale > scale.max() - near
    if axes(law) == ("N", "D"):
        # nobody asks for less than a token a parameter
        held &= at[:, 1] / TOKENS_WEIGHT >= at[:, 0]
    held = np.flatnonzero(held)
    if len(fitted) < max(_FEWEST, len(law.parameters)) or not len(held):
        return None
    kept = np.linspace(0, len(held) - 1, min(_MOST_HELD, len(held))).round().astype(int)
    return fitted, held[np.lexsort(at[held].T)][np.unique(kept)]


def _log_scale(law: Law, at: np.ndarray) -> np.ndarray:
    """Log scale of runs: compute up to a factor, where a law has N and D."""
    if axes(law) == ("N", "D"):
        return at[:, 0] + at[:, 1] / TOKENS_WEIGHT
    return at[:, 0]


def _sampled_alone(
    law: Law, designs: list[Design], seeds: list[int], options: Mapping[str, Any]
) -> Iterator[tuple[int, np.ndarray]]:
    """As ``_sampled``, one table after the other."""
    for i, (data, seed) in enumerate(zip(designs, seeds)):
        theta = sample(Density(law), data, seed=seed, **options).theta
        yield i, theta.reshape(-1, theta.shape[-1])


def _sampled(
    law: Law, designs: list[Design], seeds: list[int], options: Mapping[str, Any]
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the position of each table and its draws (draws, sampled quantities)."""
    groups = chunks(designs)
    tasks = [(stacked([designs[i] for i in group]), [seeds[i] for i in group]) for group in groups]
    for j, result in run_chunks(law, tasks, dict(options)):
        for i, theta in zip(groups[j], result["theta"]):
            yield i, theta.reshape(-1, theta.shape[-1])


def _score(
    law: Law,
    data: Design,
    fitted: np.ndarray,
    held: np.ndarray,
    below: Design,
    theta: np.ndarray,
    seed: int,
) -> OwnRuns:
    """Mean log density of the held-out outcomes at each g of the learned drift's grid."""
    theta = theta[:: -(-len(theta) // _MOST_DRAWS)]
    with float64():
        values = quantities(Density(law), theta, below)
    p = {name: np.asarray(a)[:, None] for name, a in values.items()}
    x = {name: values[held][None] for name, values in data["x"].items()}
    mean = curve(law, x, {name: p[name] for name in law.names})
    se = data["se"][held] if "se" in data else None
    noise: Any = law.noise  # continuous
    sampled = {q.sampled: p[q.sampled] for q in law.sites}
    rng = generator(Stream.OWN_RUNS, seed, fingerprint(x))
    center, sd = noise.scatter(rng, mean, sampled, distance(law, x, below["ref"]), se)
    at = places(law, data["x"])
    beyond = distances(at[fitted], at[held])
    unit = noise.drift.unit(float(np.median(p["sigma"])), len(fitted), len(law.parameters))
    sizes = noise.drift.grid * unit
    log = log_densities_by_size(data["z"][held], center, sd, beyond, sizes)
    return OwnRuns(log.mean(axis=1), len(held))
