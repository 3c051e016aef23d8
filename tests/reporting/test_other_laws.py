"""Other laws beside that of a report, and an average of several."""

import dataclasses

import numpy as np
import pytest
from webpage import Reader

import bayes_scaling as bs


@pytest.fixture(scope="module")
def other(loss_fit):
    """The same law with a floor that is a hundredth higher."""
    return dataclasses.replace(
        loss_fit, posterior=loss_fit.posterior | {"E": 1.01 * loss_fit.posterior["E"]}
    )


@pytest.fixture(scope="module")
def page(loss_fit, headline, other):
    report = bs.report(
        loss_fit, headline, comparison={"other": other}, sensitivity=False, influence=False
    )
    return Reader(report.html)


def test_other_laws_stand_beside_this_one(page, loss_fit, other, headline):
    rows = page.rows("comparison")
    assert [row["by"] for row in rows] == ["this report", "other"] * 2
    for of, fit in ((0, loss_fit), (1, other)):
        forecast = fit.forecast(headline)
        for row, (_, true) in zip(rows[of::2], forecast.iterrows(), strict=True):
            np.testing.assert_allclose(
                [float(row["median"]), *map(float, row["90% interval"].split(" to "))],
                true[["median", "lower", "upper"]].to_numpy(float),
                rtol=5.1e-4,
            )
    assert "The medians of other all lie inside the 90% interval" in page.text
    assert float(rows[1]["off this report's median"].rstrip("%")) == pytest.approx(
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
        "The median of over_training, bad fit for 1.44B parameters on 921B tokens, over_training,"
        " bad fit for 6.89B"
        in text  # the floor that was raised does not fit the runs
        and "lies outside the 90% interval" in text
        and "the choice of law or data matters more" in text
    )


def test_other_outcomes_are_no_comparison(loss_fit, error_fit, headline):
    with pytest.raises(bs.InputError, match="give forecasts of the same outcome"):
        bs.report(loss_fit, headline, comparison={"error": bs.chain(loss_fit, error_fit)})


def test_an_average_is_shown_with_its_weights_and_its_laws(
    loss_fit, other, small, headline, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    same = dataclasses.replace(loss_fit, law=dataclasses.replace(other.law, name="second"))
    both = bs.average({"one": loss_fit, "two": same}, weights={"one": 3.0, "two": 1.0})
    report = bs.report(both, headline)
    page, forecast = Reader(report.html), both.forecast(headline)
    assert [row["weight"] for row in page.rows("weights")] == ["0.75", "0.25"]
    np.testing.assert_allclose(
        [float(end) for end in page.rows("forecast")[0]["90%"].split(" to ")],
        forecast[["lower", "upper"]].iloc[0].to_numpy(float),
        rtol=5.1e-4,
    )
    assert [row["by"] for row in page.rows("comparison")[:3]] == ["this report", "one", "two"] and {
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
        in report.markdown
    )
