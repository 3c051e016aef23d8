"""The sampling engine: NUTS on a small density, whitened at its mode, in one compiled program.

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

from bayes_scaling.settings import float64

_CANDIDATES, _STARTS, _NEWTON = 64, 8, 60  # prior draws looked at for a start; starts; Newton steps at most
_FLAT = 0.05  # least curvature that whitening believes: unconstrained priors are rarely wider than 4.5
_DOUBLINGS = 10
_ATTEMPTS = ((0.8, 1), (0.9, 2), (0.95, 5), (0.98, 15))  # acceptance aimed at and length, attempt by attempt
_LEAST_ESS = 150.0  # per chain: with fewer independent draws, sample longer
_SHARE = 0.01  # a further mode with this share of the mass gets chains of its own


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


def newton(log, start):
    """A mode of ``log`` by damped Newton steps: place, log density, square root of the inverse curvature, whitened gradient."""

    def look(theta):
        """Curvature, value and gradient of the loss in one pass: the function is compiled once."""

        def slope(t):
            value, gradient = jax.value_and_grad(lambda t: -log(t))(t)
            return gradient, (value, gradient)

        curvature, (value, gradient) = jax.jacfwd(slope, has_aux=True)(theta)
        return value, gradient, *jnp.linalg.eigh(curvature)

    def going(carry):
        *_, steps, gain = carry
        return (steps < _NEWTON) & (gain > 1e-10)

    def step(carry):
        theta, here, damping, steps, _ = carry
        value, gradient, w, v = here
        move = v @ ((v.T @ gradient) / (jnp.maximum(jnp.abs(w), 1e-3) + damping))
        new = theta - move * jnp.minimum(1.0, 2.0 / jnp.maximum(jnp.linalg.norm(move), 1e-300))
        there = look(new)
        gain = value - there[0]
        better = gain >= 0
        theta, here = jax.tree.map(lambda a, b: jnp.where(better, a, b), (new, there), (theta, here))
        # a refused step is no sign of having arrived, unless the damping has grown beyond use
        gain = jnp.where(better, gain, jnp.where(damping > 1e8, 0.0, 1.0))
        return theta, here, jnp.where(better, damping * 0.2, jnp.maximum(damping, 1e-2) * 5.0), steps + 1, gain

    nowhere = (jnp.inf, jnp.zeros_like(start), jnp.ones_like(start), jnp.eye(start.size))  # the first step only looks
    mode, (value, gradient, w, v), *_ = lax.while_loop(going, step, (start, nowhere, 1e-2, 0, jnp.inf))
    root = v / jnp.sqrt(jnp.maximum(w, _FLAT))
    return mode, -value, root, jnp.linalg.norm(root.T @ gradient)


def _modes(density, key, data):
    """Modes reached from prior draws: half the starts the best of many, near the best mode; half of few, anywhere."""
    log = jax.jit(lambda theta: density.log(theta, data), inline=True)  # traced once
    drawn = density.draw_prior(key, data, _CANDIDATES * _STARTS)
    values = jax.vmap(log)(drawn).reshape(_STARTS, _CANDIDATES)
    looked_at = jnp.arange(_CANDIDATES) < jnp.where(jnp.arange(_STARTS) % 2 == 0, _CANDIDATES, 3)[:, None]
    best = jnp.argmax(jnp.where(jnp.isfinite(values) & looked_at, values, -jnp.inf), axis=1)
    starts = drawn.reshape(_STARTS, _CANDIDATES, -1)[jnp.arange(_STARTS), best]
    return lax.map(partial(newton, log), starts)


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


def _spread(function, mesh):
    """``function(count, rows)`` with counts and rows shared out over the devices of a mesh."""
    if mesh is None:
        return lambda count, rows: function(count[0], rows)
    part = jax.sharding.PartitionSpec("fits")
    return jax.shard_map(lambda count, rows: function(count[0], rows), mesh=mesh, in_specs=(part, part), out_specs=part, check_vma=False)


@partial(jax.jit, static_argnames=("density", "together", "mesh"))
def find_modes(density, count, rows, together=False, mesh=None):
    """Modes of every row of (keys, data): places, log densities, roots of the inverse curvature, slopes, each (rows, starts, ...)."""
    return _spread(lambda n, r: _each(lambda args: _modes(density, *args), n, r, together), mesh)(count, rows)


@partial(jax.jit, static_argnames=("density", "warmup", "draws", "together", "mesh"))
def run_chains(density, count, rows, warmup, draws, together=False, mesh=None):
    """Chains of every row of (keys, data, centre, root, origins, spread, target)."""
    return _spread(lambda n, r: _each(lambda args: _chains(density, *args, warmup, draws, together), n, r, together), mesh)(count, rows)


_STATS = ("lp", "energy", "acceptance_rate", "n_steps", "diverging", "step_size")


def sample(density, data, *, seed=0, chains=4, draws=1000, warmup=200):
    """Draws from exp(density.log(theta, data)) by NUTS; see the module's text.

    Parameters
    ----------
    density : the log density (see the module's text).
    data : pytree of arrays, passed on to it.
    seed : the same seed gives the same draws on one machine.
    chains, draws, warmup : counts; draws are kept per chain, warm-up is not.

    Returns
    -------
    Draws
    """
    rows = jax.tree.map(lambda a: np.asarray(a)[None], data)
    return sample_many(density, rows, [seed], chains=chains, draws=draws, warmup=warmup)[0]


def sample_many(density, rows, seeds, *, chains=4, draws=1000, warmup=200, room=None):
    """The same for many data sets in one program.

    Parameters
    ----------
    density : the log density of every one of them.
    rows : their data, stacked on a leading axis.
    seeds : one each; the draws of a data set depend on its seed and data, not on its neighbours.
    room : rows that the program is compiled for; as many as there are where left out.

    Returns
    -------
    list of Draws
    """
    together = jax.default_backend() != "cpu"  # on a CPU chains in lockstep wait for the longest tree
    devices = jax.local_devices() if len(seeds) > 1 else jax.local_devices()[:1]
    mesh = jax.sharding.Mesh(np.array(devices), ("fits",)) if len(devices) > 1 else None
    share = -(-(room or len(seeds)) // len(devices))  # rows of one device

    def call(program, which, *parts, **options):
        """Run a program on the rows ``which``, dealt out to the devices in turn, and take their results back."""
        slot = np.arange(len(which))
        home, at = slot % len(devices) * share + slot // len(devices), np.full(share * len(devices), which[0])
        at[home] = which
        count = np.bincount(slot % len(devices), minlength=len(devices))
        out = program(density, count, jax.tree.map(lambda a: a[at], parts), together=together, mesh=mesh, **options)
        return [np.asarray(a)[home] for a in out]

    with float64():
        keys = jax.vmap(random.key)(np.asarray(seeds, np.uint32))
        every = np.arange(len(seeds))
        found = call(find_modes, every, jax.vmap(random.fold_in, in_axes=(0, None))(keys, 0), rows)
        starts = [_distinct(*(a[i] for a in found)) for i in every]
        centre = np.stack([found[0][i][order[0]] for i, (order, _) in enumerate(starts)])
        root = np.stack([found[2][i][order[0]] for i, (order, _) in enumerate(starts)])
        origins = np.stack([found[0][i][[order[c % len(order)] for c in range(chains)]] for i, (order, _) in enumerate(starts)])
        spread, done, turn, todo = np.ones(len(seeds)), {}, 0, every
        for attempt, (target, length) in enumerate(_ATTEMPTS, start=1):
            blocks = []
            for _ in range(length):
                turn += 1
                k_run = jax.vmap(random.fold_in, in_axes=(0, None))(keys, turn)
                block = call(run_chains, todo, k_run, rows, centre, root, origins, spread, np.full(len(seeds), target), warmup=warmup, draws=draws)
                blocks.append(block)
                origins[todo], spread[todo] = block[0][:, :, -1], 0.0
            theta, *stats = (np.concatenate(parts, axis=2)[:, :, ::length] for parts in zip(*blocks))
            again = []
            for row, i in enumerate(todo):
                health = _health([dict(zip(_STATS, (a[row] for a in block[1:]))) for block in blocks])
                done[i] = Draws(theta[row], {name: a[row] for name, a in zip(_STATS, stats)}, health, starts[i][1], attempt)
                if not _sound(theta[row], health, attempt):
                    flat = theta[row].reshape(-1, theta.shape[-1])
                    try:
                        root[i] = np.linalg.cholesky(np.atleast_2d(np.cov(flat.T)))
                    except np.linalg.LinAlgError:  # draws that do not move teach no metric: left to the diagnosis
                        continue
                    centre[i] = flat.mean(axis=0)
                    again.append(i)
            todo = np.array(again, int)
            if not len(todo):
                break
    return [done[i] for i in every]


def _distinct(places, values, roots, slopes):
    """Indices of the modes that get chains, best first, and (log density, share) of all modes found."""
    # Newton ends where it can; what did not arrive is no mode, unless nothing did
    arrived = np.isfinite(values) & ((slopes < 1e-2) | (np.nan_to_num(slopes, nan=np.inf).min() >= 1e-2))
    order = [i for i in np.argsort(-np.nan_to_num(values, nan=-np.inf)) if arrived[i]] or [0]
    apart = []
    for i in order:
        if all(np.linalg.norm(np.linalg.solve(roots[j], places[i] - places[j])) > 1.0 for j in apart):
            apart.append(i)
    mass = np.array([values[i] + np.linalg.slogdet(roots[i])[1] for i in apart])
    share = np.exp(mass - mass.max())
    share = share / share.sum()
    return [i for i, s in zip(apart, share) if s >= _SHARE or i == apart[0]], tuple((float(values[i]), float(s)) for i, s in zip(apart, share))


def _health(blocks):
    """What all draws of an attempt say of the sampler; energies are compared within a block, where draws follow one another."""
    energy = np.concatenate([block["energy"] for block in blocks])
    with np.errstate(all="ignore"):
        bfmi = (np.diff(energy, axis=1) ** 2).mean(axis=1) / energy.var(axis=1)
    return {
        "made": int(energy.size), "diverging": int(sum(block["diverging"].sum() for block in blocks)),
        "bfmi": float(np.nan_to_num(bfmi).min()), "deepest": float(np.mean([(block["n_steps"] >= 2**_DOUBLINGS - 1).mean() for block in blocks])),
    }  # fmt: skip


def _sound(theta, health, attempt):
    """Whether draws look good enough to stop: no divergence (later next to none), chains agree, enough independent draws, in the tails too."""
    chains, draws, _ = theta.shape
    spread = np.abs(theta - np.median(theta, axis=(0, 1)))  # chains may agree in the middle and not in width
    if health["diverging"] > (0.0 if attempt == 1 else 5e-4) * health["made"] or health["bfmi"] < 0.3 or not max(split_rhat(theta).max(), split_rhat(spread).max()) < 1 + 6 / min(draws, 1000):
        return False
    low, high = np.quantile(theta, [0.05, 0.95], axis=(0, 1))
    tails = min(quick_ess((theta <= low).astype(float)).min(), quick_ess((theta >= high).astype(float)).min())
    return quick_ess(theta).min() >= min(_LEAST_ESS, draws / 5) * chains and tails >= min(_LEAST_ESS, draws / 5) * chains * 0.75


def _halves(theta):
    half = theta.shape[1] // 2
    return np.concatenate([theta[:, :half], theta[:, half : 2 * half]])


def split_rhat(theta):
    """Plain split R-hat of every coordinate of (chains, draws, size)."""
    parts = _halves(theta)
    n, within, between = parts.shape[1], parts.var(axis=1, ddof=1).mean(axis=0), parts.mean(axis=1).var(axis=0, ddof=1)
    return np.sqrt((n - 1) / n + between / np.maximum(within, 1e-300))


def quick_ess(theta):
    """Plain effective sample size of every coordinate of (chains, draws, size), by Geyer's initial positive sequence."""
    parts = _halves(theta)
    m, n, _ = parts.shape
    spectrum = np.fft.rfft(parts - parts.mean(axis=1, keepdims=True), 2 * n, axis=1)
    cov = np.fft.irfft(np.abs(spectrum) ** 2, 2 * n, axis=1)[:, :n].mean(axis=0) / n
    within = cov[0] * n / (n - 1)
    total = within * (n - 1) / n + parts.mean(axis=1).var(axis=0, ddof=1)
    rho = 1 - (within - cov) / np.maximum(total, 1e-300)
    rho[0] = 1.0
    pairs = rho[: n // 2 * 2 : 2] + rho[1 : n // 2 * 2 : 2]
    positive = np.minimum.accumulate(np.where(np.cumsum(pairs < 0, axis=0) > 0, 0.0, pairs), axis=0)
    return m * n / np.maximum(2 * positive.sum(axis=0) - 1, 1 / np.log10(m * n))
