r"""What most papers do, as a yardstick: a point fit with the spread of its residuals, and a bootstrap of the runs.

The point fit minimises Huber's loss of the residuals on the noise's scale (of the log, for a loss), after
Hoffmann et al. 2022, arXiv 2203.15556:

.. math:: \min_\theta \sum_i h_\delta(z_i - f(\mu_i(\theta))), \qquad h_\delta(r) = r^2/2 \text{ if } |r| < \delta \text{ else } \delta (|r| - \delta/2)

by Levenberg and Marquardt's method in the coordinates that are sampled, with no prior, from starts chosen as for the posterior.
The bootstrap refits resampled runs, from the point fit on. Both foretell a new run with Normal noise of the residuals' sd.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy.special import ndtri

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import filled, slot
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.laplace import best, looked_at

DELTA = 1e-3  # of Huber's loss


_STEPS = 100


_EDGE = 30.0  # no coordinate goes beyond: where the data leave one open it would run away


_BLOCK = 64  # tables fitted in one call


DRAWS = 1000  # of a predictive, about


def _descend(residuals, start, weight):
    """The least weighted Huber loss from a start: place and loss."""

    def look(theta):
        r = residuals(theta)
        size = jnp.abs(r)
        loss = jnp.sum(weight * jnp.where(size < DELTA, 0.5 * r**2, DELTA * (size - 0.5 * DELTA)))
        return r, jax.jacfwd(residuals)(theta), jnp.where(jnp.isfinite(loss), loss, jnp.inf)

    def step(carry):
        theta, (r, slope, loss), damping, count, _ = carry
        w = weight * jnp.minimum(1.0, DELTA / jnp.maximum(jnp.abs(r), 1e-12))
        bend = slope.T @ (w[:, None] * slope)
        scale = jnp.diag(jnp.diag(bend) + 1e-9 * jnp.trace(bend) + 1e-300)
        move = jnp.nan_to_num(jnp.linalg.solve(bend + damping * scale, slope.T @ (w * r)))
        new = jnp.clip(
            theta - move * jnp.minimum(1.0, 2.0 / jnp.maximum(jnp.linalg.norm(move), 1e-300)),
            -_EDGE,
            _EDGE,
        )
        there = look(new)
        better = there[2] < loss
        gain = jnp.where(better, (loss - there[2]) / loss, jnp.where(damping > 1e8, 0.0, 1.0))
        theta, here = jax.tree.map(
            lambda a, b: jnp.where(better, a, b), (new, there), (theta, (r, slope, loss))
        )
        return theta, here, jnp.where(better, damping * 0.2, damping * 5.0), count + 1, gain

    going = lambda carry: (carry[3] < _STEPS) & (carry[4] > 1e-8)
    theta, (_, _, loss), *_ = lax.while_loop(going, step, (start, look(start), 1e-3, 0, 1.0))
    return theta, loss


@partial(jax.jit, static_argnums=0)
def _fitted(density, rows):
    """Points (tables, 1 + refits, size) of every row of (prior draws, data, resampling weights), and the residuals (tables, runs) of the first."""

    def one(args):
        drawn, data, counts = args
        law, size = density.law, len(density.law.parameters)

        def residuals(theta):
            # the noise's own coordinates, which come last, play no part
            whole = jnp.concatenate([theta, jnp.zeros(density.size - size)])
            mean = law.function(
                data["x"], **law.publish(density.constrain(whole, data), data["ref"])
            )
            return (
                data["seen"] - law.noise.forward(mean, jnp)
                if law.noise.takes_se
                else data["seen"] - mean
            )

        drawn = drawn[:, :size]
        starts = best(
            drawn, jax.vmap(lambda theta: -jnp.sum(data["mask"] * jnp.abs(residuals(theta))))(drawn)
        )
        places, losses = jax.vmap(lambda start: _descend(residuals, start, data["mask"] * 1.0))(
            starts
        )
        point = places[jnp.argmin(losses)]
        again = jax.vmap(lambda weight: _descend(residuals, point, weight)[0])(counts)
        return jnp.pad(
            jnp.concatenate([point[None], again]), ((0, 0), (0, density.size - size))
        ), residuals(point)

    return lax.map(one, rows)


@partial(jax.jit, static_argnums=0)
def _means(density, theta, data):
    """Means on the noise's scale (tables, fits, targets)."""

    def one(theta, data):
        _, published = density.published(theta, data)
        mean = density.law.function(
            {name: value[None] for name, value in data["x"].items()},
            **{name: value[:, None] for name, value in published.items()},
        )
        return density.law.noise.forward(mean, jnp) if density.law.noise.takes_se else mean

    return jax.vmap(one)(theta, data)


def foretold(law, designs, tests, data, seeds, refits):
    """Predictive draws and log densities of the point fit and of the bootstrap, table by table.

    Parameters
    ----------
    designs : padded data of the training tables.
    tests : positions in ``data`` of the runs that each foretells.
    data : what ``design.measured`` made of the table of all runs.
    seeds : one a table.
    refits : of the bootstrap; 0 makes the point fit alone.

    Yields
    ------
    place of the table, {"point": (draws, log density), "bootstrap": ...}, draws (draws, targets) in the outcome's unit
    """
    density, shapes = Density(law), {}
    for i, design in enumerate(designs):
        shapes.setdefault((len(design["mask"]), slot(len(tests[i]))), []).append(i)
    for (_, length), members in shapes.items():
        for at in range(0, len(members), _BLOCK):
            block = members[at : at + _BLOCK]
            rngs = [np.random.default_rng([seeds[i], 3]) for i in block]
            rows = [
                {
                    **{key: designs[i][key] for key in ("x", "ref", "priors", "mask")},
                    "seen": _seen(law, designs[i]),
                }
                for i in block
            ]
            counts = [_resampled(rng, row["mask"], refits) for rng, row in zip(rngs, rows)]
            to = [
                {
                    "x": {
                        name: filled(values[tests[i]], length) for name, values in data["x"].items()
                    },
                    "ref": row["ref"],
                    "priors": row["priors"],
                }
                for i, row in zip(block, rows)
            ]
            with float64():
                keys = jax.vmap(jax.random.key)(np.array([seeds[i] for i in block], np.uint32))
                stacked = lambda parts: jax.tree.map(lambda *arrays: np.stack(arrays), *parts)
                given = stacked(rows)
                theta, residuals = _fitted(
                    density, (looked_at(density, keys, given), given, np.stack(counts))
                )
                means, residuals = (
                    np.asarray(_means(density, theta, stacked(to))),
                    np.asarray(residuals),
                )
            for j, i in enumerate(block):
                mask, test = rows[j]["mask"], tests[i]
                sd = max(
                    np.sqrt(
                        (residuals[j][mask] ** 2).sum() / max(mask.sum() - len(law.parameters), 1)
                    ),
                    1e-9,
                )
                yield (
                    i,
                    _predicted(
                        law,
                        np.broadcast_to(means[j], (refits + 1, length))[:, : len(test)],
                        sd,
                        data,
                        test,
                        rngs[j],
                    ),
                )


def _seen(law, design):
    """Outcomes on the scale of the residuals: shares as they are."""
    if law.noise.takes_se:
        return design["z"]
    size = (
        design["rows"]["items"]
        if "items" in design["rows"]
        else design["rows"]["passes"] + design["z"]
    )
    return (design["z"] if "items" in design["rows"] else design["rows"]["passes"]) / size


def _resampled(rng, mask, refits):
    """How often each run is drawn in each resample (refits, runs)."""
    count = int(mask.sum())
    made = np.zeros((refits, len(mask)))
    made[:, :count] = rng.multinomial(count, np.full(count, 1 / count), refits)
    return made


def _predicted(law, means, sd, data, test, rng):
    """Draws and log densities of the point fit (row 0 of the means) and of the bootstrap (the other rows)."""
    if law.noise.takes_se:
        scale = np.hypot(sd, data["se"][test]) if "se" in data else sd
        back = getattr(law.noise, "noise", law.noise).backward
        jacobian = law.noise.log_jacobian(
            data["y"][test], {name: values[test] for name, values in data["rows"].items()}
        )
        seen = data["z"][test]
    else:
        scale, back, jacobian, seen = (
            sd,
            lambda z: z,
            np.nan,
            data["y"][test],
        )  # a density is no probability of a count
    log = lambda centre: (
        -0.5 * ((seen - centre) / scale) ** 2 - np.log(scale) - 0.5 * np.log(2 * np.pi) + jacobian
    )
    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)[:, None]  # the Normal's own quantiles
    made = {"point": (back(means[0] + scale * even), log(means[:1]))}
    if len(means) > 1:
        many = np.repeat(means[1:], -(-DRAWS // (len(means) - 1)), axis=0)
        made["bootstrap"] = (back(many + scale * rng.standard_normal(many.shape)), log(means[1:]))
    return made
