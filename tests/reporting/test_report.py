"""The numbers of a report are the API's, and it states problems first."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.reporting.data_section import rests_on

WHY = "only small runs of RedPajama were asked for"


def numbers(text):
    return [float(number) for number in text.split(" to ")]


def close(text, values):
    """The numbers of a cell are these, to the digits shown."""
    np.testing.assert_allclose(numbers(text), values, rtol=5.1e-4)


def test_table_of_forecasts_is_the_apis(loss_page, loss_fit, headline):
    rows = loss_page.rows("forecast")
    assert [row["what"] for row in rows] == ["a new run", "the law's curve"] * 2
    for of, lines in (("run", rows[::2]), ("mean", rows[1::2])):
        for prob in (0.5, 0.8, 0.9, 0.95):
            forecast = loss_fit.forecast(headline, prob=prob, of=of)
            for line, (_, row) in zip(lines, forecast.iterrows(), strict=True):
                close(line[f"{prob:.0%}"], [row["lower"], row["upper"]])
                close(line["median"], [row["median"]])
    assert [row["run"] for row in rows[::2]] == [
        "1.44B parameters on 921B tokens",
        "6.89B parameters on 138B tokens",
    ]
    assert [row["measured"].split(",")[0] for row in rows[::2]] == ["2.502", "2.425"] and {
        row["measured"] for row in rows[1::2]
    } == {""}


def test_measured_values_are_placed_in_the_narrowest_interval_that_holds_them(loss_fit, headline):
    forecast = loss_fit.forecast(headline, prob=0.8)
    values = [(forecast["upper"].iloc[0] + loss_fit.forecast(headline)["upper"].iloc[0]) / 2, 9.0]
    rows = Reader(bs.report(loss_fit, headline, measured=values).html).rows("forecast")
    assert [row["measured"].split(", ")[1] for row in rows[::2]] == ["inside 90%", "outside 95%"]


def test_the_answer_comes_first_with_its_interval(loss_page, loss_report, loss_fit, headline):
    forecast = loss_fit.forecast(headline)
    answer = next(text for text in re.findall(r'<p class="answer">(.*?)</p>', loss_report.html))
    found = [float(number) for number in re.findall(r"\d\.\d{3}", answer)]
    np.testing.assert_allclose(
        found, forecast[["median", "lower", "upper"]].to_numpy().ravel(), rtol=5.1e-4
    )
    text = loss_page.text
    assert text.index("is predicted to be") < text.index("median and central intervals")
    assert "role" not in str([attributes for tag, attributes in loss_page.tags if tag == "p"])


def test_two_targets_are_compared_draw_by_draw(loss_page, loss_fit, headline):
    draws = loss_fit.draws(headline)
    gap = draws[:, 1] - draws[:, 0]
    found = re.search(
        r"Of the two, (.*?) has the lower loss_c4 with probability ([\d.]+); its loss_c4 minus "
        r"that of (.*?) has a median of ([-+\d.]+) \(90% interval ([-+\d.]+) to ([-+\d.]+)\)",
        loss_page.text,
    )
    assert (found[1], found[3]) == (
        "6.89B parameters on 138B tokens",
        "1.44B parameters on 921B tokens",
    ) and float(found[2]) == pytest.approx((gap < 0).mean(), abs=0.005)
    np.testing.assert_allclose(
        [float(found[i]) for i in (4, 5, 6)], np.quantile(gap, [0.5, 0.05, 0.95]), atol=6e-4
    )
    swapped = Reader(
        bs.report(loss_fit, headline.iloc[::-1], sensitivity=False, influence=False).html
    ).text
    assert (
        "Of the two, 6.89B parameters" in swapped
        and "Of the two"
        not in bs.report(loss_fit, headline.iloc[:1], sensitivity=False, influence=False).markdown
    )


def test_runs_are_counted_once_and_by_outcome_if_they_differ(loss_page, loss_fit, error_fit):
    assert (
        "It rests on 32 training runs of at most 6.51e+20 training FLOPs; the farthest target "
        "needs 12.2 times the compute of the largest of them, and the largest target has 16.7 "
        "times its parameters."
    ) in loss_page.text
    assert (
        rests_on(bs.chain(loss_fit, error_fit))
        == "32 training runs of at most 6.51e+20 training FLOPs"
    )
    parts = dataclasses.replace(
        error_fit.parts, runs=np.append(error_fit.parts.runs[1:], ["one", "two"])
    )
    more = dataclasses.replace(error_fit, largest=1e21)
    more.__dict__["parts"] = parts
    assert rests_on(bs.chain(loss_fit, more)) == (
        "32 training runs of at most 6.51e+20 training FLOPs for loss_c4 and 33 training runs of "
        "at most 1e+21 training FLOPs for error_17"
    )


def test_extrapolation_data_priors_and_posterior(loss_page, loss_fit, headline, small):
    page = loss_page
    far = page.rows("extrapolation")
    for row, ratio in zip(far, headline["C"] / small["C"].max()):
        assert float(
            re.search(r"([\d.]+) times the largest", row["compute C, FLOPs"])[1]
        ) == pytest.approx(ratio, rel=6e-3)
    assert far[1]["tokens D"].endswith("inside") and far[1]["parameters N"].endswith(
        "times the largest"
    )
    ranges = {row["column"]: row for row in page.rows("data")}
    assert float(ranges["loss_c4"]["minimum"]) == pytest.approx(
        small["loss_c4"].min(), rel=1e-3
    ) and float(ranges["N"]["maximum"].rstrip("M")) == pytest.approx(
        small["N"].max() / 1e6, rel=6e-3
    )
    summary = loss_fit.summary()
    for row in page.rows("posterior"):
        close(
            row["90% interval"], summary.loc[row["parameter"], ["lower", "upper"]].to_numpy(float)
        )
        assert (
            f"{loss_fit.law.published['c4'].values[row['parameter']]:.4g} (c4)"
            in row["published values"]
        )
    sites = {q.sampled: q for q in loss_fit.law.sites}
    rows = {row["sampled"]: row for row in page.rows("priors")}
    assert list(rows) == list(sites)
    for name, row in rows.items():
        assert (row["prior"], row["reason"], row["meaning"]) == (
            str(sites[name].prior),
            sites[name].reason,
            sites[name].sampled_meaning,
        )
        close(row["posterior, 90%"], summary.loc[name, ["lower", "upper"]].to_numpy(float))
    prior = np.subtract(*np.quantile(loss_fit.parts.prior["eta"], [0.95, 0.05]))
    assert float(rows["eta"]["width left"].rstrip("%")) == pytest.approx(
        100 * (summary.loc["eta", "upper"] - summary.loc["eta", "lower"]) / prior, abs=0.6
    )


def test_rows_left_out_are_counted_with_the_reason(loss_page, loss_fit, headline, small):
    assert f"72 rows of the table were left out, because {WHY}: " in loss_page.text
    assert "c4_original-d=96_l=8_h=4-0.25" in loss_page.text
    assert "No row of the table was left out" in bs.report(loss_fit, headline, runs=small).markdown
    assert "cannot list the rows that were left out" in bs.report(loss_fit, headline).markdown


def test_missing_evidence_is_stated(loss_page, loss_fit, headline):
    assert (
        "No backtest was given" in loss_page.text
        and "does not show how often such intervals cover held-out runs" in loss_page.text
        and "Not shown in this report: what other laws predict" in loss_page.text
    )
    table = pd.DataFrame({"law": ["coupled"], "coverage": [0.9125]})
    shown = Reader(
        bs.report(
            loss_fit,
            headline,
            backtest=table,
            sensitivity=False,
            influence={"one": table.rename(columns={"law": "run"})},
            comparison=table,
        ).html
    )
    assert (
        shown.rows("backtest") == [{"law": "coupled", "coverage": "0.9125"}]
        and {"influence-1", "comparison"} <= set(shown.tables)
        and "sensitivity" not in shown.tables
    )
    assert (
        "No backtest" not in shown.text
        and "Not shown in this report: how other priors would move the answer." in shown.text
    )


def test_diagnosis_provenance_and_citations(loss_page, loss_fit):
    checks = {row["check"]: row["found"] for row in loss_page.rows("checks")}
    assert float(checks["maximum R-hat: do the chains agree?"]) == pytest.approx(
        loss_fit.diagnosis.numbers["rhat"], abs=6e-4
    )
    for part in (
        *(verdict.text for verdict in loss_fit.diagnosis.verdicts[:2]),
        "Reach: caution: target 6.89B parameters on 138B tokens lies beyond the runs",
        "Residuals are outcomes minus the law's curve",
        loss_fit.provenance["data_hash"],
        f"jax {loss_fit.provenance['versions']['jax']}",
        "seed 0",
        "@software{bayes_scaling",
        "@article{gadre2024language",
        "@misc{gadre2024overtraining",
    ):
        assert part in loss_page.text


@pytest.fixture(scope="module")
def diverged_fit(loss_fit):
    """The fit as if one draw in ten had diverged."""
    health = loss_fit.engine["health"] | {"diverging": loss_fit.engine["health"]["made"] // 10}
    return dataclasses.replace(loss_fit, engine=loss_fit.engine | {"health": health})


def test_a_bad_diagnosis_comes_first(diverged_fit, headline):
    with pytest.warns(bs.FitWarning, match="not converged"):
        report = bs.report(diverged_fit, headline)
    page = Reader(report.html)
    warning = page.text.index("Do not rely on this report: its verdict on sampling is bad")
    assert warning < page.text.index("diverged") < page.text.index("is predicted to be")
    assert [
        attributes["role"] for tag, attributes in page.tags if tag == "p" and "role" in attributes
    ][0] == "alert"
    text = report.markdown
    assert text.index("Do not rely on this report") < text.index("is predicted to be")


def test_bits_per_byte_are_not_called_nats(small, headline):
    fit = bs.fit("over_training", small.rename(columns={"loss_c4": "bpb_c4"}), y="bpb_c4")
    text = bs.report(fit, headline).markdown
    assert fit.forecast(headline).unit == "bits/byte" and "nats" not in text.split("@software")[0]
