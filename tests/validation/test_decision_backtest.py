"""Decisions from small runs judged by larger ones: scores by hand, rules, and refusals."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.validation.decision_backtest import _read_cutoffs
from bayes_scaling.validation.decision_rules import forecasts_of_rule
from bayes_scaling.validation.decision_scores import (
    calibration_by_thirds,
    constant_brier,
    score_ranking,
)


def test_scores_of_a_ranking_by_hand():
    measured = np.array([1.0, 2.0, 3.0])
    forecast = np.array([2.0, 1.0, 3.0])
    p_better = np.array([0.4, 0.9, 0.8])  # pairs (0, 1), (0, 2), (1, 2)
    scores, judged = score_ranking(forecast, measured, "lower", p_better)
    assert scores["accuracy"] == pytest.approx(2 / 3) and scores["top1"] == 0
    assert scores["regret"] == 1.0
    assert scores["brier"] == pytest.approx((0.6**2 + 0.1**2 + 0.2**2) / 3)
    assert judged == pytest.approx(np.array([[0.6, 0], [0.9, 1], [0.8, 1]]))
    upside_down, _ = score_ranking(-forecast, -measured, "higher", p_better)
    assert upside_down == scores


def test_a_ranking_without_probabilities_has_its_best_constant_confidence():
    accuracy, pairs = np.array([0.9, 0.7]), np.array([10, 30])
    confidence = 0.75
    expected = accuracy * (1 - confidence) ** 2 + (1 - accuracy) * confidence**2
    assert constant_brier(accuracy, pairs) == pytest.approx(expected)


def test_thirds_are_of_the_stated_confidence():
    judged = np.array([[0.9, 1], [0.6, 0], [0.95, 1], [0.7, 1], [0.55, 1], [0.8, 0]])
    thirds = pd.DataFrame(calibration_by_thirds(judged))
    assert thirds["confidence"].tolist() == pytest.approx([0.575, 0.75, 0.925])
    assert thirds["accuracy"].tolist() == [0.5, 0.5, 1.0]


def test_rules_find_the_law_that_made_the_runs():
    compute = np.geomspace(1e18, 1e20, 6)
    for floor, rule in ((0.0, "2 parameters"), (1.5, "3 parameters")):
        runs = pd.DataFrame({"C": compute, "loss": floor + (compute / 1e18) ** -0.2, "corpus": "a"})
        found = forecasts_of_rule(rule, runs, "loss", "corpus", ["a"], np.log(1e21))
        assert found[0] == pytest.approx(floor + 1e3**-0.2, rel=0.01)
    last = forecasts_of_rule("largest size", runs, "loss", "corpus", ["a"], np.log(1e21))
    assert last[0] == runs["loss"].iloc[-1]


def table():
    rng = generator(Stream.SIMULATED_TABLE, 21)
    rows = [
        {"corpus": corpus, "C": C, "loss": loss * np.exp(0.004 * rng.standard_normal())}
        for corpus, level in (("a", 0.0), ("b", 0.03), ("c", -0.05), ("d", 0.031))
        for C in np.repeat(np.geomspace(1e18, 1e21, 7), 2)
        for loss in [np.exp(level) * (1.5 + (C / 1e18) ** -0.12)]
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def backtest():
    return bs.decision_backtest(table(), "loss", "corpus", [1e20], draws=500)


def test_a_backtest_judges_the_next_two_sizes(backtest):
    decisions = backtest.decisions
    assert decisions["method"].unique().tolist() == [
        "posterior",
        "largest size",
        "2 parameters",
        "3 parameters",
    ]
    ours = decisions[decisions["method"] == "posterior"]
    assert _read_cutoffs("100M", [1e7, 1e9], "N") == _read_cutoffs([1e8], [1e7, 1e9], "N") == [1e8]
    assert ours["target"].to_numpy() == pytest.approx([10**20.5, 1e21])
    assert (ours["pairs"] == 6).all() and (ours["accuracy"] >= 5 / 6).all()
    runs = table()
    assert ours["compute"].iloc[0] == pytest.approx(runs.loc[runs["C"] < 1.1e20, "C"].sum())
    assert backtest.summary.loc["posterior", "pairs"] == 12
    assert "Of 12 pairs of groups (corpus)" in backtest.verdict


def test_the_figure_shows_accuracy_against_compute(backtest):
    ax = backtest.plot()
    assert [line.get_label() for line in ax.lines] == list(backtest.decisions["method"].unique())
    assert "largest size" in bs.plot.alt(ax)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"cutoffs": [1e22]}, "leaves no run below it or none above"),
        ({"cutoffs": [1e15]}, "leaves no run below it or none above"),
        ({"along": "N"}, "along is 'N', and the runs have no such column"),
        ({"rules": ["guess"]}, "there are largest size"),
        ({"group": "corpora"}, "group is 'corpora'.*did you mean corpus"),
        ({"cutoffs": ["many"]}, "cutoffs has 'many'"),
        ({"cutoffs": [True]}, "cutoffs has True"),
        ({"ahead": 0}, "ahead is 0"),
        ({"y": []}, "y names no outcome"),
        ({"rules": "largest size"}, "give a list"),
    ],
)
def test_what_cannot_be_judged_is_refused(change, words):
    given = {"runs": table(), "y": "loss", "group": "corpus", "cutoffs": [1e20]} | change
    with pytest.raises(bs.InputError, match=words):
        bs.decision_backtest(**given)


def test_groups_that_end_below_the_cutoff_are_not_judged():
    runs = table()
    runs = runs[(runs["C"] < 2e20) | (runs["corpus"] == "a")]
    with pytest.raises(bs.InputError, match="no two groups of corpus"):
        bs.decision_backtest(runs, "loss", "corpus", [1e20], draws=200, chains=2)


def test_several_outcomes_are_judged_each_by_its_own_runs(backtest):
    runs = table()
    runs["accuracy"] = 1 / (1 + runs["loss"])
    both = bs.decision_backtest(runs, ["loss", "accuracy"], "corpus", [1e20], ahead=1, draws=500)
    assert both.decisions["outcome"].unique().tolist() == ["loss", "accuracy"]
    assert both.summary.loc["posterior", "pairs"] == 12 and both.y == "loss, accuracy"
    of_loss = both.decisions[both.decisions["outcome"] == "loss"].drop(columns=["outcome", "brier"])
    alone = backtest.decisions[backtest.decisions["target"] < 10**20.6].drop(columns="brier")
    pd.testing.assert_frame_equal(
        pd.DataFrame(of_loss).reset_index(drop=True), pd.DataFrame(alone).reset_index(drop=True)
    )
    ours = both.decisions[both.decisions["method"] == "posterior"]
    assert (ours["accuracy"] >= 5 / 6).all()
