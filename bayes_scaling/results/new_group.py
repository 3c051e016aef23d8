"""A group without runs, predicted from the population that the other groups have shown."""

from collections.abc import Iterable
from typing import Any

import jax
import numpy as np

from bayes_scaling._core.errors import RunsWarning, warn
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.results.pooled_posterior import PooledPosterior

Arrays = dict[str, np.ndarray]


def new_group_parameters(fit: PooledPosterior, key: tuple) -> tuple[Arrays, Arrays]:
    """Draws of the parameters of a group that has no runs.

    What is partially pooled comes from the population, what is free from the law's own prior.
    Levels that have runs keep theirs: of crossed columns, a known corpus on a new validation set is
    still that corpus.

    Parameters
    ----------
    fit : PooledFit
        The fit of the other groups.
    key : tuple
        One value for each column.

    Returns
    -------
    published, sampled : {str: numpy.ndarray}
        Published parameters and sampled quantities, shape (draws,).
    """
    levels = [
        values.index(label) if label in values else None
        for values, label in zip(fit.pool.levels, key)
    ]
    if any(_similar_labels(fit, key)):
        warn(without_runs(fit, [key]), RunsWarning)
    with float64():
        sampled = {q.sampled: _sampled_draws(fit, key, levels, q) for q in fit.law.sites}
        ref = {name: float(value) for name, value in fit.ref.items()}
        ref |= _outcome_range(fit, key, levels)
        published = {
            name: np.broadcast_to(value, fit.count)
            for name, value in fit.law.publish(sampled, ref).items()
        }
        return published, sampled


def _similar_labels(fit: PooledPosterior, key: tuple) -> list[str]:
    """' (did you mean ...?)' for each label without runs that is much like one with runs, or ''."""
    return [
        "" if label in values else did_you_mean(label, values, 0.7)
        for values, label in zip(fit.pool.levels, key)
    ]


def without_runs(fit: PooledPosterior, keys: Iterable[tuple]) -> str:
    """Name the groups that have no runs of their own; "" where all have some."""
    names = [
        ", ".join(
            f"{column} {label}{similar}"
            for column, label, similar in zip(fit.pool.by, key, _similar_labels(fit, key))
        )
        for key in dict.fromkeys(keys)
        if fit.pool.index_of(key) is None
    ]
    if not names:
        return ""
    return f"No runs of {shorten_list(names, 4)}: predicted from what the groups have in common"


def _stream(fit: PooledPosterior, *labels: Any) -> np.random.Generator:
    """Make the generator of these labels: a new level is the same in every answer of the fit."""
    return generator(Stream.NEW_GROUP, fit.seed, fit.provenance["data_hash"], repr(labels))


def _sampled_draws(
    fit: PooledPosterior, key: tuple, levels: list[int | None], q: Parameter
) -> np.ndarray:
    """Draws (draws,) of one sampled quantity of the group."""
    from numpyro.distributions import biject_to

    name, prior = q.sampled, q.prior.dist()
    mode = fit.pool.modes[name]
    if mode == "shared":
        return fit.flat(name)[name][:, 0]
    if mode == "free":
        seed = int(_stream(fit, name, key).integers(2**31))
        return np.asarray(prior.sample(jax.random.key(seed), (fit.count,)))
    link = biject_to(prior.support)
    value = np.asarray(link.inv(fit.flat(f"mu_{name}")[f"mu_{name}"]))
    columns = len(fit.pool.components) - 1
    for j, (ending, *_) in enumerate(fit.pool.components_of(name)):
        level, label = (levels[j], key[j]) if j < columns else (None, key)
        tau, z = fit.flat(f"tau_{name}{ending}", f"z_{name}{ending}").values()
        value = value + tau * (
            _stream(fit, name, ending, label).standard_normal(fit.count)
            if level is None
            else z[:, level]
        )
    return np.asarray(link(value))


def _outcome_range(fit: PooledPosterior, key: tuple, levels: list[int | None]) -> Arrays:
    """Smallest and largest outcome (draws,) that the group would have.

    Log-normal over the groups that have its known levels. Of n groups the sd is uncertain: a
    Student-t with n - 1 degrees of freedom, at least 2.
    """
    related = [
        i
        for i, cell in enumerate(fit.pool.cells)
        if all(a is None or a == b for a, b in zip(levels, cell))
    ] or range(len(fit.pool.cells))
    low, high = (np.asarray(fit.data["ref"][name])[list(related), 0] for name in ("y_min", "y_max"))
    n, rng = len(low), _stream(fit, "ends", key)
    if (low <= 0).any():
        chosen = rng.integers(n, size=fit.count)
        return {"y_min": low[chosen], "y_max": high[chosen]}
    deviation = 0.0
    if n > 1:
        sd = np.log(low).std(ddof=1) * np.sqrt(1 + 1 / n)
        deviation = sd * rng.standard_t(max(n - 1, 2), fit.count)
    smallest = np.exp(np.log(low).mean() + deviation)
    return {"y_min": smallest, "y_max": smallest * np.exp(np.log(high / low).mean())}
