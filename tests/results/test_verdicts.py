"""The three verdicts: their texts, how they add up, and where they are shown."""

import pytest

import bayes_scaling as bs
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.verdict import Verdict

GOOD = Diagnosis(
    numbers={"rhat": 1.002, "ess_bulk": 1900.0, "diverging": 0},
    fit=Verdict("Fit", details=("residual sd 0.004",), numbers={"r2": 0.99}),
    reach=Verdict("Reach", details=("24 runs for 5 parameters",)),
)
FAR = Diagnosis(reach=Verdict("Reach", cautions=("target 0 lies beyond the runs",)))
MISFIT = Diagnosis(fit=Verdict("Fit", ("alpha_N is 0.8; vary N",), ("a run is off",)))


def test_each_verdict_is_one_line_and_the_rest_follows():
    assert str(GOOD).splitlines() == [
        "Sampling: good (R-hat 1.002, minimum ESS 1900, no divergences).",
        "Fit: good (residual sd 0.004).",
        "Reach: good (24 runs for 5 parameters).",
    ]
    assert str(GOOD + MISFIT + FAR).splitlines() == [
        "Sampling: good (R-hat 1.002, minimum ESS 1900, no divergences).",
        "Fit: BAD, do not rely on this answer: alpha_N is 0.8; vary N.",
        "Reach: caution: target 0 lies beyond the runs.",
        "- fit: caution: a run is off",
    ]


def test_no_verdict_hides_another():
    for one, two in ((GOOD, MISFIT), (MISFIT, GOOD)):
        both = one + two
        assert not both.ok and both.levels == {"sampling": "good", "fit": "bad", "reach": "good"}
        assert both.problems == ("fit: alpha_N is 0.8; vary N",)
        assert both.cautions == ("fit: a run is off",)
    assert (GOOD + FAR).ok and (GOOD + FAR).levels["reach"] == "caution"
    assert Diagnosis().levels == {"sampling": "good", "fit": "not checked", "reach": "not checked"}


def test_names_go_before_the_sentences_of_every_verdict():
    named = (GOOD + MISFIT + FAR).named("one")
    assert named.problems == ("fit: one: alpha_N is 0.8; vary N",)
    assert named.reach.cautions == ("one: target 0 lies beyond the runs",)
    assert named.numbers == GOOD.numbers | {"r2": 0.99}
    assert (GOOD.named("a") + GOOD.named("b")).fit.text == (
        "Fit: good (a: residual sd 0.004; b: residual sd 0.004)."
    )


def test_the_worse_number_of_two_fits_remains():
    other = Diagnosis(
        numbers={"rhat": 1.01, "ess_bulk": 500.0, "diverging": 3},
        fit=Verdict("Fit", numbers={"r2": 0.5}),
    )
    assert (GOOD + other).numbers == {"rhat": 1.01, "ess_bulk": 500.0, "diverging": 3, "r2": 0.5}


def test_a_plain_dict_has_every_verdict():
    answer = (GOOD + MISFIT).verdict()
    assert answer["ok"] is False and answer["fit"]["level"] == "bad"
    assert answer["fit"]["problems"] == ["alpha_N is 0.8; vary N"]
    assert [answer[name]["level"] for name in ("sampling", "reach")] == ["good", "good"]


def test_a_bad_verdict_warns_and_says_of_what():
    with pytest.warns(bs.FitWarning, match="a forecast with a bad verdict on fit: alpha_N"):
        (GOOD + MISFIT).warn("a forecast")
    failed = Diagnosis(("R-hat is 1.5",)) + MISFIT
    with pytest.warns(bs.FitWarning, match="from draws that have not converged: R-hat"):
        failed.warn("a forecast")
    GOOD.warn("a forecast")  # nothing to warn of: warnings are errors here


def test_a_notebook_shows_what_is_bad_in_bold():
    view = (GOOD + MISFIT)._repr_html_()
    assert "<b>Fit: BAD" in view and "<b>Sampling" not in view
