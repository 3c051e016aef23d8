"""Where the mass of a density is: its modes, by Newton's method from several places, and the curvature there."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

_LOOKED_AT = (
    24,
    2,
) * 4  # prior draws that each start is the best of: of many, near the best mode; of few, anywhere


_NEWTON = 60  # steps at most


_FLAT = (
    0.05  # least curvature that whitening believes: unconstrained priors are rarely wider than 4.5
)


_SHARE = 0.01  # a further mode with this share of the mass gets chains of its own


def newton(log, start):
    """A mode of ``log`` by damped Newton steps: place, log density, square root of the inverse curvature, whitened gradient."""

    loss = lambda t: -log(t)

    def look(theta):
        """Value and gradient of the loss, and its curvature by eigenvalues."""
        slopes = lambda way: jax.jvp(jax.value_and_grad(loss), (theta,), (way,))
        # row after row: on a CPU three times as fast as all at once, whose arrays no longer fit one loop
        (value, gradient), (_, curvature) = lax.map(slopes, jnp.eye(theta.size))
        return value[0], gradient[0], *jnp.linalg.eigh(curvature)

    def going(carry):
        *_, steps, gain = carry
        return (steps < _NEWTON) & (gain > 1e-8)

    def step(carry):
        theta, here, damping, steps, _ = carry
        value, gradient, w, v = here
        move = v @ ((v.T @ gradient) / (jnp.maximum(jnp.abs(w), 1e-3) + damping))
        new = theta - move * jnp.minimum(1.0, 2.0 / jnp.maximum(jnp.linalg.norm(move), 1e-300))
        there = look(new)
        gain = value - there[0]
        better = gain >= 0
        theta, here = jax.tree.map(
            lambda a, b: jnp.where(better, a, b), (new, there), (theta, here)
        )
        # a refused step is no sign of having arrived, unless the damping has grown beyond use
        gain = jnp.where(better, gain, jnp.where(damping > 1e8, 0.0, 1.0))
        return (
            theta,
            here,
            jnp.where(better, damping * 0.2, jnp.maximum(damping, 1e-2) * 5.0),
            steps + 1,
            gain,
        )

    nowhere = (
        jnp.inf,
        jnp.zeros_like(start),
        jnp.ones_like(start),
        jnp.eye(start.size),
    )  # the first step only looks
    mode, (value, gradient, w, v), *_ = lax.while_loop(
        going, step, (start, nowhere, 1e-2, 0, jnp.inf)
    )
    root = v / jnp.sqrt(jnp.maximum(w, _FLAT))
    return mode, -value, root, jnp.linalg.norm(root.T @ gradient)


def looked_at(density, keys, rows):
    """Prior draws of every row, among which starts are chosen: (rows, sum(_LOOKED_AT), size)."""
    # one by one: of many at once rounding would depend on how many they are
    return np.stack(
        [
            density.draw_prior(key, jax.tree.map(lambda a, i=i: a[i], rows), sum(_LOOKED_AT))
            for i, key in enumerate(keys)
        ]
    )


def best(drawn, worth):
    """Starts, each the one of its share of ``looked_at`` that is worth most."""
    worth, groups = (
        jnp.where(jnp.isfinite(worth), worth, -jnp.inf),
        np.split(np.arange(len(drawn)), np.cumsum(_LOOKED_AT)[:-1]),
    )
    return jnp.stack([drawn[group][jnp.argmax(worth[group])] for group in groups])


def search(density, drawn, data):
    """What ``newton`` reaches from several starts, the best of prior draws (sum(_LOOKED_AT), size)."""
    log = jax.jit(lambda theta: density.log(theta, data), inline=True)  # traced once
    return lax.map(partial(newton, log), best(drawn, lax.map(log, drawn)))


def distinct(places, values, roots, slopes):
    """Indices of the modes that get chains, best first, and (log density, share) of all modes found."""
    # Newton ends where it can; what did not arrive is no mode, unless nothing did
    arrived = np.isfinite(values) & (
        (slopes < 1e-2) | (np.nan_to_num(slopes, nan=np.inf).min() >= 1e-2)
    )
    order = [i for i in np.argsort(-np.nan_to_num(values, nan=-np.inf)) if arrived[i]] or [0]
    apart = []
    for i in order:
        if all(
            np.linalg.norm(np.linalg.solve(roots[j], places[i] - places[j])) > 1.0 for j in apart
        ):
            apart.append(i)
    mass = np.array([values[i] + np.linalg.slogdet(roots[i])[1] for i in apart])
    share = np.exp(mass - mass.max())
    share = share / share.sum()
    return [i for i, s in zip(apart, share) if s >= _SHARE or i == apart[0]], tuple(
        (float(values[i]), float(s)) for i, s in zip(apart, share)
    )
