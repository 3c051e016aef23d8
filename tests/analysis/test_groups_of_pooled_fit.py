"""The groups of a pooled fit in reports and plans: each with its own runs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from corpora import three
from table_rows import row
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.analysis.plan.future_drift import distance_beyond
from bayes_scaling.law.prior import half_normal
from bayes_scaling.reporting.data_section import rests_on
from bayes_scaling.reporting.extrapolation import distance_table
from bayes_scaling.reporting.reach import reaches, runs_of_targets
from bayes_scaling.reporting.recipe import recipe

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def pooled():
    return three()


@pytest.fixture(scope="module")
def comparison(pooled):
    return bs.compare(pooled, at=AT)


def test_a_report_of_groups_says_what_forecast_and_comparison_say(pooled, comparison):
    """The numbers of a report are those of forecast and ``compare``; its code names the groups."""
    report = bs.report(pooled, AT.set_axis(["near", "$far$"]), date="today")
    page = Reader(report.html)
    forecast = pooled.forecast(AT)
    rows = [line for line in page.tables["forecast"] if line[1] == "a new run"]
    assert [line[0] for line in rows] == [
        f"{corpus}, {label}" for corpus in ("one", "two", "three") for label in ("near", "$far$")
    ] and forecast["corpus"].tolist() == ["one", "one", "two", "two", "three", "three"]
    assert f"It rests on {len(pooled.table)} training runs of 3 groups" in page.text
    np.testing.assert_allclose([float(line[2]) for line in rows], forecast["median"], rtol=1e-3)
    np.testing.assert_allclose(
        [[float(end) for end in line[5].split(" to ")] for line in rows],
        forecast[["lower", "upper"]],
        rtol=1e-3,
    )
    rows = page.tables["choice"][1:]
    chances = pd.DataFrame(comparison.decision).sort_values(["C", "regret"])
    assert [line[0] for line in rows] == chances["group"].tolist()
    np.testing.assert_allclose([float(line[4]) for line in rows], chances["p_best"], atol=0.006)
    assert comparison.decision.sentences[0] in page.text and "run of its group" in page.text
    assert "group=['corpus']" in page.text and "comparison=" not in page.text
    assert (
        "cannot be reweighted yet" in page.text
        and bs.report(pooled, AT, comparison=False, date="today").markdown.count(
            "how the groups compare"
        )
        == 1
    )
    one = bs.report(pooled.group("two"), AT, date="today").markdown
    assert "fit.group('two')" in one and "largest run of its group" in one
    with pytest.raises(bs.InputError, match="give the pooled fit, and this as comparison="):
        bs.report(comparison, AT)


def test_a_group_is_compared_with_its_own_runs(pooled):
    """With one group's runs a hundredth as large, its targets extrapolate as much more."""
    own = pooled.table["corpus"] == "two"
    lesser = replace(
        pooled, table=pooled.table.assign(C=pooled.table["C"].where(~own, pooled.table["C"] / 100))
    )
    to = lesser.of_every_group(AT)
    np.testing.assert_allclose(reaches(lesser, to, "C"), lesser.forecast(AT)["extrapolation"])
    assert reaches(lesser, to, "C")[2] == pytest.approx(100 * reaches(lesser, to, "C")[0])
    runs = runs_of_targets(lesser, to)
    table = distance_table(runs, to, list("abcdef"), lesser.input_names)
    assert "of their groups" in table.caption and [
        line[1 + table.header[1:].index("compute C, FLOPs")].split()[1] for line in table.lines
    ] == [f"{far:.3g}" if far > 1 else "inside" for far in reaches(lesser, to, "C")]
    assert reaches(pooled, AT.assign(corpus="unseen"), "C")[0] == pytest.approx(
        1e20 / pooled.table["C"].max()
    )


def test_runs_of_a_long_table_are_counted_once(pooled):
    labels = np.repeat([f"run {i}" for i in range(len(pooled.table) // 2)], 2)
    assert rests_on(replace(pooled, table=pooled.table.assign(run=labels))).endswith(
        f"({len(pooled.table)} values of loss)"
    ) and rests_on(pooled).startswith("48 training runs of 3 groups")


def test_labels_of_targets_outlive_the_groups(pooled):
    forecast = pooled.forecast(AT.set_axis(["near", "far"]))
    assert list(forecast.index) == ["near", "far"] * 3 and list(pooled.forecast(AT).index) == list(
        range(6)
    )


def test_what_a_pooled_fit_was_conditioned_on_is_hashed_and_shown(pooled):
    se = replace(pooled, data=pooled.data | {"se": np.full(pooled.data["z"].shape, 0.1)}, se="err")
    read = replace(
        pooled, data=pooled.data | {"rows": {"items": np.full(pooled.data["z"].shape, 500.0)}}
    )
    assert len({fit.provenance["data_hash"] for fit in (pooled, se, read)}) == 3
    wide = replace(
        pooled, pool=replace(pooled.pool, spreads=pooled.pool.spreads | {"eta": half_normal(2.0)})
    )
    asked = {
        "prob": 0.9,
        "measured": None,
        "runs": None,
        "source": "lab.csv",
        "why": "",
        "seed": 0,
        "title": None,
    } | dict.fromkeys(("backtest", "sensitivity", "influence", "comparison"))
    assert (
        "se='err'" in recipe(se, AT, asked)
        and "tau_eta': dist.HalfNormal(scale=2.0)" in recipe(wide, AT, asked)
        and "tau_" not in recipe(pooled, AT, asked)
    )
    assert "with_drift" not in recipe(pooled, AT, asked)
    column, level = pooled.pool.by[0], pooled.pool.levels[0][0]
    assert f".with_drift({column!r}, {{{level!r}: 0.01}})" in recipe(
        pooled.with_drift(column, {level: 0.01}), AT, asked
    )
    assert "source='lab.csv'" in recipe(pooled, AT, asked)
    chain = object.__new__(bs.Chain)  # of two groups of one fit, whatever their law
    chain.first, chain.second = pooled.group("one"), pooled.group("two")
    assert "bs.chain(fit.group('one'), fit.group('two'))" in recipe(chain, AT, asked)


def test_inputs_under_other_names_are_known_by_the_laws(pooled):
    other = replace(
        pooled, table=pooled.table.rename(columns={"M": "ratio"}), columns={"M": "ratio"}
    )
    np.testing.assert_array_equal(
        other.group("one").training["M"], pooled.group("one").training["M"]
    )


def test_every_group_of_a_pooled_fit_has_a_plan(pooled):
    ends = ["median", "lower", "upper"]
    plan = bs.plan.compute_optimal(pooled, [1e21, 1e22])
    assert list(plan.choice.columns[:2]) == ["corpus", "C"] and list(plan.choice["corpus"]) == [
        "one",
        "one",
        "two",
        "two",
        "three",
        "three",
    ]
    alone = bs.plan.compute_optimal(pooled.group("two"), 1e22)
    np.testing.assert_allclose(
        row(plan.best, corpus="two", C=1e22, quantity="M")[ends].astype(float),
        row(alone.best, quantity="M")[ends].astype(float),
    )
    assert len(plan.plot()) == 3
    page = Reader(
        bs.report(pooled, plan, sensitivity=False, influence=False, comparison=False).html
    )
    assert [line["run"] for line in page.rows("plan")[:3]] == [
        "one, the run for 1e+21 FLOPs",
        "one, the run for 1e+22 FLOPs",
        "two, the run for 1e+21 FLOPs",
    ]
    assert [line["run"] for line in page.rows("forecast")[::2]] == [
        line["run"] for line in page.rows("plan")
    ]
    unseen = bs.plan.compute_optimal(pooled.group("four"), 1e22)
    assert "nan" not in repr(unseen) and unseen.choice["extrapolation"].iloc[0] == pytest.approx(
        1e22 / pooled.largest
    )


def test_a_group_is_asked_as_the_pooled_fit_is(pooled):
    target, near = bs.targets(N=[1e10], M=20), bs.targets(N=2e9, M=20)
    candidates = bs.plan.next_run(pooled, near, target.assign(corpus="two"), outcomes=30)
    assert (
        set(candidates["corpus"]) == {"one", "two", "three"}
        and "candidate 1 / two (" in candidates.sentences[0]
    )
    own = candidates[candidates["corpus"] == "two"].iloc[0]
    assert own["shrunk"] == candidates["shrunk"].max()
    alone = bs.plan.next_run(pooled.group("two"), near, target, outcomes=30).iloc[0]
    assert alone["width"] == pytest.approx(own["width"]) and alone["shrunk"] == pytest.approx(
        own["shrunk"], abs=3 * own["error"]
    )
    every = bs.plan.next_run(pooled, near.assign(corpus="two"), target, outcomes=30)
    assert len(every) == 1 and list(every.by_target["target"]) == [
        "0 / one",
        "1 / two",
        "2 / three",
    ]


def test_a_candidate_is_beyond_the_runs_of_its_own_group(pooled):
    """Where one group's runs end at a tenth of the others', its candidates move its drift alone."""
    near, target = bs.targets(N=[0.9 * 4.1e8], M=300), bs.targets(C=[1e22], M=20)
    x = pooled.data["x"] | {"C": pooled.data["x"]["C"].copy()}
    cells = tuple(
        index[pooled.place[0] == pooled.pool.index_of(("two",))] for index in pooled.place
    )
    x["C"][cells] /= 10  # at like M: N and D are smaller by the root of 10
    short = replace(pooled, data=pooled.data | {"x": x})
    every = short.of_every_group(near)
    # from its largest run, a corner of the hull
    beyond = np.hypot(np.log(0.9 * 10**0.5), 1.5 * np.log(0.9 * 10**0.5 * 300 / 320))
    np.testing.assert_allclose(
        distance_beyond(short, every),
        np.where(every["corpus"] == "two", beyond, 0.0),
        atol=1e-6,
    )
    np.testing.assert_array_equal(distance_beyond(pooled, every), 0.0)

    def of_two(fit):
        return bs.plan.next_run(fit.group("two"), near, target, outcomes=30)

    drift = "the drift off the law, which would begin at the candidate"
    assert drift in repr(of_two(short)) and drift not in repr(of_two(pooled))
    assert of_two(short)["width"].iloc[0] > of_two(pooled)["width"].iloc[0]
    across = bs.plan.next_run(
        short, near.assign(corpus="two"), target.assign(corpus="one"), outcomes=30
    )
    alone = bs.plan.next_run(
        pooled, near.assign(corpus="two"), target.assign(corpus="one"), outcomes=30
    )
    np.testing.assert_allclose(across["after"], alone["after"], rtol=0.05)
