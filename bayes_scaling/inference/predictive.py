"""What many posteriors of one law say of runs that were held out: draws of their outcomes, and the density at what was measured."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import filled, slot
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import distance

_BLOCK = 64  # fits evaluated in one call


def _scatters(noise):
    """Whether runs beyond the data scatter by more than the training runs do, and by more than ``distribution`` tells."""
    return hasattr(noise, "log_density") and bool(noise.drift or noise.smooth)


@partial(jax.jit, static_argnums=(0, 1))
def _evaluated(density, scatters, p, data):
    """Means and log densities (fits, draws, targets); what does not differ between draws has a leading axis over fits alone."""
    law = density.law

    def one(p, data):
        p = {name: value[:, None] for name, value in p.items()}
        mean = law.function(
            {name: value[None] for name, value in data["x"].items()},
            **{name: p[name] for name in law.names},
        )
        sampled = {q.sampled: p[q.sampled] for q in law.sites}
        if scatters:
            return mean, jnp.zeros_like(mean)  # not of each run alone: see ``held_out``
        return mean, law.noise.distribution(
            mean, sampled, data["u"], data.get("se"), data.get("rows")
        ).log_prob(data["z"])

    return jax.vmap(one)(p, data)


def held_out(fits, tests, data, refs):
    """For each fit in turn: draws (draws, targets) of a new run's outcome, and the log density of what was measured.

    Parameters
    ----------
    fits : Fits.
    tests : positions in ``data`` of the runs that each fit foretells.
    data : what ``design.measured`` made of the table of all runs.
    refs : the reference run of each fit.

    Yields
    ------
    place of the fit, draws, log density of the outcome itself
    """
    law, lengths = fits.law, [slot(len(test)) for test in tests]
    for length in sorted(set(lengths)):
        alike = [i for i, of in enumerate(lengths) if of == length]
        for at in range(0, len(alike), _BLOCK):
            block = alike[at : at + _BLOCK]
            p = {
                name: a.reshape(len(block), -1)
                for name, a in fits.draws_of_parameters(block).items()
            }
            rows = [_runs(law, tests[i], data, refs[i], length) for i in block]
            with float64():
                mean, log = (
                    np.asarray(a)
                    for a in _evaluated(
                        Density(law),
                        _scatters(law.noise),
                        p,
                        jax.tree.map(lambda *arrays: np.stack(arrays), *rows),
                    )
                )
            for j, i in enumerate(block):
                count = len(tests[i])
                mine = jax.tree.map(lambda a, count=count: a[:count], rows[j])
                sampled = {q.sampled: p[q.sampled][j][:, None] for q in law.sites}
                # a mean of one value for all targets keeps its shape in some laws
                curve, about = (
                    np.broadcast_to(mean[j], (len(mean[j]), length))[:, :count],
                    (sampled, mine["u"], mine.get("se")),
                )
                seen = (
                    fits[fits.groups[i]].seen({name: p[name][j][:, None] for name in law.names})
                    if law.noise.smooth
                    else {}
                )
                drawn = law.noise.draw(
                    np.random.default_rng([fits.seeds[i], 1]),
                    curve,
                    *about,
                    mine.get("rows"),
                    **seen,
                )
                dense = log[j][:, :count]
                if _scatters(law.noise):
                    dense = law.noise.log_density(
                        np.random.default_rng([fits.seeds[i], 3]),
                        mine["z"],
                        curve,
                        *about,
                        mine.get("rows"),
                        **seen,
                    )
                jacobian = law.noise.log_jacobian(
                    data["y"][tests[i]],
                    {name: values[tests[i]] for name, values in data["rows"].items()},
                )
                yield i, drawn, dense + jacobian


def _runs(law, test, data, ref, length):
    """The data of held-out runs, filled up to a length."""
    x = {name: values[test] for name, values in data["x"].items()}
    made = {"x": x, "z": data["z"][test], "u": distance(law, x, ref)}
    made |= {"se": data["se"][test]} if "se" in data else {}
    made |= (
        {"rows": {name: values[test] for name, values in data["rows"].items()}}
        if data["rows"]
        else {}
    )
    return jax.tree.map(lambda a: filled(np.asarray(a, float), length), made)


@partial(jax.jit, static_argnums=0)
def _means(density, theta, data):
    """Sampled quantities by name of draws (draws, size), and the law's means (draws, runs)."""
    sampled, published = density.published(theta, data)
    return sampled, jax.vmap(lambda p: density.law.function(data["x"], **p))(published)


def prior_tables(law, data, count, seed):
    """Tables simulated from the prior on a design.

    Parameters
    ----------
    data : what ``design`` makes of a table.
    seed : list of whole numbers.

    Returns
    -------
    unconstrained parameters (count, size), outcomes (count, runs), and whether each table is a possible one (count,): finite, in the
    domain of the outcome, not all the same.
    """
    rng, rows = np.random.default_rng(seed), data.get("rows", {})
    with float64():
        theta = Density(law).draw_prior(jax.random.key(rng.integers(2**32)), data, count)
        theta, (sampled, mean) = jax.tree.map(
            np.asarray, (theta, _means(Density(law), theta, data))
        )
    p = {q.sampled: sampled[q.sampled][:, None] for q in law.sites}
    with np.errstate(all="ignore"):  # what overflows is no possible table
        outcomes = law.noise.draw(
            rng, np.broadcast_to(mean, (count, len(data["u"]))), p, data["u"], data.get("se"), rows
        )
    possible = [
        bool(np.isfinite(y).all() and not law.noise.check(y, rows) and np.ptp(y) > 0)
        for y in outcomes
    ]
    return theta, outcomes, np.array(possible)
