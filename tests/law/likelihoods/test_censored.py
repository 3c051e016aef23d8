"""Censored outcomes: beside SciPy, and in a fit."""

import jax
import numpy as np
import pytest
from error_counts import ERROR, log_prob, runs, slope_inside
from scipy import stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64


@pytest.mark.parametrize("df", [None, 4.0])
@pytest.mark.parametrize("link", ["log", "identity", "logit"])
def test_censored_noise_is_scipys_density_inside_and_its_tails_at_the_limits(link, df):
    noise = bs.Noise(link=link, df=df, grows=False)
    censored = bs.Censored(noise, lower=0.2, upper=0.7)
    mean, y = np.array([0.1, 0.25, 0.5, 0.6, 0.69, 0.5]), np.array([0.1, 0.2, 0.5, 0.9, 0.7, 0.3])
    rows, p, sd = {"lower": np.full(6, 0.2), "upper": np.full(6, 0.7)}, {"sigma": 0.3}, 0.3
    reference = stats.norm if df is None else stats.t(4)
    low, high, center = (noise.forward(value) for value in (np.array(0.2), np.array(0.7), mean))
    known = reference.logpdf((noise.forward(y) - center) / sd) - np.log(sd)
    known = np.where(
        y <= 0.2,
        reference.logcdf((low - center) / sd),
        np.where(y >= 0.7, reference.logsf((high - center) / sd), known),
    )
    np.testing.assert_allclose(log_prob(censored, mean, y, rows, p), known, rtol=1e-9)
    jacobian = censored.log_jacobian(y, rows)
    assert (jacobian[[0, 1, 3, 4]] == 0).all() and np.allclose(
        jacobian[[2, 5]], noise.log_jacobian(y[[2, 5]])
    )


def test_a_measured_run_at_a_limit_has_the_tail_of_noise_and_error():
    """Student-t noise and a Normal error, beside the trapezoidal rule."""
    noise = bs.Censored(bs.Noise(link="identity", grows=False), lower=0.2, upper=0.7)
    mean, se = np.array([0.5, 0.1, 0.6, 0.3]), np.array([0.05, 0.2, 0.1, 0.01])
    y = np.array([0.2, 0.2, 0.7, 0.4])
    rows = {"lower": np.full(4, 0.2), "upper": np.full(4, 0.7)}
    error = np.linspace(-9, 9, 20_001)[:, None] * se
    own, weight = stats.t(4, scale=0.1), stats.norm.pdf(error, 0, se)
    lower, inside, upper = (
        np.log(np.trapezoid(weight * part(y - mean - error), error, axis=0))
        for part in (own.cdf, own.pdf, own.sf)
    )
    known = np.where(y <= 0.2, lower, np.where(y >= 0.7, upper, inside))
    with float64():
        found = noise.distribution(mean, {"sigma": 0.1}, np.zeros(4), se, rows).log_prob(y)
    np.testing.assert_allclose(found, known, atol=1e-3)


def test_the_density_of_censored_noise_includes_the_drift():
    """Beside SciPy with a drift of sd 0.4, inside the limits and at each."""
    noise = bs.Censored(
        bs.Noise(link="identity", df=None, grows=False, drift=0.2), lower=0.2, upper=0.7
    )
    rows, z, sd = (
        {"lower": np.full(3, 0.2), "upper": np.full(3, 0.7)},
        np.array([0.2, 0.4, 0.7]),
        np.hypot(0.3, 0.4),
    )
    ours = noise.log_density(
        np.random.default_rng(0),
        z,
        np.full((5, 3), 0.5),
        {"sigma": np.full((5, 1), 0.3)},
        np.full(3, -2.0),
        None,
        rows,
        drift_sd=0.4,
    )
    known = stats.norm(0.5, sd)
    np.testing.assert_allclose(
        ours, np.broadcast_to([known.logcdf(0.2), known.logpdf(0.4), known.logsf(0.7)], (5, 3))
    )


@pytest.mark.parametrize("df", [None, 4.0])
def test_censored_noise_has_gradients_far_beyond_its_limits(df):
    noise = bs.Censored(bs.Noise(link="identity", df=df, grows=False), lower=0.0, upper=1.0)
    rows = {"lower": 0.0, "upper": 1.0}
    with float64():
        slope = jax.vmap(
            jax.grad(
                lambda m: noise.distribution(m, {"sigma": 0.01}, 0.0, None, rows).log_prob(0.0)
            )
        )
        assert np.isfinite(slope(np.array([-50.0, -1.0, 0.0, 1.0, 50.0]))).all()


@pytest.mark.long
def test_censored_runs_keep_the_slope_that_plain_noise_loses():
    noise = bs.Censored(
        bs.Noise(df=None, grows=False, sigma=bs.Prior("HalfNormal", (("scale", 0.3),))), lower=0.25
    )
    table = runs(noise.noise, 1, {"sigma": 0.1}).assign(error=lambda t: t["error"].clip(lower=0.25))
    fit = bs.fit(ERROR, table, noise=noise)
    plain = bs.fit(ERROR, table, noise=noise.noise)
    assert fit.diagnosis.ok and slope_inside(fit) and not slope_inside(plain)
    assert (fit.draws(bs.targets(C=[1e22])) >= 0.25).all()
