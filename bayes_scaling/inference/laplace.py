"""Where the mass of a density is: its modes, by Newton's method, and the curvature there."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.program_runner import map_rows
from bayes_scaling.inference.target_density import TargetDensity
from bayes_scaling.law.prior_draws import PRIOR_DRAWS

# each start is the best of so many prior draws: of many, near the best mode; of few, anywhere
_CANDIDATES = (24, 2) * 4
_MAX_NEWTON_STEPS = 60
_MIN_CURVATURE = 0.05  # for whitening: unconstrained priors are rarely wider than 4.5
_MIN_MASS = 0.01  # a further mode with this fraction of the mass gets chains of its own

LogDensity = Callable[[jax.Array], jax.Array]


class Modes(NamedTuple):
    """Where Newton's method ended, from each start.

    Attributes
    ----------
    positions : array
        (starts, size).
    log_densities : array
        (starts,).
    roots : array
        Square roots of the inverse curvature, (starts, size, size).
    slopes : array
        Norms of the whitened gradient, (starts,).
    """

    positions: Any
    log_densities: Any
    roots: Any
    slopes: Any


class _NewtonState(NamedTuple):
    """State of a Newton search; ``local`` is value, gradient and curvature at ``theta``."""

    theta: Any
    local: Any
    damping: Any
    steps: Any
    gain: Any


def newton(log: LogDensity, start: jax.Array) -> Modes:
    """Climb to a mode of ``log`` by damped Newton steps from ``start``, of shape (size,)."""
    local = partial(_local_quadratic, log)

    def going(state: _NewtonState) -> jax.Array:
        return (state.steps < _MAX_NEWTON_STEPS) & (state.gain > 1e-8)

    def step(state: _NewtonState) -> _NewtonState:
        theta, here, damping, steps, _ = state
        value, gradient, w, v = here
        move = v @ ((v.T @ gradient) / (jnp.maximum(jnp.abs(w), 1e-3) + damping))
        new = theta - move * jnp.minimum(1.0, 2.0 / jnp.maximum(jnp.linalg.norm(move), 1e-300))
        there = local(new)
        gain = value - there[0]
        better = gain >= 0
        theta, here = jax.tree.map(
            lambda a, b: jnp.where(better, a, b), (new, there), (theta, here)
        )
        # a refused step is no sign of convergence, unless the damping has grown beyond use
        gain = jnp.where(better, gain, jnp.where(damping > 1e8, 0.0, 1.0))
        damping = jnp.where(better, damping * 0.2, jnp.maximum(damping, 1e-2) * 5.0)
        return _NewtonState(theta, here, damping, steps + 1, gain)

    # the first step only evaluates the start
    nowhere = (jnp.inf, jnp.zeros_like(start), jnp.ones_like(start), jnp.eye(start.size))
    begin = _NewtonState(start, nowhere, 1e-2, 0, jnp.inf)
    mode, (value, gradient, w, v), *_ = lax.while_loop(going, step, begin)
    root = v / jnp.sqrt(jnp.maximum(w, _MIN_CURVATURE))
    return Modes(mode, -value, root, jnp.linalg.norm(root.T @ gradient))


def _local_quadratic(log: LogDensity, theta: jax.Array) -> tuple[jax.Array, ...]:
    """Value and gradient of the loss -log, and eigenvalues and eigenvectors of its curvature."""

    def slopes(direction: jax.Array) -> Any:
        return jax.jvp(jax.value_and_grad(lambda t: -log(t)), (theta,), (direction,))

    # row after row: on a CPU three times as fast as all at once, whose arrays do not fit one loop
    (value, gradient), (_, curvature) = lax.map(slopes, jnp.eye(theta.size))
    return value[0], gradient[0], *jnp.linalg.eigh(curvature)


def draw_candidates(density: TargetDensity, keys: Sequence[np.ndarray], rows: Any) -> np.ndarray:
    """Prior draws of every row, from which starts are chosen: (rows, candidates, size).

    ``keys`` are words of keys, one of each row. The first of 1000 draws are those of fewer: for a
    single row as many are drawn as a fit reports, and one program serves both.
    """
    total = sum(_CANDIDATES)
    count = PRIOR_DRAWS if len(keys) == 1 else total
    # one row at a time: rounding would depend on how many are drawn together
    return np.stack(
        [
            density.draw_prior(key, jax.tree.map(lambda a, i=i: a[i], rows), count)[:total]
            for i, key in enumerate(keys)
        ]
    )


def choose_starts(candidates: jax.Array, scores: jax.Array) -> jax.Array:
    """From each group of ``draw_candidates``, the one with the highest score: (starts, size)."""
    scores, groups = (
        jnp.where(jnp.isfinite(scores), scores, -jnp.inf),
        np.split(np.arange(len(candidates)), np.cumsum(_CANDIDATES)[:-1]),
    )
    return jnp.stack([candidates[group][jnp.argmax(scores[group])] for group in groups])


def _search(density: TargetDensity, candidates: jax.Array, data: Any) -> Modes:
    """Run ``newton`` from the starts of one row."""
    log = jax.jit(lambda theta: density.log(theta, data), inline=True)  # traced once
    return lax.map(partial(newton, log), choose_starts(candidates, lax.map(log, candidates)))


# at this level of optimization it takes less time to compile and runs as fast
@stored_jit(
    static=("density", "vectorized"),
    compiler_options={"xla_backend_optimization_level": 1},
)
def find_modes(density: TargetDensity, count: Any, rows: Any, vectorized: bool = False) -> Modes:
    """Modes of every row of (candidates, data), each array with a leading axis over rows."""
    return map_rows(lambda row: _search(density, *row), count, rows, vectorized)


def distinct_modes(found: Modes) -> tuple[list[int], tuple[tuple[float, float], ...]]:
    """Distinguish the modes of one data set.

    Parameters
    ----------
    found : Modes
        What the starts led to, as NumPy arrays.

    Returns
    -------
    starts : list of int
        Indices of the modes that get chains, best first.
    modes : tuple of (float, float)
        Log density and fraction of the Laplace mass of all distinct modes, best first.
    """
    positions, values, roots, slopes = found
    # Newton may end anywhere; a search that did not converge found no mode, unless none did
    converged = np.isfinite(values) & (
        (slopes < 1e-2) | (np.nan_to_num(slopes, nan=np.inf).min() >= 1e-2)
    )
    order = [i for i in np.argsort(-np.nan_to_num(values, nan=-np.inf)) if converged[i]] or [0]
    apart: list[int] = []
    for i in order:
        if all(
            np.linalg.norm(np.linalg.solve(roots[j], positions[i] - positions[j])) > 1.0
            for j in apart
        ):
            apart.append(i)
    log_mass = np.array([values[i] + np.linalg.slogdet(roots[i])[1] for i in apart])
    mass = np.exp(log_mass - log_mass.max())
    mass = mass / mass.sum()
    starts = [i for i, m in zip(apart, mass) if m >= _MIN_MASS or i == apart[0]]
    return starts, tuple((float(values[i]), float(m)) for i, m in zip(apart, mass))
