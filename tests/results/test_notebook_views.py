"""What a notebook shows: the answer first, closed tags, escaped names, only its own colors."""

import dataclasses
import re

import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.results.diagnosis import Diagnosis

BAD = Diagnosis(problems=("R-hat of <b>eta</b> is 1.5: raise draws",), numbers={"rhat": 1.5})


def diverged(fit):
    health = fit.engine["health"] | {"diverging": fit.engine["health"]["made"] // 10}
    return dataclasses.replace(fit, engine=fit.engine | {"health": health})


def test_converged_objects_show_their_answer_and_then_the_verdict(loss_fit, error_fit, headline):
    for result, word in (
        (loss_fit, "eta"),
        (bs.chain(loss_fit, error_fit), "perplexity_to_error"),
        (loss_fit.forecast(headline), "extrapolation"),
    ):
        view = Reader(result._repr_html_())
        assert view.text.index(word) < view.text.index(": good (R-hat")
        assert set(re.findall(r"color:|background|#[0-9a-fA-F]{6}", result._repr_html_())) == set()
    assert "Sampling: good (R-hat" in Reader(loss_fit.diagnosis._repr_html_()).text


def test_objects_that_have_not_converged_show_that_first(loss_fit, error_fit, headline):
    bad = diverged(loss_fit)
    with pytest.warns(bs.FitWarning):
        forecast = bad.forecast(headline)
    for result, word in (
        (bad, "eta"),
        (bs.chain(bad, error_fit), "by way of"),
        (forecast, "extrapolation"),
    ):
        view = Reader(result._repr_html_())
        assert view.text.index("BAD, do not rely") < view.text.index(word)


def test_names_are_escaped():
    html = BAD._repr_html_()
    assert "<b>eta</b>" not in html and "<b>eta</b>" in Reader(html).text


def test_many_fits_show_the_first_of_them(gadre):
    fits = bs.fit_many(
        "over_training", gadre.query("N < 5e8"), y="loss_c4", by="dataset", draws=200
    )
    view = Reader(fits._repr_html_())
    assert "3 fits" in view.text and "refinedweb" in view.text
