"""The pilot of a hierarchy: the place at which the law is made straight, and where tau and the noise are likely.

In turn, the law's quantities go to their mode given the spreads and the noise (Fisher scoring), and the spreads and the
noise to the mode of their marginal posterior as Laplace's approximation has it, which is the density at v = 0. A mode of
all at once would not do: where groups have few runs, their curves can go through every point, and the noise to zero.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from bayes_scaling.hierarchy import measures
from bayes_scaling.modes import newton
from bayes_scaling.settings import float64

_ROUNDS = 4
_STEPS = 25  # of scoring in a round
_FRACTIONS = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0)  # of a step, the best of which is taken
_FAR = 4.0  # sds: a run counts as no farther off than this, so that one that is wrong does not bend the pilot


def straight(density, t, noise, data):
    """The pilot at unconstrained quantities t: the law's ``mean`` there, its ``slope`` and what each run says it should be (``aim``)."""
    one = jnp.ones_like(data["z"])
    location = lambda mean: measures(density.measured(mean, noise, data))[0]
    mean, slopes = jax.vmap(lambda e: jax.jvp(lambda t: density.mean(t, data), (t,), (jnp.broadcast_to(e, t.shape),)), out_axes=(None, -1))(jnp.eye(t.shape[1]))
    here, rate = jax.jvp(location, (mean,), (one,))
    reach = _FAR * jnp.sqrt(measures(density.measured(mean, noise, data))[1])
    slope = slopes * (rate * one)[..., None]
    return {"mean": mean, "slope": slope, "aim": jnp.clip(data["z"] - here, -reach, reach) + (slope * t[:, None]).sum(axis=-1)}


@partial(jax.jit, static_argnums=0)
def _scored(density, data, outer, place):
    """(y, z) after steps of Fisher scoring given the spreads and the noise, and the pilot there."""
    log_tau, flat, *v = density.split(jnp.concatenate([outer, jnp.zeros(density.size - density.outer)]))
    tau, (_, noise, _), lead = jnp.exp(log_tau), density.noise(flat, data), len(density.central)
    centre, width = (a[density.central] for a in data["moments"])

    def worth(y, z):
        away = jnp.concatenate([(y[:lead] - centre) / width, y[lead:], z.ravel()])
        log = density.measured(density.mean(density.quantities(tau, data, y, z), data), noise, data).log_prob(data["z"])
        value = jnp.where(data["mask"], log, 0.0).sum() - 0.5 * (away**2).sum()
        return jnp.where(jnp.isfinite(value), value, -jnp.inf)

    def step(_, here):
        full = data | {"pilot": straight(density, density.quantities(tau, data, *here), noise, data)}
        aim = density.unfold(tau, density.layers(tau, noise, full), full, v)[:2]
        tried = [jax.tree.map(lambda a, b, f=f: a + f * (b - a), here, aim) for f in _FRACTIONS]
        best = jnp.argmax(jax.lax.map(lambda place: worth(*place), jax.tree.map(lambda *a: jnp.stack(a), *tried)))
        return jax.tree.map(lambda *a: jnp.stack(a)[best], *tried)

    place = jax.lax.fori_loop(0, _STEPS, step, place)
    return place, straight(density, density.quantities(tau, data, *place), noise, data)


@partial(jax.jit, static_argnums=0)
def _outer(density, data, start):
    """Mode of tau and the noise at v = 0, and the square root of the inverse curvature there."""
    log = jax.jit(lambda outer: density.log(jnp.concatenate([outer, jnp.zeros(density.size - density.outer)]), data), inline=True)
    place, _, root, _ = newton(log, start)
    return place, root


@partial(jax.jit, static_argnums=0)
def _first(density, data, count=256):
    """(y, z) to start from: of prior draws of mu the one that best fits all cells at once."""
    centre, width = (a[density.central] for a in data["moments"])
    nothing = jnp.zeros((count, density.shapes[2][0] - len(density.central)))
    drawn = jnp.concatenate([centre + width * random.normal(random.key(0), (count, len(centre))), nothing], axis=1)
    zero, z = jnp.zeros(density.shapes[0]), jnp.zeros(density.shapes[3])
    noise = density.noise(density.split(jnp.concatenate([density.begin(data), jnp.zeros(density.size - density.outer)]))[1], data)[1]
    off = lambda y: density.measured(density.mean(density.quantities(zero, data, y, z), data), noise, data)
    values = jax.lax.map(lambda y: jnp.where(data["mask"], off(y).log_prob(data["z"]), 0.0).sum(), drawn)
    return drawn[jnp.argmax(jnp.where(jnp.isfinite(values), values, -jnp.inf))], z


def with_pilot(density, data):
    """The data with the pilot, and (centre, root) of the coordinates to sample in."""
    with float64():
        outer, place = density.begin(data), _first(density, data)
        for _ in range(_ROUNDS):
            place, made = _scored(density, data, outer, place)
            data = data | {"pilot": made}
            outer, root = _outer(density, data, outer)
        centre, full = np.zeros(density.size), np.eye(density.size)
        centre[: density.outer], full[: density.outer, : density.outer] = outer, root
        return jax.tree.map(np.asarray, data), (centre, full)
