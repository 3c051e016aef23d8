"""The pilot of a hierarchy, and its draws: where the mass is, found without a search of the whole space.

The pilot is a quadratic for each group's log likelihood. It starts at the mode given the spreads and then becomes that of the
normal approximation which is closest to the posterior (variational, by natural gradients: Khan and Lin 2017, arXiv 1703.04265):
slopes and curvatures are averaged over its own draws. A mode alone will not do where groups have few runs: at it their curves go
through every point, and the noise is far too small.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from bayes_scaling.health import health, sound
from bayes_scaling.sampler import _DOUBLINGS as DOUBLINGS
from bayes_scaling.sampler import STATS, Draws, run_chains
from bayes_scaling.settings import float64

_NEWTON = 30  # steps to the mode
_AVERAGED = 60  # steps of the normal approximation
_DRAWS = 8  # pairs of draws that a step is averaged over
_RATE = 0.2  # of the way that a step goes
_FRACTIONS = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0)  # of a Newton step, the best of which is taken


def with_pilot(density, data):
    """The data with the pilot, and the spreads there."""
    with float64():
        tau, pilot = jax.tree.map(np.asarray, _pilot(density, data))
    return data | {"pilot": pilot}, tau


@partial(jax.jit, static_argnums=0)
def _pilot(density, data):
    (centre, width), at, lead = data["moments"], density.central, len(density.central)
    scales = jnp.zeros(density.shapes[0])
    for i, q in enumerate(density.partial):
        scales = scales.at[:, i].set(density.spread(q, data).mean)

    def derivatives(t):
        """Gradient and negative Hessian of every cell's log likelihood: one cell does not touch another, so that ones in all cells give each its own."""
        gradient = jax.grad(lambda t: density.log_runs(t, data).sum())
        hessian = jax.vmap(lambda e: jax.jvp(gradient, (t,), (jnp.broadcast_to(e, t.shape),))[1])(jnp.eye(t.shape[1]))
        return gradient(t), -jnp.moveaxis(hessian, 0, 2)

    def positive(curve, of):
        """A curvature with its eigenvalues made positive."""
        w, v = jnp.linalg.eigh(curve)
        return (v * of(w)[:, None, :]) @ v.mT

    def worth(tau, y, h, z):
        away = jnp.concatenate([(y[:lead] - centre[at]) / width[at], y[lead:], h.ravel(), z.ravel()])
        value = density.log_runs(density.quantities(tau, data, y, h, z), data).sum() - 0.5 * (away**2).sum()
        return jnp.where(jnp.isfinite(value), value, -jnp.inf)

    def newton(_, carry):
        here, _ = carry
        t = density.quantities(scales, data, *here)
        gradient, curve = derivatives(t)
        curve = positive(curve, jnp.abs)
        pilot = gradient + jnp.einsum("bkl,bl->bk", curve, t), curve
        aim = density.unfold(scales, density.layers(scales, data, pilot), data, [jnp.zeros(shape) for shape in density.shapes[1:]])[:3]
        tried = [jax.tree.map(lambda a, b, f=f: a + f * (b - a), here, aim) for f in _FRACTIONS]
        best = jnp.argmax(jnp.stack([worth(scales, *place) for place in tried]))
        return jax.tree.map(lambda *a: jnp.stack(a)[best], *tried), pilot

    def averaged(i, carry):
        tau, (slope, curve) = carry
        made = density.layers(tau, data, (slope, curve))
        v = [random.normal(k, (_DRAWS, *shape)) for k, shape in zip(random.split(random.fold_in(random.key(1), i), 3), density.shapes[1:])]
        drawn = jax.vmap(lambda *v: density.unfold(tau, made, data, v))(*(jnp.concatenate([a, -a]) for a in v))
        gradient, hessian = jax.lax.map(derivatives, drawn[3])
        good = jnp.isfinite(gradient).all(axis=(0, 2)) & jnp.isfinite(hessian).all(axis=(0, 2, 3))
        new = positive(jnp.where(good[:, None, None], hessian.mean(axis=0), curve), jax.nn.relu)
        aim = jnp.where(good[:, None], gradient.mean(axis=0) + jnp.einsum("bkl,bl->bk", new, drawn[3].mean(axis=0)), slope)
        pilot = jax.tree.map(lambda a, b: a + _RATE * (b - a), (slope, curve), (aim, new))
        # expectation maximisation of the spreads; one pseudo-observation at the prior's mean keeps them off zero
        squares = [(z**2).mean(axis=0) for z in density.apart(*drawn[:3])]
        return jnp.stack([jnp.sqrt((tau[j] ** 2 * s.sum(axis=0) + scales[j] ** 2) / (len(s) + 1)) for j, s in enumerate(squares)]), pilot

    origin = [jnp.zeros(shape) for shape in density.shapes[1:]]
    starts = jnp.pad(centre[at] + width[at] * random.normal(random.key(0), (256, lead)), ((0, 0), (0, len(origin[0]) - lead)))
    y = starts[jnp.argmax(jax.lax.map(lambda y: worth(scales, y, *origin[1:]), starts))]
    cells, quantities = len(density.pool.cells), len(density.names)
    nothing = jnp.zeros((cells, quantities)), jnp.zeros((cells, quantities, quantities))
    _, pilot = jax.lax.fori_loop(0, _NEWTON, newton, ((y, *origin[1:]), nothing))
    return jax.lax.fori_loop(0, _AVERAGED, averaged, (scales, pilot))


def sample_groups(density, data, *, seed, chains, draws, warmup):
    """Draws of a hierarchy by NUTS, as ``sampler.sample`` makes them, without its search for modes: the coordinates stand for it.

    Chains start about the pilot with standard normal v, and where the draws are poor their covariance becomes the metric.
    """
    data, tau = with_pilot(density, data)
    with float64():
        centre = np.concatenate([np.log(tau).ravel(), np.zeros(density.size - tau.size)])
        root = np.diag(np.where(np.arange(density.size) < tau.size, 0.5, 1.0))
        origins, spread, rows = np.repeat(centre[None, None], chains, axis=1), np.ones(1), jax.tree.map(lambda a: np.asarray(a)[None], data)
        for attempt, (target, length) in enumerate(((0.85, 1), (0.9, 1), (0.95, 4)), start=1):
            blocks = []
            for block in range(length):
                key = jax.random.fold_in(jax.random.key(seed), 10 * attempt + block)
                made = run_chains(density, np.int64(1), (key[None], rows, centre[None], root[None], origins, spread, np.full(1, target)), warmup, draws)
                blocks.append([np.asarray(a) for a in made])
                origins, spread = blocks[-1][0][:, :, -1], np.zeros(1)
            theta, *stats = (np.concatenate(parts, axis=2)[:, :, ::length] for parts in zip(*blocks))
            state = health([dict(zip(STATS, block[1:])) for block in blocks], 2**DOUBLINGS - 1)
            if sound(theta, state, attempt == 1)[0]:
                break
            flat = theta[0].reshape(-1, density.size)
            centre = flat.mean(axis=0)
            # of many dimensions and few independent draws a covariance knows little: it is drawn towards its diagonal
            cov = np.cov(flat.T)
            trust = len(flat) / (len(flat) + 10 * density.size)
            root = np.linalg.cholesky(trust * cov + (1 - trust) * np.diag(np.diag(cov)))
    about = {name: values[0].item() for name, values in state.items()}
    return data, Draws(theta[0], {name: a[0] for name, a in zip(STATS, stats)}, about, ((float(stats[0].max()), 1.0),), attempt)
