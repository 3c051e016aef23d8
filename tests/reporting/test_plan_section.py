"""A report on what to train predicts the runs of the plan, with the numbers of the plan."""

import re
from dataclasses import replace

import numpy as np
import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.reporting.plan_section import advice
from bayes_scaling.reporting.recipe import _plan_code


@pytest.fixture(scope="module")
def plan(loss_fit):
    return bs.plan.compute_optimal(loss_fit, [1e21, 1e23], serve=1e12, prob=0.8, tolerance=0.002)


@pytest.fixture(scope="module")
def report(loss_fit, plan):
    return bs.report(loss_fit, plan, sensitivity=False, influence=False, date="2026-01-02")


@pytest.fixture(scope="module")
def page(report):
    return Reader(report.html)


def test_targets_of_a_plan_are_its_runs(plan):
    to = plan.targets
    assert list(to.index) == ["the run for 1e+21 FLOPs", "the run for 1e+23 FLOPs"]
    np.testing.assert_allclose(to[["N", "D", "M"]], plan.choice[["N", "D", "M"]])
    np.testing.assert_allclose(to["C"] + 2 * to["N"] * 1e12, plan.choice["C"], rtol=1e-9)


def test_the_report_states_what_to_train_and_predicts_it(page, plan, loss_fit):
    assert (
        "By over_training, the lowest expected loss_c4 is that of" in page.text[:200]
        and "FLOPs with 1T tokens of serving)" in page.text[:400]
    )
    assert (
        page.text.index("lowest expected") < page.text.index("is predicted to be")
        and "80% interval" in page.text[:700]
    )
    assert (
        all(sentence in page.text for sentence in plan.sentences)
        and "serving 1T tokens 2 N each" in page.text
    )
    assert page.text.index("What to train") < page.text.index("median and central intervals")
    for line, (_, row) in zip(page.rows("plan"), plan.choice.iterrows(), strict=True):
        np.testing.assert_allclose(float(line["D / N"]), row["M"], rtol=6e-3)
        np.testing.assert_allclose(
            [float(text) for text in line["80%"].split(" to ")],
            row[["lower", "upper"]].astype(float),
            rtol=5.1e-4,
        )
        assert (
            line["expected off the best"] == f"{row['excess']:.2g} {plan.unit}"
            and line["P(within 0.2% of it)"] == f"{row['close']:.2f}"
        )
    forecast = loss_fit.forecast(plan)
    rows = page.rows("forecast")[::2]
    assert [row["run"] for row in rows] == list(plan.targets.index)
    np.testing.assert_allclose(
        [float(row["median"]) for row in rows], forecast["median"], rtol=5.1e-4
    )
    assert sum(tag == "figure" for tag, _ in page.tags) == 4 and "has the lower" not in page.text


def test_the_answer_and_the_sentences_quote_one_interval(page, plan):
    """In the headline, in the sentences of the plan and in its table."""
    interval = r"80% interval ([\d.]+) to ([\d.]+)"
    headline = re.findall(interval, page.text[: page.text.index("It rests on")])
    sentences = [re.search(r"80%: ([\d.]+) to ([\d.]+)", text) for text in plan.sentences]
    table = [tuple(line["80%"].split(" to ")) for line in page.rows("plan")]
    assert len(headline) == 2
    assert headline == [found.groups() for found in sentences if found] == table


def test_budgets_that_print_alike_get_more_digits(loss_fit):
    assert list(bs.plan.compute_optimal(loss_fit, [1.0001e22, 1.0002e22]).targets.index) == [
        "the run for 1.0001e+22 FLOPs",
        "the run for 1.0002e+22 FLOPs",
    ]


def test_close_runs_are_stated_if_none_or_all_are(loss_fit):
    """Runs beyond an end of the search are not named."""
    ranges = []
    for options in (
        {"tolerance": 1e-6},
        {"tolerance": 0.5},
        {"tolerance": 0.01, "within": (2.5, 1e4)},
    ):
        plan = bs.plan.compute_optimal(loss_fit, 1e22, **options)
        (line,) = Reader(bs.report(loss_fit, plan, sensitivity=False, influence=False).html).rows(
            "plan"
        )
        ranges.append(line[f"N within {100 * options['tolerance']:g}% with 90%"])
    assert ranges[:2] == ["no run", "every run searched"] and re.fullmatch(
        r"from [\d.]+[MB]", ranges[2]
    ), ranges


def test_other_laws_have_plans_too(loss_fit, small):
    other = bs.fit("coupled", small, y="loss_c4")
    flat = bs.fit("power_law_floor", small, y="loss_c4", draws=100)
    plan = bs.plan.compute_optimal(loss_fit, [1e21, 1e22])
    page = Reader(
        bs.report(
            loss_fit,
            plan,
            sensitivity=False,
            influence=False,
            comparison={"coupled": other, "flat": flat},
        ).html
    )
    theirs = bs.plan.compute_optimal(other, [1e21, 1e22]).choice
    assert [line["by"] for line in page.rows("plan-others")] == ["coupled", "coupled"]
    np.testing.assert_allclose(
        [float(line["D / N"]) for line in page.rows("plan-others")], theirs["M"], rtol=6e-3
    )
    assert "flat cannot plan: power_law_floor reads C" in page.text
    few = replace(other, engine=other.engine | {"health": other.engine["health"] | {"bfmi": 0.1}})
    page = Reader(
        bs.report(
            loss_fit, plan, sensitivity=False, influence=False, comparison={"coupled": few}
        ).html
    )
    assert {line["by"] for line in page.rows("plan-others")} == {"coupled, not converged"}
    average = bs.average({"one": loss_fit, "two": other}, weights="equal")
    page = Reader(
        bs.report(
            average, bs.plan.compute_optimal(average, 1e22), sensitivity=False, influence=False
        ).html
    )
    assert [line["by"] for line in page.rows("plan-others")] == [
        "one",
        "two",
    ] and "By over_training and coupled, the lowest" in page.text


def test_the_code_in_the_report_makes_the_plan_again(report, plan, loss_fit):
    line = re.search(r"^to = (bs\.plan\.compute_optimal.*)$", report.markdown, re.M)[1]
    again = eval(line, {"bs": bs, "fit": loss_fit})
    assert again.sentences == plan.sentences and (again.prob, again.tolerance, again.serve) == (
        0.8,
        0.002,
        1e12,
    )
    other = replace(plan, within=(1.0, 1e3), better="higher", inputs={"U": 1e10})
    assert _plan_code("fit", other).endswith(
        "tolerance=0.002, within=(1.0, 1000.0), better='higher', U=10000000000.0)"
    )
    assert advice(other, loss_fit).startswith(
        "By over_training, U = 10B, the highest expected loss_c4 is that of"
    )


def test_a_plan_of_another_forecaster_is_refused(loss_fit, error_fit, plan):
    with pytest.raises(
        bs.InputError, match="the plan is for loss_c4, and the report predicts error_17"
    ):
        bs.report(bs.chain(loss_fit, error_fit), plan)
    with pytest.raises(bs.InputError, match="loss_c4 by group, and the report predicts loss_c4;"):
        bs.report(loss_fit, bs.plan.compute_optimal({"a": loss_fit}, 1e21))
    other = replace(
        loss_fit,
        posterior={
            name: draws[:, ::-1] * (1.01 if name == "E" else 1.0)
            for name, draws in loss_fit.posterior.items()
        },
    )
    with pytest.raises(
        bs.InputError,
        match="the plan is from another fit: its curve has loss_c4 2.8.* for the run for 1e.21 "
        "FLOPs, and the report's",
    ):
        bs.report(other, plan)
    with pytest.raises(bs.InputError, match="names no run for 1e.21 FLOPs"):
        bs.report(loss_fit, bs.plan.compute_optimal(loss_fit, [1e21], within=(100.0, 1e4)))


def test_the_command_makes_the_same_report(run, loss_fit, plan, page, tmp_path):
    loss_fit.save(tmp_path / "loss.nc")
    code, out, err = run(
        "report",
        "--fit",
        "loss.nc",
        "--budget",
        "1e21",
        "1e23",
        "--serve",
        "1e12",
        "--prob",
        "0.8",
        "--tolerance",
        "0.002",
        "--output",
        "page.html",
    )
    again = Reader((tmp_path / "page.html").read_text())
    assert (
        (code, out, err) == (0, "", "")
        and again.tables["plan"] == page.tables["plan"]
        and "--budget 1e21 1e23" in again.text
    )


@pytest.mark.parametrize(
    "options, words",
    [
        (["--budget", "1e21", "--N", "1e9"], ["--budget chooses the runs", "--N names others"]),
        (["--budget", "1e21", "--targets", "gadre2024"], ["--targets names others"]),
        (["--budget", "1e21", "--at", "N=1e9"], ["--at N names others"]),
        (
            ["--N", "1e9", "--M", "20", "--serve", "1e12"],
            ["--serve goes with --budget, which is missing"],
        ),
        (["--budget", "1"], ["a budget C is 1"]),
        (["--budget", "1e21", "--law", "power_law"], ["cannot distinguish parameters from tokens"]),
    ],
)
def test_invalid_options_are_refused(refused, options, words):
    refused(
        [
            "report",
            "--runs",
            "gadre2024",
            "--train",
            "dataset == 'redpajama' and N < 5e8",
            "--y",
            "loss_c4",
            *options,
        ],
        *words,
    )
