"""A pooled fit in ArviZ's groups, as an xarray.DataTree."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.inference.draws import Draws
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.runs.sizes import SIZES

if TYPE_CHECKING:
    import xarray as xr


def build_pooled_tree(
    fit: PooledPosterior, draws: Draws, log_likelihood: np.ndarray
) -> "xr.DataTree":
    """Put draws, log likelihood (draws, runs) and runs into ArviZ's groups.

    The posterior's dimension over groups has the name of the column, or ``group`` where there are
    several columns.
    """
    import xarray as xr

    chains, count = fit.engine["chains"], fit.engine["draws"]
    coords = {"chain": np.arange(chains), "draw": np.arange(count)}
    run = {"run": np.arange(len(fit.table))}
    stats = {name: (("chain", "draw"), a) for name, a in draws.stats.items()}
    by_chain = log_likelihood.reshape(chains, count, -1)
    likelihood = {"y": (("chain", "draw", "run"), by_chain)}
    outcome = {"y": ("run", fit.table[fit.y].to_numpy(float))}
    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(_posterior(fit), coords | _group_coords(fit)),
            "sample_stats": xr.Dataset(stats, coords),
            "log_likelihood": xr.Dataset(likelihood, coords | run),
            "observed_data": xr.Dataset(outcome, run),
            "constant_data": xr.Dataset(_constant_data(fit), run),
        }
    )


def _group_dimension(fit: PooledPosterior) -> str:
    """The name of the dimension over groups."""
    return fit.pool.by[0] if len(fit.pool.by) == 1 else "group"


def _group_coords(fit: PooledPosterior) -> dict[str, Any]:
    """Labels of groups and, of several columns, each column's value and its levels."""
    by, dimension = fit.pool.by, _group_dimension(fit)
    coords: dict[str, Any] = {dimension: [fit.label(group) for group in fit.groups]}
    if len(by) > 1:
        for j, column in enumerate(by):
            coords[column] = (dimension, [str(group[j]) for group in fit.groups])
        for column, values in zip(by, fit.pool.levels):
            coords[f"level_{column}"] = [str(label) for label in values]
    return coords


def _posterior(fit: PooledPosterior) -> dict[str, tuple]:
    """The posterior's arrays, each with its dimensions."""
    level_of = {
        f"z_{name}{ending}": f"level{ending}"
        for name in fit.pool.partial
        for ending, *_ in fit.pool.components[:-1]
    }
    dimension = _group_dimension(fit)
    level_of |= {"discrepancy_at": "place", "growth_at": "gap"}  # of a PathsFit
    return {
        name: (("chain", "draw", level_of.get(name, dimension), "place")[: values.ndim], values)
        for name, values in fit.posterior.items()
    }


def _constant_data(fit: PooledPosterior) -> dict[str, tuple]:
    """Inputs, sizes and groups of the runs."""
    table = fit.table
    variables = {
        name: (("run", f"{name}_piece") if name in fit.law.vectors else "run", fit.by_run(values))
        for name, values in fit.data["x"].items()
    }
    variables |= {
        name: ("run", table[name].to_numpy(float))
        for name in SIZES
        if name in table.columns and name not in variables
    }
    variables |= {
        column: ("run", table[column].astype(str).to_numpy(object)) for column in fit.pool.by
    }
    return variables
