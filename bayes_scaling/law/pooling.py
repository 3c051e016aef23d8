"""From a law, a table and a user's choices to a ``Pool``: which quantities the groups share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import jax
import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling._core.threefry import seed_words
from bayes_scaling.law.group_levels import read_groups
from bayes_scaling.law.group_sd import default_group_sds, read_group_sd
from bayes_scaling.law.law import Law
from bayes_scaling.law.pool import MODES, Pool
from bayes_scaling.law.prior import Prior
from bayes_scaling.law.prior_draws import draw_unconstrained

if TYPE_CHECKING:
    import pandas as pd

# Shared by default: a single group says little about how its noise grows, or about a discrepancy.
SHARED = ("kappa", "tau", "ell")

_DRAWS = 1000  # from which a prior's moments are estimated


def build_pool(
    law: Law,
    table: "pd.DataFrame",
    group: str | Sequence[str],
    pool: Mapping[str, str] | None = None,
    spreads: Mapping[str, Any] | None = None,
) -> Pool:
    """The Pool of a law for the groups of a table.

    Parameters
    ----------
    law : Law
        The law, with its priors and its noise.
    table : pandas.DataFrame
        The runs.
    group : str or sequence of str
        The columns that identify groups.
    pool : mapping of str to str, optional
        Sampled or published name -> "partial", "shared" or "free".
    spreads : mapping of str to Prior or NumPyro distribution, optional
        Sampled or published name -> prior of its group sd tau.

    Returns
    -------
    Pool

    Raises
    ------
    InputError
        A column, a name or a way of pooling is invalid, or there is only one group.
    """
    groups = read_groups(table, group)
    names = [q.sampled for q in law.sites]
    modes = _read_modes(law, pool)
    moments = tuple(
        np.array(list(column)) for column in zip(*(_prior_moments(q.prior) for q in law.sites))
    )
    group_sds = default_group_sds(names, moments[1], modes)
    for name, prior in (spreads or {}).items():
        name = _sampled_names(law).get(name, name)
        if name not in group_sds:
            raise InputError(
                f"tau_{name} has a prior, and {name} is not partially pooled; "
                f"those that are: {', '.join(group_sds)}"
            )
        group_sds[name] = read_group_sd(name, prior)
    return Pool(law, groups.by, groups.levels, groups.cells, modes, group_sds, moments)


def _sampled_names(law: Law) -> dict[str, str]:
    """Published name -> sampled name."""
    return {q.name: q.sampled for q in law.sites}


def _read_modes(law: Law, pool: Mapping[str, str] | None) -> dict[str, str]:
    """How each sampled quantity is pooled."""
    names, sampled_names = [q.sampled for q in law.sites], _sampled_names(law)
    modes = {name: "shared" if name in SHARED else "partial" for name in names}
    if not isinstance(pool or {}, Mapping):
        raise InputError(
            f"pool is {pool!r}; give a way for each name, such as {{'eta': 'shared', 'E': 'free'}}"
        )
    for name, mode in (pool or {}).items():
        if name not in sampled_names and name not in names:
            raise InputError(
                f"pool names {name!r}{did_you_mean(name, [*names, *sampled_names])}; "
                f"{law.name} samples {', '.join(names)}"
            )
        if mode not in MODES:
            raise InputError(f"pool has {mode!r} for {name}; use 'partial', 'shared' or 'free'")
        sampled = sampled_names.get(name, name)
        if mode == "shared" and sampled != name:  # it depends on the group's data too
            raise InputError(
                f"pool shares {name}, which follows from {sampled}: "
                f"one {sampled} for all groups does not make one {name}; "
                f"leave {name} partial or free, or share {sampled!r} by that name"
            )
        modes[sampled] = mode
    return modes


def _prior_moments(prior: Prior) -> tuple[float, float]:
    """Mean and sd of a prior on the unconstrained scale, from draws."""
    with float64():
        words = seed_words(0)
        values = {name: np.asarray(value) for name, value in prior.args}
        draws = np.asarray(cast(jax.Array, draw_unconstrained(prior.family, words, values, _DRAWS)))
    return float(draws.mean()), float(draws.std())
