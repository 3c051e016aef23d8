"""A posterior in ArviZ's groups: draws as an xarray.DataTree."""

from dataclasses import dataclass
from functools import partial

import jax
import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.sampler import Draws
from bayes_scaling.runs.sizes import SIZES

_POINTWISE = 20_000_000  # numbers in the log likelihood beyond which it is left out of the tree


_PRIOR_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Sampled:
    """What a fit is made of before anything is asked of it.

    Parameters
    ----------
    table : the runs, as validated.
    y : column of the outcome.
    data : the padded design that was conditioned on.
    drawn : the engine's Draws.
    """

    table: pd.DataFrame
    y: str
    data: dict
    drawn: Draws


@partial(jax.jit, static_argnums=0)
def quantities(density, theta, data):
    """{name: (draws,)} of draws (draws, size): published parameters and sampled quantities."""
    sampled, published = density.published(theta, data)
    return published | sampled


@partial(jax.jit, static_argnums=(0, 3))
def _densities(density, theta, data, pointwise):
    sampled, published = density.published(theta, data)
    return density.log_prior(sampled, data), density.log_likelihood(
        sampled, published, data
    ) if pointwise else None


def posterior(law, made):
    """{name: (chains, draws)}: published parameters and sampled quantities."""
    chains, draws, size = made.drawn.theta.shape
    with float64():
        values = quantities(Density(law), made.drawn.theta.reshape(-1, size), made.data)
        return {name: np.asarray(a).reshape(chains, draws) for name, a in values.items()}


@dataclass(frozen=True, eq=False)
class Parts:
    """What of a posterior is made when first asked for.

    Parameters
    ----------
    runs : labels of the runs.
    prior : {name: (draws,)}, draws from the prior.
    log_prior : {sampled name: (chains, draws)}.
    log_likelihood : (chains, draws, runs), of the outcome itself; None where it is too large to keep.
    """

    runs: np.ndarray
    prior: dict
    log_prior: dict
    log_likelihood: np.ndarray | None


def parts(law, source, seed):
    """The Parts of a Sampled or of a saved fit's tree."""
    if not isinstance(source, Sampled):
        flat = lambda group: {
            name: values.values for name, values in source[group].data_vars.items()
        }
        pointwise = (
            source["log_likelihood"]["y"].values if "log_likelihood" in source.children else None
        )
        return Parts(
            source["observed_data"]["run"].values,
            {name: values[0] for name, values in flat("prior").items()},
            flat("log_prior"),
            pointwise,
        )
    density, (chains, draws, size), table, data = (
        Density(law),
        source.drawn.theta.shape,
        source.table,
        source.data,
    )
    with_pointwise = chains * draws * len(table) <= _POINTWISE
    with float64():
        densities = _densities(density, source.drawn.theta.reshape(-1, size), data, with_pointwise)
        prior = quantities(
            density, density.draw_prior(jax.random.key(seed), data, _PRIOR_DRAWS), data
        )
        (log_prior, pointwise), prior = jax.tree.map(np.asarray, (densities, prior))
    if with_pointwise:
        rows = {name: values[: len(table)] for name, values in data.get("rows", {}).items()}
        pointwise = pointwise[:, : len(table)].reshape(chains, draws, -1) + law.noise.log_jacobian(
            table[source.y].to_numpy(float), rows
        )
    labels = next(
        (
            names
            for names in (table.get("run"), table.index)
            if names is not None and names.is_unique
        ),
        range(len(table)),
    )
    return Parts(
        np.asarray([str(label) for label in labels]),
        prior,
        {name: a.reshape(chains, draws) for name, a in log_prior.items()},
        pointwise,
    )


def tree(law, made, posterior, more):
    """DataTree of the groups posterior, sample_stats, log_likelihood, log_prior, prior, observed_data, constant_data."""
    import xarray as xr

    (chains, draws, _), table, data = made.drawn.theta.shape, made.table, made.data
    shaped = lambda values: {
        name: (("chain", "draw"), np.asarray(a, float if a.dtype.kind == "f" else None))
        for name, a in values.items()
    }
    coords, run = {"chain": np.arange(chains), "draw": np.arange(draws)}, {"run": more.runs}
    kept = {
        name: (("run", f"{name}_piece") if name in law.vectors else "run", values[: len(table)])
        for name, values in data["x"].items()
    }
    kept |= {
        f"{name}_read": ("run", values[: len(table)])
        for name, values in data.get("rows", {}).items()
    }
    kept |= {
        name: ("run", table[name].to_numpy(float))
        for name in SIZES
        if name in table.columns and name not in kept
    }
    if "se" in data:
        kept["se"] = ("run", data["se"][: len(table)])
    groups = {
        "posterior": xr.Dataset(shaped(posterior), coords),
        "sample_stats": xr.Dataset(shaped(made.drawn.stats), coords),
        "log_prior": xr.Dataset(shaped(more.log_prior), coords),
        "prior": xr.Dataset(
            {name: (("chain", "draw"), a[None]) for name, a in more.prior.items()},
            {"chain": [0], "draw": np.arange(_PRIOR_DRAWS)},
        ),
        "observed_data": xr.Dataset({"y": ("run", table[made.y].to_numpy(float))}, run),
        "constant_data": xr.Dataset(kept, run),
    }
    if more.log_likelihood is not None:
        groups["log_likelihood"] = xr.Dataset(
            {"y": (("chain", "draw", "run"), more.log_likelihood)}, coords | run
        )
    return xr.DataTree.from_dict(groups)
