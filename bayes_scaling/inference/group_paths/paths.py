"""Draws of the shared curve and of every group's path at the places of the runs."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.group_paths.density import GroupPathsDensity, filter_cells

_BATCH = 50  # draws at once


def draw_paths(
    density: GroupPathsDensity, theta: np.ndarray, data: dict[str, Any], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw what the density integrates out, given its draws and the runs.

    Parameters
    ----------
    density : GroupPathsDensity
        The density.
    theta : np.ndarray (draws, size)
        Its draws.
    data : dict
        The runs.
    seed : int
        Seed of the fit.

    Returns
    -------
    discrepancy : np.ndarray (draws, places)
        The shared curve less the law's, on the link's scale.
    paths : np.ndarray (draws, groups, places)
        Each group's departure from the shared curve.
    """
    shape = len(theta), density.groups + 1, density.places
    normal = generator(Stream.GROUP_PATHS, seed).standard_normal(shape)
    with float64():
        discrepancy, paths = _draw_paths(density, theta, normal, data)
    return np.asarray(discrepancy), np.asarray(paths)


@stored_jit(static=("density",))
def _draw_paths(
    density: GroupPathsDensity, theta: jax.Array, normal: jax.Array, data: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    def one(drawn: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        theta, normal = drawn
        p, steps = density.constrain(theta[: density.sites_size], data), theta[density.sites_size :]
        mean, weight, _ = density.cells(p, data)
        moves = density.transitions(p, steps, data)
        quadratic, _ = filter_cells(mean, weight, *moves)
        (_, slope, curvature), (law, root) = density.shared_curve(p, data, quadratic)
        factor = jnp.linalg.cholesky(curvature)
        standard = jax.scipy.linalg.cho_solve((factor, True), slope)
        standard += jax.scipy.linalg.solve_triangular(factor.T, normal[0], lower=False)
        discrepancy = root @ standard
        return discrepancy, _smoothed(mean - law - discrepancy, weight, normal[1:], *moves)

    return jax.lax.map(one, (theta, normal), batch_size=_BATCH)


def _smoothed(
    outcome: jax.Array,
    weight: jax.Array,
    normal: jax.Array,
    first: jax.Array,
    factor: jax.Array,
    added: jax.Array,
) -> jax.Array:
    """Draw all paths given outcomes about the shared curve: filter forward, sample backward."""

    def forward(carry: Any, place: Any) -> Any:
        state, variance = carry
        outcome, weight, factor, added = place
        shrink = 1.0 / (1.0 + variance * weight)
        state = state + variance * weight * shrink * (outcome - state)
        variance = variance * shrink
        return (factor * state, factor**2 * variance + added), (state, variance)

    def backward(later: jax.Array, place: Any) -> Any:
        state, variance, normal, factor, added = place
        total = factor**2 * variance + added
        gain = factor * variance / total
        value = state + gain * (later - factor * state)
        value += jnp.sqrt(variance * added / total) * normal
        return value, value

    last = jnp.ones(1)
    start = jnp.zeros(len(outcome)), jnp.broadcast_to(first, len(outcome))
    places = outcome.T, weight.T, jnp.concatenate([factor, last]), jnp.concatenate([added, last])
    _, (states, variances) = jax.lax.scan(forward, start, places)
    end = states[-1] + jnp.sqrt(variances[-1]) * normal[:, -1]
    earlier = states[:-1], variances[:-1], normal.T[:-1], factor, added
    _, values = jax.lax.scan(backward, end, earlier, reverse=True)
    return jnp.concatenate([values, end[None]]).T
