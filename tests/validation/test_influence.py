"""Influence of single runs agrees with fits that leave them out."""

import numpy as np
import pytest

import bayes_scaling as bs
from bayes_scaling.results.fit_design import data_of, unpadded
from bayes_scaling.validation import influence as influence_module

FAR = bs.targets(C=[1e22, 1e24])


def test_influence_agrees_with_fits_without_the_run(outlier_fit):
    """Both by weights and by refits, under the same priors."""
    table = bs.influence(outlier_fit, FAR, of="mean")
    assert table["run"].iloc[0] == "10" and len(table) == 24
    assert set(table.loc[table["pareto_k"] > 0.7, "how"]) <= {"refit"}
    assert unpadded(data_of(outlier_fit))[1] == 12
    for run in ("10", "3"):
        rest = outlier_fit.training.drop(run)
        assert (
            rest["loss"].min() == outlier_fit.training["loss"].min()
        )  # the floor's prior is the same
        refit = bs.fit(outlier_fit.law, rest, draws=2000)
        median = np.median(refit.draws(FAR, of="mean"), axis=0)
        sd = outlier_fit.draws(FAR, of="mean").std(axis=0)
        rows = table[table["run"] == run].set_index("target")
        assert (abs(rows.loc[["0", "1"], "without"].to_numpy() - median) < 0.2 * sd).all(), run
    target = table.iloc[0]["target"]
    assert f"runs 10 moves target {target} most: without it the median would be" in repr(table)


def test_weights_and_refits_agree(curve_fit):
    """The same run is left out in both ways, where the weights are reliable."""
    weighted = bs.influence(curve_fit, FAR, refits=0).set_index(["run", "target"])
    assert "fitted again" not in repr(bs.influence(curve_fit, FAR, refits=0))
    run = weighted["pareto_k"].idxmin()[0]
    refit, problems = influence_module.refit_without(curve_fit, [int(run)], 0)[int(run)]
    assert not problems
    sd = curve_fit.draws(FAR).std(axis=0)
    by_weights = weighted.loc[run].sort_index()["without"].to_numpy()
    assert (abs(np.median(refit.draws(FAR), axis=0) - by_weights) < 0.1 * sd).all()


def test_without_targets_the_table_is_of_parameters(outlier_fit):
    table = bs.influence(outlier_fit)
    assert set(table["parameter"]) == {"E", "A", "alpha_C"} and "moves parameter" in repr(table)


def test_unreliable_weights_are_marked(outlier_fit, monkeypatch):
    limits = influence_module.LIMITS | {"pareto_k": -1.0}
    monkeypatch.setattr(influence_module, "LIMITS", limits)
    table = influence_module.influence(outlier_fit, FAR, refits=0)
    assert set(table["how"]) == {"weights, unreliable"} and "raise refits to 12" in repr(table)


def test_without_the_largest_run_forecasts_drift_from_the_next(loss_fit, small):
    """Intervals are as wide as those of a new fit to the others, whose range ends earlier."""
    table = small.reset_index(drop=True)
    last = int(table["C"].to_numpy().argmax())
    to = bs.targets(N=[7e9], D=[1.4e11])
    others = bs.fit("over_training", table.drop(index=table.index[last]), y=loss_fit.y)
    seeds = range(6)  # the noise of one seed moves a width by some 2%
    width, other_width = (
        np.mean(
            [
                np.subtract(*fit.forecast(to, seed=seed).iloc[0][["upper", "lower"]])
                for seed in seeds
            ]
        )
        for fit in (loss_fit, others)
    )
    tables = [bs.influence(loss_fit, to, refits=0, seed=seed).set_index("run") for seed in seeds]
    ratio = np.mean([table.loc[loss_fit.parts.runs[last], "width"] for table in tables])
    assert ratio == pytest.approx(other_width / width, rel=0.06)
