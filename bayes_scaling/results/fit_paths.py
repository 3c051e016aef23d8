"""From a pool whose noise is ``GroupPaths`` to a PathsFit."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.inference.draws import Draws
from bayes_scaling.inference.group_paths.density import GroupPathsDensity
from bayes_scaling.inference.group_paths.design import paths_design
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.inference.input_checks import warn_of_input_errors
from bayes_scaling.inference.sampler import sample
from bayes_scaling.law.law import Law
from bayes_scaling.law.pool import Pool
from bayes_scaling.results.paths_fit import PathsFit, paths_posterior


def shared_by_all(law: Law, group: Any, pool: Any) -> dict[str, str]:
    """How groups on paths share what is sampled; refuses options that do not go with them."""
    if group is None:
        raise InputError(
            f"the noise of {law.name} is GroupPaths, which is for groups; name the column that"
            " identifies them, such as group='corpus', or give noise=Noise()"
        )
    if not isinstance(group, str) and len(tuple(group)) > 1:
        raise InputError(
            f"group is {group!r}, and paths are for the groups of one column; give one column, or"
            " noise=Noise()"
        )
    if pool is not None:
        raise InputError(
            "pool sets how groups share a law's parameters, and groups on paths share all of them;"
            " leave out pool, or give noise=Noise()"
        )
    return {q.sampled: "shared" for q in law.sites}


def paths_data(
    pool: Pool, table: pd.DataFrame, y: str, se: str | None, columns: dict[str, Any]
) -> tuple[dict[str, Any], tuple[np.ndarray, np.ndarray]]:
    """Build the data of a ``PathsFit``: as ``grouped``, with one reference run and the paths'."""
    data, place = grouped(pool, table, y, se, columns)
    paths = paths_design(pool.law, data, place)
    return data | {"ref": paths["ref"], "paths": paths}, place


def fit_paths(
    pool: Pool,
    table: pd.DataFrame,
    y: str,
    se: str | None,
    columns: dict[str, Any],
    *,
    draws: int,
    warmup: int,
    chains: int,
    seed: int,
) -> PathsFit:
    """The PathsFit of a pool's law to a validated table."""
    data, place = paths_data(pool, table, y, se, columns)
    warn_of_groups(pool, table, y, data, place)
    paths = data["paths"]
    density = GroupPathsDensity(pool.law, len(pool.cells), len(paths["log_scale"]))
    sampled = sample(density, paths, seed=seed, chains=chains, draws=draws, warmup=warmup)
    return PathsFit(
        pool=pool,
        posterior=paths_posterior(density, sampled, paths, seed),
        source=sampled,
        table=table,
        y=y,
        data=data,
        place=place,
        columns=columns,
        se=se,
        seed=seed,
        engine=engine_record(sampled, draws=draws, warmup=warmup, chains=chains),
    )


def warn_of_groups(
    pool: Pool,
    table: pd.DataFrame,
    y: str,
    data: dict[str, Any],
    place: tuple[np.ndarray, np.ndarray],
) -> None:
    """Warn of each group's runs as ``warn_of_input_errors`` does."""
    group, slot = place
    for rows in table.groupby(group).indices.values():
        warn_of_input_errors(pool.law, table.iloc[rows], y, data["u"][group[rows], slot[rows]])


def engine_record(sampled: Draws, **settings: int) -> dict[str, Any]:
    """What a pooled fit keeps of its sampling: attempts, health, and draws, warm-up and chains."""
    return {"attempts": sampled.attempts, "health": sampled.health, **settings}
