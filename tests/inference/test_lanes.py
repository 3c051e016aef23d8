"""HMC in lockstep: exact posteriors, no part of neighbors in draws, and the list of its laws."""

from functools import wraps

import jax
import numpy as np
import pytest
from exact_posteriors import PROGRAMS
from lane_probe import example, lane_variants, probe
from many_runs import LAW, curves

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference import hmc, lane_sampler, sampler
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import design, padded
from bayes_scaling.inference.lane_choice import lane_signature, runs_in_lanes
from bayes_scaling.inference.lane_laws import LANE_LAWS
from bayes_scaling.inference.lanes_density import log_of_lanes

LIMIT = 4.5  # Monte-Carlo standard errors, of some 50 statistics
KNOWN = {lane_signature(law): law for law in lane_variants()}


def drawn(name):
    """{posterior: Draws} of a program of ``exact_posteriors``, by HMC where it passes."""
    program = PROGRAMS[name]
    seeds = range(len(program.rows))
    draws = sampler.sample_many(
        program.density, program.stacked, seeds, draws=2500, hmc=True, retries=False
    )
    return dict(zip(program.answers, draws))


@pytest.fixture
def planted(monkeypatch):
    """A program of HMC that is traced again, so that an error can be planted in it."""

    def plant(place, name, value):
        program = hmc.run_lanes.__wrapped__
        fresh = wraps(program)(lambda *args, **options: program(*args, **options))
        jitted = jax.jit(fresh, static_argnames=("density", "max_draws"))
        monkeypatch.setattr(
            lane_sampler,
            "run_lanes",
            lambda density, *args: jitted(density, *args[:-1], max_draws=args[-1]),
        )
        monkeypatch.setattr(place, name, value)

    return plant


@pytest.mark.parametrize("name", ["over_training"])
def test_means_sds_and_quantiles_are_the_known_ones(name):
    """The posterior given bundled runs, and the prior alone, piled up at its bounds."""
    draws = drawn(name)
    assert [fit.sampler for fit in draws.values()] == ["hmc"] * 2
    for posterior, scores in PROGRAMS[name].scores(draws).items():
        assert scores.max() < LIMIT, (posterior, scores.round(1))


@pytest.mark.parametrize("error", ["temperature", "acceptance"])
def test_an_error_in_the_program_is_caught(planted, error):
    if error == "temperature":
        planted(hmc, "log_of_lanes", lambda *args: 0.85 * log_of_lanes(*args))
    else:  # trajectories of a long step are all accepted
        planted(hmc.jnp, "minimum", lambda one, rate: jax.numpy.ones_like(rate))
    worst = {
        key: s.max() for key, s in PROGRAMS["over_training"].scores(drawn("over_training")).items()
    }
    assert max(worst.values()) > LIMIT, worst


def test_draws_do_not_depend_on_neighbors():
    """In another order, with fewer data sets, alone: equal to the bit."""
    tables = [part for _, part in curves(11).groupby("curve", sort=False)]
    rows = [padded(design(LAW, part)) for part in tables]
    density, seeds = Density(LAW), np.arange(11) + 5

    def sampled(which):
        stacked = jax.tree.map(lambda *arrays: np.stack(arrays), *(rows[i] for i in which))
        options = {"chains": 2, "draws": 200, "warmup": 100, "capacity": 16, "hmc": True}
        return dict(zip(which, sampler.sample_many(density, stacked, seeds[which], **options)))

    every = sampled(list(range(11)))
    assert sum(fit.sampler == "hmc" for fit in every.values()) >= 9
    for which in ([10, 3, 7, 0, 1, 9, 2, 8, 5, 6, 4], [8, 2, 5], [4]):
        for i, fit in sampled(which).items():
            np.testing.assert_array_equal(fit.theta, every[i].theta)
            np.testing.assert_array_equal(fit.stats["energy"], every[i].stats["energy"])


def test_chains_that_stand_still_are_left_to_nuts(monkeypatch):
    program = lane_sampler.run_lanes

    def still(*args):
        rows, size = np.array(program(*args)), args[3].shape[0]
        rows[:, :size] = rows[:1, :size]
        return rows

    monkeypatch.setattr(lane_sampler, "run_lanes", still)
    _, part = next(iter(curves(1).groupby("curve")))
    rows = jax.tree.map(lambda a: np.asarray(a)[None], padded(design(LAW, part)))
    options = {"chains": 2, "draws": 200, "warmup": 100, "hmc": True}
    (fit,) = sampler.sample_many(Density(LAW), rows, [1], **options)
    assert fit.sampler == "nuts" and (fit.theta.std(axis=1) > 0).all()


@pytest.mark.parametrize("form", LANE_LAWS)
def test_a_law_on_the_list_is_the_one_that_was_tried(form):
    """Its density is the number on the list: else run tests/bench/lane_laws.py for the law."""
    np.testing.assert_allclose(probe(KNOWN[form]), LANE_LAWS[form], rtol=1e-9)


@pytest.mark.parametrize("form", LANE_LAWS)
def test_the_density_of_lanes_is_that_of_each_data_set(form):
    law, rng = KNOWN[form], np.random.default_rng(0)
    data = padded(design(law, example(law)))
    rows = [data | {"z": data["z"] + 0.01 * rng.standard_normal(data["z"].shape)} for _ in range(3)]
    density = Density(law)
    theta = 0.3 * rng.standard_normal((3, density.size))
    with float64():
        last = jax.tree.map(lambda *arrays: np.stack(arrays, axis=-1), *rows)
        both = jax.jit(
            lambda t: (
                log_of_lanes(density, t, last),
                jax.grad(lambda t: log_of_lanes(density, t, last).sum())(t),
            )
        )
        values, slopes = both(theta.T)
        for i, row in enumerate(rows):
            value, slope = jax.value_and_grad(lambda t, row=row: density.log(t, row))(theta[i])
            np.testing.assert_allclose(values[i], value, rtol=1e-11)
            np.testing.assert_allclose(slopes[:, i], slope, rtol=1e-8, atol=1e-8)


def test_other_posteriors_are_left_to_nuts():
    """A function of one's own, known errors, correlated outcomes: none is on the list."""
    law, data = bs.find_law("over_training"), {"u": np.zeros((1, 8))}
    assert runs_in_lanes(Density(law), data)
    assert not runs_in_lanes(Density(law), data | {"se": np.zeros((1, 8))})
    for other in (
        bs.Law(**{**law.__dict__, "function": lambda x, **p: law.function(x, **p)}),
        law.with_noise(bs.Noise(df=None, smooth="ou")),
        law.with_noise(bs.Noise(df=3.0)),
    ):
        assert not runs_in_lanes(Density(other), data)
