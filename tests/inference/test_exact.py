"""The engine against known posteriors, and proof that these checks find a broken kernel."""

from functools import cache, wraps

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from blackjax.mcmc import metrics, trajectory
from exact_posteriors import NAMES, PROGRAMS, REFERENCES, SHARES
from make_references import OUTCOMES, rests_on

from bayes_scaling.inference import block_sampler, density, nuts, retry_policy
from bayes_scaling.inference import convergence as health

LIMIT = 4.5  # Monte-Carlo standard errors, of some 500 statistics


class FlatTransform:
    """A change of variables whose Jacobian is left out."""

    def __init__(self, transform):
        self.transform, self.inv = transform, transform.inv

    def __call__(self, x):
        return self.transform(x)

    def log_abs_det_jacobian(self, x, y):
        return jnp.zeros_like(x)


def temperature(patch):
    """The chains see 0.85 of the log density."""
    chain = nuts.run_chain
    patch.setattr(nuts, "run_chain", lambda log, *rest: chain(lambda u: 0.85 * log(u), *rest))


def momentum(patch):
    """Momenta are drawn with 0.85 of the sd that belongs to their energy."""
    default_metric = metrics.default_metric

    def metric(inverse):
        true = default_metric(inverse)
        return true._replace(
            sample_momentum=lambda key, position: 0.85 * true.sample_momentum(key, position)
        )

    patch.setattr(metrics, "default_metric", metric)


def acceptance(patch):
    """The last leapfrog point of a trajectory is always taken, whatever its energy."""
    for name in ("progressive_uniform_sampling", "progressive_biased_sampling"):
        choose = getattr(trajectory, name)
        patch.setattr(
            trajectory,
            name,
            lambda key, old, new, choose=choose: choose(key, old, new)._replace(
                state=new.state, energy=new.energy
            ),
        )


def warm_up(patch):
    """Chains start far off, and their first draws are kept."""
    chain = nuts.run_chain

    def cold(log, key, position, target, span, max_steps, blocks):
        kept = chain(log, key, position + 500.0, target, span.at[0].set(0), max_steps, blocks)
        return jax.tree.map(lambda a: jnp.roll(a, span[0], axis=0), kept)

    patch.setattr(nuts, "run_chain", cold)


def jacobian(patch):
    """Bounded parameters are sampled without the Jacobian of their change of variables."""
    biject_to = density.biject_to
    patch.setattr(density, "biject_to", lambda support: FlatTransform(biject_to(support)))


def nothing(patch):
    """The control."""


PLANTED = {
    nothing: tuple(PROGRAMS),
    temperature: tuple(PROGRAMS),
    momentum: ("exact",),
    acceptance: ("exact",),
    warm_up: ("exact",),
    jacobian: ("over_training",),
}


@cache
def worst(plant):
    """{posterior: its largest difference} from an engine with a planted error.

    The longest retries are left out.
    """
    program = nuts.run_chains.__wrapped__
    with pytest.MonkeyPatch.context() as patch:
        # a new function: compiled programs of the true engine are neither used nor lost
        patch.setattr(
            block_sampler,
            "run_chains",
            jax.jit(
                wraps(program)(lambda *args, **options: program(*args, **options)),
                static_argnames=("density", "max_steps", "vectorized"),
            ),
        )
        patch.setattr(retry_policy, "MAX_BLOCKS", 8)
        plant(patch)
        drawn = {name: PROGRAMS[name].sample() for name in PLANTED[plant]}
    return {
        name: scores.max()
        for key in drawn
        for name, scores in PROGRAMS[key].scores(drawn[key]).items()
    }


def caught(plant):
    """Posteriors whose check an engine with this error fails."""
    return {name for name, score in worst(plant).items() if score >= LIMIT}


@pytest.fixture(scope="module")
def drawn():
    """Draws of the engine as it is, of every posterior."""
    return {
        name: draws for program in PROGRAMS.values() for name, draws in program.sample().items()
    }


@pytest.fixture(scope="module")
def scores(drawn):
    return {
        name: values
        for program in PROGRAMS.values()
        for name, values in program.scores(drawn).items()
    }


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_references_are_of_this_posterior(name):
    """The reference has these runs, priors, formula and noise: else run make_references.py."""
    reference = REFERENCES[name]
    assert reference["rests_on"] == rests_on(name)
    assert (
        reference["rhat"] < 1.002
        and reference["diverging"] == 0
        and reference["least_ess"] > 10_000
    )


@pytest.mark.parametrize("name", NAMES)
def test_means_sds_and_quantiles_are_the_known_ones(scores, name):
    assert scores[name].max() < LIMIT, scores[name].round(1)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_check_fails_at_a_wrong_temperature(name):
    assert name in caught(temperature)


@pytest.mark.parametrize(
    "plant",
    [
        momentum,
        pytest.param(acceptance, marks=pytest.mark.long),
        pytest.param(warm_up, marks=pytest.mark.long),
        jacobian,
    ],
)
def test_an_error_in_the_kernel_is_caught_by_several_posteriors(plant):
    assert len(caught(plant)) >= 2, worst(plant)


@pytest.mark.long
def test_nothing_is_caught_where_nothing_is_planted():
    """It is the errors that are caught above, not what comes with planting them."""
    assert not caught(nothing), worst(nothing)


@pytest.mark.parametrize(
    ("name", "meet"), [("two modes that chains cross", True), ("two modes apart", False)]
)
def test_both_modes_are_reported_and_so_is_whether_chains_meet(drawn, name, meet):
    draws = drawn[name]
    np.testing.assert_allclose([share for _, share in draws.modes], SHARES, atol=0.03)
    assert (draws.theta[..., 0] < 0).any() and (draws.theta[..., 0] > 0).any()
    rhat = health.split_rhat(draws.theta).max()
    assert rhat < 1.01 if meet else rhat > 1.1
