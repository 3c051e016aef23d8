"""The HMC program: chains of many data sets side by side, in lockstep.

Arrays have the chains last, as lanes: one instruction of the processor serves several of them. A
trajectory has as many leapfrog steps in all lanes, 2 to 8 or so, from a fixed sequence, so that
none waits; its step size is the lane's own, jittered. Each transition is a Metropolis step of a
reversible map, so the draws are exact. What a tree of NUTS costs to grow and to check is saved,
which is most of the time of a small posterior.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import hash_counts
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.lanes_density import log_of_lanes
from bayes_scaling.inference.step_size import Adaptation, dual_averaging, where
from bayes_scaling.inference.warping import powers

_JITTER = 0.2  # of a trajectory's step size, to both sides
_FIRST_STEP = 0.8
_DIVERGENT = -1000.0  # change of the energy, as in NUTS
_START = 2**32 - 1  # count of the random numbers of a start
_PRIOR_DRAWS = 5.0  # draws that unit variances count for, as in ``mass_matrix``


class _Moments(NamedTuple):
    """Number of draws, their mean and their sum of squared deviations."""

    count: Any
    mean: Any
    squares: Any


class _State(NamedTuple):
    """A chain in every lane: position, log density, its gradient, and what warm-up adapts."""

    u: jax.Array
    log: jax.Array
    slope: jax.Array
    variance: jax.Array
    adaptation: Adaptation
    moments: _Moments


def _uniforms(words: jax.Array, step: Any, count: int) -> list[jax.Array]:
    """Numbers between 0 and 1 of every lane: of 52 bits, those of a step its own."""
    high = jnp.broadcast_to(jnp.asarray(step, jnp.uint32), words.shape[1:])
    made = []
    for i in range(count):
        one, two = hash_counts(words, high, jnp.full_like(high, i))
        made.append(((one >> 6).astype(float) * 2.0**26 + (two >> 6) + 0.5) * 2.0**-52)
    return lax.optimization_barrier(made)


def _normals(uniforms: list[jax.Array], size: int) -> jax.Array:
    """Standard normal numbers (size, lanes) by Box and Muller."""
    made = []
    for one, two in zip(uniforms[::2], uniforms[1::2]):
        radius = jnp.sqrt(-2.0 * jnp.log(one))
        made += [radius * jnp.cos(2 * jnp.pi * two), radius * jnp.sin(2 * jnp.pi * two)]
    return jnp.stack(made[:size])


@stored_jit(static=("density", "max_draws"), compiler_options={"xla_cpu_multi_thread_eigen": False})
def run_lanes(
    density: Density,
    words: jax.Array,
    data: Any,
    center: jax.Array,
    root: jax.Array,
    warp: jax.Array,
    start: jax.Array,
    target: jax.Array,
    lengths: jax.Array,
    span: Any,
    max_draws: int,
) -> jax.Array:
    """Draws of every lane and what is recorded of them: (max_draws, size + 6, lanes).

    Parameters
    ----------
    density : Density
        The density of every lane.
    words : array (2, lanes)
        Words of each chain's key.
    data : pytree
        The data, lanes on the last axis.
    center, root, warp : array
        Warped coordinates, (size, lanes), (size, size, lanes) and (2, 3, size - 1, lanes).
    start : array (2, size, lanes)
        Where chains start, in these coordinates, and the sd by which that is perturbed.
    target : array (lanes,)
        Acceptance rate that warm-up aims at.
    lengths : array of int
        Leapfrog steps of each transition.
    span : array
        (warm-up, warm-up and draws).
    max_draws : int
        Draws that the program is compiled for.

    Returns
    -------
    array
        theta, then log density, energy, acceptance rate, leapfrog steps, whether it diverged and
        step size.
    """
    size, lanes = center.shape
    zero, pairs = jnp.zeros(lanes), 2 * ((size + 1) // 2)

    def place(u: jax.Array) -> tuple[jax.Array, jax.Array]:
        shift, log_scale = (jnp.moveaxis(powers(u[0]), -1, 0)[None, :, None] * warp).sum(axis=1)
        straight = jnp.concatenate([u[:1], shift + u[1:] * jnp.exp(log_scale)])
        return center + (root * straight[None]).sum(axis=1), log_scale.sum(axis=0)

    def log(u: jax.Array) -> jax.Array:
        theta, change = place(u)
        return log_of_lanes(density, theta, data) + change

    def with_slope(u: jax.Array) -> tuple[jax.Array, jax.Array]:
        value, pull = jax.vjp(log, u)
        return value, pull(jnp.ones_like(value))[0]

    warmup, total = span[0], span[1]

    def step(i: Any, carry: tuple[_State, jax.Array]) -> tuple[_State, jax.Array]:
        state, rows = carry
        warm = i < warmup
        choice, jitter, *others = _uniforms(words, i, 2 + pairs)
        adapted = state.adaptation
        mean_size = jnp.exp(jnp.where(warm, adapted.log_step, adapted.mean_log_step))
        size_now = mean_size * (1 + _JITTER * (2 * jitter - 1))
        momentum = lax.optimization_barrier(_normals(others, size) / jnp.sqrt(state.variance))

        def leap(_: Any, at: Any) -> Any:
            u, p, _, slope = at
            p = p + 0.5 * size_now * slope
            u = u + size_now * state.variance * p
            value, slope = with_slope(u)
            return u, p + 0.5 * size_now * slope, value, slope

        u, p, value, slope = lax.fori_loop(
            0, lengths[i], leap, (state.u, momentum, state.log, state.slope)
        )
        energy = 0.5 * (state.variance * momentum**2).sum(axis=0) - state.log
        change = energy + value - 0.5 * (state.variance * p**2).sum(axis=0)
        change = jnp.where(jnp.isnan(change), -jnp.inf, change)
        rate = jnp.minimum(1.0, jnp.exp(change))
        u, value, slope = where(choice < rate, (u, value, slope), state[:3])
        u, value, slope, rate = lax.optimization_barrier((u, value, slope, rate))
        now = _adapt(state._replace(u=u, log=value, slope=slope), i, warmup, rate, target)
        row = jnp.stack(
            [value, energy, rate, zero + lengths[i], change < _DIVERGENT, mean_size]
        )  # of the chain's own density, in its coordinates, as NUTS records it
        row = jnp.concatenate([place(u)[0], row])
        # rows of warm-up are written over
        return now, lax.dynamic_update_index_in_dim(rows, row, jnp.maximum(i - warmup, 0), 0)

    u = start[0] + start[1] * _normals(_uniforms(words, _START, pairs), size)
    first = zero + jnp.log(_FIRST_STEP)
    state = _State(
        u,
        *with_slope(u),
        jnp.ones_like(u),
        Adaptation(first, first, zero, 0.0),
        _Moments(0.0, jnp.zeros_like(u), jnp.zeros_like(u)),
    )
    rows = jnp.zeros((max_draws, size + 6, lanes))
    return lax.fori_loop(0, total, step, (state, rows))[1]


def _adapt(state: _State, i: Any, warmup: Any, rate: jax.Array, target: jax.Array) -> _State:
    """Adapt step size and variances, which are estimated again in each window of warm-up."""
    adaptation, moments = state.adaptation, state.moments
    adaptation = where(i < warmup, dual_averaging(adaptation, rate, target), adaptation)
    end = (i + 1 == warmup * 3 // 8) | (i + 1 == warmup * 3 // 4)
    mean = adaptation.mean_log_step
    adaptation = where(end, Adaptation(mean, mean, jnp.zeros_like(mean), 0.0), adaptation)
    before, count = state.u - moments.mean, moments.count + 1
    center = moments.mean + before / count
    squares = moments.squares + before * (state.u - center)
    variance = (squares + _PRIOR_DRAWS) / (count + _PRIOR_DRAWS - 1)
    none = _Moments(0.0, jnp.zeros_like(center), jnp.zeros_like(center))
    return state._replace(
        variance=jnp.where(end, variance, state.variance),
        adaptation=adaptation,
        moments=where(end, none, _Moments(count, center, squares)),
    )
