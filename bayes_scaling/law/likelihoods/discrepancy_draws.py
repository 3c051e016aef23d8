"""Draws of the smooth discrepancy conditional on training runs (numpy)."""

from collections.abc import Callable
from typing import Any, cast

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import pad_with_last, padded_length
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.law.likelihoods.gaussian_process import correlation, log_densities, transition


def draw_discrepancy(
    rng: np.random.Generator,
    kernel: str,
    residual: np.ndarray,
    sd: np.ndarray,
    u: np.ndarray,
    targets: np.ndarray,
    tau: np.ndarray,
    ell: np.ndarray,
) -> np.ndarray:
    """Draw the discrepancy at targets, jointly and conditional on the training residuals.

    A path from the prior at training runs and targets, corrected by what it and its noise miss of
    the training runs: an exact joint draw.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    kernel : str
        "ou" or "matern".
    residual, sd : array (draws, runs)
        Residuals of the training runs about the law's curve and sds of their noise, on the link's
        scale; without runs the draws come from the prior.
    u : array (runs,)
        log(largest training scale / scale) of the training runs.
    targets : array (draws or 1, targets)
        The same of the targets, below 0 beyond the training range.
    tau, ell : array (draws, 1)
        Sd and length of the discrepancy.

    Returns
    -------
    array (draws, targets)
    """
    count, runs = residual.shape
    u = np.broadcast_to(u, (count, runs))
    targets = np.broadcast_to(targets, (count, targets.shape[-1]))
    path = _draw_path(rng, kernel, np.concatenate([u, targets], axis=1), tau, ell)
    if not runs:
        return path
    missed = residual - path[:, :runs] - sd * rng.standard_normal(residual.shape)
    weights = _padded_weights(kernel, missed, sd, u, tau, ell)
    draws = path[:, runs:].copy()
    for i in range(runs):
        gap = np.abs(targets - u[:, i : i + 1]) / ell
        draws += tau**2 * correlation(kernel, gap) * weights[:, i : i + 1]
    return draws


def _padded_weights(
    kernel: str,
    missed: np.ndarray,
    sd: np.ndarray,
    u: np.ndarray,
    tau: np.ndarray,
    ell: np.ndarray,
) -> np.ndarray:
    """``_weights``, padded with runs of next to no information so that programs are shared."""
    count, runs = missed.shape
    length = padded_length(runs)
    padded = np.zeros((2, count, length)) + [[[0.0]], [[1e12 * max(1.0, (tau**2).max())]]]
    padded[:, :, :runs] = missed, np.broadcast_to(sd**2, missed.shape)
    with float64():
        return np.asarray(
            _weights(kernel, *padded, pad_with_last(u[0], length), tau[:, 0], ell[:, 0])
        )


@stored_jit(static=("kernel",))
def _weights(
    kernel: str,
    residual: jax.Array,
    variance: jax.Array,
    u: jax.Array,
    tau: jax.Array,
    ell: jax.Array,
) -> jax.Array:
    """(covariance of the outcomes)^-1 residual for every draw: minus the log density's gradient."""

    def minus_log_density(
        residual: jax.Array, variance: jax.Array, u: jax.Array, tau: jax.Array, ell: jax.Array
    ) -> jax.Array:
        return -log_densities(kernel, residual, variance, u, tau, ell).sum()

    gradient = cast(Callable[..., jax.Array], jax.grad(minus_log_density))
    return jax.vmap(gradient, in_axes=(0, 0, None, 0, 0))(residual, variance, u, tau, ell)


def _draw_path(
    rng: np.random.Generator, kernel: str, u: np.ndarray, tau: np.ndarray, ell: np.ndarray
) -> np.ndarray:
    """One path of the process from its prior at ``u`` (draws, places), for every draw."""
    order = np.argsort(u, axis=1)
    gap = np.diff(np.take_along_axis(u, order, 1), axis=1) / ell
    F = transition(kernel, gap, np)
    state = [tau[:, 0] * rng.standard_normal(len(u)) for _ in F]
    path = np.empty(u.shape)
    path[:, 0] = state[0]
    for i in range(gap.shape[1]):
        state = _next_state(rng, [[entry[:, i] for entry in row] for row in F], state, tau[:, 0])
        path[:, i + 1] = state[0]
    unsorted = np.empty_like(path)
    np.put_along_axis(unsorted, order, path, 1)
    return unsorted


def _next_state(
    rng: np.random.Generator, F: list[list[np.ndarray]], state: list[np.ndarray], tau: np.ndarray
) -> list[np.ndarray]:
    """Draw the next state: F state, and an innovation of covariance tau^2 (1 - F F')."""
    mean: list[Any] = [sum(a * s for a, s in zip(row, state)) for row in F]
    corner = np.sqrt(np.maximum(1 - sum(a**2 for a in F[0]), 0.0))
    unit = [rng.standard_normal(len(tau)) for _ in F]
    mean[0] = mean[0] + tau * corner * unit[0]
    if len(F) == 2:  # the second row of the innovation's Cholesky factor
        below = -(F[0][0] * F[1][0] + F[0][1] * F[1][1]) / np.where(corner > 0, corner, np.inf)
        rest = np.sqrt(np.maximum(1 - F[1][0] ** 2 - F[1][1] ** 2 - below**2, 0.0))
        mean[1] = mean[1] + tau * (below * unit[0] + rest * unit[1])
    return mean
