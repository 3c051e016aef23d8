"""Values of a hierarchical density at draws: every named quantity, and the log likelihood."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.draws import Draws
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.mode_search import quick_compile
from bayes_scaling.results.pooled_posterior import PooledPosterior

_BATCH = 100  # draws evaluated at once


def compute_posterior(
    density: Hierarchy, draws: Draws, data: dict[str, Any]
) -> dict[str, np.ndarray]:
    """{name: (chains, draws, ...)} of published and sampled quantities, mu, tau and z."""
    with float64():
        values = _quantities(density, draws.theta.reshape(-1, density.size), data)
    shape = draws.theta.shape[:2]
    return {name: np.asarray(a).reshape(*shape, *a.shape[1:]) for name, a in values.items()}


@quick_compile
def _quantities(density: Hierarchy, theta: jax.Array, data: dict[str, Any]) -> dict[str, jax.Array]:
    """Published parameters and sampled quantities (draws, groups), mu, tau, z."""
    groups = data["z"].shape[:1]

    def one(theta: jax.Array) -> dict[str, jax.Array]:
        sites, sampled = density.sites(theta, data)
        column = {name: value[:, None] for name, value in sampled.items()}
        published = {
            name: jnp.broadcast_to(value[..., 0] if jnp.ndim(value) else value, groups)
            for name, value in density.pool.law.publish(column, data["ref"]).items()
        }
        others = {name: value for name, value in sites.items() if name not in sampled}
        return others | sampled | published

    return jax.lax.map(one, theta, batch_size=_BATCH)


def log_likelihood(fit: PooledPosterior) -> np.ndarray:
    """Log density of each outcome in its own unit, (draws, runs)."""
    if not isinstance(fit.source, Draws):
        saved = fit.source.children["log_likelihood"].dataset["y"].values
        return saved.reshape(fit.count, -1)
    with float64():
        theta = fit.source.theta.reshape(fit.count, -1)
        values = np.asarray(_log_likelihood(Hierarchy(fit.pool), theta, fit.data))
        rows = {name: fit.by_run(a) for name, a in fit.data.get("rows", {}).items()}
        outcome = fit.table[fit.y].to_numpy(float)
        group, slot = fit.place
        return values[:, group, slot] + fit.law.noise.log_jacobian(outcome, rows)


@quick_compile
def _log_likelihood(density: Hierarchy, theta: jax.Array, data: dict[str, Any]) -> jax.Array:
    """Log density of each encoded outcome, (draws, groups, runs)."""

    def one(theta: jax.Array) -> jax.Array:
        _, law, noise = density.unfolded(theta, data)
        return density.pool.law.noise.pointwise(
            density.outcome_distribution(density.mean(law[-1], data), noise, data),
            data["z"],
            data["mask"],
        )

    return jax.lax.map(one, theta, batch_size=_BATCH)
