"""The figure of residuals."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import bayes_scaling as bs


def test_residuals_have_a_panel_for_each_size(loss_fit):
    axes = loss_fit.plot_residuals()
    labels = [ax.get_xlabel() for ax in axes]
    assert [label.split()[-1].strip(",") for label in labels[:2]] == ["N", "D"]
    assert "FLOPs" in labels[2] and labels[3] == "M"
    assert "log scale" in axes[0].figure.get_supylabel()
    shown = sum(len(line.get_xdata()) for line in axes[0].lines if line.get_marker() in "oD")
    assert shown == len(loss_fit.training)
    plt.close("all")


def test_residuals_can_be_stacked(loss_fit):
    axes = loss_fit.plot_residuals(columns=1)
    assert len(axes) == 4 and len({round(ax.get_position().x0, 2) for ax in axes}) == 1
    plt.close("all")


def test_runs_outside_the_band_are_counted(loss_fit):
    """The band is that of a new outcome: about a tenth of the runs lie outside."""
    axes = loss_fit.plot_residuals(prob=0.5)
    outside = next(line for line in axes[0].lines if line.get_marker() == "D")
    count = len(outside.get_xdata())
    assert 3 <= count <= 24 and f"{count} of 32 runs lie outside the 50% band" in bs.plot.alt(axes)
    plt.close("all")


def test_residuals_need_a_fit_with_sizes(loss_fit, error_fit):
    with pytest.raises(bs.InputError, match="give a Fit or a PooledFit"):
        bs.plot.residuals(bs.chain(loss_fit, error_fit))
    with pytest.raises(bs.InputError, match="between 0 and 1"):
        loss_fit.plot_residuals(prob=2)
    with pytest.raises(bs.InputError, match="columns is 0"):
        loss_fit.plot_residuals(columns=0)


def test_residuals_of_groups_are_about_their_own_curves(small):
    runs = bs.load_runs("gadre2024").query("N < 5e8 and M >= 20")
    fit = bs.fit("over_training", runs, y="loss_c4", group="dataset", draws=100, chains=2)
    from bayes_scaling.results.residuals import residuals_of_pooled_fit

    found = residuals_of_pooled_fit(fit)
    for group in fit.groups:
        mask = (fit.training["dataset"] == group).to_numpy()
        curve = np.log(fit.draws(fit.training[mask], of="mean")).mean(axis=0)
        expected = np.log(fit.training[mask][fit.y]) - curve
        np.testing.assert_allclose(found.raw[mask], expected, atol=1e-8)
    assert len(fit.plot_residuals()) == 4
    plt.close("all")
