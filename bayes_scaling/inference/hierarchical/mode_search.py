"""Programs that find where the law's quantities are, given the group sds and the noise."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.inference.hierarchical.block_prior import normal_penalty
from bayes_scaling.inference.hierarchical.blocks import (
    Layers,
    PriorMoments,
    conditional_layers,
    unconstrained,
    unfold,
)
from bayes_scaling.inference.hierarchical.density import Hierarchy, Named
from bayes_scaling.inference.hierarchical.linearize import Linearization, linearize

_SCORING_STEPS = 20
_FRACTIONS = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0)  # of a step; the best one is taken
_PAIRS = 16  # antithetic pairs of draws that slopes are averaged over
_AVERAGING_STEPS = 20
_AVERAGING_RATE = 0.3  # how far each of these steps goes
_START_DRAWS = 256  # draws of mu, of which the best is the start

Position = tuple[jax.Array, jax.Array]  # y and z of the law

# programs that take longer to compile than to run; without threads for matrix products, whose
# sums depend on which finishes first
quick_compile = stored_jit(
    static=("density",),
    compiler_options={"xla_backend_optimization_level": 0, "xla_cpu_multi_thread_eigen": False},
)


class _Given(NamedTuple):
    """What the law's quantities are conditioned on, at v = 0 of the law."""

    tau: jax.Array
    moments: PriorMoments
    noise: jax.Array
    noise_values: Named


def _given(density: Hierarchy, outer: jax.Array, data: dict[str, Any]) -> _Given:
    (tau, noise_tau, v_y, v_z, *_), _ = density.split(outer, data)
    noise, noise_values = density.unfold_noise(noise_tau, v_y, v_z, data)
    return _Given(tau, density.moments(data)[0], noise.t, noise_values)


def _cell_log_likelihood(
    density: Hierarchy, given: _Given, y: jax.Array, z: jax.Array, data: dict[str, Any]
) -> jax.Array:
    """Log likelihood of the runs of each cell: (cells,)."""
    t = unconstrained(density.law, given.tau, given.moments, y, z)
    return density.log_runs(density.mean(t, data), given.noise_values, data).sum(axis=1)


def _best(scores: jax.Array) -> jax.Array:
    return jnp.argmax(jnp.where(jnp.isfinite(scores), scores, -jnp.inf), axis=0)


@quick_compile
def first_position(density: Hierarchy, data: dict[str, Any]) -> Position:
    """Choose where the search starts.

    Of prior draws of mu, the one that best fits all cells at once, then of each cell's own z the
    best for it.
    """
    law, given = density.law, _given(density, density.initial_outer(data), data)
    (center, width), z = given.moments, jnp.zeros(law.z_shape)
    score = partial(_cell_log_likelihood, density, given, data=data)
    lead = center[law.with_mean] + width[law.with_mean] * random.normal(
        random.key(0), (_START_DRAWS, len(law.with_mean))
    )
    ys = jnp.pad(lead, ((0, 0), (0, law.y_shape[0] - lead.shape[1])))
    y = ys[_best(jax.lax.map(lambda y: score(y, z).sum(), ys))]
    zs = random.normal(random.key(1), (_START_DRAWS, *law.z_shape)).at[0].set(z)
    best = _best(jax.lax.map(lambda z: score(y, z) - 0.5 * (z**2).sum(axis=1), zs))
    return y, zs[best, jnp.arange(law.cells)]


@quick_compile
def climb(
    density: Hierarchy, data: dict[str, Any], outer: jax.Array, position: Position
) -> tuple[Position, Linearization]:
    """Climb by Fisher scoring given the group sds and the noise, and linearize the law there."""
    law, given = density.law, _given(density, outer, data)

    def linearized(position: Position) -> Linearization:
        t = unconstrained(law, given.tau, given.moments, *position)
        return linearize(density, t[None], given.noise, data)

    def layers(position: Position) -> Layers:
        here = data | {"linearization": linearized(position)}
        quadratic = density.quadratic(given.noise_values, here)
        return conditional_layers(law, given.tau, *quadratic, given.moments)

    def score(position: Position) -> tuple[jax.Array, jax.Array]:
        """Score of every cell, and of all."""
        log = _cell_log_likelihood(density, given, *position, data)
        value = (
            log - 0.5 * (position[1] ** 2).sum(axis=1),
            log.sum() - 0.5 * normal_penalty(law, *position, given.moments),
        )
        return jax.tree.map(lambda a: jnp.where(jnp.isfinite(a), a, -jnp.inf), value)

    def step(_: Any, here: Position) -> Position:
        zeros = jnp.zeros(law.y_shape), jnp.zeros(law.z_shape)
        aim = unfold(law, given.tau, layers(here), given.moments, *zeros)
        tried = _along(here, (aim.y, aim.z))
        best = jnp.argmax(jax.lax.map(score, tried)[1])
        y, z = jax.tree.map(lambda a: a[best], tried)
        # each cell as far as suits it: one that is hard to fit does not hold up the others
        rest = unconstrained(law, given.tau, given.moments, y)
        tried_z = _along(z, layers((y, z)).cells.transform(rest, jnp.zeros(law.z_shape)))
        best = jnp.argmax(jax.lax.map(lambda z: score((y, z))[0], tried_z), axis=0)
        return y, tried_z[best, jnp.arange(law.cells)]

    position = jax.lax.fori_loop(0, _SCORING_STEPS, step, position)
    return position, linearized(position)


def _along(here: Any, aim: Any) -> Any:
    """Points on the way from here to the aim, at ``_FRACTIONS``, on a leading axis."""
    return jax.tree.map(
        lambda a, b: jnp.stack(
            [a + f * (jnp.where(jnp.isfinite(b), b, a) - a) for f in _FRACTIONS]
        ),
        here,
        aim,
    )


@quick_compile
def averaged(density: Hierarchy, data: dict[str, Any], outer: jax.Array) -> Linearization:
    """Linearize the law over the normal approximation that the linearization itself implies."""
    law, given = density.law, _given(density, outer, data)
    vs = [
        random.normal(key, (_PAIRS, *shape))
        for key, shape in zip(random.split(random.key(0)), (law.y_shape, law.z_shape))
    ]
    vs = [jnp.concatenate([a, -a]) for a in vs]

    def step(_: Any, old: Linearization) -> Linearization:
        quadratic = density.quadratic(given.noise_values, data | {"linearization": old})
        layers = conditional_layers(law, given.tau, *quadratic, given.moments)
        points = jax.vmap(lambda *v: unfold(law, given.tau, layers, given.moments, *v).t)(*vs)
        new = linearize(density, points, given.noise, data)
        finite = jax.tree.reduce(
            jnp.logical_and, jax.tree.map(lambda a: jnp.isfinite(a).all(), new)
        )
        return jax.tree.map(
            lambda a, b: jnp.where(finite, a + _AVERAGING_RATE * (b - a), a), old, new
        )

    return jax.lax.fori_loop(0, _AVERAGING_STEPS, step, data["linearization"])


@quick_compile
def negative_log_marginal(
    density: Hierarchy, outer: jax.Array, data: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    """Minus the log density at v = 0 of the law, and its slope."""

    def loss(outer: jax.Array) -> jax.Array:
        v = jnp.zeros(density.size - density.outer_size)
        return -density.log(jnp.concatenate([outer, v]), data)

    return jax.value_and_grad(loss)(outer)
