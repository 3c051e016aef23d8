"""What a backtest reports: fits that have not converged, missing errors, and bad input."""

from dataclasses import replace

import pandas as pd
import pytest
from many_runs import LAW
from simulated_backtest import simulated_backtest

import bayes_scaling as bs
from bayes_scaling.cli.commands.backtest import brief_summary
from bayes_scaling.reporting.backtest_section import coverage_table

FAST = {"draws": 200, "cutoffs": [1e20, 2e20]}


def test_fits_that_have_not_converged_are_reported(table, monkeypatch):
    from bayes_scaling.results import fits_health

    monkeypatch.setattr(fits_health, "rhat_limit", lambda total: 0.9)
    backtest = bs.backtest(LAW, table.query("curve in ('c0', 'c1')"), group="curve", **FAST)
    assert backtest.summary()["not_converged"].tolist() == [4]
    text = repr(backtest)
    assert "4 of 4 fits of power_law_floor have not converged" in text
    assert "BAD, do not rely" in text
    assert len(backtest.forecasts) and not backtest.forecasts["ok"].any()
    assert not backtest.diagnosis.ok
    assert "The column ok of .forecasts shows which fits have not converged" in text
    assert ".forecasts" not in str(backtest.diagnosis)
    reason = "2 runs for 3 parameters"
    skipped = pd.DataFrame([{"law": "wide", "curve": "c9", "origin": 1e20, "reason": reason}])
    one = replace(backtest, fits=backtest.fits.head(1), skipped=skipped)
    assert (
        "1 of 1 fit of power_law_floor has not converged: c0, C up to 1e+20; "
        "its forecasts are counted"
    ) in str(one.diagnosis)
    assert ".skipped lists" in repr(one)
    assert one.diagnosis.cautions == (
        "sampling: 1 table was not fitted: c9, C up to 1e+20: 2 runs for 3 parameters",
    )


def test_a_missing_standard_error_is_a_dash():
    """Where all intervals cover, and of one series: printed, and in a report."""
    simulated = simulated_backtest()
    covered = replace(simulated, forecasts=simulated.forecasts.assign(in_90=True))
    assert covered.summary()["in_90_se"].tolist() == [0]
    assert "1 (-)" in repr(covered)
    assert brief_summary(covered.summary(), ["law"])["in_90"].tolist() == ["1 (-)"]
    assert {line[-1] for line in coverage_table(covered)[1]} == {"-"}
    single = replace(
        simulated, forecasts=simulated.forecasts.query("dataset == 'c4' and origin == 6.6e20")
    )
    assert "nan" not in repr(single) and "(-)" in repr(single)
    assert {line[-1] for line in coverage_table(single)[1]} == {"-"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "flops"}, "by is 'flops', and the runs have no such column"),
        ({"by": "lss"}, r"by is 'lss', and the runs have no such column \(did you mean loss\?\)"),
        (
            {"group": "kurve"},
            r"group is 'kurve', and the runs have no such column \(did you mean curve\?\); "
            "name one of .*other",
        ),
        ({"leave": "kurve"}, "leave is 'kurve'"),
        ({"se": "los"}, r"se is 'los', and the runs have no such column \(did you mean loss\?\)"),
        (
            {"cutoffs": 2, "leave": "curve"},
            "cutoffs and leave each choose the runs to forecast; give one of them",
        ),
        ({"shares": (0.1,), "leave": "curve"}, "shares and leave each choose"),
        ({"cutoffs": 6, "shares": (0.1,)}, "cutoffs and shares each choose"),
        (
            {"cutoffs": [1e30]},
            r"no run has C above 1e\+30: the largest is .*; give other cutoffs",
        ),
        ({"cutoffs": [1e10]}, r"no run has C up to 1e\+10: the smallest is"),
        ({"shares": (1e-9,)}, "the smallest is .*; give other shares"),
        ({"shares": (2e-3,)}, "no training table has as many runs; give larger shares"),
        ({"leave": "other"}, "there is nothing else to fit; name another column in leave"),
        ({"cutoffs": 0}, "cutoffs are 0; give a number of origins"),
        (
            {"cutoffs": [2e18]},
            "power_law_floor has 3 parameters, and no training table has as many runs",
        ),
        ({"multiples": (5, 2)}, "give increasing numbers above 1"),
        ({"baselines": "bayes"}, "use 'point', 'bootstrap' or both"),
        ({"refits": 2}, "refits is 2"),
        ({"length": -1}, "length is -1"),
        ({"seed": -1}, "seed is -1"),
        (
            {"y": "los"},
            r"no column 'los' \(did you mean loss\?\); give the outcome as y, one of loss",
        ),
        ({"y": []}, "y is empty"),
        ({"x": "C"}, "x is no input of power_law_floor"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(table, options, words):
    with pytest.raises(bs.InputError, match=words):
        bs.backtest(LAW, table.head(12).assign(other=1), **options)


def test_laws_need_distinct_names_and_one_outcome(table):
    with pytest.raises(bs.InputError, match="two laws are called power_law_floor"):
        bs.backtest([LAW, "power_law_floor"], table)
    with pytest.raises(bs.InputError, match="name the column of the outcome as y"):
        bs.backtest(["chinchilla", "perplexity_to_error"], table)
