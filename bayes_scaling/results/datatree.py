"""A posterior in ArviZ's groups, as an xarray.DataTree."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.law.law import Law
from bayes_scaling.law.prior_draws import PRIOR_DRAWS
from bayes_scaling.results.parts import Parts
from bayes_scaling.results.posterior_draws import Sampled
from bayes_scaling.runs.sizes import SIZES

if TYPE_CHECKING:
    import xarray as xr


def build_tree(
    law: Law, sampled: Sampled, posterior: dict[str, np.ndarray], parts: Parts
) -> "xr.DataTree":
    """Put a posterior, its parts and the runs into ArviZ's groups."""
    import xarray as xr

    chains, draws, _ = sampled.draws.theta.shape
    coords, run = {"chain": np.arange(chains), "draw": np.arange(draws)}, {"run": parts.runs}
    outcome = sampled.table[sampled.y].to_numpy(float)
    groups = {
        "posterior": xr.Dataset(_by_draw(posterior), coords),
        "sample_stats": xr.Dataset(_by_draw(sampled.draws.stats), coords),
        "log_prior": xr.Dataset(_by_draw(parts.log_prior), coords),
        "prior": xr.Dataset(
            {name: (("chain", "draw"), values[None]) for name, values in parts.prior.items()},
            {"chain": [0], "draw": np.arange(PRIOR_DRAWS)},
        ),
        "observed_data": xr.Dataset({"y": ("run", outcome)}, run),
        "constant_data": xr.Dataset(constant_data(law, sampled), run),
    }
    if parts.log_likelihood is not None:
        groups["log_likelihood"] = xr.Dataset(
            {"y": (("chain", "draw", "run"), parts.log_likelihood)}, coords | run
        )
    return xr.DataTree.from_dict(groups)


def _by_draw(values: dict[str, np.ndarray]) -> dict[str, tuple[tuple[str, str], np.ndarray]]:
    """Arrays (chains, draws) as variables, floats in double precision."""
    return {
        name: (("chain", "draw"), np.asarray(a, float if a.dtype.kind == "f" else None))
        for name, a in values.items()
    }


def constant_data(law: Law, sampled: Sampled) -> dict[str, tuple[Any, np.ndarray]]:
    """Inputs of the law, what its likelihood reads, sizes and standard errors of the runs.

    Parameters
    ----------
    law : Law
        The law.
    sampled : Sampled
        The runs that were fitted.

    Returns
    -------
    dict of str to (dimensions, numpy.ndarray)
        Variables for xarray, "run" the first dimension of each.
    """
    table, data, count = sampled.table, sampled.data, len(sampled.table)
    variables = {
        name: (("run", f"{name}_piece") if name in law.vectors else "run", values[:count])
        for name, values in data["x"].items()
    }
    variables |= {
        f"{name}_read": ("run", values[:count]) for name, values in data.get("rows", {}).items()
    }
    variables |= {
        name: ("run", table[name].to_numpy(float))
        for name in SIZES
        if name in table.columns and name not in variables
    }
    if "se" in data:
        variables["se"] = ("run", data["se"][:count])
    return variables


def with_posterior_predictive(tree: "xr.DataTree", draws: np.ndarray) -> "xr.DataTree":
    """Copy a tree and add draws (draws, runs) of new outcomes at the training runs."""
    import xarray as xr

    sizes, run = tree.children["posterior"].sizes, tree.children["observed_data"].dataset["run"]
    y = draws.reshape(sizes["chain"], sizes["draw"], -1)
    tree = tree.copy()
    tree["posterior_predictive"] = xr.DataTree(
        xr.Dataset({"y": (("chain", "draw", "run"), y)}, coords={"run": run})
    )
    return tree
