"""Laws, series, outcomes and cutoffs of a backtest: what is fitted, compared and skipped."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW, curves

import bayes_scaling as bs
from bayes_scaling.inference.nuts import run_chains


@pytest.mark.long
def test_several_laws_and_outcomes_on_the_testbed(gadre):
    runs = gadre.query("dataset in ('c4', 'redpajama')")
    backtest = bs.backtest(
        ["over_training", "chinchilla"],
        runs,
        ["loss_c4", "loss_openlm"],
        group="dataset",
        by="N",
        cutoffs=[5e8],
        draws=200,
    )
    assert backtest.series == ("dataset", "y")
    assert set(backtest.forecasts["method"]) == {"posterior"}
    big = runs.query("N > 5e8")
    assert len(backtest.forecasts) == 2 * 2 * len(big)
    assert backtest.summary()["fits"].tolist() == [4, 4]
    one = backtest.forecasts.query("law == 'chinchilla' and y == 'loss_openlm' and dataset == 'c4'")
    np.testing.assert_allclose(one["measured"], big.query("dataset == 'c4'")["loss_openlm"])
    by_distance = backtest.summary(["law", "distance"])
    classes = list(backtest.forecasts["distance"].cat.categories)
    assert by_distance["forecasts"].sum() == len(backtest.forecasts)
    order = [classes.index(d) for d in by_distance.query("law == 'chinchilla'")["distance"]]
    assert order == sorted(map(classes.index, set(backtest.forecasts["distance"])))
    assert (
        "Standard errors, in brackets, treat forecasts of one fit, all outcomes together, "
        "as dependent (2 of them): too few"
    ) in repr(backtest)


@pytest.mark.long
def test_laws_are_compared_on_common_forecasts():
    """What one law cannot fit is listed, and the other's forecasts of it are not counted."""
    runs = curves(2).assign(W=lambda t: np.where(t["C"] < 1e20, 1.0, 2.0))
    wide = replace(
        LAW,
        name="wide",
        inputs={**LAW.inputs, "W": "1"},
        function=lambda x, **p: LAW.function(x, **p) * x["W"] ** 0,
    )
    backtest = bs.backtest([LAW, wide], runs, group="curve", cutoffs=[5e19, 2e20], draws=200)
    assert backtest.skipped["law"].tolist() == ["wide"] * 2
    assert backtest.skipped["reason"].str.startswith("every run has W = 1").all()
    assert backtest.skipped["origin"].tolist() == [5e19] * 2
    common = backtest.summary().set_index("law")["forecasts"]
    every = backtest.summary(common=False).set_index("law")["forecasts"]
    assert common.nunique() == 1
    assert every["power_law_floor"] > common["power_law_floor"]
    assert "not every law and method made are not counted" in repr(backtest)
    assert "tables were not fitted" in repr(backtest)


def test_groups_with_too_few_points_are_listed(table):
    runs = pd.concat([table.query("curve in ('c0', 'c1')"), table.query("curve == 'c2'").head(3)])
    backtest = bs.backtest(LAW, runs, group="curve", cutoffs=1, draws=100)
    assert backtest.skipped["curve"].tolist() == ["c2"]
    assert "leave no cutoff with 3 runs below it" in backtest.skipped["reason"].iloc[0]
    assert set(backtest.forecasts["curve"]) == {"c0", "c1"}


@pytest.mark.long
def test_one_group_left_out_at_a_time(small):
    sizes = small.assign(size=lambda t: t["N"].rank(method="dense").astype(int))
    backtest = bs.backtest("chinchilla", sizes, "loss_c4", leave="size", draws=200)
    assert backtest.fits["origin"].tolist() == [1, 2, 3, 4]
    assert len(backtest.forecasts) == len(small)
    assert backtest.forecasts.query("origin == 1")["distance"].tolist() == [
        "below" if C < sizes.query("size != 1")["C"].min() else "within"
        for C in sizes.query("size == 1")["C"]
    ]
    rest = backtest.forecasts.query("origin == 4")
    np.testing.assert_allclose(
        rest["extrapolation"], sizes.query("size == 4")["C"] / sizes.query("size != 4")["C"].max()
    )


def test_cutoffs_leave_enough_runs_to_fit(table):
    backtest = bs.backtest(LAW, table.query("curve == 'c0'"), cutoffs=4, draws=100)
    train = backtest.fits["train"]
    assert train.iloc[0] == 6  # twice the law's parameters
    assert train.iloc[-1] == 11  # all but the last run
    assert len(train) == 4


@pytest.mark.long
def test_tables_of_many_lengths_share_a_program(table):
    """Padded to one length, tables of 6 and 11 runs share one program; padding is not forecast."""
    few, before = table[table["curve"] == "c0"], run_chains._cache_size()
    short, long = (
        bs.backtest(LAW, few, shares=[share], draws=120, length=16) for share in (0.04, 0.6)
    )
    assert run_chains._cache_size() == before + 1
    assert [*short.fits["train"], *long.fits["train"]] == [6, 11]
    assert (len(short.forecasts), len(long.forecasts)) == (6, 1)


@pytest.mark.long
def test_tables_of_constant_m_give_no_warning(table):
    """Warnings are errors in these tests."""
    runs = table.query("curve == 'c0'").assign(N=lambda t: (t["C"] / 120) ** 0.5, M=20.0)
    backtest = bs.backtest("over_training", runs, cutoffs=[2e20], draws=50, baselines="point")
    assert backtest.fits["method"].tolist() == ["posterior", "point"]
