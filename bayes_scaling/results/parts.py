"""Parts of a posterior that are computed only when needed: prior draws and log densities."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, key
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.density import Density, quantities
from bayes_scaling.law.law import Law
from bayes_scaling.law.prior_draws import PRIOR_DRAWS
from bayes_scaling.results.posterior_draws import Sampled

if TYPE_CHECKING:
    import xarray as xr


_LARGEST_LOG_LIKELIHOOD = 20_000_000  # numbers; a larger one is not kept


@dataclass(frozen=True, eq=False)
class Parts:
    """Labels of the runs, draws from the prior, and log densities.

    Parameters
    ----------
    runs : numpy.ndarray
        Labels of the runs.
    prior : {str: numpy.ndarray}
        Draws from the prior, shape (draws,).
    log_prior : {str: numpy.ndarray}
        Log prior density of each sampled quantity, shape (chains, draws).
    log_likelihood : numpy.ndarray or None
        Log density of each outcome, in its own unit, shape (chains, draws, runs); None where it
        is too large to keep.
    """

    runs: np.ndarray
    prior: dict[str, np.ndarray]
    log_prior: dict[str, np.ndarray]
    log_likelihood: np.ndarray | None


def compute_parts(law: Law, sampled: Sampled, seed: int) -> Parts:
    """Compute the parts of a posterior from the sampler's draws."""
    density, theta, table, data = Density(law), sampled.draws.theta, sampled.table, sampled.data
    chains, draws, size = theta.shape
    pointwise = chains * draws * len(table) <= _LARGEST_LOG_LIKELIHOOD
    with float64():
        densities = _densities(density, theta.reshape(-1, size), data, pointwise)
        prior_theta = density.draw_prior(key(Stream.PRIOR, seed), data, PRIOR_DRAWS)
        prior = quantities(density, prior_theta, data)
        (log_prior, log_density), prior = jax.tree.map(np.asarray, (densities, prior))
    log_likelihood = None
    if pointwise:
        rows = {name: values[: len(table)] for name, values in data.get("rows", {}).items()}
        log_likelihood = log_density[:, : len(table)].reshape(chains, draws, -1)
        outcome = table[sampled.y].to_numpy(float)
        log_likelihood = log_likelihood + law.noise.log_jacobian(outcome, rows)
    log_prior = {name: a.reshape(chains, draws) for name, a in log_prior.items()}
    return Parts(_run_labels(table), prior, log_prior, log_likelihood)


@stored_jit(static=("density", "pointwise"))
def _densities(
    density: Density, theta: jax.Array, data: dict[str, Any], pointwise: bool
) -> tuple[dict[str, jax.Array], jax.Array | None]:
    """Log prior of each sampled quantity and, where wanted, log likelihood of each run."""
    sampled, published = density.published(theta, data)
    return density.log_prior(sampled, data), density.log_likelihood(
        sampled, published, data
    ) if pointwise else None


def _run_labels(table: pd.DataFrame) -> np.ndarray:
    """The runs' names, else the index, else positions: the first of them that is unique."""
    candidates = [table["run"]] if "run" in table else []
    labels = next((names for names in (*candidates, table.index) if names.is_unique), None)
    return np.asarray([str(label) for label in (range(len(table)) if labels is None else labels)])


def parts_of_tree(tree: "xr.DataTree") -> Parts:
    """Read the parts of a posterior from a saved fit's tree."""
    groups = tree.children
    prior = {name: values.values[0] for name, values in groups["prior"].data_vars.items()}
    log_prior = {name: values.values for name, values in groups["log_prior"].data_vars.items()}
    saved = "log_likelihood" in groups
    log_likelihood = groups["log_likelihood"].dataset["y"].values if saved else None
    runs = groups["observed_data"].dataset["run"].values
    return Parts(runs, _text_keys(prior), _text_keys(log_prior), log_likelihood)


def _text_keys(arrays: dict[Any, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays; xarray allows names that are not text."""
    return {str(name): values for name, values in arrays.items()}
