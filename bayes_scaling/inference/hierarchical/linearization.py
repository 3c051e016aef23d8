"""The linearization of a hierarchy: where the posterior is, and where the group sds are likely.

In turn, the law's quantities go to their mode given the group sds and the noise (Fisher scoring,
of each step as much as suits all cells, then each of them), and the group sds and the noise to the
mode of their marginal posterior by Laplace's approximation, which is the density at v = 0. A joint
mode of all would not do: where groups have few runs, their curves can go through every point, and
the noise to zero.

At last the law is linearized over the normal approximation and not at its center alone: slopes are
means over draws, and how far the law deviates from them adds to the variance of each run.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.mode_search import (
    averaged,
    climb,
    first_position,
    negative_log_marginal,
)
from bayes_scaling.inference.hierarchical.normal_approximation import hinge

_ROUNDS = 3
_TAIL = 2.5  # widths below the middle at which the tail of a group sd is measured
_TAIL_HINGE = hinge(1 - _TAIL) ** 2


def with_linearization(
    density: Hierarchy, data: dict[str, Any]
) -> tuple[dict[str, Any], tuple[np.ndarray, np.ndarray]]:
    """Linearize a hierarchy and find the coordinates to sample it in.

    Parameters
    ----------
    density : Hierarchy
        The pool.
    data : dict
        The design, from ``grouped_design.grouped``.

    Returns
    -------
    data : dict
        The design with ``linearization`` and ``stretch``.
    start : (np.ndarray, np.ndarray)
        Center and root of the coordinates, as ``sampler.sample`` takes them.
    """
    with float64():
        k = density.tau_size
        data = data | {
            "linearization": _prior_linearization(density),
            "stretch": (np.zeros(k), np.ones(k), np.zeros(k)),  # none yet
        }
        from scipy.optimize import minimize

        outer, position = np.array(density.initial_outer(data)), first_position(density, data)
        inverse_curvature = np.eye(outer.size)
        for _ in range(_ROUNDS):
            # of the last linearization, only the part of the noise is needed
            last = data | {"linearization": {"noise": data["linearization"]["noise"]}}
            position, linearization = climb(density, last, outer, position)
            # a new array: programs that still run may read the one they were given in place
            outer = np.where(np.arange(outer.size) < k, outer, 0.0)
            data = data | {"linearization": linearization}
            found = minimize(
                _loss(density, data), outer, jac=True, method="BFGS", options={"maxiter": 100}
            )
            outer, inverse_curvature = found.x, found.hess_inv
        data = data | {"linearization": averaged(density, data, outer)}
        widths = np.diag(inverse_curvature)[:k] ** 0.5
        data = data | {"stretch": _measure_tails(_loss(density, data), outer, widths)}
        center, root = np.zeros(density.size), np.eye(density.size)
        center[:k] = outer[:k]
        root[:k, :k] = np.linalg.cholesky(inverse_curvature[:k, :k] + 1e-6 * np.eye(k))
        return jax.tree.map(np.asarray, data), (center, root)


def _prior_linearization(density: Hierarchy) -> dict[str, Any]:
    """Linearize without runs: the noise is then at the middle of its prior."""
    shape = density.noise.cells, len(density.noise.names)
    return {"noise": (jnp.zeros((*shape, shape[1])), jnp.zeros(shape))}


def _loss(density: Hierarchy, data: dict[str, Any]) -> Callable[[np.ndarray], list[np.ndarray]]:
    """Minus the log marginal density of the outer part, and its slope, for SciPy."""

    def loss(outer: np.ndarray) -> list[np.ndarray]:
        values = negative_log_marginal(density, outer, data)
        return [np.nan_to_num(np.asarray(a), nan=1e10) for a in values]

    return loss


def _measure_tails(
    loss: Callable[[np.ndarray], list[np.ndarray]], outer: np.ndarray, widths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, width and stretch of each group sd, for ``stretch_tail``.

    ``_TAIL`` widths below its middle, each density is to have fallen as far as a normal's.
    """
    fallen, stretch = loss(outer)[0] + _TAIL**2 / 2, np.zeros(len(widths))
    for i, direction in enumerate(np.eye(len(outer))[: len(widths)]):
        down = widths[i] * _TAIL * np.geomspace(1, 10, 15)
        short = np.array([loss(outer - d * direction)[0] < fallen for d in down])
        stretch[i] = (down[-1 if short.all() else short.argmin()] - down[0]) / _TAIL_HINGE
    return outer[: len(widths)], widths, stretch
