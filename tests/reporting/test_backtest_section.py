"""A report states the coverage of held-out forecasts correctly at every distance."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from simulated_backtest import FAR
from simulated_backtest import simulated_backtest as simulated

import bayes_scaling as bs
from bayes_scaling.reporting.backtest_section import held_out, verdict
from bayes_scaling.reporting.reach import reaches


def at(fit, *far):
    """Targets whose compute is so many times the largest that was fitted."""
    return bs.targets(C=[x * fit.largest for x in far], M=[20.0] * len(far))


def verdict_at(backtest, fit, *far):
    names = [f"run {x}" for x in far]
    return verdict(backtest, fit, at(fit, *far), names)


def counted(backtest, *classes):
    part = backtest.forecasts[backtest.forecasts["distance"].isin(classes)]
    runs = part[["dataset", "run"]].drop_duplicates().shape[0]
    return (
        f"90% intervals covered {part['in_90'].sum()} of {len(part)} measured values of {runs} "
        f"runs ({part['in_90'].mean():.0%})"
    )


def test_each_class_of_distance_has_its_own_sentence(loss_fit):
    text = verdict_at(simulated(), loss_fit, 3.0, 11.0)
    assert text.startswith(
        "Checked on held-out runs: over_training, fitted to smaller runs of dataset c4 and "
        "refinedweb, predicting larger ones."
    )
    for name, place in (("run 3.0", "2x to 5x"), ("run 11.0", "10x to 30x")):
        at_place = simulated().forecasts.query("distance == @place")
        ends, cuts = (
            at_place["extrapolation"],
            " or ".join(f"{origin:.3g}" for origin in sorted(at_place["origin"].unique())),
        )
        assert (
            f"As far out as {name} ({place} the largest C that was fitted; the checks at "
            f"{ends.min():.3g} to {ends.max():.3g} times, fitted up to C = {cuts}): "
            f"{counted(simulated(), place)}"
        ) in text
    assert counted(simulated(), "2x to 5x", "10x to 30x") not in text


@pytest.mark.parametrize("far", [46.0, 1e5])
def test_a_target_beyond_every_check_is_not_called_checked(loss_fit, far):
    """The last class has no end: 100,000 times the data is not as far out as 45 times."""
    assert loss_fit.forecast(at(loss_fit, far))["extrapolation"].item() == pytest.approx(far)
    text = verdict_at(simulated(), loss_fit, far)
    assert text.startswith("Not checked as far out as the targets") and "As far out as" not in text
    assert (
        f"farther out than any forecast that was checked: {far:.3g} times the largest C that was "
        f"fitted, where the checks went to {max(FAR):g} times"
    ) in text
    assert f"Of the farthest of them (beyond 30x) {counted(simulated(), 'beyond 30x')}" in text
    both = verdict_at(simulated(), loss_fit, 3.0, far)
    assert (
        both.startswith("Checked on held-out runs, but not as far out as every target")
        and "As far out as run 3.0 " in both
        and f"Run {far} is farther out" in both
    )


def test_within_a_class_too_the_farthest_check_is_the_end(loss_fit):
    text = verdict_at(simulated(far=(1.5, 11.0)), loss_fit, 28.0)
    assert (
        "28 times the largest C that was fitted, where the checks went to 11 times" in text
        and "As far out" not in text
    )


def test_a_target_inside_the_data_is_called_so(loss_fit):
    text = verdict_at(simulated(), loss_fit, 0.5, 1.0)
    assert (
        text.startswith("Checked only farther out than the targets")
        and "Run 0.5 and run 1.0 lie no farther out in C than the runs that were fitted; every "
        "forecast that was checked extrapolates"
        in text
    )
    assert "As far out as" not in text and "Not checked" not in text


def test_a_class_without_forecasts_is_a_gap(loss_fit):
    text = verdict_at(simulated(far=(1.5, 45.0)), loss_fit, 7.0)
    assert (
        text.startswith("Checked nearer and farther, not at the targets' distance")
        and "No forecast was as far out as run 7.0 (5x to 10x the largest C that was fitted); "
        "others were nearer, or farther, up to 45 times"
        in text
    )
    assert verdict_at(simulated(far=(1.5, 45.0)), loss_fit, 1.5, 7.0).startswith(
        "Checked on held-out runs, but not at every target's distance:"
    )


@pytest.mark.parametrize("held, short", [(0, True), (12, True), (15, False), (22, False)])
def test_intervals_with_too_little_coverage_are_called_too_narrow(loss_fit, held, short):
    """Of 22 forecasts 90% intervals should cover 20; with four fits, 15 do not disprove that."""
    made = simulated(far=np.linspace(2.1, 4.9, 11))
    table = made.forecasts.assign(in_90=np.random.default_rng(1).permutation(22) < held)
    assert (
        "below nominal coverage"
        in verdict_at(dataclasses.replace(made, forecasts=table), loss_fit, 3.0)
    ) is short


def test_groups_left_out_have_no_distance(loss_fit):
    text = verdict_at(simulated(by="dataset", left=True), loss_fit, 3.0)
    assert (
        "fitted to runs of dataset c4 and refinedweb of all values of dataset but one, predicting "
        "that one"
        in text
        and "As far out" not in text
        and "smaller" not in text
    )
    blocks = list(
        held_out(simulated(by="dataset", left=True), loss_fit, at(loss_fit, 3.0), ["run"])
    )
    assert "over the largest fitted" not in str(blocks) and "up to dataset" not in str(blocks)
    assert "have no N" in verdict(
        simulated(by="N"),
        loss_fit,
        bs.targets(C=1e22, M=20.0).drop(columns=["N", "D"]),
        ["run"],
    )


def test_other_outcomes_and_other_laws_are_stated(loss_fit):
    several = simulated(outcomes=("loss_openlm", "loss_ptb"), law="coupled")
    text = verdict_at(several, loss_fit, 3.0)
    assert (
        text.startswith(
            "Forecasts of loss_c4 were not checked: the backtest is of loss_openlm, loss_ptb."
        )
        and "all outcomes together, as dependent (4 of them): too few" in several.summary().foot
        and "None of these forecasts is by over_training, the basis of this report." in text
    )
    assert (
        several.outcomes == ["loss_openlm", "loss_ptb"]
        and "loss_openlm, loss_ptb: error" in several.summary().foot
        and "value" not in several.summary().foot
    )
    ax = several.plot()[0]
    assert not re.search(r"\bvalue\b", ax.get_title(loc="left") + bs.plot.alt(ax))


def test_sentences_of_the_section_are_those_at_the_top(loss_fit):
    to, names = at(loss_fit, 0.5, 3.0, 1e4), ["a", "b", "c"]
    top = verdict(simulated(), loss_fit, to, names)
    texts = [
        block.text for block in held_out(simulated(), loss_fit, to, names) if hasattr(block, "text")
    ]
    assert sum(text in top for text in texts) >= 3
    cut = next(text for text in texts if "The smaller runs were those up to" in text)
    assert set(re.findall(r"[\d.]+e\+\d+", cut)) == {"6.6e+19", "6.6e+20"}


def test_a_run_below_all_that_were_fitted_has_its_own_class():
    """A group that is left out may have smaller runs than all others."""
    sizes = np.geomspace(1e18, 1e20, 12)
    runs = pd.DataFrame(
        {"C": sizes, "loss": 2 + sizes**-0.05, "part": np.repeat(["least", "middle", "most"], 4)}
    )
    made = bs.backtest("power_law", runs, leave="part", multiples=(2, 30), draws=100)
    assert (
        made.forecasts["distance"].tolist()
        == ["below"] * 4 + ["within"] * 4 + ["up to 2x"] + ["2x to 30x"] * 3
    )
    assert made.summary("distance")["distance"].tolist() == [
        "below",
        "within",
        "up to 2x",
        "2x to 30x",
    ] and made.classes([0.1, 1.0, 3.0, 40.0]) == ["within", "within", "2x to 30x", "beyond 30x"]


def test_distances_are_over_what_was_fitted(loss_fit, headline, small):
    np.testing.assert_allclose(reaches(loss_fit, headline, "C"), headline["C"] / small["C"].max())
    np.testing.assert_allclose(reaches(loss_fit, headline, "N"), headline["N"] / small["N"].max())
    assert (
        reaches(loss_fit, headline, "dataset") is None
        and reaches(loss_fit, headline.assign(M="many"), "M") is None
    )
    noted = dataclasses.replace(simulated(), by="dataset")
    assert "is unknown" in verdict(noted, loss_fit, headline.assign(dataset="c4"), ["one", "two"])
