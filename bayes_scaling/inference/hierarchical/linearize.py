"""The law as a linear function of its quantities, and the noise's log likelihood as a quadratic."""

from typing import Any

import jax
import jax.numpy as jnp

from bayes_scaling.inference.hierarchical.block_prior import values
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.inference.hierarchical.normal_approximation import outcome_normal

Linearization = dict[str, Any]


def linearize(
    density: Hierarchy, t: jax.Array, noise: jax.Array, data: dict[str, Any]
) -> Linearization:
    """Linearize the law over points of its quantities.

    Parameters
    ----------
    density : Hierarchy
        The pool.
    t : jax.Array
        Unconstrained quantities of the law, (points, cells, quantities).
    noise : jax.Array
        Unconstrained quantities of the noise, (cells, quantities).
    data : dict
        The design.

    Returns
    -------
    dict
        ``mean`` and ``slope`` of the law, means over the points; ``target``, what each run implies
        for the linear law; ``weight``, how much it counts; ``nonlinear_variance``, how far
        the law deviates from the linear one; and ``noise``, curvature and slope of the log
        likelihood of every cell in the noise's quantities.
    """
    noise_values = values(density.noise, noise, data)

    def outcome(mean: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        return outcome_normal(density.outcome_distribution(mean, noise_values, data), data["z"])

    one = jnp.ones_like(data["z"])

    def at_point(t: jax.Array) -> tuple[jax.Array, ...]:
        def derivative(e: jax.Array) -> tuple[jax.Array, jax.Array]:
            return jax.jvp(lambda t: density.mean(t, data), (t,), (jnp.broadcast_to(e, t.shape),))

        mean, slopes = jax.vmap(derivative, out_axes=(None, -1))(jnp.eye(t.shape[1]))
        location, rate = jax.jvp(lambda mean: outcome(mean)[0], (mean,), (one,))
        return mean, location, slopes * (rate * one)[..., None], outcome(mean)[2]

    points = jax.vmap(at_point)(t)
    mean, location, slope, weight, middle = (a.mean(axis=0) for a in (*points, t))
    deviation = points[1] - location - jnp.einsum("brk,sbk->sbr", slope, t - middle)
    return {
        "mean": mean,
        "slope": slope,
        "weight": weight,
        "nonlinear_variance": (deviation**2).mean(axis=0),
        "target": data["z"] - location + jnp.einsum("brk,bk->br", slope, middle),
        "noise": _noise_quadratic(density, points[0], noise, data),
    }


def _noise_quadratic(
    density: Hierarchy, means: jax.Array, noise: jax.Array, data: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    """Curvature and slope of every cell's log likelihood, averaged over the law's means."""

    def log_likelihood(noise: jax.Array) -> jax.Array:
        return jax.vmap(
            lambda mean: density.log_runs(mean, values(density.noise, noise, data), data).sum()
        )(means).mean()

    gradient = jax.grad(log_likelihood)
    if noise.size:
        # cells are independent, so that a step of all of them gives each its own curvature
        columns = [
            jax.jvp(gradient, (noise,), (jnp.broadcast_to(e, noise.shape),))[1]
            for e in jnp.eye(noise.shape[1])
        ]
        curvature = -jnp.stack(columns, axis=-1)
        w, v = jnp.linalg.eigh((curvature + curvature.mT) / 2)
    else:
        v = jnp.zeros((*noise.shape, 0))
        w = jnp.zeros(noise.shape)
    # where the log likelihood has no maximum, or a flat one, the mode is sought no further than
    # two units away
    slope = gradient(noise)
    lower_bound = jnp.abs(jnp.einsum("bkl,bk->bl", v, slope)) / 2
    curvature = (v * jnp.maximum(jnp.abs(w), lower_bound)[:, None, :]) @ v.mT
    return curvature, slope + jnp.einsum("bkl,bl->bk", curvature, noise)
