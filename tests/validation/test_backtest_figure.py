"""The figure of a backtest: coverage and PIT by law and method."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from crowded import crowded

import bayes_scaling as bs
from bayes_scaling.plot.alt_text import alt
from bayes_scaling.plot.calibration_panels import coverage


def test_the_figure_shows_the_coverage_of_the_table(backtest):
    axes = backtest.plot()
    lines = [line for line in axes[0].get_lines() if line.get_label() == "power_law_floor"]
    posterior = backtest.forecasts.query("method == 'posterior'")
    covered = lines[0].get_ydata()
    assert len(axes) == 4 and len(covered) == 19
    np.testing.assert_allclose(covered[9], posterior["in_50"].mean(), atol=0.02)
    np.testing.assert_allclose(covered[17], posterior["in_90"].mean(), atol=0.02)
    np.testing.assert_allclose(sum(patch.get_height() for patch in axes[1].patches) / 10, 1)
    in_50, in_90 = posterior["in_50"].mean(), posterior["in_90"].mean()
    assert (
        f"power_law_floor: {in_50:.0%} of 50% and {in_90:.0%} of 90% intervals held "
        f"{len(posterior)} observed values"
    ) in alt(axes)
    plt.close("all")


def test_several_methods_of_several_laws_have_a_row_for_each_law(backtest):
    """Each law's coverage has its own histograms; one legend, no overlapping text."""
    many = replace(
        backtest,
        forecasts=pd.concat(
            [backtest.forecasts.assign(law=law) for law in ("one", "two", "three")],
            ignore_index=True,
        ),
    )
    axes = many.plot()
    assert len(axes) == 3 + 9 and not crowded(axes[0].figure)
    for ax, law in zip(axes, ("one", "two", "three")):
        assert ax.get_title(loc="left") == f"{law}: coverage of loss"
        for method in ("posterior", "point", "bootstrap"):
            (line,) = (line for line in ax.get_lines() if line.get_label() == method)
            np.testing.assert_allclose(
                line.get_ydata()[17],
                many.forecasts.query("law == @law and method == @method")["in_90"].mean(),
                atol=0.02,
            )
    titles = [ax.get_title(loc="left").rsplit(" ", 1)[0] for ax in axes[3:]]
    assert titles == [
        f"{law}{method}"
        for law in ("one", "two", "three")
        for method in ("", ", point", ", bootstrap")
    ]
    (legend,) = axes[0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "as it should be",
        "posterior",
        "point",
        "bootstrap",
        "two standard errors",
    ]
    assert alt(axes).count("three") == 3 and "not drawn" not in alt(axes)
    with pytest.raises(bs.InputError, match="give 12, one for the coverage of each law"):
        many.plot(axes=axes[:10])
    few = many.plot(most=4)
    assert (
        len(few) == 2 + 4
        and "(5 more are not drawn)" in alt(few)
        and few[0].figure.legends[0].get_title().get_text() == "4 of 9 laws and methods"
    )
    plt.close("all")


def test_many_laws_of_one_method_have_distinct_lines(backtest):
    forecasts = backtest.forecasts.query("method == 'posterior'")
    axes = replace(
        backtest,
        forecasts=pd.concat(
            [forecasts.assign(law=f"law {i}") for i in range(12)], ignore_index=True
        ),
    ).plot()
    lines = [line for line in axes[0].get_lines() if line.get_label().startswith("law")]
    assert (
        len(axes) == 13
        and len({(line.get_color(), line.get_marker()) for line in lines}) == 12
        and not crowded(axes[0].figure)
    )
    plt.close("all")


def test_coverage_of_uniform_pits_is_nominal():
    covered, error = coverage((np.arange(1000) + 0.5) / 1000, np.arange(1000))
    np.testing.assert_allclose(covered, np.linspace(0.05, 0.95, 19), atol=2e-3)
    assert (error < 0.017).all()
