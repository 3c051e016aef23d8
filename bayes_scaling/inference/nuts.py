"""One NUTS chain: warm-up and draws in one loop inside one compiled program."""

import blackjax
import jax
import jax.numpy as jnp
from blackjax.mcmc.hmc import HMCState
from jax import lax, random

from bayes_scaling.inference.mass_matrix import NONE, blank, euclidean, grown, learned, unit
from bayes_scaling.inference.warping import _powers

_DOUBLINGS = 10


_NOTHING = 1e12  # minus the log density of a place that any other is preferred to; beside it those still differ by 1e-4


def _chain(log, key, position, target, span, turns, blocks):
    """One NUTS chain in whitened coordinates: warm-up and draws in one loop, of ``span`` = (warm-up, both together) steps out of ``turns``."""
    kernel = blackjax.nuts.build_kernel()
    none, first = blank(position, blocks), jnp.log(0.8)
    warmup, total = span
    ends = jnp.stack(
        [warmup * 3 // 8, warmup * 3 // 4]
    )  # the metric is learned anew in each window

    def averaged(adapt, rate):
        """Dual averaging of Nesterov, as in Hoffman and Gelman 2014, arXiv 1111.4246."""
        _, mean, error, count = adapt
        count = count + 1
        error = error + (target - rate - error) / (count + 10)
        step = jnp.log(8.0) - jnp.sqrt(count) / 0.05 * error
        weight = count**-0.75
        return step, weight * step + (1 - weight) * mean, error, count

    keys = random.split(key, turns)

    def step(i, carry):
        (state, adapt, moments, metric), kept = carry
        warm, end = i < warmup, jnp.any(i + 1 == ends)
        size = jnp.exp(jnp.where(warm, adapt[0], adapt[1]))
        state, info = kernel(
            keys[i], state, log, size, euclidean(blocks, *metric), max_num_doublings=_DOUBLINGS
        )
        adapt = jax.tree.map(
            lambda new, old: jnp.where(warm, new, old), averaged(adapt, info.acceptance_rate), adapt
        )
        adapt = jax.tree.map(
            lambda new, old: jnp.where(end, new, old), (adapt[1], adapt[1], 0.0, 0.0), adapt
        )
        moments = grown(moments, blocks, state.position)
        metric = jax.tree.map(lambda new, old: jnp.where(end, new, old), learned(moments), metric)
        moments = jax.tree.map(lambda new, old: jnp.where(end, new, old), none, moments)
        now = (
            state.position,
            state.logdensity,
            info.energy,
            info.acceptance_rate,
            info.num_integration_steps,
            info.is_divergent,
            size,
        )
        return (state, adapt, moments, metric), jax.tree.map(
            lambda a, row: a.at[i].set(row), kept, now
        )

    # the first turn leaves a place that is worth next to nothing without a slope of its own: a gradient for it alone would be compiled too
    begin = HMCState(position, jnp.asarray(-_NOTHING, position.dtype), jnp.zeros_like(position))
    start = (begin, (first, first, 0.0, 0.0), none, unit(position, blocks))
    number = jnp.zeros(turns, position.dtype)
    none_kept = (
        jnp.zeros((turns, *position.shape), position.dtype),
        number,
        number,
        number,
        jnp.zeros(turns, int),
        jnp.zeros(turns, bool),
        number,
    )
    return lax.fori_loop(0, total, step, (start, none_kept))[1]


def _chains(density, key, data, centre, root, bend, origins, spread, target, span, turns, together):
    """Chains from ``origins`` (chains, size) in the coordinates u of theta = centre + root (u[0], shift + u[1:] exp(log)).

    ``bend``, of shape (2, 3, size - 1), says how shift and log hang on u[0]: a valley that is bent and grows narrower becomes straight
    and even.
    """
    shaped = lambda u: jnp.einsum("p,kpi->ki", _powers(u[0]), bend)

    def bent(u):
        shift, log = shaped(u)
        return centre + root @ jnp.concatenate([u[:1], shift + u[1:] * jnp.exp(log)])

    log = jax.jit(lambda u: density.log(bent(u), data) + shaped(u)[1].sum(), inline=True)
    back = jnp.linalg.inv(root)

    def one(args):
        origin, k = args
        k_start, k_run = random.split(k)
        straight = back @ (origin - centre)
        shift, narrow = shaped(straight)
        position = jnp.concatenate(
            [straight[:1], (straight[1:] - shift) * jnp.exp(-narrow)]
        ) + spread * random.normal(k_start, centre.shape)
        u, *stats = _chain(
            log, k_run, position, target, span, turns, getattr(density, "blocks", NONE)
        )
        return jax.vmap(bent)(u), *stats

    keys = random.split(key, origins.shape[0])
    return jax.vmap(one)((origins, keys)) if together else lax.map(one, (origins, keys))
