"""The NUTS program: chains of many data sets, warm-up and draws in one loop with one kernel."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import wrap
from bayes_scaling.inference.mass_matrix import (
    NO_BLOCKS,
    add_draw,
    estimate,
    euclidean,
    no_draws,
    unit,
)
from bayes_scaling.inference.program_runner import map_rows
from bayes_scaling.inference.step_size import Adaptation, dual_averaging, where
from bayes_scaling.inference.target_density import BlockedDensity, TargetDensity
from bayes_scaling.inference.warping import powers

if TYPE_CHECKING:  # BlackJAX is imported for programs that are traced
    from blackjax.mcmc.hmc import HMCState

MAX_DOUBLINGS = 10  # of a trajectory: the maximum tree depth

# minus the log density of a first position, worse than any other; beside it, log densities
# still differ by 1e-4
_WORST = 1e12


def run_chain(
    log: Callable[[jax.Array], jax.Array],
    key: jax.Array,
    position: jax.Array,
    target: Any,
    span: Any,
    max_steps: int,
    blocks: np.ndarray,
) -> Any:
    """Run one chain in whitened coordinates: (positions, *statistics), each (max_steps, ...).

    Of ``max_steps`` steps, the first ``span`` = (warm-up, warm-up and draws) are run.
    """
    import blackjax
    from blackjax.mcmc.hmc import HMCState

    kernel = blackjax.nuts.build_kernel()
    none, first = no_draws(position, blocks), jnp.log(0.8)
    warmup, total = span
    # the metric is estimated again in each window
    window_ends = jnp.stack([warmup * 3 // 8, warmup * 3 // 4])
    keys = random.split(key, max_steps)

    def step(i: Any, carry: Any) -> Any:
        (state, adaptation, moments, metric), kept = carry
        warm, end = i < warmup, jnp.any(i + 1 == window_ends)
        size = jnp.exp(jnp.where(warm, adaptation.log_step, adaptation.mean_log_step))
        state, info = kernel(
            keys[i], state, log, size, euclidean(blocks, *metric), max_num_doublings=MAX_DOUBLINGS
        )
        adaptation = where(
            warm, dual_averaging(adaptation, info.acceptance_rate, target), adaptation
        )
        mean = adaptation.mean_log_step
        adaptation = where(end, Adaptation(mean, mean, 0.0, 0.0), adaptation)
        moments = add_draw(moments, blocks, state.position)
        metric = where(end, estimate(moments), metric)
        moments = where(end, none, moments)
        now = _record(state, info, size)
        carried = state, adaptation, moments, metric
        return carried, jax.tree.map(lambda a, row: a.at[i].set(row), kept, now)

    # the first step leaves a position of almost no density, and takes its gradient for zero: a
    # true gradient there would have to be compiled too
    worst: Any = jnp.asarray(-_WORST, position.dtype)
    begin = HMCState(position, worst, jnp.zeros_like(position))
    start = (begin, Adaptation(first, first, 0.0, 0.0), none, unit(position, blocks))
    return lax.fori_loop(0, total, step, (start, _no_records(position, max_steps)))[1]


def _record(state: "HMCState", info: Any, size: jax.Array) -> tuple[Any, ...]:
    """Position and statistics of a step, in the order of ``STATS``."""
    return (
        state.position,
        state.logdensity,
        info.energy,
        info.acceptance_rate,
        info.num_integration_steps,
        info.is_divergent,
        size,
    )


def _no_records(position: jax.Array, max_steps: int) -> tuple[jax.Array, ...]:
    """Empty records of every step."""
    number = jnp.zeros(max_steps, position.dtype)
    return (
        jnp.zeros((max_steps, *position.shape), position.dtype),
        number,
        number,
        number,
        jnp.zeros(max_steps, int),
        jnp.zeros(max_steps, bool),
        number,
    )


def _run_chains(
    density: TargetDensity,
    span: Any,
    max_steps: int,
    vectorized: bool,
    words: jax.Array,
    data: Any,
    center: jax.Array,
    root: jax.Array,
    warp: jax.Array,
    positions: jax.Array,
    jitter: jax.Array,
    target: jax.Array,
) -> Any:
    """Run the chains of one data set from ``positions`` (chains, size), in warped coordinates.

    ``jitter`` is the sd by which whitened starting points are perturbed.
    """

    def shift_and_log_scale(u: jax.Array) -> jax.Array:
        return jnp.einsum("p,kpi->ki", powers(u[0]), warp)

    def unwhiten(u: jax.Array) -> jax.Array:
        shift, log_scale = shift_and_log_scale(u)
        return center + root @ jnp.concatenate([u[:1], shift + u[1:] * jnp.exp(log_scale)])

    log = jax.jit(
        lambda u: density.log(unwhiten(u), data) + shift_and_log_scale(u)[1].sum(), inline=True
    )
    inverse_root = jnp.linalg.inv(root)
    blocks = density.blocks if isinstance(density, BlockedDensity) else NO_BLOCKS

    def one(args: Any) -> Any:
        origin, key = args
        start_key, run_key = random.split(key)
        linear = inverse_root @ (origin - center)
        shift, log_scale = shift_and_log_scale(linear)
        position = jnp.concatenate(
            [linear[:1], (linear[1:] - shift) * jnp.exp(-log_scale)]
        ) + jitter * random.normal(start_key, center.shape)
        u, *stats = run_chain(log, run_key, position, target, span, max_steps, blocks)
        return jax.vmap(unwhiten)(u), *stats

    keys = random.split(wrap(words), positions.shape[0])
    return jax.vmap(one)((positions, keys)) if vectorized else lax.map(one, (positions, keys))


# without threads for matrix products: for posteriors of this size they cost more than the products
@stored_jit(
    static=("density", "max_steps", "vectorized"),
    compiler_options={"xla_cpu_multi_thread_eigen": False},
)
def run_chains(
    density: TargetDensity,
    count: Any,
    rows: Any,
    span: Any,
    max_steps: int,
    vectorized: bool = False,
) -> Any:
    """Positions and statistics of the chains of every row, each (rows, chains, max_steps, ...).

    Parameters
    ----------
    density : TargetDensity
        The density of every row.
    count : int
        Rows in use; the others are padding.
    rows : tuple
        Words of keys, data, centers, roots, warps, starting positions, jitters and target
        acceptance rates, stacked on a leading axis.
    span : array
        (warm-up, warm-up and draws): how many of the steps are run.
    max_steps : int
        Steps that the program is compiled for: one program serves all shorter spans.
    vectorized : bool
        Run rows and chains at once, as suits an accelerator.
    """
    one = partial(_run_chains, density, span, max_steps, vectorized)
    return map_rows(lambda row: one(*row), count, rows, vectorized)
