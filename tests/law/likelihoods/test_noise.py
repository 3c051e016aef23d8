"""Noise of a new run and of a measured one, held against SciPy: its shape, its size beyond the
training range, and a known standard error."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bayes_scaling as bs

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


@pytest.mark.parametrize("u", [-5.0, -0.5, 0.0, 1.5])
def test_noise_is_no_smaller_beyond_the_largest_run(u):
    """sd = sigma exp(kappa max(u, 0)), with u = log(largest training scale / scale)."""
    noise, p = bs.Noise(df=None, drift=0), {"sigma": 0.02, "kappa": 0.4}
    scale = 0.02 * np.exp(0.4 * max(u, 0.0))
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


@pytest.mark.parametrize("df", [None, 4.0])
def test_a_standard_error_adds_in_quadrature_to_the_noise(df):
    """The density of measured runs, and the scatter of new ones that are measured alike."""
    law = bs.find_law("power_law").with_noise(bs.Noise(df=df, drift=0))
    runs = RUNS.assign(se=np.linspace(0.02, 0.3, 8))
    data, mean = bs.design(law, runs, y="loss", se="se"), 3.0 * np.ones(8)
    p = {"sigma": 0.02, "kappa": 0.2}
    size = 0.02 * (1e21 / runs["C"].to_numpy()) ** 0.2
    scale = np.hypot(size, (runs["se"] / runs["loss"]).to_numpy())
    family = stats.norm if df is None else stats.t(df)
    standard = np.log(runs["loss"].to_numpy() / mean) / scale
    found = law.noise.distribution(mean, p, data["u"], data["se"]).log_prob(data["z"])
    known = family.logpdf(standard) - np.log(scale)
    np.testing.assert_allclose(found, known, rtol=1e-4, atol=1e-4)
    family = stats.norm if df is None else stats.t
    shape = () if df is None else (df,)
    sample = residuals(law.noise, 0.0, se=np.array([0.05]), **p)
    assert follows(sample, family(*shape, scale=np.hypot(0.02, 0.05)))
