"""Effects of runs: the density beside SciPy, and checkpoints on their way through a fit."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from refusals import refused as refuses
from scipy.stats import multivariate_normal, norm

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import conditioned, padded
from bayes_scaling.law.likelihoods.run_normal import RunNormal
from bayes_scaling.results.adapt_law import with_run_effects
from bayes_scaling.validation.backtest_runs import read_backtest_runs

RNG = np.random.default_rng(0)
RUN = np.array([2.0, 1, 3, 2, 2, 1, 4, 2])
SD, TAU = RNG.uniform(0.5, 2.0, 8), 1.3
LOC, Z = RNG.normal(size=8), RNG.normal(size=8)
COVARIANCE = np.diag(SD**2) + TAU**2 * (RUN[:, None] == RUN)
COLUMNS = ["run", "N", "D", "loss"]


def checkpoints(runs=6, rows=10, sigma=0.002, tau=0.03, seed=1):
    """Runs whose checkpoints share a deviation ten times the scatter of each."""
    rng = np.random.default_rng(seed)
    N = np.repeat(np.geomspace(3e7, 1e9, runs), rows)
    D = 20 * N * np.tile(np.arange(1, rows + 1) / rows * 4, runs)
    deviation = np.repeat(rng.normal(0, tau, runs), rows) + rng.normal(0, sigma, runs * rows)
    loss = (1.8 + 400 / N**0.34 + 1200 / D**0.32) * np.exp(deviation)
    names = np.repeat([f"r{i}" for i in range(runs)], rows)
    return pd.DataFrame(dict(zip(COLUMNS, (names, N, D, loss))))


def test_rows_of_a_run_have_the_joint_density_of_a_shared_deviation():
    with float64():
        total = float(RunNormal(LOC, jnp.log(SD), RUN, TAU).log_prob(Z).sum())
    joint = multivariate_normal(LOC, COVARIANCE).logpdf(Z)
    assert total == pytest.approx(joint, rel=1e-12)


def test_padding_changes_no_term():
    law = bs.find_law("chinchilla").with_noise(bs.RunEffects())
    full = conditioned(law, bs.load_runs(checkpoints(), checkpoints="all"), "loss", None, {})
    long, density = padded(full), Density(law)
    assert len(long["u"]) > len(full["u"])
    with float64():
        theta = density.draw_prior(jax.random.key(1), full, 5)
        logs = [jax.vmap(lambda t, d=d: density.log(t, d))(theta) for d in (full, long)]
        terms = [density.log_likelihood(*density.published(theta, d), d) for d in (full, long)]
    np.testing.assert_allclose(*logs, rtol=1e-9)
    np.testing.assert_allclose(terms[0], terms[1][:, : len(full["u"])], rtol=1e-7)


def test_a_row_left_out_is_predicted_by_the_others_of_its_run():
    with float64():
        terms = RunNormal(LOC, jnp.log(SD), RUN, TAU).left_out(Z)
    precision = np.linalg.inv(COVARIANCE)
    variance = 1 / np.diag(precision)
    mean = Z - variance * (precision @ (Z - LOC))
    np.testing.assert_allclose(terms, norm.logpdf(Z, mean, np.sqrt(variance)), rtol=1e-9)


def test_draws_share_the_deviation_of_a_run_and_targets_have_their_own():
    noise = bs.RunEffects(link="identity", grows=False, drift=0.0)
    p = {"sigma": np.full((40_000, 1), 0.5), "sigma_run": np.full((40_000, 1), TAU)}
    mean = np.zeros((40_000, 8))
    for rows, shared in (({"run": RUN}, RUN[:, None] == RUN), ({}, np.eye(8))):
        draws = noise.draw(np.random.default_rng(3), mean, p, np.zeros(8), rows=rows)
        expected = 0.25 * np.eye(8) + TAU**2 * shared
        error = 5 * (0.25 + TAU**2) * np.sqrt(2 / 40_000)
        np.testing.assert_allclose(np.cov(draws.T), expected, atol=error)


@pytest.fixture(scope="module")
def fitted():
    runs = bs.load_runs(checkpoints(), checkpoints="all")
    return bs.fit("chinchilla", runs.query("N < 8e8"), y="loss", draws=500)


def test_all_checkpoints_give_each_run_an_effect(fitted, tmp_path):
    """Five deviations of sd 0.03: their sd is known within a factor of two, and no better."""
    assert fitted.law.noise.run == "run" and len(fitted.training) == 50
    effect = fitted.summary().loc["sigma_run"]
    assert effect["lower"] < 0.03 < effect["upper"] and effect["lower"] > 0.005
    assert fitted.summary().loc["sigma", "upper"] < 0.006
    assert "checkpoints share the luck" not in str(fitted.diagnosis)
    target = bs.targets(N=[1e9], D=[8e10], run=["new"])
    forecast = fitted.forecast(target)
    fitted.save(tmp_path / "fit.nc")
    np.testing.assert_array_equal(bs.load(tmp_path / "fit.nc").forecast(target), forecast)
    width = np.log(forecast["upper"] / forecast["lower"]).iloc[0]
    assert width > 2 * 1.64 * effect["lower"]
    with refuses("effects of runs", "none can be left out alone"):
        bs.influence(fitted)


def test_rows_that_count_as_runs_get_a_caution_and_too_narrow_an_interval(fitted):
    """The level amid the runs: sqrt(50 / 5) = 3.2 times too sure, were it known but for noise."""
    runs = checkpoints().query("N < 8e8")
    independent = bs.fit("chinchilla", runs, y="loss", draws=500)
    assert "checkpoints share the luck" in str(independent.diagnosis)
    assert "checkpoints='all'" in str(independent.diagnosis)
    to = bs.targets(N=[1.5e8], D=[6e9])
    widths = []
    for fit in (independent, fitted):
        row = fit.forecast(to, of="mean").iloc[0]
        widths.append(row["upper"] - row["lower"])
    assert widths[1] > 1.5 * widths[0]


def test_names_of_steps_are_no_part_of_the_run():
    table = checkpoints()
    table["run"] += [f"-step{i}" for i in range(60)]
    runs = bs.load_runs(table, checkpoints="all")
    law = with_run_effects(bs.find_law("chinchilla"), runs)
    assert runs[law.noise.run].nunique() == 6
    assert with_run_effects(law, checkpoints()) is law


def test_effects_need_normal_noise_and_a_column_of_runs():
    with refuses("effects of runs need Normal noise", "df is 4.0"):
        bs.RunEffects(df=4.0)
    with refuses("smooth 'ou'"):
        bs.RunEffects(smooth="ou")
    with refuses("run is 3"):
        bs.RunEffects(run=3)
    with refuses("needs run (the run of each row)"):
        bs.fit("chinchilla", checkpoints().drop(columns="run"), noise=bs.RunEffects())
    with refuses("effects of runs", "without group"):
        bs.fit("chinchilla", checkpoints(), group="run", noise=bs.RunEffects())
    with refuses("censored noise"):
        bs.Censored(bs.RunEffects(), lower=1.0)


def test_a_backtest_of_checkpoints_warns_that_runs_are_on_both_sides():
    table = checkpoints(runs=4, rows=4)
    no_law = {"law": bs.find_law("chinchilla")}
    with pytest.warns(bs.RunsWarning, match="some are fitted and others held out.*leave='run'"):
        read_backtest_runs(no_law, table, "loss", "C", None, None, None, {})
    read_backtest_runs(no_law, table, "loss", "C", "run", None, None, {})
    last = table.groupby("run").tail(1)
    read_backtest_runs(no_law, last, "loss", "C", None, None, None, {})


def test_degrees_of_freedom_beside_effects_are_refused(refused, tmp_path):
    checkpoints().to_csv(tmp_path / "runs.csv", index=False)
    given = ["fit", "--runs", "runs.csv", "--checkpoints", "all", "--df", "4"]
    refused(given, "--df is 4", "Normal noise", "leave --df out")
