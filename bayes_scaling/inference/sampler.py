"""The sampling engine: NUTS on small densities, whitened at their modes, in one compiled program for one fit or many.

1. Newton's method from several starts finds the modes; all are kept and compared.
2. The Laplace approximation at the best mode whitens the coordinates: in them the posterior is close
   to a standard normal. It only sets coordinates; what is sampled is the exact posterior.
3. A short warm-up adapts the step size (dual averaging) and what is left of the metric, then NUTS draws.
   Warm-up and draws are one loop with one NUTS kernel in it, which keeps the program small to compile.
4. Where this shows itself poor the draws teach better coordinates, bent and narrowed along one direction, and sampling goes on: where chains
   disagree or independent draws are few, twice as long, thinned; where the sampler stumbled (divergences, low
   E-BFMI), all over again with smaller steps.
5. Coordinates that are given, as those of a hierarchy are, take the place of 1 and 2 and are kept as they are; where the density has
   ``blocks`` of a few that belong together, warm-up learns a covariance for each (see ``metric``).

A density here is any hashable object with ``size``, ``log(theta, data)`` and ``draw_prior(key, data, count)``, which is called outside of compiled programs.
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.convergence import health, sound
from bayes_scaling.inference.laplace import distinct, looked_at, search
from bayes_scaling.inference.nuts import _DOUBLINGS, _chains
from bayes_scaling.inference.warping import _learned

_CAREFUL = (
    (0.85, 1),
    (0.9, 1),
    (0.93, 1),
    (0.97, 2),
    (0.99, 4),
)  # acceptance aimed at and blocks, of ever smaller steps


_LONGEST = 24  # blocks in all


_GIVEN = 3  # the same where the coordinates are given: of large densities, for which more would take too long, and careful from the start


_TURNS = [
    2_400 * 4**i for i in range(12)
]  # steps of a chain that programs are compiled for: one serves 2,000 draws with their warm-up, and all fewer


STATS = ("lp", "energy", "acceptance_rate", "n_steps", "diverging", "step_size")


@dataclass(frozen=True)
class Draws:
    """What the engine returns, as NumPy arrays.

    theta : (chains, draws, size) unconstrained draws.
    stats : name -> (chains, draws): lp, energy, acceptance_rate, n_steps, diverging, step_size, of the kept draws.
    health : of every draw made, kept or thinned out: ``made``, ``diverging``, ``bfmi`` (the least of a chain), ``deepest``
        (share that reached the greatest tree depth).
    modes : one (log density, share of the Laplace mass) for each mode found, best first.
    attempts : how often draws were judged; above 1, whitening at the mode was poor.
    """

    theta: np.ndarray
    stats: dict
    health: dict
    modes: tuple
    attempts: int


def _each(function, count, rows, together):
    """``function`` of the first ``count`` rows: one after another, or (on accelerators) all of them at once."""
    if together:
        return jax.vmap(function)(rows)
    function = jax.jit(function)  # traced once for its shapes and its body
    row = lambda i: jax.tree.map(lambda a: a[i], rows)
    length = jax.tree.leaves(rows)[0].shape[0]
    blank = jax.tree.map(
        lambda a: jnp.zeros((length, *a.shape), a.dtype), jax.eval_shape(function, row(0))
    )
    # a loop of as many turns as there are rows in use: a chunk that is not full costs no more than what is in it
    return lax.fori_loop(
        0,
        count,
        lambda i, out: jax.tree.map(lambda o, a: o.at[i].set(a), out, function(row(i))),
        blank,
    )


# at this level of optimisation it takes less to compile and runs as fast
@partial(
    jax.jit,
    static_argnames=("density", "together"),
    compiler_options={"xla_backend_optimization_level": 1},
)
def find_modes(density, count, rows, together=False):
    """Modes of every row of (prior draws, data): places, log densities, roots of the inverse curvature, slopes, each (rows, starts, ...)."""
    return _each(lambda args: search(density, *args), count, rows, together)


# without threads for matrix products, which cost more than the products of a posterior do
@partial(
    jax.jit,
    static_argnames=("density", "turns", "together"),
    compiler_options={"xla_cpu_multi_thread_eigen": False},
)
def run_chains(density, count, rows, span, turns, together=False):
    """Chains of every row of (keys, data, centre, root, bend, origins, spread, target): places and statistics of ``turns`` steps, of which the first
    ``span`` = (warm-up, both together) are run; one program serves all that fit."""
    return _each(lambda args: _chains(density, *args, span, turns, together), count, rows, together)


_turned = jax.jit(jax.vmap(random.fold_in, in_axes=(0, None)))


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
    return sample_many(
        density, rows, [seed], chains=chains, draws=draws, warmup=warmup, start=start
    )[0]


def sample_many(
    density, rows, seeds, *, chains=4, draws=1000, warmup=200, room=None, device=None, start=None
):
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
        chosen = parts if np.array_equal(at, every) else jax.tree.map(lambda a: a[at], parts)
        placed = jax.device_put(
            (np.int64(len(which)), chosen), jax.sharding.SingleDeviceSharding(device)
        )
        return [
            np.asarray(a)[: len(which)]
            for a in program(density, *placed, together=together, **options)
        ]

    with float64():
        keys = jax.vmap(random.key)(np.asarray(seeds, np.uint32))
        if start is None:
            found = call(find_modes, every, looked_at(density, _turned(keys, 0), rows), rows)
        else:  # one place each, taken as it is
            found = [
                np.repeat(np.asarray(a, float)[None, None], len(seeds), axis=0)
                for a in (start[0], 0.0, start[1], 0.0)
            ]
        starts = [distinct(*(a[i] for a in found)) for i in every]
        best = np.array([order[0] for order, _ in starts])
        centre, root = found[0][every, best], found[2][every, best]
        origins = np.stack(
            [
                found[0][i][[order[c % len(order)] for c in range(chains)]]
                for i, (order, _) in enumerate(starts)
            ]
        )
        spread, bend, kept, done = (
            np.ones(len(seeds)),
            np.zeros((len(seeds), 2, 3, density.size - 1)),
            [[] for _ in every],
            {},
        )
        careful, wanted, attempts = (
            np.full(len(seeds), 0 if start is None else 1),
            np.full(len(seeds), _CAREFUL[0][1]),
            np.zeros(len(seeds), int),
        )
        todo, target = every, np.array([target for target, _ in _CAREFUL])
        longest, span = _LONGEST if start is None else _GIVEN, np.array([warmup, warmup + draws])
        turns = next(most for most in _TURNS if most >= warmup + draws)
        for turn in range(1, longest + 1):
            block = call(
                run_chains,
                todo,
                _turned(keys, turn),
                rows,
                centre,
                root,
                bend,
                origins,
                spread,
                target[careful],
                span=span,
                turns=turns,
            )
            block = [part[:, :, warmup : warmup + draws] for part in block]
            for row, i in enumerate(todo):
                kept[i].append([part[row] for part in block])
            origins[todo], spread[todo] = block[0][:, :, -1], 0.0
            for count in sorted(
                {len(kept[i]) for i in todo}
            ):  # together those that have as many blocks
                some = np.array(
                    [
                        i
                        for i in todo
                        if len(kept[i]) == count and (count == wanted[i] or turn == longest)
                    ],
                    int,
                )
                if not len(some):
                    continue
                blocks = [
                    [np.stack(parts) for parts in zip(*(kept[i][at] for i in some))]
                    for at in range(count)
                ]
                theta, *stats = (
                    np.concatenate(parts, axis=2)[:, :, ::count] for parts in zip(*blocks)
                )
                state = health([dict(zip(STATS, block[1:])) for block in blocks], 2**_DOUBLINGS - 1)
                attempts[some] += 1
                for row, (i, smooth, agree, enough) in enumerate(
                    zip(some, *sound(theta, state, careful[some] < 3, start is None))
                ):
                    about = {name: values[row].item() for name, values in state.items()}
                    done[i] = Draws(
                        theta[row],
                        {name: a[row] for name, a in zip(STATS, stats)},
                        about,
                        starts[i][1],
                        int(attempts[i]),
                    )
                    learned = None if smooth and agree and enough else _learned(theta[row])
                    if learned is None:
                        todo = todo[todo != i]
                        continue
                    if (
                        start is None
                    ):  # with hundreds of coordinates draws teach a worse metric than they were given
                        centre[i], root[i], bend[i] = learned
                    if (
                        smooth
                    ):  # where chains disagree, the first to go are those that had not arrived
                        kept[i] = kept[i] if agree else kept[i][count // 2 :]
                        wanted[i] = len(kept[i]) + count
                    else:  # draws of a sampler that stumbled are not kept: there is a place they miss
                        careful[i] = min(careful[i] + 1, len(_CAREFUL) - 1)
                        kept[i], wanted[i] = [], _CAREFUL[careful[i]][1]
            if not len(todo):
                break
    return [done[i] for i in every]
