"""Posteriors with known answers, and the differences of draws from them.

Seven densities have exact answers and share one compiled program. A law without data is its prior,
exactly, with parameters at their bounds. Three laws on bundled runs have long reference runs of
another sampler (make_references.py).
"""

import json
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np
from make_references import OUTCOMES, PLACE, data, ess
from scipy import optimize, special, stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference import density, sampler
from bayes_scaling.inference.design import padded

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

    def ppf(self, probabilities):
        def excess(x, probability):
            return self.weights @ special.ndtr((x - self.means) / self.sds) - probability

        low, high = self.mean() - 12 * self.std(), self.mean() + 12 * self.std()
        return np.array([optimize.brentq(excess, low, high, args=(p,)) for p in probabilities])


# Gaussians: scales from 1e-3 to 1e3, turned; and a chain of correlations 0.99 and 0.9
SCALES = np.array([1e-3, 1.0, 1e3])
TURN = stats.ortho_group(3, seed=1).rvs()
COVARIANCE = np.array([[1.0, 0.99, 0.0], [0.99, 1.0, 0.1], [0.0, 0.1, 1.0]])
PRECISION = np.linalg.inv(COVARIANCE)

# Student tails: three coordinates that share one scale, 5 degrees of freedom
DF = 5

# funnel, non-centered: v = 3 z0, x_i = exp(v / 2) z_i, and y_i measured of x_i with unit error.
# Given v all is normal, so that marginals are mixtures over v, on a grid as fine as they need
Y = np.array([1.0, -2.0])
V, STEP = np.linspace(-24, 24, 9601, retstep=True)
WEIGHT = special.softmax(
    stats.norm(0, 3).logpdf(V) + stats.norm.logpdf(Y[:, None], 0, np.sqrt(1 + np.exp(V))).sum(0)
)
SHRUNK = 1 / (1 + np.exp(-V))

# skewed: logarithms of gamma variates
SHAPES = np.array([0.5, 1.0, 3.0])

# two modes 0.7 to 0.3: so near that chains cross, and so far that they do not
SHARES, CENTERS, FAR = (
    np.array([0.7, 0.3]),
    np.array([[-1.5, 0.5, 0.0], [1.5, -0.5, 0.0]]),
    np.array([[-4.0, 0.0, 0.0], [4.0, 0.0, 0.0]]),
)
HALF = np.array([0.5, 1.0, 1.0])


def two_modes(t, centers, sds):
    return jax.nn.logsumexp(jnp.log(SHARES) - 0.5 * jnp.sum(((t - centers) / sds) ** 2, axis=-1))


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
    "funnel, non-centered": (
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
        lambda t: two_modes(t, CENTERS, 1.0),
        lambda t: t,
        [Mixture(SHARES, c, np.ones(2)) for c in CENTERS.T],
    ),
    # the far modes are mirror images: each alone has the exact answer, with any number of chains
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


# a law without data at bounds of its parameters: the floor's fraction and the sizes of its terms
# piled up above 0, the noise's scale too
BOUND = "prior alone, at its bounds"
PRIORS = {
    "E_share": (
        "TruncatedNormal",
        {"loc": -0.1, "scale": 0.2, "low": 0.0},
        stats.truncnorm(0.5, np.inf, -0.1, 0.2),
    ),
    "sigma": ("HalfNormal", {"scale": 0.02}, stats.halfnorm(0, 0.02)),
    "eta": ("LogNormal", {"loc": -1.0, "scale": 0.3}, stats.lognorm(0.3, 0, np.exp(-1.0))),
    "kappa": ("Normal", {"loc": 0.1, "scale": 0.3}, stats.norm(0.1, 0.3)),
    **{
        name: ("HalfNormal", {"scale": 0.5}, stats.halfnorm(0, 0.5))
        for name in ("a_term", "b_term")
    },
}


class Program:
    """Posteriors that share one density: their data, known answers, and views of their draws."""

    def __init__(self, density, rows, answers, views):
        self.density, self.rows, self.answers, self.views = density, rows, answers, views

    @cached_property
    def stacked(self):
        return jax.tree.map(lambda *arrays: np.stack(arrays), *self.rows)

    def sample(self):
        """{posterior: Draws}."""
        seeds = range(len(self.rows))
        draws = sampler.sample_many(self.density, self.stacked, seeds, draws=2500)
        return dict(zip(self.answers, draws))

    def scores(self, draws):
        """{posterior: differences from the known answers over their errors, (quantities, 4)}."""
        scores = {}
        for name, row, view in zip(self.answers, self.rows, self.views):
            with np.errstate(all="ignore"):  # draws of a broken kernel may be anything
                scores[name] = np.array(
                    [
                        differences(x, *answer)
                        for x, answer in zip(view(draws[name].theta, row), self.answers[name])
                    ]
                )
        return scores


def differences(x, values, errors):
    """|estimate - answer| of mean, sd, 5 and 95% quantile of draws (chains, draws), over the
    Monte-Carlo errors of both.

    The sd through the mean squared deviation, a quantile through the fraction of draws below it:
    both are means, each with an effective sample size of its own.
    """
    mean, sd, *quantiles = values
    squares = (x - mean) ** 2
    off = [x.mean() - mean, np.sqrt(squares.mean()) - sd]
    own_errors = [sd / np.sqrt(ess(x)), squares.std() / (2 * sd * np.sqrt(ess(squares)))]
    for p, quantile in zip(P, quantiles):
        below = (x <= quantile).astype(float)
        off.append(below.mean() - p)
        own_errors.append(np.sqrt(p * (1 - p) / ess(below)))
    return np.nan_to_num(np.abs(off) / np.hypot(own_errors, errors), nan=np.inf, posinf=np.inf)


def exactly(marginals):
    """Known values of marginals, with no error."""
    return [((m.mean(), m.std(), *m.ppf(P)), np.zeros(4)) for m in marginals]


def exact_program():
    """The densities with exact answers."""
    return Program(
        Exact(),
        [{"which": np.int64(i)} for i in range(len(EXACT))],
        {name: exactly(marginals) for name, (_, _, marginals) in EXACT.items()},
        [
            lambda theta, row, view=view: np.moveaxis(view(theta), -1, 0)
            for _, view, _ in EXACT.values()
        ],
    )


def law_program(name):
    """A law with a reference run; the over-training law without data, too."""
    posterior, row = density.Density(bs.find_law(name)), padded(data(name))
    sites = [REFERENCES[name]["sites"][q] for q in posterior.names]
    rows, answers = [row], {name: [(site["values"], site["errors"]) for site in sites]}
    if name == "over_training":
        priors = {q: jax.tree.map(np.float64, PRIORS[q][1]) for q in posterior.names}
        rows.append({**row, "mask": np.zeros_like(row["mask"]), "priors": priors})
        answers[BOUND] = exactly([PRIORS[q][2] for q in posterior.names])

    def sampled_quantities(theta, row):
        with float64():
            return [np.asarray(values) for values in posterior.constrain(theta, row).values()]

    return Program(posterior, rows, answers, [sampled_quantities] * len(rows))


PROGRAMS = {"exact": exact_program()} | {name: law_program(name) for name in OUTCOMES}
NAMES = [name for program in PROGRAMS.values() for name in program.answers]
