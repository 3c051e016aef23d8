"""The smooth discrepancy on simulated curves, on its way through fits, files and forecasts."""

import jax
import numpy as np
import pandas as pd
import pytest
from error_curves import discrepant_curve, error_law, training_curve

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import conditioned, padded


@pytest.fixture(scope="module")
def table():
    return training_curve()


@pytest.fixture(scope="module")
def fitted(table):
    return bs.fit(error_law(), table)


@pytest.mark.parametrize("kernel", ["matern", pytest.param("ou", marks=pytest.mark.long)])
def test_padding_rows_change_nothing(table, kernel):
    full = conditioned(error_law(kernel), table.assign(se=0.002), "error", "se", {})
    long, density = padded(full), Density(error_law(kernel))
    assert len(long["u"]) > len(full["u"])
    with float64():
        theta = density.draw_prior(jax.random.key(1), full, 20)
        slope = jax.jit(
            jax.vmap(jax.value_and_grad(density.log), in_axes=(0, None)),
            compiler_options={"xla_backend_optimization_level": 0},
        )
        for one, two in zip(*(slope(theta, data) for data in (full, long))):
            np.testing.assert_allclose(one, two, rtol=1e-8)
        terms = [
            density.log_likelihood(*density.published(theta, data), data) for data in (full, long)
        ]
    np.testing.assert_allclose(terms[0], terms[1][:, : len(table)], rtol=1e-8)
    assert np.isfinite(terms[1]).all()


def test_the_summary_and_the_law_name_both_terms(fitted):
    assert list(fitted.summary().query("form == 'noise'").index) == ["sigma", "kappa", "tau", "ell"]
    text = str(bs.Noise(df=None, smooth="matern", drift=0.003))
    assert (
        "a Matern-3/2 discrepancy of sd tau, length ell" in text
        and "drift of sd 0.003 for each unit of distance" in text
    )
    assert "drift" not in str(bs.Noise(drift=0)) and "discrepancy" not in str(bs.Noise())
    assert fitted.diagnosis.ok


def test_a_forecast_uses_the_runs_near_it(fitted, table):
    """Amid the runs a new run is predicted within noise and the discrepancy's remaining sd.

    The law's curve is not moved by them.
    """
    to = pd.DataFrame({"x": table["x"].to_numpy()[[9, 10, 11]]})
    near = np.log(np.concatenate([fitted.draws(to, seed=seed) for seed in range(5)]))
    mean = np.log(fitted.draws(to, of="mean"))
    tau, sigma = fitted.posterior["tau"].mean(), fitted.posterior["sigma"].mean()
    assert near.std(axis=0).max() < 0.6 * np.hypot(tau, sigma)
    observed = np.log(table["error"].to_numpy()[[9, 10, 11]])
    assert np.abs(near.mean(axis=0) - observed).max() < np.abs(mean.mean(axis=0) - observed).max()
    distant = pd.DataFrame({"x": [1e9]})
    far = np.log(fitted.draws(distant)) - np.log(fitted.draws(distant, of="mean"))
    variance = (fitted.flat("tau")["tau"] ** 2 + fitted.flat("sigma")["sigma"] ** 2).mean() + (
        fitted.law.noise.drift * np.log(1e9 / 1e5)
    ) ** 2
    np.testing.assert_allclose(far.std(), variance**0.5, rtol=0.06)


def test_a_saved_fit_predicts_the_same(fitted, tmp_path):
    to = pd.DataFrame({"x": [3e4, 2e5]})
    again = bs.load(fitted.save(tmp_path / "fit.nc"))
    np.testing.assert_allclose(again.draws(to), fitted.draws(to), rtol=1e-9)
    assert again.law.noise == fitted.law.noise
    group = fitted.posterior_predictive()["posterior_predictive"]["y"].values.reshape(-1, 20)
    inside = np.abs(
        np.log(fitted.training["error"]) - np.log(np.median(group, axis=0))
    ) < 3 * np.log(group).std(axis=0)
    assert inside.all()


def test_leave_one_out_is_that_of_the_fit_without_the_run(fitted, table):
    """Importance weights turn the posterior into that without the run, as a second fit has it.

    The weights are 1 / density given the others.
    """
    i = 10
    weight = np.exp(
        -(fitted.parts.log_likelihood[..., i] - fitted.parts.log_likelihood[..., i].max())
    )
    without = bs.fit(error_law(), table.drop(index=i))
    for name in ("tau", "sigma"):
        one, two = np.log(fitted.posterior[name]), np.log(without.posterior[name])
        assert abs(np.average(one, weights=weight) - two.mean()) < 0.15 * two.std()


SERIES = 60


@pytest.fixture(scope="module")
def simulated():
    """Curves whose tau and ell are drawn from their priors, the true values, and their fits."""
    rng, true_values, tables = np.random.default_rng(0), [], []
    prior = error_law().noise
    for _ in range(SERIES):
        tau, ell = (
            np.exp(rng.normal(dict(p.args)["loc"], dict(p.args)["scale"]))
            for p in (prior.tau, prior.ell)
        )
        true_values.append((tau, ell))
        tables.append(discrepant_curve(rng, tau, ell).assign(curve=f"c{len(tables)}"))
    train = pd.concat([part[:20] for part in tables])
    noises = {"ou": bs.Noise(df=None, smooth="ou", drift=0), "none": bs.Noise(df=None, drift=0)}
    return (
        true_values,
        tables,
        {name: bs.fit_many("m2", train, by="curve", noise=noise) for name, noise in noises.items()},
    )


@pytest.mark.long
def test_sd_and_length_are_recovered(simulated):
    """Ranks of the true values are uniform: their mean and variance, at 4 standard errors."""
    true_values, _, fits = simulated
    assert fits["ou"].health["ok"].mean() > 0.95
    draws = fits["ou"].draws_of_parameters(range(SERIES))
    for name, true in zip(("tau", "ell"), np.transpose(true_values)):
        rank = (draws[name].reshape(SERIES, -1) < true[:, None]).mean(axis=1)
        assert abs(rank.mean() - 0.5) < 4 * (1 / 12 / SERIES) ** 0.5
        assert abs(rank.var() - 1 / 12) < 4 * (1 / 180 / SERIES) ** 0.5
    learned = np.corrcoef(
        np.log(draws["tau"]).mean(axis=(1, 2)), np.log(np.transpose(true_values)[0])
    )[0, 1]
    assert learned > 0.6


@pytest.mark.long
def test_intervals_cover_where_a_law_is_only_nearly_right(simulated):
    """80% intervals of all curves, amid and beyond the runs.

    Independent noise takes the discrepancy for scatter that averages out.
    """
    _, tables, fits = simulated
    to = pd.DataFrame({"x": [1.2e4, 2e5, 8e5]})
    covered = {}
    for name, fit in fits.items():
        forecast = fit.forecast(to, prob=0.8)
        observed = np.concatenate([part["error"].to_numpy()[-3:] for part in tables])
        covered[name] = (
            ((forecast["lower"] < observed) & (observed < forecast["upper"]))
            .to_numpy()
            .reshape(SERIES, 3)
        )
    assert (np.abs(covered["ou"].mean(axis=0) - 0.8) < 3.3 * (0.16 / SERIES) ** 0.5).all()
    assert covered["none"][:, 1:].mean() < covered["ou"][:, 1:].mean() - 0.05
