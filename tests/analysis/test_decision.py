"""Which group to choose: probabilities, regret and the set that may hold the best, by hand."""

import numpy as np
import pandas as pd
import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.analysis.decision import expected_regret, indistinguishable

DRAWS = np.array([[1.0, 2.0, 3.0, 2.0], [2.0, 1.0, 1.0, 2.5], [4.0, 4.0, 4.0, 1.0]])[..., None]


def test_regret_is_the_mean_distance_from_the_best():
    assert expected_regret(DRAWS, "lower")[:, 0] == pytest.approx(
        [(0 + 1 + 2 + 1) / 4, (1 + 0 + 0 + 1.5) / 4, (3 + 3 + 3 + 0) / 4]
    )
    assert expected_regret(-DRAWS, "higher") == pytest.approx(expected_regret(DRAWS, "lower"))


def test_the_set_is_the_smallest_that_holds_the_best():
    p_best = np.array([0.3, 0.55, 0.02, 0.13])
    assert indistinguishable(p_best, 0.5).tolist() == [False, True, False, False]
    assert indistinguishable(p_best, 0.1).tolist() == [True, True, False, True]
    assert indistinguishable(p_best, 0.01).all()


@pytest.fixture(scope="module")
def fit():
    """Three corpora on one curve: one clearly best, two alike."""
    rng = generator(Stream.SIMULATED_TABLE, 11)
    rows = [
        {"corpus": corpus, "C": C, "loss": loss * np.exp(0.003 * rng.standard_normal())}
        for corpus, level in (("a", 0.0), ("b", 0.0), ("c", -0.05))
        for C in np.repeat(np.geomspace(1e18, 1e20, 5), 2)
        for loss in [np.exp(level) * (1.5 + (C / 1e18) ** -0.12)]
    ]
    return bs.fit("auto", pd.DataFrame(rows), group="corpus")


def test_a_clear_winner_is_chosen_alone_and_a_tie_is_named(fit):
    at = bs.targets(C=[3e20], M=[20])
    decision = bs.compare(fit, at).decision
    chosen = decision[decision["choice"]]
    assert chosen["group"].tolist() == ["c"] and chosen["p_best"].item() > 0.95
    assert decision[decision["in_set"]]["group"].tolist() == ["c"]
    assert "choose c" in decision.sentences[0] and "no other group" in decision.sentences[0]
    upside_down = bs.compare(fit, at, better="higher").decision
    assert set(upside_down[upside_down["in_set"]]["group"]) == {"a", "b"}
    tied = upside_down[upside_down["group"] != "c"]
    assert tied["p_best"].between(0.2, 0.8).all()
    draws = np.stack([fit.group(g).draws(at) for g in ("a", "b", "c")])
    assert decision["regret"].to_numpy() == pytest.approx(
        expected_regret(draws, "lower")[:, 0], rel=0.2, abs=1e-3
    )


def test_the_difference_of_corpora_is_that_of_the_data(fit):
    """The curves of c and a differ by what was planted, far beyond the runs too."""
    contrast = bs.compare(fit, bs.targets(C=[1e20, 1e21], M=[20, 20]), of="mean").forecasts
    pair = contrast[(contrast["group"] == "a") & (contrast["reference"] == "c")]
    assert (pair["ratio_lower"] < np.exp(0.05)).all() and (pair["ratio_upper"] > np.exp(0.05)).all()
    widths = (pair["ratio_upper"] - pair["ratio_lower"]).to_numpy()
    assert widths[1] > widths[0] and widths[0] < 0.02


@pytest.mark.parametrize("risk", [0, 1, -0.1, "small", True])
def test_a_risk_that_is_none_is_refused(fit, risk):
    with pytest.raises(bs.InputError, match="risk"):
        bs.compare(fit, bs.targets(C=[3e20], M=[20]), risk=risk)


def test_what_a_multiplier_cannot_tell_is_said(fit):
    comparison = bs.compare(fit, bs.targets(C=[1e23], M=[20]))
    unknown = comparison.multipliers["upper"] > 100 * comparison.multipliers["lower"]
    assert unknown.any()
    for wide, sentence in zip(unknown, comparison.multipliers.sentences):
        assert ("is not known" in sentence) == wide


def test_amplitudes_are_in_the_table_and_not_in_the_text():
    rng = generator(Stream.SIMULATED_TABLE, 12)
    rows = [
        {"corpus": corpus, "C": C, "loss": (2 + (C / 1e18) ** -0.2) + 0.004 * rng.standard_normal()}
        for corpus in ("a", "b")
        for C in np.geomspace(1e18, 1e20, 8)
    ]
    pooled = bs.fit("power_law_floor", pd.DataFrame(rows), group="corpus", draws=500)
    comparison = bs.compare(pooled, bs.targets(C=[3e20], M=[20]))
    assert "A" in set(comparison.parameters["parameter"])
    assert not any(sentence.startswith("A of ") for sentence in comparison.sentences)
    assert any(sentence.startswith("E of ") for sentence in comparison.sentences)


def test_a_saved_comparison_comes_back_and_its_draws_do_not(fit, tmp_path):
    comparison = bs.compare(fit, bs.targets(C=[3e20], M=[20]))
    again = bs.load_comparison(comparison.save(tmp_path / "comparison.json"))
    assert repr(again) == repr(comparison) and again.diagnosis == comparison.diagnosis
    pd.testing.assert_frame_equal(pd.DataFrame(again.decision), pd.DataFrame(comparison.decision))
    assert bs.plot.alt(again.plot()) == bs.plot.alt(comparison.plot())
    assert bs.plot.best(comparison) is not None and bs.plot.ridge(comparison) is not None
    with pytest.raises(bs.InputError, match="no draws to plot"):
        bs.plot.ridge(again)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"kind": "bayes_scaling comparison"}'])
def test_a_damaged_comparison_is_refused(tmp_path, text):
    path = tmp_path / "comparison.json"
    path.write_text(text)
    with pytest.raises(bs.InputError, match="is not a comparison"):
        bs.load_comparison(path)
    with pytest.raises(bs.InputError, match="there is no file"):
        bs.load_comparison(tmp_path / "none.json")


def test_a_report_begins_with_the_choice(fit):
    """The choice, then the forecasts of the better groups; what all share is shown once."""
    at = bs.targets(C=[3e20, 3e21], M=[20, 20])
    comparison = bs.compare(fit, at)
    page = Reader(bs.report(fit, at, comparison=comparison, date="today").html)
    for sentence in comparison.decision.sentences:
        assert page.text.index(sentence) < page.text.index("is predicted to be")
    first = page.text.index("is predicted to be")
    assert page.text[first:].split(" for ")[1].startswith("c, ")
    table = page.tables["choice"]
    assert [line[0] for line in table[1:]][::3] == ["c", "c"] and len(table) == 7
    assert [line[0] for line in page.tables["posterior"][1:]] == ["all"] * len(fit.law.names)
    assert "at M = 20" not in page.text and "There is no figure" not in page.text
    without = Reader(bs.report(fit, at, comparison=False, date="today").html)
    assert "choice" not in without.tables


@pytest.fixture(scope="module")
def both(fit):
    """The corpora by a second outcome, on which "a" is best."""
    runs = fit.table.copy()
    runs["code"] = runs["loss"] * np.where(runs["corpus"] == "a", 0.9, 1.0)
    return {"loss": fit, "code": bs.fit("auto", runs, y="code", group="corpus")}


def test_several_outcomes_have_a_choice_each(fit, both):
    at = bs.targets(C=[3e20], M=[20])
    comparison = bs.compare(both, at)
    decision = comparison.decision
    chosen = decision[decision["choice"]].set_index("outcome")["group"]
    assert chosen.to_dict() == {"loss": "c", "code": "a"}
    alone = bs.compare(fit, at).decision
    of_loss = decision[decision["outcome"] == "loss"].drop(columns="outcome")
    pd.testing.assert_frame_equal(
        pd.DataFrame(of_loss).reset_index(drop=True), pd.DataFrame(alone).reset_index(drop=True)
    )
    assert comparison.sentences[0].startswith("outcome loss: At ")
    ax = comparison.plot(where="code")
    assert ax.get_yticklabels()[0].get_text() == "a" and ax.get_title(loc="left")[:4] == "code"
    with pytest.raises(bs.InputError, match=r"did you mean code\?"):
        comparison.plot(where="coda")
    with pytest.raises(bs.InputError, match="one outcome"):
        bs.compare(fit, at).plot(where="code")


def test_outcomes_of_two_directions_are_not_compared(fit, both):
    accuracy = bs.fit(
        "auto",
        fit.table.assign(accuracy=1 / (1 + fit.table["loss"])),
        y="accuracy",
        group="corpus",
        draws=100,
    )
    with pytest.raises(bs.InputError, match=r"accuracy \(higher is better\)"):
        bs.compare({"loss": fit, "accuracy": accuracy}, bs.targets(C=[3e20], M=[20]))
