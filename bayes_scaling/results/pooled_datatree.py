"""A pooled fit in ArviZ's groups, and its posterior as one tidy table."""

import numpy as np

from bayes_scaling.runs.sizes import SIZES


def tree(fit):
    """DataTree of the groups posterior, sample_stats, log_likelihood, observed_data, constant_data.

    The posterior's dimension over groups has the name of the column, or ``group`` where there are several.
    """
    import xarray as xr

    by, chains, draws, labels = (
        fit.pool.by,
        fit.engine["chains"],
        fit.engine["draws"],
        [fit.label(group) for group in fit.groups],
    )
    dim = by[0] if len(by) == 1 else "group"
    coords = {"chain": np.arange(chains), "draw": np.arange(draws)}
    posterior = coords | {dim: labels}
    if len(by) > 1:
        posterior |= {
            column: (dim, [str(group[j]) for group in fit.groups]) for j, column in enumerate(by)
        }
        posterior |= {
            f"level_{column}": [str(label) for label in values]
            for column, values in zip(by, fit.pool.levels)
        }
    levels = {
        f"z_{name}{ending}": f"level{ending}"
        for name in fit.pool.partial
        for ending, *_ in fit.pool.components[:-1]
    }
    shaped = {
        name: (("chain", "draw", levels.get(name, dim))[: values.ndim], values)
        for name, values in fit.posterior.items()
    }
    run = {"run": np.arange(len(fit.table))}
    constant = {
        name: (
            ("run", f"{name}_piece") if name in fit.law.vectors else "run",
            np.asarray(values)[fit.place],
        )
        for name, values in fit.data["x"].items()
    }
    constant |= {
        name: ("run", fit.table[name].to_numpy(float))
        for name in SIZES
        if name in fit.table.columns and name not in constant
    }
    constant |= {column: ("run", fit.table[column].astype(str).to_numpy(object)) for column in by}
    return xr.DataTree.from_dict({
        "posterior": xr.Dataset(shaped, posterior),
        "sample_stats": xr.Dataset({name: (("chain", "draw"), a) for name, a in fit.source.stats.items()}, coords),
        "log_likelihood": xr.Dataset({"y": (("chain", "draw", "run"), fit.log_likelihood.reshape(chains, draws, -1))}, coords | run),
        "observed_data": xr.Dataset({"y": ("run", fit.table[fit.y].to_numpy(float))}, run),
        "constant_data": xr.Dataset(constant, run),
    })  # fmt: skip
