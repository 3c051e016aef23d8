"""Simulated tables, and the ranks of their true values among posterior draws."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.table import Table
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.predictive import prior_tables
from bayes_scaling.law.law import Law
from bayes_scaling.validation.ecdf_uniformity import LEVELS

_MAX_TRIES = 20  # prior draws for each table
_LIKELIHOOD = "log likelihood"

Chunk = tuple[list[int], dict[str, Any]]  # indices of simulated tables, and their stacked data


def simulate_tables(
    law: Law, data: dict[str, Any], sims: int, seed: int
) -> tuple[np.ndarray, list[np.ndarray], int]:
    """Simulate tables with parameters from the prior.

    Parameters
    ----------
    law : Law
        The law.
    data : dict
        The design.
    sims : int
        Number of tables.
    seed : int
        Seed of the simulations.

    Returns
    -------
    theta : numpy.ndarray (sims, size)
        True values, in the sampler's coordinates.
    tables : list of numpy.ndarray (runs,)
        Encoded outcomes.
    refused : int
        Number of invalid tables.

    Raises
    ------
    InputError
        Hardly any draw from the prior gives a valid table.
    """
    true_theta, tables, refused, rows = [], [], 0, data.get("rows", {})
    for attempt in range(_MAX_TRIES):
        rng = generator(Stream.SIMULATED_TABLE, seed, attempt)
        theta, outcomes, valid = prior_tables(law, data, sims, rng)
        for i in range(sims):
            if not valid[i]:
                refused += 1
                continue
            true_theta.append(theta[i])
            tables.append(np.asarray(law.noise.encode(outcomes[i], rows), float))
            if len(tables) == sims:
                return np.array(true_theta), tables, refused
    raise InputError(
        f"only {len(tables)} of {refused + len(tables)} tables simulated from the prior of "
        f"{law.name} are valid; give tighter priors, or inputs nearer to where the law applies"
    )


def rank_true_values(
    law: Law,
    true_theta: np.ndarray,
    theta: np.ndarray,
    chunks: list[Chunk],
    converged: np.ndarray,
) -> Table:
    """Rank every sampled quantity, and the log likelihood, among posterior draws.

    Parameters
    ----------
    law : Law
        The law.
    true_theta : numpy.ndarray (sims, size)
        True values, in the sampler's coordinates.
    theta : numpy.ndarray (sims, chains, draws, size)
        Posterior draws.
    chunks : list of (list of int, dict)
        Indices of the tables, and their stacked data.
    converged : numpy.ndarray (sims,) of bool
        Whether each fit has converged.

    Returns
    -------
    Table
        ``Calibration.ranks``.
    """
    sims, size = true_theta.shape
    draws = theta.reshape(sims, -1, size)
    thinned = draws[:, np.linspace(0, draws.shape[1] - 1, LEVELS - 1).round().astype(int)]
    density = Density(law)
    log_likelihood = np.empty((sims, LEVELS))  # of the true values, then of the draws
    with float64():
        first = jax.tree.map(lambda a: a[0], chunks[0][1])  # the priors are those of every table
        true_values = density.constrain(jnp.asarray(true_theta), first)
        for indices, rows in chunks:
            both = np.concatenate([true_theta[indices][:, None], thinned[indices]], axis=1)
            log_likelihood[indices] = _log_likelihoods(density, both, rows)
    parts = [
        rank_rows(
            name,
            np.asarray(true_values[name]),
            (thinned[..., j] < true_theta[:, j : j + 1]).sum(axis=1),
            converged,
        )
        for j, name in enumerate(density.names)
    ]
    rank = (log_likelihood[:, 1:] < log_likelihood[:, :1]).sum(axis=1)
    parts.append(rank_rows(_LIKELIHOOD, log_likelihood[:, 0], rank, converged))
    return Table(pd.concat(parts, ignore_index=True))


@stored_jit(static=("density",))
def _log_likelihoods(density: Density, theta: jax.Array, data: dict[str, Any]) -> jax.Array:
    """Log likelihood (tables, draws) of complete tables."""

    def of_table(theta: jax.Array, data: dict[str, Any]) -> jax.Array:
        sampled, published = density.published(theta, data)
        return (density.log_likelihood(sampled, published, data) * data["mask"]).sum(axis=-1)

    return jax.vmap(of_table)(theta, data)


def rank_rows(
    quantity: str, true_values: np.ndarray, rank: np.ndarray, converged: np.ndarray
) -> pd.DataFrame:
    """The rows of ``Calibration.ranks`` of one quantity."""
    return pd.DataFrame(
        {
            "simulation": range(len(rank)),
            "quantity": quantity,
            "truth": true_values,
            "rank": rank,
            "sound": converged,
        }
    )
