"""ArviZ's functions work on the tree of a fit."""

import warnings

import matplotlib.pyplot as plt
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import arviz as az

NAMES = ["E", "eta"]
PLOTS = {
    "trace": lambda tree: az.plot_trace(tree, var_names=NAMES),
    "forest": lambda tree: az.plot_forest(tree, var_names=NAMES),
    "rank": lambda tree: az.plot_rank(tree, var_names=NAMES),
    "pair": lambda tree: az.plot_pair(tree, var_names=NAMES),
    "dist": lambda tree: az.plot_dist(tree, var_names=NAMES),
    "ess": lambda tree: az.plot_ess(tree, var_names=NAMES),
    "prior and posterior": lambda tree: az.plot_prior_posterior(tree, var_names=["eta"]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_of_arviz_has_lines(name, loss_fit):
    PLOTS[name](loss_fit.tree)
    axes = [ax for number in plt.get_fignums() for ax in plt.figure(number).axes]
    drawn = sum(len(ax.lines) + len(ax.collections) + len(ax.patches) for ax in axes)
    plt.close("all")
    assert drawn >= 2


@pytest.mark.filterwarnings("ignore")
def test_the_posterior_predictive_is_plotted_at_the_runs(loss_fit):
    az.plot_ppc_interval(loss_fit.posterior_predictive())
    assert plt.get_fignums()
    plt.close("all")
