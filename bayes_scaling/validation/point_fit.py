r"""Point fits of a law by Huber's loss, after Hoffmann et al. 2022, arXiv 2203.15556.

The fit minimizes Huber's loss of the residuals on the noise's scale (of the log, for a loss):

.. math::

    \min_\theta \sum_i h_\delta(z_i - f(\mu_i(\theta))), \qquad
    h_\delta(r) = r^2/2 \text{ if } |r| < \delta \text{ else } \delta (|r| - \delta/2)

by Levenberg and Marquardt's method in the sampler's coordinates, without a prior, from starting
points chosen as for the posterior.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.laplace import choose_starts

HUBER_DELTA = 1e-3
_MAX_STEPS = 100
_BOUND = 30.0  # of every coordinate, which would diverge where the data do not determine it

Residuals = Callable[[jax.Array], jax.Array]
Evaluation = tuple[jax.Array, jax.Array, jax.Array]  # residuals, their Jacobian, loss


def _evaluate(residuals: Residuals, weight: jax.Array, theta: jax.Array) -> Evaluation:
    """Residuals, their Jacobian and the weighted Huber loss, infinite where it is not a number."""
    r = residuals(theta)
    size = jnp.abs(r)
    huber = jnp.where(size < HUBER_DELTA, 0.5 * r**2, HUBER_DELTA * (size - 0.5 * HUBER_DELTA))
    loss = jnp.sum(weight * huber)
    return r, jax.jacfwd(residuals)(theta), jnp.where(jnp.isfinite(loss), loss, jnp.inf)


def _propose(
    theta: jax.Array, here: Evaluation, weight: jax.Array, damping: jax.Array
) -> jax.Array:
    """The next point of Levenberg and Marquardt's method, at most 2 away."""
    r, jacobian, _ = here
    w = weight * jnp.minimum(1.0, HUBER_DELTA / jnp.maximum(jnp.abs(r), 1e-12))
    curvature = jacobian.T @ (w[:, None] * jacobian)
    scale = jnp.diag(jnp.diag(curvature) + 1e-9 * jnp.trace(curvature) + 1e-300)
    move = jnp.nan_to_num(jnp.linalg.solve(curvature + damping * scale, jacobian.T @ (w * r)))
    return jnp.clip(
        theta - move * jnp.minimum(1.0, 2.0 / jnp.maximum(jnp.linalg.norm(move), 1e-300)),
        -_BOUND,
        _BOUND,
    )


def minimize_huber(
    residuals: Residuals, start: jax.Array, weight: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Minimize the weighted Huber loss from a starting point.

    Parameters
    ----------
    residuals : callable
        Coordinates (size,) -> residuals (runs,).
    start : jax.Array (size,)
        Starting point.
    weight : jax.Array (runs,)
        Weights of the runs.

    Returns
    -------
    theta : jax.Array (size,)
        The minimum.
    loss : jax.Array ()
        The loss there.
    """

    def step(carry: tuple) -> tuple:
        theta, here, damping, count, _ = carry
        new = _propose(theta, here, weight, damping)
        there = _evaluate(residuals, weight, new)
        loss, new_loss = here[2], there[2]
        better = new_loss < loss
        gain = jnp.where(better, (loss - new_loss) / loss, jnp.where(damping > 1e8, 0.0, 1.0))
        theta, here = jax.tree.map(
            lambda a, b: jnp.where(better, a, b), (new, there), (theta, here)
        )
        return theta, here, jnp.where(better, damping * 0.2, damping * 5.0), count + 1, gain

    def improving(carry: tuple) -> jax.Array:
        *_, count, gain = carry
        return (count < _MAX_STEPS) & (gain > 1e-8)

    first = (start, _evaluate(residuals, weight, start), 1e-3, 0, 1.0)
    theta, (_, _, loss), *_ = lax.while_loop(improving, step, first)
    return theta, loss


def _residuals(density: Density, data: dict[str, Any], theta: jax.Array) -> jax.Array:
    """Residuals (runs,) on the noise's scale."""
    law = density.law
    # the noise's own coordinates, which come last, do not matter
    padded = jnp.concatenate([theta, jnp.zeros(density.size - len(law.parameters))])
    mean = law.function(data["x"], **law.publish(density.constrain(padded, data), data["ref"]))
    if law.noise.takes_se:
        return data["seen"] - law.noise.forward(mean, jnp)
    return data["seen"] - mean


@stored_jit(static=("density",))
def fit_points(density: Density, rows: Any) -> tuple[jax.Array, jax.Array]:
    """Point fits of many tables, and refits of their resampled runs.

    Parameters
    ----------
    density : Density
        The law's density, whose coordinates are fitted.
    rows : tuple
        Of every table: candidate starting points (candidates, size), its data with the outcomes
        ``seen`` on the scale of the residuals, and weights of the runs (refits, runs).

    Returns
    -------
    points : jax.Array (tables, 1 + refits, size)
        The point fit and the refits of every table.
    residuals : jax.Array (tables, runs)
        Residuals of the point fit.
    """

    def fit_table(row: tuple) -> tuple[jax.Array, jax.Array]:
        candidates, data, counts = row
        size = len(density.law.parameters)
        residuals = partial(_residuals, density, data)
        candidates = candidates[:, :size]

        def worth(theta: jax.Array) -> jax.Array:
            return -jnp.sum(data["mask"] * jnp.abs(residuals(theta)))

        starts = choose_starts(candidates, jax.vmap(worth)(candidates))
        minima, losses = jax.vmap(
            lambda start: minimize_huber(residuals, start, data["mask"] * 1.0)
        )(starts)
        point = minima[jnp.argmin(losses)]
        refits = jax.vmap(lambda weight: minimize_huber(residuals, point, weight)[0])(counts)
        points = jnp.concatenate([point[None], refits])
        return jnp.pad(points, ((0, 0), (0, density.size - size))), residuals(point)

    return lax.map(fit_table, rows)
