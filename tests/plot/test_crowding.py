"""No text of a figure covers another or leaves the figure, at three sizes of every figure."""

from types import FunctionType

import matplotlib.pyplot as plt
import numpy as np
import pytest
from corpora import DRAWS, LAW, THREE, corpora, three
from crowded import crowded

import bayes_scaling as bs
from bayes_scaling import plot

SIZES = (0.7, 1.0, 1.6)  # of a figure's own size: a column of a paper, a notebook, a slide
HELPERS = {"alt", "metadata", "style"}
AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def pooled():
    return three()


@pytest.fixture(scope="module")
def narrow(small):
    """Runs of less than two decades of compute."""
    return bs.fit("over_training", small.query("1e18 < C < 4e19"), y="loss_c4")


@pytest.fixture(scope="module")
def figures(loss_fit, narrow, pooled, gadre, headline, small):
    """Name of each figure and what makes it."""
    corpus = gadre.query("dataset == 'redpajama'")
    plan = bs.plan.compute_optimal(loss_fit, C=[1e22, 1e24])
    held_out = bs.backtest("over_training", corpus, "loss_c4", by="N", cutoffs=[2e8])
    judged = bs.decision_backtest(corpora(THREE, 0), "loss", "corpus", [1e20], law=LAW, **DRAWS)
    return {
        "curve": lambda: plot.curve(loss_fit, headline, measured=[2.502, 2.425]),
        "curve, narrow": lambda: plot.curve(narrow),
        "curves": lambda: plot.curves(pooled, AT),
        "residuals": lambda: plot.residuals(loss_fit),
        "residuals, narrow": lambda: plot.residuals(narrow),
        "posterior": lambda: plot.posterior(loss_fit),
        "valley": lambda: plot.valley(plan),
        "valley, M": lambda: plot.valley(plan, x="M"),
        "forest": lambda: plot.forest(pooled, ["eta", "E", "a"]),
        "ridge": lambda: plot.ridge(pooled, at=AT),
        "best": lambda: plot.best(pooled),
        "best, narrow": lambda: plot.best(pooled, within=(2e18, 4e19)),
        "crossover": lambda: plot.crossover(pooled, "one", "two"),
        "crossover, narrow": lambda: plot.crossover(pooled, "one", "two", within=(2e18, 4e19)),
        "decision": lambda: plot.decision(bs.compare(pooled, at=AT)),
        "decisions": lambda: plot.decisions(judged),
        "calibration": lambda: plot.calibration(held_out),
        "ranks": lambda: plot.ranks(bs.calibrate("over_training", small, "loss_c4", sims=20)),
    }


NAMES = [
    "curve",
    "curve, narrow",
    "curves",
    "residuals",
    "residuals, narrow",
    "posterior",
    "valley",
    "valley, M",
    "forest",
    "ridge",
    "best",
    "best, narrow",
    "crossover",
    "crossover, narrow",
    "decision",
    "decisions",
    "calibration",
    "ranks",
]


def test_every_figure_is_checked(figures):
    public = {name for name in dir(plot) if isinstance(getattr(plot, name), FunctionType)}
    assert {name.split(",")[0] for name in NAMES} == public - HELPERS
    assert list(figures) == NAMES


@pytest.mark.filterwarnings("ignore::bayes_scaling.FitWarning")
@pytest.mark.parametrize("name", NAMES)
def test_no_text_covers_another(name, figures):
    figure = np.atleast_1d(np.asarray(figures[name](), object)).flat[0].figure
    width, height = figure.get_size_inches()
    for size in SIZES:
        figure.set_size_inches(size * width, size * height)
        assert crowded(figure) == [], size
    plt.close("all")


@pytest.mark.parametrize("decades", [0.05, 0.3, 0.7, 1, 1.3, 2, 3, 5, 7, 10])
@pytest.mark.parametrize("width", [1.6, 3.5, 9])
def test_ticks_of_one_decade_to_ten(decades, width):
    for start in (1.0, 2.7, 1e18, 6.3e18):
        with plot.style():
            figure, ax = plt.subplots(figsize=(width, 0.8 * width))
            ends = start, start * 10**decades
            ax.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
            plot.axis_ticks.space_log_ticks(ax.xaxis, ax.yaxis)
        assert [pair for pair in crowded(figure) if pair[1] != "outside"] == []
        for axis in (ax.xaxis, ax.yaxis):
            shown = [tick for tick in axis.get_majorticklocs() if ends[0] <= tick <= ends[1]]
            assert 2 <= len(shown) <= 12 or (axis.axis_name == "x" and width < 2 and shown)
        plt.close(figure)


def test_labels_of_ticks():
    from bayes_scaling.plot.log_ticks import label

    shown = [label(value) for value in (2.5, 3000, 1e19, 3e18, 1.25e18)]
    assert shown[:2] == ["2.5", "3000"] and "10^{19}" in shown[2] and "times" not in shown[2]
    assert r"3\times10^{18}" in shown[3] and r"1.25\times10^{18}" in shown[4]


def test_a_misfit_shows_at_the_runs_own_ratio(loss_fit, small):
    """A thin curve passes through the runs of each M, within the noise of the law."""
    ax = plot.curve(loss_fit)
    thin = [line for line in ax.lines if line.get_linewidth() == 0.7]
    assert len(thin) == small["M"].nunique()
    runs = small.query("M == 160")
    (line,) = [line for line in thin if np.isclose(line.get_xdata()[0], runs["C"].min(), rtol=0.01)]
    expected = np.median(loss_fit.draws(runs, of="mean"), axis=0)
    np.testing.assert_allclose(
        np.interp(np.log(runs["C"]), np.log(line.get_xdata()), line.get_ydata()),
        expected,
        rtol=0.002,
    )
    plt.close("all")
