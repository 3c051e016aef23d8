"""Targets of a pooled fit: their groups, and inputs that the groups' runs determine."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import meant
from bayes_scaling.results.known_inputs import COUNTS
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets


def keys_of_targets(fit: PooledPosterior, to: pd.DataFrame) -> list[tuple]:
    """The group of each target, one value for each column; InputError where one names none."""
    columns = fit.pool.by
    for column in columns:
        if column not in to.columns:
            otherwise = (
                ", or none of them to .forecast, which then forecasts every group"
                if len(columns) > 1
                else ", or use .forecast, which forecasts every group"
            )
            raise InputError(
                f"the targets have no column {column!r}; give each target's"
                f" {' and '.join(columns)}{otherwise}"
            )
        missing = to[column].isna().to_numpy()
        if missing.any():
            raise InputError(
                f"target {to.index[int(missing.argmax())]}: {column} is missing; name the group"
            )
    return list(zip(*(to[column].tolist() for column in columns)))


def with_group_means(fit: PooledPosterior, to: pd.DataFrame) -> pd.DataFrame:
    """Add what the law or its likelihood must know of a run: see ``PooledFit.with_known``."""
    keys, given = keys_of_targets(fit, to), {**fit.data["x"], **fit.data.get("rows", {})}
    for name in (*fit.law.known, *fit.law.noise.reads):
        if name not in to.columns:
            values = fit.by_run(given[name])
            means = {key: values[_rows_of_group(fit, key)].mean() for key in dict.fromkeys(keys)}
            if name in COUNTS:
                means = {key: round(mean) for key, mean in means.items()}
            to = to.assign(**{name: [means[key] for key in keys]})
    return to


def _rows_of_group(fit: PooledPosterior, key: tuple) -> np.ndarray | slice:
    """Rows of the table that are of a group; all where it has none."""
    position = fit.pool.where(key)
    return slice(None) if position is None else fit.place[0] == position


def of_every_group(fit: PooledPosterior, to: pd.DataFrame | dict[str, Any]) -> pd.DataFrame:
    """Repeat targets without the groups' columns for every group: ``PooledFit.of_every_group``."""
    to = as_targets(to)
    if set(fit.pool.by) & set(to.columns):
        return to
    for column in to.columns:
        hint = meant(column, fit.pool.by, 0.8)
        if hint and column not in (*SIZES, *fit.law.inputs):
            warn(f"the targets' column {column!r} is not used{hint}", RunsWarning)
    keys = pd.DataFrame([fit.pool.key(group) for group in fit.groups], columns=list(fit.pool.by))
    every = keys.merge(to, how="cross")
    named = any(isinstance(label, str) for label in to.index)
    return every.set_axis(list(to.index) * len(keys)) if named else every


def with_group_extrapolation(
    fit: PooledPosterior, to: pd.DataFrame, intervals: pd.DataFrame
) -> pd.DataFrame:
    """Put the groups' columns first, and extrapolation over each group's own largest compute."""
    keys = keys_of_targets(fit, to)
    if "C" in to.columns and "C" in fit.table.columns:
        compute = fit.table["C"].to_numpy(float)
        largest = [compute[fit.place[0] == i].max() for i in range(len(fit.groups))]
        positions = [fit.pool.where(key) for key in keys]
        own = [fit.largest if i is None else largest[i] for i in positions]
        intervals["extrapolation"] = to["C"].to_numpy(float) / own
    others = intervals.drop(columns=[c for c in fit.pool.by if c in intervals])
    return pd.concat([to[list(fit.pool.by)], others], axis=1)
