"""The engine against posteriors whose answers are known, and the proof that these checks find a broken kernel.

Seven densities have exact answers and share one compiled program; a law without data is its prior, exactly, with
parameters at their bounds; three laws on bundled runs have long reference runs of another sampler (make_references.py).
"""

import json
from functools import cache, cached_property, wraps

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from blackjax.mcmc import metrics, trajectory
from make_references import OUTCOMES, PLACE, data, ess, rests_on
from scipy import optimize, special, stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference import convergence as health
from bayes_scaling.inference import block_sampler, density, nuts, retry_policy, sampler
from bayes_scaling.inference.design import padded

LIMIT = 4.0  # Monte-Carlo standard errors
REFERENCES = json.loads(PLACE.read_text(encoding="utf-8"))["laws"]
P = np.array([0.05, 0.95])


class Mixture:
    """A mixture of normals: what the marginals below are where SciPy has none."""

    def __init__(self, weights, means, sds):
        self.weights, self.means, self.sds = (np.asarray(a, float) for a in (weights, means, sds))

    def mean(self):
        return self.weights @ self.means

    def std(self):
        return np.sqrt(self.weights @ (self.sds**2 + self.means**2) - self.mean() ** 2)

    def ppf(self, shares):
        below = lambda x, share: self.weights @ special.ndtr((x - self.means) / self.sds) - share
        reach = 12 * self.std()
        return np.array(
            [
                optimize.brentq(below, self.mean() - reach, self.mean() + reach, args=(share,))
                for share in shares
            ]
        )


# Gaussians: scales from 1e-3 to 1e3, turned; and a chain of correlations 0.99 and 0.9
SCALES = np.array([1e-3, 1.0, 1e3])
TURN = stats.ortho_group(3, seed=1).rvs()
COVARIANCE = np.array([[1.0, 0.99, 0.0], [0.99, 1.0, 0.1], [0.0, 0.1, 1.0]])
PRECISION = np.linalg.inv(COVARIANCE)

# Student tails: three coordinates that share one scale, 5 degrees of freedom
DF = 5

# funnel, non-centred: v = 3 z0, x_i = exp(v / 2) z_i, and y_i measured of x_i with unit error. Given v all is normal,
# so that marginals are mixtures over v, on a grid as fine as its answers need
Y = np.array([1.0, -2.0])
V, STEP = np.linspace(-24, 24, 9601, retstep=True)
WEIGHT = special.softmax(
    stats.norm(0, 3).logpdf(V) + stats.norm.logpdf(Y[:, None], 0, np.sqrt(1 + np.exp(V))).sum(0)
)
SHRUNK = 1 / (1 + np.exp(-V))

# skewed: logarithms of gamma variates
SHAPES = np.array([0.5, 1.0, 3.0])

# two modes 0.7 to 0.3: so near that chains cross, and so far that they do not
SHARES, CENTRES, FAR = (
    np.array([0.7, 0.3]),
    np.array([[-1.5, 0.5, 0.0], [1.5, -0.5, 0.0]]),
    np.array([[-4.0, 0.0, 0.0], [4.0, 0.0, 0.0]]),
)
HALF = np.array([0.5, 1.0, 1.0])


def two_modes(t, centres, sds):
    return jax.nn.logsumexp(jnp.log(SHARES) - 0.5 * jnp.sum(((t - centres) / sds) ** 2, axis=-1))


def funnel(t):
    x = jnp.exp(1.5 * t[0]) * t[1:]
    return -0.5 * jnp.sum(t**2) - 0.5 * jnp.sum((x - Y) ** 2)


# name: (log density, what is looked at, its marginals)
EXACT = {
    "gaussian, condition number 1e6": (
        lambda t: -0.5 * jnp.sum((TURN.T @ t / SCALES) ** 2),
        lambda t: t @ TURN,
        [stats.norm(0, s) for s in SCALES],
    ),
    "gaussian, correlated": (lambda t: -0.5 * t @ PRECISION @ t, lambda t: t, [stats.norm()] * 3),
    "student tails": (
        lambda t: -0.5 * (DF + 3) * jnp.log1p(t @ t / DF),
        lambda t: t,
        [stats.t(DF)] * 3,
    ),
    "funnel, non-centred": (
        funnel,
        lambda t: np.concatenate([3 * t[..., :1], np.exp(1.5 * t[..., :1]) * t[..., 1:]], axis=-1),
        [
            Mixture(WEIGHT, V, np.full_like(V, STEP)),
            *(Mixture(WEIGHT, SHRUNK * y, np.sqrt(SHRUNK)) for y in Y),
        ],
    ),
    "skewed, log-gamma": (
        lambda t: jnp.sum(SHAPES * t - jnp.exp(t)),
        lambda t: t,
        [stats.loggamma(k) for k in SHAPES],
    ),
    "two modes that chains cross": (
        lambda t: two_modes(t, CENTRES, 1.0),
        lambda t: t,
        [Mixture(SHARES, c, np.ones(2)) for c in CENTRES.T],
    ),
    # the far modes are mirror images: each alone has the exact answer, whatever the share of chains in it
    "two modes apart": (
        lambda t: two_modes(t, FAR, HALF),
        lambda t: np.abs(t) * [1, 0, 0] + t * [0, 1, 1],
        [stats.norm(4, 0.5), stats.norm(), stats.norm()],
    ),
}


class Exact:
    """All of them as one density, chosen by the data: compiled once."""

    size = 3

    def log(self, theta, data):
        return jax.lax.switch(data["which"], [log for log, _, _ in EXACT.values()], theta)

    def draw_prior(self, key, data, count):
        return 3.0 * jax.random.normal(key, (count, self.size))


# a law without data at bounds of its parameters: the floor's share piled up below 1, the noise's sd above 0
BOUND = "prior alone, at its bounds"
PRIORS = {
    "E_share": ("Beta", {"concentration1": 6.0, "concentration0": 0.6}, stats.beta(6.0, 0.6)),
    "sigma": ("HalfNormal", {"scale": 0.02}, stats.halfnorm(0, 0.02)),
    **{
        name: ("LogNormal", {"loc": -1.0, "scale": 0.3}, stats.lognorm(0.3, 0, np.exp(-1.0)))
        for name in ("eta", "a_term", "b_term", "kappa")
    },
}


class Program:
    """Posteriors that share one density: their names, data and known answers."""

    def __init__(self, density, rows, truths, views):
        self.density, self.rows, self.truths, self.views = density, rows, truths, views

    @cached_property
    def stacked(self):
        return jax.tree.map(lambda *arrays: np.stack(arrays), *self.rows)

    def sample(self):
        """{posterior: Draws}."""
        return dict(
            zip(
                self.truths,
                sampler.sample_many(self.density, self.stacked, range(len(self.rows)), draws=2500),
            )
        )

    def scores(self, drawn):
        """{posterior: differences from the known answers over their Monte-Carlo errors, (quantities, 4)}."""
        found = {}
        for name, row, view in zip(self.truths, self.rows, self.views):
            with np.errstate(all="ignore"):  # draws of a broken kernel may be anything
                found[name] = np.array(
                    [
                        differences(x, *truth)
                        for x, truth in zip(view(drawn[name].theta, row), self.truths[name])
                    ]
                )
        return found


def differences(x, values, errors):
    """|estimate - truth| of mean, sd, 5 and 95% quantile over the Monte-Carlo errors of both, from draws (chains, draws).

    The sd through the mean squared deviation, a quantile through the share of draws below it: means both, each with an
    effective sample size of its own.
    """
    mean, sd, *quantiles = values
    squares = (x - mean) ** 2
    off, own = (
        [x.mean() - mean, np.sqrt(squares.mean()) - sd],
        [sd / np.sqrt(ess(x)), squares.std() / (2 * sd * np.sqrt(ess(squares)))],
    )
    for share, quantile in zip(P, quantiles):
        below = (x <= quantile).astype(float)
        off.append(below.mean() - share), own.append(np.sqrt(share * (1 - share) / ess(below)))
    return np.nan_to_num(np.abs(off) / np.hypot(own, errors), nan=np.inf, posinf=np.inf)


def exactly(marginals):
    """Known values of marginals, with no error."""
    return [((m.mean(), m.std(), *m.ppf(P)), np.zeros(4)) for m in marginals]


def programs():
    """{name: Program}."""
    made = {}
    views = [
        lambda theta, row, see=see: np.moveaxis(see(theta), -1, 0) for _, see, _ in EXACT.values()
    ]
    made["exact"] = Program(
        Exact(),
        [{"which": np.int64(i)} for i in range(len(EXACT))],
        {name: exactly(m) for name, (_, _, m) in EXACT.items()},
        views,
    )
    for name in OUTCOMES:
        posterior, row = density.Density(bs.find_law(name)), padded(data(name))
        rows, truths = (
            [row],
            {
                name: [
                    (site["values"], site["errors"])
                    for site in (REFERENCES[name]["sites"][q] for q in posterior.names)
                ]
            },
        )
        if name == "over_training":
            rows.append(
                {
                    **row,
                    "mask": np.zeros_like(row["mask"]),
                    "priors": {q: jax.tree.map(np.float64, PRIORS[q][1]) for q in posterior.names},
                }
            )
            truths[BOUND] = exactly([PRIORS[q][2] for q in posterior.names])
        made[name] = Program(
            posterior,
            rows,
            truths,
            [lambda theta, row, of=posterior: sampled(of, theta, row)] * len(rows),
        )
    return made


def sampled(of, theta, row):
    """Sampled quantities of a law from unconstrained draws, one after another."""
    with float64():
        return [np.asarray(values) for values in of.constrain(theta, row).values()]


PROGRAMS = programs()
NAMES = [name for program in PROGRAMS.values() for name in program.truths]


class FlatTransform:
    """A change of variables whose Jacobian is left out."""

    def __init__(self, whole):
        self.whole, self.inv = whole, whole.inv

    def __call__(self, x):
        return self.whole(x)

    def log_abs_det_jacobian(self, x, y):
        return jnp.zeros_like(x)


def temperature(patch):
    """The chains see 0.85 of the log density."""
    chain = nuts.run_chain
    patch.setattr(nuts, "run_chain", lambda log, *rest: chain(lambda u: 0.85 * log(u), *rest))


def momentum(patch):
    """Momenta are drawn with 0.85 of the sd that belongs to their energy."""
    whole = metrics.default_metric

    def metric(inverse):
        made = whole(inverse)
        return made._replace(
            sample_momentum=lambda key, position: 0.85 * made.sample_momentum(key, position)
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
        kept = chain(log, key, position + 500.0, target, span.at[0].set(0), turns, blocks)
        return jax.tree.map(lambda a: jnp.roll(a, span[0], axis=0), kept)

    patch.setattr(nuts, "run_chain", cold)


def jacobian(patch):
    """Bounded parameters are sampled without the Jacobian of their change of variables."""
    whole = density.biject_to
    patch.setattr(density, "biject_to", lambda support: FlatTransform(whole(support)))


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
    """{posterior: its largest difference} from an engine with an error planted in it, its last and longest retry left out."""
    program = nuts.run_chains.__wrapped__
    with pytest.MonkeyPatch.context() as patch:
        # a new function: programs compiled of the engine as it is are neither used nor lost
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
    """Runs, priors, formula and noise are those that the reference was made with; if not: python tests/inference/make_references.py."""
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
def test_both_modes_are_told_and_so_is_whether_chains_meet(drawn, name, meet):
    draws = drawn[name]
    np.testing.assert_allclose([share for _, share in draws.modes], SHARES, atol=0.03)
    assert (draws.theta[..., 0] < 0).any() and (draws.theta[..., 0] > 0).any()
    rhat = health.split_rhat(draws.theta).max()
    assert rhat < 1.01 if meet else rhat > 1.1
