"""Figures: what is on them, and that drawing leaves nothing behind."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import bayes_scaling as bs


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_curve_has_runs_law_forecast_and_measured(loss_fit, headline):
    ax = loss_fit.plot(headline, measured=[2.502, 2.425])
    assert [text.split()[0].rstrip(",") for text in texts(ax)] == ["training", "law", "law", "forecast", "measured"]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert "FLOPs" in ax.get_xlabel() and "nats/token" in ax.get_ylabel()


def test_band_is_the_interval_of_the_laws_curve(loss_fit, headline):
    ax = loss_fit.plot(headline.iloc[:1])
    band = ax.collections[1].get_paths()[0].vertices
    grid = np.unique(band[:, 0])
    at = bs.targets(C=grid[40], M=640.0)
    forecast = loss_fit.forecast(at, of="mean")
    heights = np.sort(band[np.isclose(band[:, 0], grid[40]), 1])
    np.testing.assert_allclose([heights[0], heights[-1]], [forecast["lower"].item(), forecast["upper"].item()], rtol=1e-6)


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
    "draw, says",
    [
        (lambda fit, to: fit.plot(to, measured=[1.0, 2.0, 3.0]), "measured has 3 values"),
        (lambda fit, to: fit.plot(measured=[1.0]), "need the targets"),
        (lambda fit, to: fit.plot(to, of="curve"), "use 'run'"),
        (lambda fit, to: fit.plot(to, prob=90), "between 0 and 1"),
        (lambda fit, to: fit.plot([7e9]), "targets are"),
        (lambda fit, to: bs.plot.posterior(fit, "pile"), "no published setting 'pile'"),
        (lambda fit, to: bs.plot.posterior(fit, names=["etta"]), "did you mean eta"),
    ],
)
def test_bad_requests_are_told_in_a_sentence(loss_fit, headline, draw, says):
    with pytest.raises(bs.InputError, match=says):
        draw(loss_fit, headline)


def test_style_gives_back_what_it_took(loss_fit):
    before = dict(plt.rcParams)
    with bs.plot.style():
        assert plt.rcParams["axes.spines.top"] is False
    assert dict(plt.rcParams) == before
