"""The sampling engine: NUTS on small densities, whitened at their modes, in one compiled program for one fit or many.

1. Newton's method from several starts finds the modes; all are kept and compared.
2. The Laplace approximation at the best mode whitens the coordinates: in them the posterior is close
   to a standard normal. It only sets coordinates; what is sampled is the exact posterior.
3. A short warm-up adapts the step size (dual averaging) and what is left of the metric, then NUTS draws.
   Warm-up and draws are one loop with one NUTS kernel in it, which keeps the program small to compile.
4. Where this shows itself poor (divergences, chains that disagree, few independent draws) the draws' own
   covariance becomes the metric, and sampling is done again: smaller steps, several times as long, thinned.

A density here is any hashable object with ``size``, ``log(theta, data)`` and ``draw_prior(key, data, count)``.
"""

from dataclasses import dataclass
from functools import partial

import blackjax
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random

from bayes_scaling.health import health, sound
from bayes_scaling.modes import distinct, search
from bayes_scaling.settings import float64

_DOUBLINGS = 10
_ATTEMPTS = ((0.85, 1), (0.95, 2), (0.98, 6), (0.99, 15))  # acceptance aimed at and length, attempt by attempt
_GIVEN = ((0.9, 1), (0.95, 2))  # the same where the coordinates are given: of large densities, for which more would take too long
STATS = ("lp", "energy", "acceptance_rate", "n_steps", "diverging", "step_size")


@dataclass(frozen=True)
class Draws:
    """What the engine returns, as NumPy arrays.

    theta : (chains, draws, size) unconstrained draws.
    stats : name -> (chains, draws): lp, energy, acceptance_rate, n_steps, diverging, step_size, of the kept draws.
    health : of every draw made, kept or thinned out: ``made``, ``diverging``, ``bfmi`` (the least of a chain), ``deepest``
        (share that reached the greatest tree depth).
    modes : one (log density, share of the Laplace mass) for each mode found, best first.
    attempts : how often sampling was done; above 1, whitening at the mode was poor.
    """

    theta: np.ndarray
    stats: dict
    health: dict
    modes: tuple
    attempts: int


def _chain(log, key, position, target, warmup, draws):
    """One NUTS chain in whitened coordinates: warm-up and draws in one loop."""
    kernel = blackjax.nuts.build_kernel()
    zero, first = jnp.zeros_like(position), jnp.log(0.8)
    ends = jnp.array([warmup * 3 // 8, warmup * 3 // 4])  # the metric is learned anew in each window

    def averaged(adapt, rate):
        """Dual averaging of Nesterov, as in Hoffman and Gelman 2014, arXiv 1111.4246."""
        _, mean, error, count = adapt
        count = count + 1
        error = error + (target - rate - error) / (count + 10)
        step = jnp.log(8.0) - jnp.sqrt(count) / 0.05 * error
        weight = count**-0.75
        return step, weight * step + (1 - weight) * mean, error, count

    def step(carry, now):
        state, adapt, (mean, squares, count), metric = carry
        i, k = now
        warm, end = i < warmup, jnp.any(i + 1 == ends)
        size = jnp.exp(jnp.where(warm, adapt[0], adapt[1]))
        state, info = kernel(k, state, log, size, metric, max_num_doublings=_DOUBLINGS)
        adapt = jax.tree.map(lambda new, old: jnp.where(warm, new, old), averaged(adapt, info.acceptance_rate), adapt)
        adapt = jax.tree.map(lambda new, old: jnp.where(end, new, old), (adapt[1], adapt[1], 0.0, 0.0), adapt)
        count, away = count + 1, state.position - mean
        mean = mean + away / count
        squares = squares + away * (state.position - mean)
        variance = (squares + 5.0) / (count + 4.0)  # shrunk to one, which whitening has made the best guess
        metric = jnp.where(end, variance, metric)
        moments = jax.tree.map(lambda a: jnp.where(end, jnp.zeros_like(a), a), (mean, squares, count))
        kept = (state.position, state.logdensity, info.energy, info.acceptance_rate, info.num_integration_steps, info.is_divergent, size)
        return (state, adapt, moments, metric), kept

    start = (blackjax.nuts.init(position, log), (first, first, 0.0, 0.0), (zero, zero, 0.0), jnp.ones_like(position))
    _, kept = lax.scan(step, start, (jnp.arange(warmup + draws), random.split(key, warmup + draws)))
    return jax.tree.map(lambda a: a[warmup:], kept)


def _chains(density, key, data, centre, root, origins, spread, target, warmup, draws, together):
    """Chains from ``origins`` (chains, size) in the coordinates u of theta = centre + root u."""
    log = jax.jit(lambda u: density.log(centre + root @ u, data), inline=True)
    back = jnp.linalg.inv(root)

    def one(args):
        origin, k = args
        k_start, k_run = random.split(k)
        position = back @ (origin - centre) + spread * random.normal(k_start, centre.shape)
        u, *stats = _chain(log, k_run, position, target, warmup, draws)
        return centre + u @ root.T, *stats

    keys = random.split(key, origins.shape[0])
    return jax.vmap(one)((origins, keys)) if together else lax.map(one, (origins, keys))


def _each(function, count, rows, together):
    """``function`` of the first ``count`` rows: one after another, or (on accelerators) all of them at once."""
    if together:
        return jax.vmap(function)(rows)
    function = jax.jit(function)  # traced once for its shapes and its body
    row = lambda i: jax.tree.map(lambda a: a[i], rows)
    length = jax.tree.leaves(rows)[0].shape[0]
    blank = jax.tree.map(lambda a: jnp.zeros((length, *a.shape), a.dtype), jax.eval_shape(function, row(0)))
    # a loop of as many turns as there are rows in use: a chunk that is not full costs no more than what is in it
    return lax.fori_loop(0, count, lambda i, out: jax.tree.map(lambda o, a: o.at[i].set(a), out, function(row(i))), blank)


@partial(jax.jit, static_argnames=("density", "together"))
def find_modes(density, count, rows, together=False):
    """Modes of every row of (keys, data): places, log densities, roots of the inverse curvature, slopes, each (rows, starts, ...)."""
    return _each(lambda args: search(density, *args), count, rows, together)


@partial(jax.jit, static_argnames=("density", "warmup", "draws", "together"))
def run_chains(density, count, rows, warmup, draws, together=False):
    """Chains of every row of (keys, data, centre, root, origins, spread, target)."""
    return _each(lambda args: _chains(density, *args, warmup, draws, together), count, rows, together)


def sample(density, data, *, seed=0, chains=4, draws=1000, warmup=200, start=None):
    """Draws from exp(density.log(theta, data)) by NUTS; see the module's text.

    Parameters
    ----------
    density : the log density (see the module's text).
    data : pytree of arrays, passed on to it.
    seed : the same seed gives the same draws on one machine.
    chains, draws, warmup : counts; draws are kept per chain, warm-up is not.
    start : (centre, root) of coordinates that are known to suit the density, in place of a search for modes.

    Returns
    -------
    Draws
    """
    rows = jax.tree.map(lambda a: np.asarray(a)[None], data)
    return sample_many(density, rows, [seed], chains=chains, draws=draws, warmup=warmup, start=start)[0]


def sample_many(density, rows, seeds, *, chains=4, draws=1000, warmup=200, room=None, device=None, start=None):
    """The same for many data sets in one program.

    Parameters
    ----------
    density : the log density of every one of them.
    rows : their data, stacked on a leading axis.
    seeds : one each; the draws of a data set depend on its seed and data, not on its neighbours.
    room : rows that the program is compiled for; as many as there are where left out.
    device : the JAX device it runs on; the first where left out. Each device runs the same program, so that the
        draws are the same on any.
    start : (centre, root) for all of them: see ``sample``.

    Returns
    -------
    list of Draws
    """
    device = device or jax.local_devices()[0]
    together = device.platform != "cpu"  # on a CPU chains in lockstep wait for the longest tree
    every, slots = np.arange(len(seeds)), np.arange(room or len(seeds))

    def call(program, which, *parts, **options):
        """Run a program on the rows ``which`` (the rest of the room is filled with the first of them) and take their results back."""
        at = np.where(slots < len(which), np.resize(which, len(slots)), which[0])
        placed = jax.device_put((np.int64(len(which)), jax.tree.map(lambda a: a[at], parts)), jax.sharding.SingleDeviceSharding(device))
        return [np.asarray(a)[: len(which)] for a in program(density, *placed, together=together, **options)]

    with float64():
        keys = jax.vmap(random.key)(np.asarray(seeds, np.uint32))
        turned = jax.jit(jax.vmap(random.fold_in, in_axes=(0, None)))
        if start is None:
            found = call(find_modes, every, turned(keys, 0), rows)
        else:  # one place each, taken as it is
            found = [np.repeat(np.asarray(a, float)[None, None], len(seeds), axis=0) for a in (start[0], 0.0, start[1], 0.0)]
        starts = [distinct(*(a[i] for a in found)) for i in every]
        best = np.array([order[0] for order, _ in starts])
        centre, root = found[0][every, best], found[2][every, best]
        origins = np.stack([found[0][i][[order[c % len(order)] for c in range(chains)]] for i, (order, _) in enumerate(starts)])
        spread, done, turn, todo = np.ones(len(seeds)), {}, 0, every
        for attempt, (target, length) in enumerate(_ATTEMPTS if start is None else _GIVEN, start=1):
            blocks = []
            for _ in range(length):
                turn += 1
                block = call(run_chains, todo, turned(keys, turn), rows, centre, root, origins, spread, np.full(len(seeds), target), warmup=warmup, draws=draws)
                blocks.append(block)
                origins[todo], spread[todo] = block[0][:, :, -1], 0.0
            theta, *stats = (np.concatenate(parts, axis=2)[:, :, ::length] for parts in zip(*blocks))
            state = health([dict(zip(STATS, block[1:])) for block in blocks], 2**_DOUBLINGS - 1)
            fine = sound(theta, state, start is None and attempt <= 2)
            for row, i in enumerate(todo):
                about = {name: values[row].item() for name, values in state.items()}
                done[i] = Draws(theta[row], {name: a[row] for name, a in zip(STATS, stats)}, about, starts[i][1], attempt)
                if not fine[row]:
                    flat = theta[row].reshape(-1, theta.shape[-1])
                    try:
                        root[i] = np.linalg.cholesky(np.atleast_2d(np.cov(flat.T)))
                    except np.linalg.LinAlgError:  # draws that do not move teach no metric: left to the diagnosis
                        fine[row] = True
                        continue
                    centre[i] = flat.mean(axis=0)
            todo = todo[~fine]
            if not len(todo):
                break
    return [done[i] for i in every]
