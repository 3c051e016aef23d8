"""A group without runs, foretold from those that have some: its draws come from the population that the fit has learned."""

import hashlib

import jax
import numpy as np

from bayes_scaling._core.errors import RunsWarning, warn
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import meant, shown


def unseen(fit, key):
    """(published parameters, sampled quantities) of a group that has no runs, each {name: (draws,)}.

    Its z are drawn from their prior, what is free from the law's own prior. Levels that have runs keep theirs: of crossed columns
    a known corpus on a new validation set is still that corpus.

    Parameters
    ----------
    fit : the PooledFit.
    key : one value for each column.
    """
    at = [
        values.index(label) if label in values else None
        for values, label in zip(fit.pool.levels, key)
    ]
    if any(close(fit, key)):
        warn(without_runs(fit, [key]), RunsWarning)
    with float64():
        sampled = _sampled(fit, key, at)
        ref = {
            name: float(value) for name, value in fit.data["ref"].items() if np.ndim(value) == 0
        } | _ends(fit, key, at)
        return {
            name: np.broadcast_to(value, fit.count)
            for name, value in fit.law.publish(sampled, ref).items()
        }, sampled


def close(fit, key):
    """For each column, ' (did you mean ...?)' where a label that has no runs is much like one that has."""
    return [
        "" if label in values else meant(label, values, 0.7)
        for values, label in zip(fit.pool.levels, key)
    ]


def without_runs(fit, keys):
    """Which groups have no runs of their own, in words."""
    names = [
        ", ".join(
            f"{column} {label}{like}"
            for column, label, like in zip(fit.pool.by, key, close(fit, key))
        )
        for key in dict.fromkeys(keys)
        if fit.pool.where(key) is None
    ]
    return (
        f"No runs of {shown(names, 4)}: foretold from what the groups have in common"
        if names
        else ""
    )


def generator(fit, *labels):
    """A generator of the labels' own: a level that is unseen is the same in every answer of the fit."""
    digest = hashlib.sha256(repr(labels).encode()).digest()
    return np.random.default_rng([fit.seed, 3, int.from_bytes(digest[:4])])


def _sampled(fit, key, at):
    """Sampled quantities (draws,) of the group."""
    from numpyro.distributions import biject_to

    sampled, crossed = {}, len(fit.pool.components) - 1
    for q in fit.law.sites:
        name, mode, prior = q.sampled, fit.pool.modes[q.sampled], q.prior.dist()
        if mode == "shared":
            sampled[name] = fit.flat(name)[name][:, 0]
        elif mode == "free":
            sampled[name] = np.asarray(
                prior.sample(
                    jax.random.key(int(generator(fit, name, key).integers(2**31))), (fit.count,)
                )
            )
        else:
            link = biject_to(prior.support)
            place = np.asarray(link.inv(fit.flat(f"mu_{name}")[f"mu_{name}"]))
            for j, (ending, *_) in enumerate(fit.pool.components_of(name)):
                level, label = (at[j], key[j]) if j < crossed else (None, key)
                tau, z = fit.flat(f"tau_{name}{ending}", f"z_{name}{ending}").values()
                place = place + tau * (
                    generator(fit, name, ending, label).standard_normal(fit.count)
                    if level is None
                    else z[:, level]
                )
            sampled[name] = np.asarray(link(place))
    return sampled


def _ends(fit, key, at):
    """Smallest and largest outcome (draws,) that the group would have: log-normal over the groups that share its known levels.

    The spread of n of them is known as well as n can tell: a t with n - 1 degrees of freedom, at least 2.
    """
    share = [
        i
        for i, cell in enumerate(fit.pool.cells)
        if all(a is None or a == b for a, b in zip(at, cell))
    ] or range(len(fit.pool.cells))
    low, high = (np.asarray(fit.data["ref"][name])[list(share), 0] for name in ("y_min", "y_max"))
    n, rng = len(low), generator(fit, "ends", key)
    if (low <= 0).any():
        pick = rng.integers(n, size=fit.count)
        return {"y_min": low[pick], "y_max": high[pick]}
    away = (
        np.log(low).std(ddof=1) * np.sqrt(1 + 1 / n) * rng.standard_t(max(n - 1, 2), fit.count)
        if n > 1
        else 0.0
    )
    least = np.exp(np.log(low).mean() + away)
    return {"y_min": least, "y_max": least * np.exp(np.log(high / low).mean())}
