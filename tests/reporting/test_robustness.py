"""The page's evidence is what the functions say: held-out forecasts, priors, single runs, other laws, the drift; and its code makes it again."""

import dataclasses
import re
from importlib import import_module

import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from simulated_backtest import tried
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling._core.table import Told
from bayes_scaling.law.likelihoods.drift import SOURCES
from bayes_scaling.reporting.robustness import given, other_priors
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
    return tried()


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
            truth = (
                (part["measured"] >= part["lower"]) & (part["measured"] <= part["upper"])
                if p == 90
                else part[f"in_{p}"]
            )
            assert row[f"{p}% held"] == f"{truth.mean():.0%}"
        assert float(row["median error"].rstrip("%")) == pytest.approx(
            100 * (part["median"] / part["measured"] - 1).abs().median(), rel=6e-3
        )


def test_coverage_is_told_at_the_distance_of_the_targets(page, backtest, headline, small):
    reach = headline["C"] / small["C"].max()
    assert 10 < reach[0] < 30 and 5 < reach[1] < 10
    found = re.findall(
        r"As far out as (.*?) \((.*?) the largest C that was fitted; the checks at [^)]*\): 90% intervals held (\d+) of (\d+) measured values of \d+ runs",
        page.text,
    )
    told = found[:2]
    assert told == found[2:]  # at the top, and in its section
    assert [(name, place) for name, place, *_ in told] == [
        ("1.44B parameters on 921B tokens", "10x to 30x"),
        ("6.89B parameters on 138B tokens", "5x to 10x"),
    ]
    for _, place, inside, count in told:
        part = held(backtest, [place])
        assert (int(inside), int(count)) == (part["in_90"].sum(), len(part))


def test_what_no_backtest_reached_is_said(loss_fit, error_fit, headline):
    text = Reader(
        bs.report(
            bs.chain(loss_fit, error_fit),
            headline,
            backtest=tried(far=(1.5, 3.0)),
            sensitivity=False,
            influence=False,
        ).html
    ).text
    assert (
        text.count("Not checked as far out as the targets") == 1
        and text.count("are farther out than any forecast that was checked") == 2
    )
    assert (
        text.count(
            "How error_17 is foretold was not checked: what was held against forecasts is loss_c4."
        )
        == 2
    )


def test_priors_and_single_runs_are_asked_unbidden(page, loss_fit, headline):
    table = bs.sensitivity(loss_fit, headline)
    rows = page.rows("sensitivity")
    assert len(rows) == 2
    for i, row in enumerate(rows):
        true = table.loc[f"forecast {i}"]
        assert (float(row["to the priors"]), float(row["to the data"])) == pytest.approx(
            (true["prior"], true["likelihood"]), rel=0.06
        ) and row["rests on"] == true["verdict"]
        assert float(row["priors twice as strong"].removesuffix(" sd")) == pytest.approx(
            true["doubled"], abs=0.006
        )
    moved = bs.influence(loss_fit, headline, refits=0).drop_duplicates("run")
    for row, (_, true) in zip(page.rows("influence"), moved.head(3).iterrows(), strict=True):
        assert row["without the run"] == true["run"] and float(
            row["the median moves by"].split("%")[0]
        ) == pytest.approx(true["shift"], rel=0.06)
    assert f"Of all training runs {moved.iloc[0]['run']} moves a forecast most" in page.text


@pytest.mark.parametrize(
    "verdicts, said",
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
            ["data", "data, firmly"],
            "No forecast moves with the priors of its own law by as much as matters",
        ),
    ],
)
def test_the_sentence_on_priors_is_that_of_the_table(
    loss_fit, headline, monkeypatch, verdicts, said
):
    """A verdict may rest on the width of the interval alone, with a sensitivity below what matters."""
    rows = {
        "prior": [0.01, 0.02],
        "likelihood": 0.1,
        "width": [0.95, 0.1],
        "doubled": 0.0,
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
            loss_fit,
            headline,
            ["1.44B parameters on 921B tokens", "6.89B parameters on 138B tokens"],
            0.9,
            0,
        )
        if hasattr(block, "text")
    ]
    assert [said in text for text in texts] == [False, True, False]


def test_many_sentences_are_cut_short(headline):
    table = Told({"p": range(50)})
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


def test_both_fits_of_a_chain_are_asked(loss_fit, error_fit, headline):
    rows = Reader(bs.report(bs.chain(loss_fit, error_fit), headline).html).rows("sensitivity")
    at = pd.DataFrame({"L": np.median(loss_fit.draws(headline, of="mean"), axis=0)})
    table = bs.sensitivity(error_fit, at)
    assert [row["forecast of"] for row in rows] == ["loss_c4", "loss_c4", "error_17", "error_17"]
    assert float(rows[3]["to the data"]) == pytest.approx(
        table.loc["forecast 1", "likelihood"], rel=0.06
    )


def test_evidence_that_is_given_is_shown_with_the_pages_names(loss_fit, headline):
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
    assert "moves target for 6.89B parameters" in page.text and "target 68" not in page.text


def test_a_fit_that_can_not_be_asked_says_so(loss_fit, headline, monkeypatch):
    def refuse(fit):
        raise bs.InputError("with a smooth discrepancy no run can be weighed alone")

    monkeypatch.setattr(import_module("bayes_scaling.validation.sensitivity"), "check_fit", refuse)
    page = Reader(bs.report(loss_fit, headline, influence=False).html)
    assert (
        "over_training of loss_c4 was not asked: with a smooth discrepancy" in page.text
        and "sensitivity" not in page.tables
    )


def test_other_laws_stand_beside_this_one(page, loss_fit, other, headline):
    rows = page.rows("comparison")
    assert [row["by"] for row in rows] == ["this page", "other"] * 2
    for of, fit in ((0, loss_fit), (1, other)):
        told = fit.forecast(headline)
        for row, (_, true) in zip(rows[of::2], told.iterrows(), strict=True):
            np.testing.assert_allclose(
                [float(row["median"]), *map(float, row["90% interval"].split(" to "))],
                true[["median", "lower", "upper"]].to_numpy(float),
                rtol=5.1e-4,
            )
    assert "The medians of other all lie inside the 90% interval" in page.text
    assert float(rows[1]["off this page's median"].rstrip("%")) == pytest.approx(
        100
        * (
            other.forecast(headline)["median"].iloc[0]
            / loss_fit.forecast(headline)["median"].iloc[0]
            - 1
        ),
        abs=0.06,
    )


def test_a_law_that_disagrees_is_pointed_out(loss_fit, headline):
    far = dataclasses.replace(
        loss_fit, posterior=loss_fit.posterior | {"E": 1.5 * loss_fit.posterior["E"]}
    )
    text = Reader(
        bs.report(loss_fit, headline, comparison=[far], sensitivity=False, influence=False).html
    ).text
    assert (
        "lies the median of over_training for 1.44B parameters on 921B tokens, over_training for 6.89B"
        in text
        and "the choice of law or data matters more" in text
    )


def test_other_outcomes_are_no_comparison(loss_fit, error_fit, headline):
    with pytest.raises(bs.InputError, match="give forecasts of the same outcome"):
        bs.report(loss_fit, headline, comparison={"error": bs.chain(loss_fit, error_fit)})


def test_drift_is_told_with_its_size_and_sources(page, loss_fit, headline, small):
    sd = loss_fit.law.noise.drift * np.log(headline["C"].max() / small["C"].max())
    assert sd > 0 and f"that is an sd of {sd:.1%} of loss_c4" in page.text
    for name in SOURCES["log"]:
        assert sources()[name]["citation"].split(",")[0] in page.text


@pytest.mark.long
def test_code_on_the_page_gives_priors_and_noise_again(
    loss_fit, small, headline, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    fit = bs.fit(
        "over_training",
        small,
        y="loss_c4",
        priors={"eta": dist.LogNormal(-2.0, 0.2)},
        noise=bs.Noise(sigma=dist.HalfNormal(0.01), drift=0.01),
        seed=3,
    )
    made = bs.report(
        fit,
        headline.set_axis(["one", "two"]),
        prob=0.8,
        runs=small,
        why="none was",
        seed=5,
        title="Both",
        sensitivity=False,
        influence=False,
    )
    code = re.search(r"```python\n(.*?)\n```", made.markdown, re.S)[1]
    exec(compile(code, "recipe", "exec"), {"runs": small, "table": small})
    undated = lambda text: re.sub(r"Made on [\d-]+", "", text)
    assert undated((tmp_path / "report.html").read_text()) == undated(made.html)
    known = dataclasses.replace(loss_fit, provenance=loss_fit.provenance | {"se": "err"})
    assert (
        "y='loss_c4', se='err', draws=1000"
        in bs.report(known, headline, sensitivity=False, influence=False).markdown
    )


def test_bits_per_byte_are_not_called_nats(small, headline):
    fit = bs.fit("over_training", small.rename(columns={"loss_c4": "bpb_c4"}), y="bpb_c4")
    text = bs.report(fit, headline).markdown
    assert fit.forecast(headline).unit == "bits/byte" and "nats" not in text.split("@software")[0]


def test_an_average_is_shown_with_its_weights_and_its_laws(
    loss_fit, other, small, headline, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    same = dataclasses.replace(loss_fit, law=dataclasses.replace(other.law, name="second"))
    both = bs.average({"one": loss_fit, "two": same}, weights={"one": 3.0, "two": 1.0})
    made = bs.report(both, headline)
    page, told = Reader(made.html), both.forecast(headline)
    assert [row["weight"] for row in page.rows("weights")] == ["0.75", "0.25"]
    np.testing.assert_allclose(
        [float(end) for end in page.rows("forecast")[0]["90%"].split(" to ")],
        told[["lower", "upper"]].iloc[0].to_numpy(float),
        rtol=5.1e-4,
    )
    assert [row["by"] for row in page.rows("comparison")[:3]] == ["this page", "one", "two"] and {
        row["fit of"] for row in page.rows("checks")
    } == {"one", "two"}
    assert [row["forecast of"] for row in page.rows("sensitivity")] == [
        "one",
        "one",
        "two",
        "two",
    ] and "Law of two" in page.text
    assert (
        "bs.average({'one': fit_1, 'two': fit_2}, weights={'one': 0.75, 'two': 0.25})"
        in made.markdown
    )
