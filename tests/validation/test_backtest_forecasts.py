"""Forecasts of a backtest are those of single fits, and cover what a known law simulates."""

import io
import warnings
from contextlib import redirect_stderr

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW, curves
from simulate import simulate

import bayes_scaling as bs
from bayes_scaling.validation import scores


def test_forecasts_equal_those_of_single_fits(table, backtest):
    """The same runs fitted alone give the same scores, within Monte-Carlo error."""
    rows = backtest.forecasts.query("method == 'posterior' and curve == 'c3' and origin == 5e19")
    series = table.query("curve == 'c3'")
    fit = bs.fit(LAW, series.query("C <= 5e19"), draws=4000, seed=3)
    beyond = series.query("C > 5e19")
    draws = fit.draws(beyond[["C"]])
    assert rows["run"].tolist() == [str(i) for i in beyond.index]
    assert (rows["train"] == len(series) - len(beyond)).all()
    np.testing.assert_allclose(rows["measured"], beyond["loss"])
    np.testing.assert_allclose(
        rows["extrapolation"], beyond["C"] / series.query("C <= 5e19")["C"].max()
    )
    np.testing.assert_allclose(rows["median"], np.median(draws, axis=0), rtol=0.01)
    np.testing.assert_allclose(
        rows["crps"],
        100 * scores.crps(draws, beyond["loss"].to_numpy()) / beyond["loss"],
        rtol=0.15,
    )
    np.testing.assert_allclose(
        rows["pit"], (draws < beyond["loss"].to_numpy()).mean(axis=0), atol=0.06
    )
    np.testing.assert_allclose(rows["error"], 100 * (rows["median"] / rows["measured"] - 1))


def test_the_log_score_is_the_density_of_the_observed_value(table, backtest):
    """Its exponential is the density that a histogram of many draws of a new run has there."""
    rows = backtest.forecasts.query("method == 'posterior' and origin == 2e20").iloc[:6]
    for _, row in rows.iterrows():
        series = table.query(f"curve == '{row['curve']}'")
        fit = bs.fit(LAW, series.query("C <= 2e20"), draws=2000, seed=1)
        draws = np.concatenate(
            [fit.draws(series.loc[[int(row["run"])], ["C"]], seed=s)[:, 0] for s in range(5)]
        )
        width = 0.004 * row["measured"]
        density = (np.abs(draws - row["measured"]) < width / 2).mean() / width
        assert abs(row["log_score"] - np.log(density)) < 0.25


def test_intervals_cover_runs_that_the_law_simulated(backtest):
    """Of two dozen series from the law itself."""
    row = backtest.summary().set_index("method").loc["posterior"]
    for name, prob in (("in_50", 0.5), ("in_80", 0.8), ("in_90", 0.9)):
        assert abs(row[name] - prob) < 3.5 * max(row[f"{name}_se"], 0.02), (name, row[name])
    assert row["not_converged"] == 0 and row["fits"] == 48


def test_a_wrong_law_has_low_coverage():
    """Losses that rise where the law falls: the coverage drops, and the summary shows it."""
    rising = curves(12).assign(loss=lambda t: t["loss"] * np.where(t["C"] > 1e20, 1.15, 1.0))
    row = bs.backtest(LAW, rising, group="curve", cutoffs=[1e20], draws=200).summary().iloc[0]
    assert row["in_90"] < 0.5 and row["bias"] < -5 and row["fits"] == 12


@pytest.mark.long
def test_measurement_errors_are_part_of_the_forecast(table):
    """A measurement error of the held-out run widens its forecast."""
    runs = table.query("curve == 'c0'").assign(se=lambda t: 0.03 * t["loss"])
    options = {"cutoffs": [2e20], "draws": 200}
    plain = bs.backtest(LAW, runs, **options)
    with_se = bs.backtest(LAW, runs, se="se", baselines="point", **options)
    assert (with_se.forecasts["width"] > 2 * 1.64 * 3.0).all()
    assert (plain.forecasts["width"] < 2 * 1.64 * 3.0).all()


@pytest.mark.long
def test_censoring_without_censored_runs_leaves_the_log_scores(table):
    """Both have the drift."""
    plain = bs.Noise(df=None, grows=False, drift=0.05)
    one, other = (
        bs.backtest(
            LAW, table.query("curve == 'c0'"), noise=noise, cutoffs=[1e20], draws=200
        ).forecasts
        for noise in (plain, bs.Censored(plain, upper=20.0))
    )
    np.testing.assert_allclose(one["log_score"], other["log_score"], atol=0.02)
    assert (one["extrapolation"] > 5).any()


@pytest.mark.long
def test_fractions_of_items_are_forecast_as_counts():
    """Every draw is a count; the density of a baseline is not compared with a probability."""
    law = bs.find_law("task_binomial")
    counts = bs.backtest(
        law, simulate(law, 0, 0.01), by="L", cutoffs=[4.5], baselines="point", draws=200
    )
    rows = counts.summary().set_index("method")
    assert np.isfinite(rows.loc["posterior", "log_score"])
    assert np.isnan(rows.loc["point", "log_score"])
    items = counts.forecasts.query("method == 'posterior'")["upper"] * 4000
    assert (np.abs(items - items.round(1)) < 1e-6).mean() >= 0.5


@pytest.mark.long
def test_the_same_seed_gives_the_same_table_silently(table):
    series, err = table.query("curve in ('c0', 'c1')"), io.StringIO()
    options = {"baselines": "bootstrap", "refits": 10, "draws": 200, "cutoffs": [1e20, 2e20]}
    with redirect_stderr(err), warnings.catch_warnings():
        warnings.simplefilter("error")
        one, two = (bs.backtest(LAW, series, group="curve", **options).forecasts for _ in range(2))
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two))
    assert not err.getvalue()
