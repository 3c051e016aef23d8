"""The evidence in a report is that of the functions: backtest, priors, single runs, drift."""

import dataclasses
import re
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from simulated_backtest import simulated_backtest as simulated
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.reporting.evidence import sensitivity_checks
from bayes_scaling.reporting.evidence_tables import given
from bayes_scaling.reporting.inputs import Inputs, validate
from bayes_scaling.reporting.sensitivity_section import other_priors
from bayes_scaling.runs.bundled import sources

EDGES = {
    "up to 2x": (1, 2),
    "2x to 5x": (2, 5),
    "5x to 10x": (5, 10),
    "10x to 30x": (10, 30),
    "beyond 30x": (30, np.inf),
}


@pytest.fixture(scope="module")
def backtest():
    return simulated()


@pytest.fixture(scope="module")
def other(loss_fit):
    """The same law with a floor that is a hundredth higher."""
    return dataclasses.replace(
        loss_fit, posterior=loss_fit.posterior | {"E": 1.01 * loss_fit.posterior["E"]}
    )


@pytest.fixture(scope="module")
def page(loss_fit, headline, backtest, other):
    return Reader(
        bs.report(
            loss_fit, headline, backtest=backtest, comparison={"other": other}, source="gadre2024"
        ).html
    )


def held(backtest, names):
    far = backtest.forecasts["extrapolation"]
    return backtest.forecasts[
        np.any([(far > EDGES[name][0]) & (far <= EDGES[name][1]) for name in names], axis=0)
    ]


def test_table_of_coverage_is_that_of_the_forecasts(page, backtest):
    rows = page.rows("backtest")
    assert sum(int(row["forecasts"]) for row in rows) == len(backtest.forecasts)
    for row in rows:
        part = held(backtest, [row["C over the largest fitted"]])
        assert len(part) == int(row["forecasts"])
        for p in (50, 80, 90, 95):
            inside = (
                (part["measured"] >= part["lower"]) & (part["measured"] <= part["upper"])
                if p == 90
                else part[f"in_{p}"]
            )
            assert row[f"{p}% held"] == f"{inside.mean():.0%}"
        assert float(row["median error"].rstrip("%")) == pytest.approx(
            100 * (part["median"] / part["measured"] - 1).abs().median(), rel=6e-3
        )


def test_coverage_is_stated_at_the_distance_of_the_targets(page, backtest, headline, small):
    reach = headline["C"] / small["C"].max()
    assert 10 < reach[0] < 30 and 5 < reach[1] < 10
    found = re.findall(
        r"As far out as (.*?) \((.*?) the largest C that was fitted; the checks at [^)]*\): 90% "
        r"intervals covered (\d+) of (\d+) measured values of \d+ runs",
        page.text,
    )
    at_top = found[:2]
    assert at_top == found[2:]  # those of its section
    assert [(name, place) for name, place, *_ in at_top] == [
        ("1.44B parameters on 921B tokens", "10x to 30x"),
        ("6.89B parameters on 138B tokens", "5x to 10x"),
    ]
    for _, place, inside, count in at_top:
        part = held(backtest, [place])
        assert (int(inside), int(count)) == (part["in_90"].sum(), len(part))


def test_what_no_backtest_reached_is_stated(loss_fit, error_fit, headline):
    text = Reader(
        bs.report(
            bs.chain(loss_fit, error_fit),
            headline,
            backtest=simulated(far=(1.5, 3.0)),
            sensitivity=False,
            influence=False,
        ).html
    ).text
    assert (
        text.count("Not checked as far out as the targets") == 1
        and text.count("are farther out than any forecast that was checked") == 2
    )
    assert text.count("Forecasts of error_17 were not checked: the backtest is of loss_c4.") == 2


def test_priors_and_single_runs_are_checked_by_default(page, loss_fit, headline):
    table = bs.sensitivity(loss_fit, headline)
    rows = page.rows("sensitivity")
    assert len(rows) == 2
    for i, row in enumerate(rows):
        true = table.loc[f"forecast {i}"]
        assert row["rests on"] == true["verdict"]
        for how in ("halved", "doubled"):
            assert row[f"width, priors {how}"] == f"x{true[f'width_{how}']:.2f}"
        shift = max(true["shift_halved"], true["shift_doubled"], key=abs)
        assert row["median moves by up to"] == f"{shift:+.2f} sd"
    moved = bs.influence(loss_fit, headline, refits=0).drop_duplicates("run")
    for row, (_, true) in zip(page.rows("influence"), moved.head(3).iterrows(), strict=True):
        assert row["without the run"] == true["run"] and float(
            row["the median moves by"].split("%")[0]
        ) == pytest.approx(true["shift"], rel=0.06)
    assert f"Of all training runs {moved.iloc[0]['run']} moves a forecast most" in page.text


@pytest.mark.parametrize(
    "verdicts, sentence",
    [
        (
            ["mostly prior", "data"],
            "Mostly prior: the forecast of loss_c4 for 1.44B parameters on 921B tokens;",
        ),
        (
            ["data", "prior and data"],
            "Prior and data: the forecast of loss_c4 for 6.89B parameters on 138B tokens;",
        ),
        (
            ["data", "data"],
            "its width responds to their scale by at most 0.12, where 1 is in proportion",
        ),
    ],
)
def test_the_sentence_on_priors_is_that_of_the_table(
    loss_fit, headline, monkeypatch, verdicts, sentence
):
    """A verdict may rest on the width of the interval alone, with a small sensitivity."""
    rows = {
        "prior": [0.01, 0.02],
        "likelihood": 0.1,
        "width": [0.95, 0.1],
        "width_halved": [0.95, 0.93],
        "width_doubled": [1.05, 1.1],
        "shift_halved": 0.1,
        "shift_doubled": -0.1,
        "verdict": verdicts,
    }
    monkeypatch.setattr(
        import_module("bayes_scaling.validation.sensitivity"),
        "sensitivity",
        lambda *_, **__: pd.DataFrame(rows, index=["forecast 0", "forecast 1"]),
    )
    texts = [
        block.text
        for block in other_priors(
            sensitivity_checks(validate(Inputs(loss_fit, headline))),
            ["1.44B parameters on 921B tokens", "6.89B parameters on 138B tokens"],
            loss_fit,
        )
        if hasattr(block, "text")
    ]
    assert [sentence in text for text in texts] == [False, True, False]


def test_many_sentences_are_cut_short(headline):
    table = AnnotatedTable({"p": range(50)})
    table.foot = "\n".join(f"sentence {i}." for i in range(50))
    texts = [
        block.text
        for block in given("comparison", "Groups", table, headline, ["a", "b"])
        if hasattr(block, "text")
    ]
    assert texts[1:] == [
        *(f"sentence {i}." for i in range(8)),
        "... and 42 more in the table, of which the first 30 rows are shown.",
    ]


def test_both_fits_of_a_chain_are_checked(loss_fit, error_fit, headline):
    rows = Reader(bs.report(bs.chain(loss_fit, error_fit), headline).html).rows("sensitivity")
    at = pd.DataFrame({"L": np.median(loss_fit.draws(headline, of="mean"), axis=0)})
    table = bs.sensitivity(error_fit, at)
    assert [row["forecast of"] for row in rows] == ["loss_c4", "loss_c4", "error_17", "error_17"]
    assert rows[3]["width, priors halved"] == f"x{table.loc['forecast 1', 'width_halved']:.2f}"


def test_evidence_that_is_given_has_the_names_of_the_report(loss_fit, headline):
    to = headline.set_axis([67, 68])
    given = bs.influence(loss_fit, to, refits=0)
    page = Reader(
        bs.report(loss_fit, to, influence=given, sensitivity=bs.sensitivity(loss_fit, to)).html
    )
    assert {row["target"] for row in page.rows("influence")} == {
        "1.44B parameters on 921B tokens",
        "6.89B parameters on 138B tokens",
    }
    assert "forecast for 6.89B parameters on 138B tokens" in [
        row[""] for row in page.rows("sensitivity")
    ]
    most = {"67": "1.44B", "68": "6.89B"}[str(given["target"].iloc[0])]
    assert f"moves target for {most} parameters" in page.text
    assert "target 67" not in page.text and "target 68" not in page.text


def test_a_fit_that_cannot_be_checked_is_named(loss_fit, headline, monkeypatch):
    def refuse(fit):
        raise bs.InputError("with a smooth discrepancy no run can be reweighted alone")

    monkeypatch.setattr(import_module("bayes_scaling.validation.sensitivity"), "check_fit", refuse)
    page = Reader(bs.report(loss_fit, headline, influence=False).html)
    assert (
        "over_training of loss_c4 was not checked: with a smooth discrepancy" in page.text
        and "sensitivity" not in page.tables
    )


def test_drift_is_stated_with_its_size_and_sources(page, loss_fit, headline, small):
    drift = loss_fit.law.noise.drift
    unit = drift.unit(np.median(loss_fit.posterior["sigma"]), len(small), len(loss_fit.law.names))
    typical = unit * drift.quantiles([0.5], loss_fit.own_runs)[0]
    x = {name: headline[name].to_numpy()[None] for name in loss_fit.law.inputs}
    far = loss_fit.drift_draws.distances(x).max()
    assert far > np.log(headline["N"].max() / small["N"].max()) - 1e-9
    stated = f"at a distance of {far:.2g} from the runs, that is an sd of {typical * far:.1%} of"
    assert f"{stated} loss_c4" in page.text
    for name in drift.sources:
        assert sources()[name]["citation"].split(",")[0] in page.text
