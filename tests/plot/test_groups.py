"""Figures of groups: they show what the draws are."""

from dataclasses import replace
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from corpora import LAW, three
from crowded import crowded

import bayes_scaling as bs
from bayes_scaling import plot
from bayes_scaling.analysis.contrast_side import GroupDraws, Side
from bayes_scaling.plot import group_selection

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def fit():
    return three()


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_forest_has_a_row_a_group(fit):
    (ax,) = bs.plot_groups.forest(fit)
    assert ax.get_xlabel() == "eta" and [text.get_text() for text in ax.get_yticklabels()] == [
        "one",
        "two",
        "three",
    ]
    np.testing.assert_allclose(
        sorted(ax.lines[0].get_xdata()), np.quantile(fit.flat("eta")["eta"][:, 0], [0.05, 0.95])
    )
    assert len(bs.plot_groups.forest(fit, ["E", "a", "b"], prob=0.5)) == 3
    assert [ax.get_xlabel() for ax in bs.plot_groups.forest(fit, ["E", "eta", "a"])] == [
        "E, nats/token",
        "eta",
        "a, nats x FLOPs^eta",
    ]
    assert "Posterior of E (nats/token), eta by group" in plot.alt(
        bs.plot_groups.forest(fit, ["E", "eta"])
    )
    assert (
        bs.plot_groups.forest(
            replace(fit, y="bpb", table=fit.table.assign(bpb=fit.table["loss"])), "E"
        )[0].get_xlabel()
        == "E, bits/byte"
    )
    assert f"two eta {np.median(fit.flat('eta')['eta'][:, 1]):.3g}" in plot.alt(ax)


def test_a_crossed_forest_holds_many_groups(fit, monkeypatch):
    """Every group is in the legend once, also one that the first level lacks.

    Each marker is nearest its own row, and a parameter of many sizes has a log axis.
    """
    rng, names, levels = np.random.default_rng(0), [f"group {i}" for i in range(8)], ("a", "b")

    def part():
        eta, a = rng.normal(0.1, 0.01, 200), np.exp(rng.normal(5, 2, 200))
        return GroupDraws(LAW, {"eta": eta, "a": a})

    sides = [
        Side(name, (("set", level),), (part(),))
        for level in levels
        for name in names
        if (name, level) != ("group 7", "a")
    ]
    sides += [Side(name, (("set", "all"),), (part(),)) for name in names[:7]]
    monkeypatch.setattr(
        group_selection, "as_comparands", lambda *_: SimpleNamespace(sides=sides, training=[])
    )
    axes = bs.plot_groups.forest(fit, ["eta", "a"])
    assert [text.get_text() for text in axes[0].get_yticklabels()] == [
        "a",
        "b",
        "mean over every set",
    ]
    assert [text.get_text() for text in axes[0].figure.legends[0].get_texts()] == names
    marks = [line.get_ydata()[0] for line in axes[0].lines if len(line.get_ydata()) == 1]
    assert [round(height) for height in marks] == [levels.index("a")] * 7 + [
        levels.index("b")
    ] * 8 + [2] * 7
    assert [ax.get_xscale() for ax in axes] == ["linear", "log"] and not crowded(axes[0].figure)
    assert "medians: mean over every set: group 0 eta" in plot.alt(axes)


def test_a_ridge_shows_the_direction(fit):
    eta = fit.flat("eta")["eta"]
    ax = bs.plot_groups.ridge(fit, "eta", reference="one")
    assert ax.texts[0].get_text() == f"above: {(eta[:, 1] > eta[:, 0]).mean():.2f}"
    assert [text.get_text() for text in bs.plot_groups.ridge(fit, at=AT).get_yticklabels()] == [
        "two  C = 1.0e+20",
        "three  C = 1.0e+20",
        "two  C = 1.0e+22",
        "three  C = 1.0e+22",
    ]
    ridge = bs.plot_groups.ridge(fit, at=AT)
    assert ridge.get_xlabel() == "curve at M = 20 over that of one" and plot.alt(ridge).startswith(
        "curve at M = 20 over that of one: two C"
    )
    assert (
        bs.plot_groups.ridge(
            fit, at=AT.assign(D=lambda t: t["D"] * [1, 4])[["N", "D"]]
        ).get_xlabel()
        == "curve over that of one"
    )


def test_probabilities_of_being_best_are_those_of_compare(fit):
    ax = bs.plot_groups.best(fit, within=(1e20, 1e22))
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    np.testing.assert_allclose(sum(line.get_ydata() for line in lines), 1.0)
    table = bs.compare(fit, at=AT, of="mean").best
    for line in lines:
        np.testing.assert_allclose(
            line.get_ydata()[[0, -1]],
            table.loc[table["group"] == line.get_label(), "p_best"],
            atol=1e-3,
        )


def test_a_crossover_is_marked(fit):
    ax = bs.plot_groups.crossover(fit, "one", "two", within=(1e15, 1e22))
    assert (
        "cross in the range with probability" in ax.get_title(loc="left")
        and ax.get_xscale() == "log"
    )


def test_a_figure_computes_the_groups_once(fit, monkeypatch):
    """Of Fits each fit is built again for it."""
    calls, as_comparands = [], group_selection.as_comparands

    def counted(*arguments):
        calls.append(arguments)
        return as_comparands(*arguments)

    monkeypatch.setattr(group_selection, "as_comparands", counted)
    for draw in (
        lambda: bs.plot_groups.best(fit),
        lambda: bs.plot_groups.crossover(fit, "one", "two"),
        lambda: bs.plot_groups.ridge(fit, "eta"),
        lambda: bs.plot_groups.forest(fit),
    ):
        calls.clear()
        draw()
        assert len(calls) == 1


def test_marks_of_one_compute_stand_apart_and_inside(fit):
    """Two targets of nearly one compute, one measured far below: no overlap, and nothing is cut."""
    to = bs.targets(C=[1e22, 1.02e22], M=[20.0, 300.0])
    low = fit.forecast(to)["lower"].min() / 2
    axes = fit.plot(to, measured=[low] * 6)
    axes.flat[0].figure.draw_without_rendering()
    for ax in axes.flat[:3]:
        stars = [line for line in ax.lines if line.get_marker() == "*"]
        points = [line.get_transform().transform(line.get_xydata())[0] for line in stars]
        assert len(points) == 2
        assert abs(points[1][0] - points[0][0]) * 72 / ax.figure.dpi > 6.9
        assert all(ax.get_window_extent().contains(*point) for point in points)
    ax = bs.plot.curve(fit.group("one"), to, measured=[low, low])
    ax.figure.draw_without_rendering()
    stars = [line for line in ax.lines if line.get_marker() == "*"]
    points = [line.get_transform().transform(line.get_xydata())[0] for line in stars]
    assert abs(points[1][0] - points[0][0]) * 72 / ax.figure.dpi > 9
    assert all(ax.get_window_extent().contains(*point) for point in points)
    assert [line.get_xdata()[0] for line in stars] == [1e22, 1.02e22]


def test_names_with_dollars_are_drawn_as_they_are(fit):
    """Groups whose names begin a formula that never ends: every figure is drawn."""
    wild = {"one": "$\\frac", "two": "$_$", "three": "w" * 200}
    pool = replace(fit.pool, levels=(tuple(wild[name] for name in fit.pool.levels[0]),))
    odd = replace(
        fit,
        pool=pool,
        table=fit.table.assign(corpus=fit.table["corpus"].map(wild)),
        y="$y$",
        posterior=fit.posterior,
    )
    odd.table["$y$"] = odd.table["loss"]
    for ax in (
        bs.plot_groups.forest(odd)[0],
        bs.plot_groups.ridge(odd, "eta"),
        bs.plot_groups.best(odd),
        bs.plot_groups.crossover(odd, *list(wild.values())[:2]),
        odd.plot(AT).flat[0],
    ):
        ax.figure.draw_without_rendering()
        assert "$" in "".join(text.get_text() for text in ax.figure.findobj(plt.Text))


def test_small_multiples_have_a_panel_for_each_group(fit):
    axes = fit.plot(AT, measured=[2.5, 2.3, 2.5, 2.2, 2.5, 2.3])
    assert [ax.get_title(loc="left") for ax in axes.flat][:3] == ["one", "two", "three"]
    assert not crowded(axes.flat[0].figure) and "forecasts of the curve" in plot.alt(
        fit.plot(AT, of="mean")
    )
    assert "measured values lie inside" in plot.alt(axes) and any(
        "measured" in text.get_text() for text in axes.flat[0].figure.legends[0].get_texts()
    )


def test_small_multiples_show_the_tokens_per_parameter(fit):
    """One bar for all panels, whose shades runs and forecasts have; none where the ratio is one."""
    to = bs.targets(C=[1e21, 1e22], M=[20.0, 320.0])
    axes = fit.plot(to)
    figure, bars = (
        axes.flat[0].figure,
        [ax for ax in axes.flat[0].figure.axes if ax.get_label() == "<colorbar>"],
    )
    assert [bar.get_ylabel() for bar in bars] == ["tokens per parameter M"] and [
        text.get_text() for text in bars[0].get_yticklabels()
    ] == ["5", "20", "80", "320"]
    for ax, group in zip(axes.flat, fit.groups):
        runs = fit.training[fit.training["corpus"] == group]
        (marks,) = (found for found in ax.collections if found.get_label() == "training runs")
        shade = dict(zip(runs["M"].round(), marks.get_facecolor()[:, 0]))
        np.testing.assert_allclose(
            marks.get_facecolor()[:, 0], [shade[ratio] for ratio in runs["M"].round()]
        )
        assert shade[5] > shade[20] > shade[80] > shade[320]
        forecasts = [line.get_markerfacecolor()[0] for line in ax.lines if line.get_marker() == "D"]
        np.testing.assert_allclose(forecasts, [shade[20], shade[320]])
    assert "runs (darker for more tokens per parameter, from 5 to 320)" in plot.alt(
        axes
    ) and not crowded(figure)
    one = replace(fit, table=fit.table.assign(M=20.0)).plot(AT)
    assert len(one.flat[0].figure.axes) == one.size and "darker" not in plot.alt(one)


def test_the_legend_of_small_multiples_is_of_all_panels(fit):
    """Targets of the second group alone: their forecasts are in the legend, after runs and law."""
    figure = fit.plot(AT.assign(corpus="two")).flat[0].figure
    assert [text.get_text().split()[0] for text in figure.legends[0].get_texts()] == [
        "training",
        "law",
        "law",
        "forecast",
    ]


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda fit: bs.plot_groups.forest(fit, "et"), "et.*eta"),
        (lambda fit: bs.plot_groups.ridge(fit), "parameter='eta' or at=targets"),
        (lambda fit: bs.plot_groups.ridge(fit, "eta", reference="four"), "four.*one"),
        (lambda fit: bs.plot_groups.best(fit, within=(2, 1)), "within"),
        (lambda fit: bs.plot_groups.crossover(fit, "one", "four"), "four"),
        (lambda fit: bs.plot_groups.best(fit, where="loss_c4"), "where"),
        (lambda fit: bs.plot_groups.best(fit, better="less"), "better is 'less'"),
        (lambda fit: bs.plot_groups.curves(fit, prob=90), "between 0 and 1"),
        (
            lambda fit: bs.plot_groups.curves({"one": fit.group("one")}),
            "small multiples are of a pooled fit",
        ),
        (lambda fit: bs.plot_groups.best(fit, M=0), "M is 0; give tokens per parameter"),
        (lambda fit: bs.plot_groups.crossover(fit, "one", "two", M=float("nan")), "M is nan"),
    ],
)
def test_bad_requests_are_refused(fit, draw, message):
    with pytest.raises(bs.InputError, match=message):
        draw(fit)
