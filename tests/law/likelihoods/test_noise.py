"""Noise of a new run and of a measured one, held against SciPy: its density on every link, its
shape, its size within and beyond the training range, and a known standard error."""

from dataclasses import replace

import jax
import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.hierarchical.normal_approximation import outcome_normal
from bayes_scaling.law.likelihoods.measured_student_t import MeasuredStudentT

DRAWS = 40_000
CHANCE = 1e-6  # correct draws fail a Kolmogorov-Smirnov test at this level once in a million
RUNS = pd.DataFrame({"C": np.geomspace(1e18, 1e21, 8), "loss": np.linspace(3.6, 2.4, 8)})


def follows(sample, distribution):
    """Whether a sample agrees with a SciPy distribution."""
    return stats.kstest(np.ravel(sample), distribution.cdf).pvalue > CHANCE


def residuals(noise, u, se=None, **parameters):
    """New runs of log loss about a curve at 2.5, in nats."""
    values = {name: np.full((1, 1), value) for name, value in parameters.items()}
    runs = noise.draw(np.random.default_rng(1), np.full((DRAWS, 1), 2.5), values, np.array([u]), se)
    return np.log(runs / 2.5)


@pytest.mark.parametrize("df", [2.0, 4.0, 12.0])
def test_new_runs_have_students_distribution(df):
    noise = bs.Noise(df=df, grows=False, drift=0)
    assert follows(residuals(noise, 0.0, sigma=0.02), stats.t(df, scale=0.02))


@pytest.mark.parametrize("kappa", [0.4, -0.3])
@pytest.mark.parametrize("u", [-5.0, -0.5, 0.0, 1.5])
def test_noise_varies_with_scale_up_to_the_largest_run_and_no_further(u, kappa):
    """sd = sigma exp(kappa max(u, 0)), with u = log(largest training scale / scale)."""
    noise, p = bs.Noise(df=None, drift=0), {"sigma": 0.02, "kappa": kappa}
    scale = 0.02 * np.exp(kappa * max(u, 0.0))
    assert follows(residuals(noise, u, **p), stats.norm(scale=scale))
    error = np.array([0.03])
    both = stats.norm(scale=np.hypot(scale, error[0]))
    assert follows(residuals(noise, u, se=error, **p), both)
    z = np.log(2.5) + np.array([-0.05, 0.0, 0.02])
    for se, known in (
        (None, stats.norm(np.log(2.5), scale)),
        (error, stats.norm(*both.args, **both.kwds)),
    ):
        found = noise.distribution(np.full(3, 2.5), p, np.full(3, u), se).log_prob(z)
        center = 0.0 if se is None else np.log(2.5)
        np.testing.assert_allclose(found, known.logpdf(z - center), rtol=1e-4, atol=1e-4)


LINKS = {  # link -> outcome from its scale, and log of the link's slope
    "log": (np.exp, lambda y: -np.log(y)),
    "logit": (special.expit, lambda y: -np.log(y) - np.log1p(-y)),
    "identity": (lambda z: z, np.zeros_like),
}


@pytest.mark.parametrize("df", [None, 2.5, 4.0])
@pytest.mark.parametrize("link", LINKS)
def test_the_density_of_an_outcome_is_scipys_with_the_slope_of_the_link(link, df):
    """Of the outcome itself, in its unit: it integrates to 1."""
    outcome, log_slope = LINKS[link]
    u, center = np.array([0.0, 0.5, 2.0, 4.0]), np.array([-1.0, -0.4, 0.3, 0.8])
    noise, scale = bs.Noise(link=link, df=df), 0.1 * np.exp(-0.2 * u)
    family = stats.norm if df is None else stats.t(df)

    def log_density(z):
        y = outcome(z)
        with float64():
            found = noise.distribution(outcome(center), {"sigma": 0.1, "kappa": -0.2}, u)
            return np.asarray(found.log_prob(noise.encode(y, {}))) + noise.log_jacobian(y)

    z = center + np.array([0.05, -0.2, 0.0, 0.3])
    known = family.logpdf((z - center) / scale) - np.log(scale) + log_slope(outcome(z))
    np.testing.assert_allclose(log_density(z), known, rtol=1e-9)
    grid = center + np.linspace(-4, 4, 4001)[:, None]
    total = np.trapezoid(np.exp(log_density(grid)), outcome(grid), axis=0)
    np.testing.assert_allclose(total, 1.0, atol=1e-3)


def test_the_density_of_a_new_run_marginalizes_noise_and_drift():
    """A mean over draws, beside SciPy's integral over a drift of sd 0.02 times 3."""
    noise, u = bs.Noise(), np.full(3, -3.0)
    z = np.log(2.5) + np.array([0.0, 0.05, 0.1])
    p = {"sigma": 0.01, "kappa": 0.1}
    mean, rng = np.full((DRAWS, 3), 2.5), np.random.default_rng(2)
    found = np.exp(noise.log_density(rng, z, mean, p, u, drift_sd=0.06))

    drift = np.linspace(-0.6, 0.6, 40_001)
    distance = (z - np.log(2.5))[:, None] - drift
    parts = stats.norm.pdf(drift, 0, 0.06) * stats.t.pdf(distance, 4, 0, 0.01)
    expected = np.trapezoid(parts, drift)
    error = found.std(axis=0) / np.sqrt(DRAWS)
    assert (np.abs(found.mean(axis=0) - expected) < 5 * error).all() and (error < 0.02).all()


def test_sigma_and_the_sd_are_named_for_what_they_are():
    words = {df: bs.Noise(df=df).parameters[0].meaning for df in (None, 4.0, 2.0)}
    assert words[None] == "sd of the noise at the largest training scale"
    assert words[4.0].startswith("Student-t scale of the noise") and "sd is 1.41" in words[4.0]
    assert "sd is infinite" in words[2.0] and "sd is 1.41 times" in str(bs.Noise())
    p = {"sigma": 0.02, "kappa": 0.1}
    for df in (None, 4.0, 9.0):
        expected = np.hypot(0.02 * (1.0 if df is None else stats.t(df).std()), 0.01)
        assert bs.Noise(df=df).sd(p, 0.0, 0.01) == pytest.approx(expected)


def test_the_summary_states_the_sd_of_students_noise(loss_fit):
    sd = np.sqrt(2) * np.quantile(loss_fit.posterior["sigma"], [0.05, 0.95])
    line = next(line for line in loss_fit.summary().foot.splitlines() if line.startswith("Sd of"))
    stated = [float(word) for word in line.split() if word.startswith("0.")]
    np.testing.assert_allclose(stated, sd, rtol=0.01)


def test_new_runs_of_a_fit_scatter_as_its_posterior_says(loss_fit):
    """Each draw over its own sd is Student-t, amid the runs as at 30 times their compute."""
    largest = loss_fit.largest
    fit = replace(loss_fit, law=loss_fit.law.with_noise(replace(loss_fit.law.noise, drift=0.0)))
    to = bs.targets(C=[largest / 100, largest / 3, 30 * largest], M=[20.0, 40.0, 80.0])
    u = np.log(largest / to["C"].to_numpy(float))
    p = fit.flat("sigma", "kappa")
    sd = p["sigma"][:, None] * np.exp(p["kappa"][:, None] * np.maximum(u, 0.0))
    standard = np.log(fit.draws(to) / fit.draws(to, of="mean")) / sd
    for values in standard.T:
        assert follows(values, stats.t(fit.law.noise.df))


# known standard errors


@pytest.mark.parametrize(
    ("link", "slope"),
    [
        ("log", lambda y: 1 / y),
        ("logit", lambda y: 1 / (y * (1 - y))),
        ("identity", lambda y: np.ones_like(y)),
    ],
)
def test_a_standard_error_is_taken_once_to_the_scale_of_the_link(link, slope):
    """By the link's slope, the delta method."""
    law = bs.find_law("power_law").with_noise(bs.Noise(link=link, drift=0))
    runs = RUNS.assign(loss=RUNS["loss"] / 4, se=np.linspace(0.01, 0.03, 8))
    found = bs.design(law, runs, y="loss", se="se")["se"]
    np.testing.assert_allclose(found, runs["se"] * slope(runs["loss"].to_numpy()), rtol=1e-5)


def log_of_sum(distance, df, scale, se):
    """Log density of Student-t noise plus a Normal error, by the trapezoidal rule."""
    error = np.linspace(-9, 9, 40_001) * se
    density = stats.t.pdf(distance - error, df, 0, scale) * stats.norm.pdf(error, 0, se)
    return np.log(np.trapezoid(density, error))


@pytest.mark.parametrize("df", [1.0, 2.5, 4.0, 30.0])
def test_a_standard_error_is_normal_beside_students_noise(df):
    """The density of measured runs, from errors far below the noise to far above it."""
    noise, p = bs.Noise(df=df, drift=0), {"sigma": 0.02, "kappa": -0.2}
    se = np.array([0.002, 0.01, 0.02, 0.02, 0.06, 0.2, 0.06])
    distance = np.array([0.01, 0.0, -0.04, 0.5, 0.1, -0.3, -0.3])
    u = np.array([0.0, 1.0, 2.0, 0.0, -3.0, 0.0, 4.0])
    scale = 0.02 * np.exp(-0.2 * np.maximum(u, 0.0))
    with float64():
        found = noise.distribution(np.full(7, 2.5), p, u, se).log_prob(np.log(2.5) + distance)
    known = [log_of_sum(*values) for values in zip(distance, [df] * 7, scale, se)]
    np.testing.assert_allclose(found, known, atol=3e-4)


@pytest.mark.parametrize("df", [None, 4.0])
def test_new_runs_scatter_by_the_noise_and_the_standard_error(df):
    noise, p = bs.Noise(df=df, drift=0), {"sigma": 0.02, "kappa": 0.2}
    rng = np.random.default_rng(2)
    own = rng.standard_normal(DRAWS) if df is None else rng.standard_t(df, DRAWS)
    known = 0.02 * own + 0.05 * rng.standard_normal(DRAWS)
    found = residuals(noise, 0.0, se=np.array([0.05]), **p).ravel()
    assert stats.ks_2samp(found, known).pvalue > CHANCE
    alone = residuals(noise, 0.0, se=np.array([0.05]), sigma=1e-9, kappa=0.1)
    assert follows(alone, stats.norm(scale=0.05))  # the sd of a known error is its standard error


@pytest.mark.parametrize("df", [None, 4.0])
def test_the_density_of_measured_runs_reads_their_standard_errors(df):
    law = bs.find_law("power_law").with_noise(bs.Noise(df=df, drift=0))
    runs = RUNS.assign(se=np.linspace(0.02, 0.3, 8))
    data, mean = bs.design(law, runs, y="loss", se="se"), 3.0 * np.ones(8)
    scale = 0.02 * (1e21 / runs["C"].to_numpy()) ** 0.2
    se, distance = (runs["se"] / runs["loss"]).to_numpy(), np.log(runs["loss"].to_numpy() / mean)
    p = {"sigma": 0.02, "kappa": 0.2}
    found = law.noise.distribution(mean, p, data["u"], data["se"]).log_prob(data["z"])
    if df is None:
        known = stats.norm.logpdf(distance, 0, np.hypot(scale, se))
    else:
        known = [log_of_sum(*values) for values in zip(distance, [df] * 8, scale, se)]
    np.testing.assert_allclose(found, known, rtol=1e-3, atol=1e-3)


def test_draws_and_weight_of_a_measured_run_are_those_of_its_density():
    """NumPyro's draws; and the weighted residual, which is the slope of the log density."""
    with float64():

        def measured(location):
            return MeasuredStudentT(4.0, location, np.log([0.02]), np.array([0.03]))

        sample = np.asarray(measured(np.ones(1)).sample(jax.random.key(1), (DRAWS,))).ravel()
        z = np.array([1.04])
        slope = jax.grad(lambda location: measured(location).log_prob(z).sum())(np.ones(1))
        location, variance, weight = outcome_normal(measured(np.ones(1)), z)
        np.testing.assert_allclose(weight / variance * (z - location), slope, rtol=1e-9)
    rng = np.random.default_rng(2)
    known = 1 + 0.02 * rng.standard_t(4, DRAWS) + 0.03 * rng.standard_normal(DRAWS)
    assert stats.ks_2samp(sample, known).pvalue > CHANCE
