"""Fits of groups on paths: chosen by auto, saved, asked for groups without runs, and refused."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling._core.random_streams import Stream, generator

AT = {"C": [3e20], "M": [20.0]}


def table(seed=3, groups=("a", "b", "c", "d")):
    """Corpora whose departures from a curve wander with compute."""
    rng = generator(Stream.SIMULATED_TABLE, seed)
    compute = np.geomspace(1e18, 1e20, 6)
    rows = []
    for corpus in groups:
        path = 0.02 * rng.standard_normal() + np.cumsum(0.01 * rng.standard_normal(6))
        mean = (1.5 + (compute / 1e18) ** -0.12) * np.exp(path)
        rows += [
            {"corpus": corpus, "C": C, "loss": value * np.exp(0.004 * rng.standard_normal())}
            for C, value in zip(compute, mean)
            for _ in range(2)
        ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def fit():
    return bs.fit("auto", table(), group="corpus")


def test_auto_puts_groups_of_one_scale_on_paths(fit):
    assert isinstance(fit, bs.PathsFit) and isinstance(fit.law.noise, bs.GroupPaths)
    assert "each has a path of its own" in fit.forecast(AT).note
    assert not fit.diagnosis.problems
    pooled = bs.fit("auto", table(), group="corpus", noise=bs.Noise(), draws=100, chains=2)
    assert not isinstance(pooled, bs.PathsFit)


def test_curves_pass_through_the_runs(fit):
    """A group's curve at a size that was trained is the mean of its runs, within their noise."""
    runs = fit.table.groupby(["corpus", "C"], sort=False)["loss"].mean().reset_index()
    draws = fit.draws(runs[["corpus", "C"]], of="mean")
    error = (np.log(draws.mean(axis=0)) - np.log(runs["loss"])) / np.log(draws).std(axis=0)
    assert np.sqrt((error**2).mean()) < 1.5
    assert np.abs(np.log(draws.mean(axis=0) / runs["loss"])).max() < 0.01


def test_intervals_widen_beyond_the_runs_and_new_groups_are_wider(fit):
    to = pd.DataFrame({"C": [1e20, 1e21, 1e22], "M": 20.0})
    known = fit.group("a").forecast(to)
    width = (known["upper"] - known["lower"]).to_numpy()
    assert (np.diff(width) > 0).all()
    new = fit.group("another").forecast(to)
    assert (new["upper"] - new["lower"]).iloc[0] > 2 * width[0]
    assert "No runs of corpus another" in new.note


def test_a_saved_fit_answers_alike(fit, tmp_path):
    again = bs.load(fit.save(tmp_path / "fit.nc"))
    assert isinstance(again, bs.PathsFit)
    pd.testing.assert_frame_equal(again.forecast(AT), fit.forecast(AT))
    assert bs.compare(again, AT).sentences == bs.compare(fit, AT).sentences


def test_the_summary_has_each_departure_once(fit):
    summary = fit.summary()
    assert (summary["parameter"] == "departure").sum() == 4
    assert (summary["parameter"] == "rate").sum() == 1
    assert fit.tree["posterior"]["departure"].dims == ("chain", "draw", "corpus")


def test_draws_do_not_depend_on_the_targets_asked_with_them(fit):
    one = fit.group("b").draws(AT, of="mean")
    two = fit.group("b").draws({"C": [1e19, 3e20], "M": [20.0, 20.0]}, of="mean")
    assert one[:, 0] == pytest.approx(two[:, 1], rel=1e-12)


@pytest.mark.parametrize(
    "options, words",
    [
        ({}, "is for groups"),
        ({"group": "corpus", "pool": {"E": "free"}}, "share all of them"),
        ({"group": ["corpus", "half"]}, "groups of one column"),
    ],
)
def test_what_does_not_go_with_paths_is_refused(options, words):
    runs = table().assign(half=np.resize(["x", "y"], 48))
    with pytest.raises(bs.InputError, match=words):
        bs.fit("power_law_floor", runs, noise=bs.GroupPaths(), **options)


@pytest.mark.parametrize("terms", [{"df": 4}, {"smooth": "ou"}, {"drift": 0.01}])
def test_terms_that_paths_replace_are_refused(terms):
    with pytest.raises(bs.InputError, match="leave these and df out"):
        bs.GroupPaths(**terms)


def test_a_comparison_far_from_all_ratios_has_the_caution(fit):
    runs = table().assign(M=20.0)
    known = bs.fit("auto", runs, group="corpus", draws=250, chains=2)
    with pytest.warns(bs.FitWarning) if known.diagnosis.problems else nullcontext():
        far = bs.compare(known, bs.targets(C=[3e20], M=[1000]))
    assert any("50 times above those of all runs" in text for text in far.diagnosis.cautions)


def test_a_law_along_the_loss_is_refused():
    runs = table().rename(columns={"loss": "L"}).assign(error=lambda frame: frame["L"] / 5)
    with pytest.raises(bs.InputError, match="no scale"):
        bs.fit("perplexity_to_error", runs, "error", group="corpus", noise=bs.GroupPaths())


def test_accuracies_of_two_groups_are_put_on_paths():
    """The better of two corpora by a fifth of a logit, at accuracies that rise with compute."""
    rng = generator(Stream.SIMULATED_TABLE, 6)
    rows = [
        {"corpus": corpus, "C": C, "accuracy": 1 / (1 + np.exp(-logit))}
        for corpus, level in (("a", 0.0), ("b", 0.2))
        for C in np.repeat(np.geomspace(1e18, 1e21, 6), 2)
        for logit in [0.25 * np.log(C / 1e18) - 1 + level + 0.03 * rng.standard_normal()]
    ]
    fitted = bs.fit("auto", pd.DataFrame(rows), "accuracy", group="corpus")
    assert isinstance(fitted, bs.PathsFit) and fitted.law.name == "sigmoid"
    decision = bs.compare(fitted, {"C": [3e21], "M": [20.0]}).decision  # higher is better
    assert decision.loc[decision["group"] == "b", "p_best"].item() > 0.9
    lowest = bs.compare(fitted, {"C": [3e21], "M": [20.0]}, better="lower").decision
    assert lowest.loc[lowest["group"] == "a", "choice"].item()


@pytest.mark.long
def test_held_out_runs_and_orders_are_as_likely_as_stated():
    """Of 60 simulated tables, the next size: 90% intervals, and the confidence in each order."""
    inside, confidence, right = [], [], []
    for seed in range(60):
        runs = table(100 + seed)
        small = runs[runs["C"] < 5e19]
        fitted = bs.fit("auto", small, group="corpus", draws=500)
        large = runs[runs["C"] > 5e19].reset_index(drop=True)
        draws = fitted.draws(large[["corpus", "C"]].assign(M=20.0))
        lower, upper = np.quantile(draws, [0.05, 0.95], axis=0)
        inside += list((lower <= large["loss"]) & (large["loss"] <= upper))
        means = large.groupby("corpus", sort=False)["loss"].mean().to_numpy()
        forecast = draws.reshape(len(draws), -1, 2).mean(axis=2)
        for i, j in zip(*np.triu_indices(4, 1)):
            p = (forecast[:, i] < forecast[:, j]).mean()
            confidence.append(max(p, 1 - p))
            right.append((p > 0.5) == (means[i] < means[j]))
    assert 0.84 < np.mean(inside) < 0.97
    assert abs(np.mean(confidence) - np.mean(right)) < 0.06
