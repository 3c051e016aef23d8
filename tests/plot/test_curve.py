"""Figures of curves and posteriors: what is on them, and that the settings are restored."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from crowded import crowded

import bayes_scaling as bs


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_curve_has_runs_law_forecast_and_measured(loss_fit, headline):
    ax = loss_fit.plot(headline, measured=[2.502, 2.425])
    assert [text.split()[0].rstrip(",") for text in texts(ax)] == [
        "training",
        "law",
        "law",
        "forecast",
        "measured",
    ]
    assert [text.get_text() for text in ax.texts] == ["M = 20", "M = 640"]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert "FLOPs" in ax.get_xlabel() and "nats/token" in ax.get_ylabel()


def test_band_is_the_interval_of_the_laws_curve(loss_fit, headline):
    ax = loss_fit.plot(headline.iloc[:1])
    band = ax.collections[1].get_paths()[0].vertices
    grid = np.unique(band[:, 0])
    at = bs.targets(C=grid[40], M=640.0)
    forecast = loss_fit.forecast(at, of="mean")
    heights = np.sort(band[np.isclose(band[:, 0], grid[40]), 1])
    np.testing.assert_allclose(
        [heights[0], heights[-1]], [forecast["lower"].item(), forecast["upper"].item()], rtol=1e-6
    )


def test_error_against_loss(error_fit):
    ax = error_fit.plot()
    assert ax.get_xlabel() == "loss, nats/token" and "top-1 error" in ax.get_ylabel()


def test_chain_against_compute(loss_fit, error_fit, headline):
    ax = bs.chain(loss_fit, error_fit).plot(headline)
    assert "FLOPs" in ax.get_xlabel() and "error_17" in ax.get_ylabel()


def test_posterior_marks_published_values(loss_fit):
    axes = bs.plot.posterior(loss_fit, published="redpajama")
    assert [ax.get_title(loc="left") for ax in axes] == ["E", "eta", "a", "b"]
    assert axes[1].lines[-1].get_xdata()[0] == pytest.approx(0.1364254)
    assert bs.plot.posterior(loss_fit, names=["E_share", "sigma"])


@pytest.mark.parametrize(
    "draw, message",
    [
        (lambda fit, to: fit.plot(to, measured=[1.0, 2.0, 3.0]), "measured has 3 values"),
        (lambda fit, to: fit.plot(measured=[1.0]), "need the targets"),
        (lambda fit, to: fit.plot(to, of="curve"), "use 'run'"),
        (lambda fit, to: fit.plot(to, prob=90), "between 0 and 1"),
        (lambda fit, to: fit.plot([7e9]), "targets are"),
        (lambda fit, to: bs.plot.posterior(fit, "pile"), "no published setting 'pile'"),
        (lambda fit, to: bs.plot.posterior(fit, names=["etta"]), "did you mean eta"),
        (lambda fit, to: bs.plot.posterior(fit, names="etta"), "did you mean eta"),
        (lambda fit, to: bs.plot.posterior(fit, prob=90), "between 0 and 1"),
        (lambda fit, to: fit.plot(of="curve"), "use 'run'"),
        (lambda fit, to: fit.plot(kind="hpd"), "use 'eti'"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(loss_fit, headline, draw, message):
    with pytest.raises(bs.InputError, match=message):
        draw(loss_fit, headline)


def test_style_restores_the_settings(loss_fit):
    before = dict(plt.rcParams)
    with bs.plot.style():
        assert plt.rcParams["axes.spines.top"] is False
    assert dict(plt.rcParams) == before


def test_alt_text_describes_the_figure(loss_fit, headline):
    ax = loss_fit.plot(headline)
    row = loss_fit.forecast(headline).iloc[0]
    text = bs.plot.alt(ax)
    assert bs.plot.alt(ax.figure) == text and text.endswith(".")
    for part in (
        "loss_c4",
        "32 training runs",
        "M = 640 and 20",
        f"{row['median']:.4g} ({row['lower']:.4g} to {row['upper']:.4g})",
    ):
        assert part in text
    axes = bs.plot.posterior(loss_fit, published="redpajama")
    assert (
        "eta" in bs.plot.alt(axes)
        and bs.plot.alt(axes).count("Posterior") == 1
        and "redpajama" in bs.plot.alt(axes)
    )


def boxes(figure):
    """Bounding boxes of all texts that are seen, in pixels."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    found = [
        text for text in figure.findobj(plt.Text) if text.get_visible() and text.get_text().strip()
    ]
    return {text.get_text(): text.get_window_extent(renderer) for text in found}


def overlap(one, two):
    return (
        min(one.x1, two.x1) - max(one.x0, two.x0) > 1
        and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    )


@pytest.mark.parametrize("count", [6, 60])
def test_labels_of_many_curves_stand_apart_and_inside(loss_fit, count):
    to = bs.targets(C=np.geomspace(1e21, 1e22, count), M=np.geomspace(15, 60, count))
    ax = loss_fit.plot(to)
    found = boxes(ax.figure)
    labels = {name: box for name, box in found.items() if name.startswith("M = ")}
    assert len(labels) == 6
    names = list(labels)
    assert not [
        (a, b) for i, a in enumerate(names) for b in names[i + 1 :] if overlap(labels[a], labels[b])
    ]
    frame = ax.get_window_extent()
    assert all(
        frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        for box in labels.values()
    )
    assert len(ax.containers) == count


def test_names_of_any_length_and_sign_are_drawn_as_they_are(small):
    wild = "$\\frac" + "x" * 200
    ax = bs.fit("over_training", small.rename(columns={"loss_c4": wild}), y=wild).plot(
        bs.targets(N=7e9, D=1.4e11)
    )
    found = boxes(ax.figure)
    assert (
        ax.get_ylabel().startswith("$\\fracx")
        and found[ax.get_ylabel()].height < ax.figure.bbox.height
    )


def test_many_published_settings_are_one_gray(loss_fit):
    from dataclasses import replace

    values = loss_fit.law.published["c4"]
    law = replace(loss_fit.law, published={f"setting {i}": values for i in range(60)})
    axes = bs.plot.posterior(replace(loss_fit, law=law))
    legend = [text.get_text() for text in axes[0].figure.legends[0].get_texts()]
    assert len(legend) == 6 and legend[-1] == "55 further settings"


def test_published_settings_are_named_in_full_where_they_fit(loss_fit):
    from dataclasses import replace

    name = "redpajama, fitted again with the exponents of another table"
    law = replace(loss_fit.law, published={name: loss_fit.law.published["redpajama"]})
    axes = bs.plot.posterior(replace(loss_fit, law=law))
    assert axes[0].figure.legends[0].get_texts()[0].get_text().startswith(name) and not crowded(
        axes[0].figure
    )


def test_posteriors_of_bits_per_byte_are_not_in_nats(loss_fit):
    from dataclasses import replace

    axes = bs.plot.posterior(replace(loss_fit, y="bpb_c4"), names=["E", "eta", "a"])
    assert [ax.get_xlabel() for ax in axes] == ["bits/byte", "", "bits/byte x FLOPs^eta"]


@pytest.mark.parametrize(
    "low, high", [(2.4, 6.2), (2.62, 2.9), (0.997, 1.004), (1e-3, 20), (1e-6, 1e3)]
)
def test_every_axis_has_a_few_plain_numbers(low, high):
    """Short, long and very short axes: three numbers to ten, all inside."""
    from bayes_scaling.plot.axis_ticks import space_log_ticks
    from bayes_scaling.plot.log_ticks import label

    _, ax = plt.subplots()
    ax.set(yscale="log", ylim=(low, high))
    space_log_ticks(ax.yaxis)
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= high]
    assert 3 <= len(ticks) <= 10
    assert high < 10 * low or all(f"{tick:e}"[0] in "1235" for tick in ticks)
    assert ax.yaxis.get_major_formatter()(ticks[0]) == label(ticks[0])


def test_numbers_are_under_the_lowest_panel_of_each_column():
    from bayes_scaling.plot.axis_ticks import label_lowest_panels

    _, grid = plt.subplots(2, 2, sharex=True)
    grid[1, 1].set_visible(False)
    label_lowest_panels(grid)
    assert [ax.xaxis.get_tick_params()["labelbottom"] for ax in grid.flat[:3]] == [
        False,
        True,
        True,
    ]


def test_three_dozen_line_styles_are_all_different():
    from bayes_scaling.plot.style import line_style

    styles = [line_style(i) for i in range(36)]
    assert len({style[:2] for style in styles}) == len({style[::2] for style in styles}) == 36


def test_the_earlier_name_of_the_colors_is_kept():
    assert bs.plot.COLOURS is bs.plot.COLORS  # codespell:ignore
