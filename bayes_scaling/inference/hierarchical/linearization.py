"""The pilot of a hierarchy: the law made straight where the posterior is, and where the spreads are likely.

In turn, the law's quantities go to their mode given the spreads and the noise (Fisher scoring, of each step as much as
suits all cells, then each of them), and the spreads and the noise to the mode of their marginal posterior as Laplace's
approximation has it, which is the density at v = 0. A mode of all at once would not do: where groups have few runs, their
curves can go through every point, and the noise to zero.
At last the law is made straight over the whole of the normal approximation and not at its middle alone: slopes are means
over draws, and how far the law bends away from them adds to the variance of what each run says.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from scipy.optimize import minimize

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.hierarchical.density import hinge, measures

_ROUNDS = 3


_STEPS = 20  # of scoring in a round


_FRACTIONS = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0)  # of a step, the best of which is taken


_PAIRS = 16  # pairs of draws that slopes are means over


_AVERAGED = 20  # steps of that


_RATE = 0.3  # of the way that such a step goes


_DOWN = 2.5  # widths below the middle at which the tail of a spread is measured


_HINGE = hinge(1 - _DOWN) ** 2


_STARTS = 256  # draws of mu that the first place is the best of


# of programs that take longer to compile than to run; without threads for matrix products, whose sums come out by who is first
once = partial(
    jax.jit,
    static_argnums=0,
    compiler_options={"xla_backend_optimization_level": 0, "xla_cpu_multi_thread_eigen": False},
)


def straight(density, t, noise, data):
    """The pilot over unconstrained quantities t (draws, cells, quantities) and at those of the noise: the law's ``mean`` and ``slope``,
    what each run says the straight law should be (``aim``), how far it is to be trusted, how far the law bends away (``bent``, a
    variance), and curvature and slope of the log likelihood of every cell in the noise's quantities (``noise``).
    """
    one, values = jnp.ones_like(data["z"]), density.noise.values(noise, data)
    told = lambda mean: measures(density.measured(mean, values, data), data["z"])

    def at(t):
        unit = lambda e: jax.jvp(
            lambda t: density.mean(t, data), (t,), (jnp.broadcast_to(e, t.shape),)
        )
        mean, slopes = jax.vmap(unit, out_axes=(None, -1))(jnp.eye(t.shape[1]))
        place, rate = jax.jvp(lambda mean: told(mean)[0], (mean,), (one,))
        return mean, place, slopes * (rate * one)[..., None], told(mean)[2]

    drawn = jax.vmap(at)(t)
    mean, place, slope, trust, middle = (a.mean(axis=0) for a in (*drawn, t))
    bent = ((drawn[1] - place - jnp.einsum("brk,sbk->sbr", slope, t - middle)) ** 2).mean(axis=0)
    gradient = jax.grad(
        lambda noise: jax.vmap(
            lambda mean: density.log_runs(mean, density.noise.values(noise, data), data).sum()
        )(drawn[0]).mean()
    )
    # one cell does not touch another, so that a step of all cells gives each its own curvature
    curve = (
        -jnp.stack(
            [
                jax.jvp(gradient, (noise,), (jnp.broadcast_to(e, noise.shape),))[1]
                for e in jnp.eye(noise.shape[1])
            ],
            axis=-1,
        )
        if noise.size
        else jnp.zeros((*noise.shape, 0))
    )
    w, v = (
        jnp.linalg.eigh((curve + curve.mT) / 2) if noise.size else (jnp.zeros(noise.shape), curve)
    )
    # where the log likelihood is no hill, or a flat one, the mode is not sought further than two units away
    away = gradient(noise)
    curve = (
        v * jnp.maximum(jnp.abs(w), jnp.abs(jnp.einsum("bkl,bk->bl", v, away)) / 2)[:, None, :]
    ) @ v.mT
    about = curve, away + jnp.einsum("bkl,bl->bk", curve, noise)
    return {
        "mean": mean,
        "slope": slope,
        "trust": trust,
        "bent": bent,
        "aim": data["z"] - place + jnp.einsum("brk,bk->br", slope, middle),
        "noise": about,
    }


def _blank(density):
    """A pilot that says nothing of the noise: its values are then those of the middle of its prior."""
    noise = density.noise
    return {
        "noise": (
            jnp.zeros((noise.cells, len(noise.names), len(noise.names))),
            jnp.zeros((noise.cells, len(noise.names))),
        )
    }


def _given(density, outer, data):
    """(tau, moments of the law, unconstrained quantities of the noise, their values) at v = 0 of the law."""
    (tau, tau_noise, n_y, n_z, *_), _ = density.split(outer, data)
    moments, moments_noise = density.moments(data)
    layers = density.noise.layers(tau_noise, *data["pilot"]["noise"], moments_noise)
    noise = density.noise.unfold(tau_noise, layers, moments_noise, n_y, n_z)[2]
    return tau, moments, noise, density.noise.values(noise, data)


@once
def _first(density, data):
    """(y, z) of the law to start from: of prior draws of mu the one that best fits all cells at once, then of each cell's own the best for it."""
    law, (tau, moments, _, values) = density.law, _given(density, density.begin(data), data)
    (centre, width), z = moments, jnp.zeros(law.z)
    told = lambda y, z: density.log_runs(
        density.mean(law.at(tau, moments, y, z), data), values, data
    ).sum(axis=1)
    best = lambda worth: jnp.argmax(jnp.where(jnp.isfinite(worth), worth, -jnp.inf), axis=0)
    lead = centre[law.central] + width[law.central] * random.normal(
        random.key(0), (_STARTS, len(law.central))
    )
    drawn = jnp.pad(lead, ((0, 0), (0, law.y[0] - lead.shape[1])))
    y = drawn[best(jax.lax.map(lambda y: told(y, z).sum(), drawn))]
    own = random.normal(random.key(1), (_STARTS, *law.z)).at[0].set(z)
    return y, own[
        best(jax.lax.map(lambda z: told(y, z) - 0.5 * (z**2).sum(axis=1), own)),
        jnp.arange(law.cells),
    ]


@once
def _scored(density, data, outer, place):
    """(y, z) of the law after steps of Fisher scoring given the spreads and the noise, and the pilot there."""
    law, (tau, moments, noise, values) = density.law, _given(density, outer, data)

    def worth(place):
        """Of every cell, and of all."""
        told = density.log_runs(density.mean(law.at(tau, moments, *place), data), values, data).sum(
            axis=1
        )
        value = (
            told - 0.5 * (place[1] ** 2).sum(axis=1),
            told.sum() - 0.5 * law.away(*place, moments),
        )
        return jax.tree.map(lambda a: jnp.where(jnp.isfinite(a), a, -jnp.inf), value)

    def layers(here):
        return law.layers(
            tau,
            *density.said(
                values,
                data | {"pilot": straight(density, law.at(tau, moments, *here)[None], noise, data)},
            ),
            moments,
        )

    def tried(here, aim):
        return jax.tree.map(
            lambda a, b: jnp.stack(
                [a + f * (jnp.where(jnp.isfinite(b), b, a) - a) for f in _FRACTIONS]
            ),
            here,
            aim,
        )

    def step(_, here):
        all_of = tried(
            here, law.unfold(tau, layers(here), moments, jnp.zeros(law.y), jnp.zeros(law.z))[:2]
        )
        best = jnp.argmax(jax.lax.map(worth, all_of)[1])
        y, z = jax.tree.map(lambda a: a[best], all_of)
        # each cell as far as suits it: one that is hard to fit does not hold up the others
        own = tried(z, layers((y, z))[1].at(law.at(tau, moments, y), jnp.zeros(law.z)))
        best = jnp.argmax(jax.lax.map(lambda z: worth((y, z))[0], own), axis=0)
        return y, own[best, jnp.arange(law.cells)]

    place = jax.lax.fori_loop(0, _STEPS, step, place)
    return place, straight(density, law.at(tau, moments, *place)[None], noise, data)


@once
def _averaged(density, data, outer):
    """The pilot made straight over the normal approximation that it makes itself."""
    law, (tau, moments, noise, values) = density.law, _given(density, outer, data)
    drawn = [
        random.normal(k, (_PAIRS, *shape))
        for k, shape in zip(random.split(random.key(0)), (law.y, law.z))
    ]
    drawn = [jnp.concatenate([a, -a]) for a in drawn]

    def step(_, pilot):
        layers = law.layers(tau, *density.said(values, data | {"pilot": pilot}), moments)
        new = straight(
            density,
            jax.vmap(lambda *v: law.unfold(tau, layers, moments, *v)[2])(*drawn),
            noise,
            data,
        )
        good = jax.tree.reduce(jnp.logical_and, jax.tree.map(lambda a: jnp.isfinite(a).all(), new))
        return jax.tree.map(lambda a, b: jnp.where(good, a + _RATE * (b - a), a), pilot, new)

    return jax.lax.fori_loop(0, _AVERAGED, step, data["pilot"])


@once
def _marginal(density, outer, data):
    """Minus the log density at v = 0 of the law, and its slope."""
    return jax.value_and_grad(
        lambda outer: (
            -density.log(jnp.concatenate([outer, jnp.zeros(density.size - density.outer)]), data)
        )
    )(outer)


def _stretch(value, outer, width):
    """Middle, width and bend of ``stretched``: _DOWN widths below its middle each spread's density is to have fallen as far as a normal's."""
    fallen, bend = value(outer) + _DOWN**2 / 2, np.zeros(len(width))
    for i, one in enumerate(np.eye(len(outer))[: len(width)]):
        down = width[i] * _DOWN * np.geomspace(1, 10, 15)
        short = np.array([value(outer - d * one) < fallen for d in down])
        bend[i] = (down[-1 if short.all() else short.argmin()] - down[0]) / _HINGE
    return outer[: len(width)], width, bend


def with_pilot(density, data):
    """The data with the pilot, and (centre, root) of the coordinates to sample in."""
    with float64():
        k = density.spreads
        data = data | {
            "pilot": _blank(density),
            "stretch": (np.zeros(k), np.ones(k), np.zeros(k)),
        }  # none yet
        outer, place = np.array(density.begin(data)), _first(density, data)
        for _ in range(_ROUNDS):
            place, made = _scored(
                density, data | {"pilot": {"noise": data["pilot"]["noise"]}}, outer, place
            )  # of the last pilot it needs no more
            # a new array: the programs run on while this goes on, and may read what they were given in place
            data, outer = (
                data | {"pilot": made},
                np.where(np.arange(outer.size) < density.spreads, outer, 0.0),
            )
            value = lambda outer, data=data: [
                np.nan_to_num(np.asarray(a), nan=1e10) for a in _marginal(density, outer, data)
            ]
            found = minimize(value, outer, jac=True, method="BFGS", options={"maxiter": 100})
            outer = found.x
        data = data | {"pilot": _averaged(density, data, outer)}
        centre, root = np.zeros(density.size), np.eye(density.size)
        data = data | {
            "stretch": _stretch(
                lambda outer: value(outer, data)[0], outer, np.diag(found.hess_inv)[:k] ** 0.5
            )
        }
        centre[:k], root[:k, :k] = (
            outer[:k],
            np.linalg.cholesky(found.hess_inv[:k, :k] + 1e-6 * np.eye(k)),
        )
        return jax.tree.map(np.asarray, data), (centre, root)
