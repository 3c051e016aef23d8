"""Files that version 0.1.0 wrote are loaded, and forecast what that version forecast."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bayes_scaling as bs
from bayes_scaling._core.hull import distances

FOLDER = Path(__file__).parents[1] / "data" / "saved_by_0.1.0"
ANSWERS = json.loads((FOLDER / "answers.json").read_text())
PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95]
TARGETS = bs.targets(C=[1e21, 1e23], M=[20.0, 160.0])

pytestmark = pytest.mark.filterwarnings("ignore:.*was written by bayes_scaling 0.1.0:UserWarning")


def assert_same(draws, expected):
    """Mean and quantiles of draws, equal but for rounding."""
    np.testing.assert_allclose(draws.mean(axis=0), expected["mean"], rtol=1e-10)
    quantiles = np.quantile(draws, PROBABILITIES, axis=0)
    np.testing.assert_allclose(quantiles, expected["quantiles"], rtol=1e-10)


def assert_answers(forecaster, parameters, expected):
    """The law's curve at the targets, and its parameters."""
    assert_same(forecaster.draws(TARGETS, of="mean"), expected["curve"])
    assert set(parameters) == set(expected["parameters"])
    for name, draws in parameters.items():
        assert_same(draws, expected["parameters"][name])


def test_a_fit():
    fit = bs.load(FOLDER / "fit.nc")
    assert type(fit) is bs.Fit and (fit.y, fit.seed) == ("loss_c4", 1)
    assert fit.law.noise.df is None and not fit.law.noise.grows
    assert_answers(fit, fit.flat(*fit.law.names), ANSWERS["fit"])
    with pytest.warns(bs.FitWarning, match="not converged"):
        forecast = fit.forecast(TARGETS, of="mean")
    np.testing.assert_allclose(forecast["mean"], ANSWERS["fit"]["curve"]["mean"], rtol=1e-10)


def test_new_runs_of_a_fit_drift_by_the_size_in_its_file():
    """Beyond the hull of its runs; those inside stay where they were."""
    fit = bs.load(FOLDER / "fit.nc")
    still = replace(fit, law=fit.law.with_noise(replace(fit.law.noise, drift=0.0)))
    assert fit.law.noise.drift == 0.0041 and fit.own_runs is None
    inside, beyond = fit.training.head(1), TARGETS
    np.testing.assert_array_equal(fit.draws(inside), still.draws(inside))
    added = np.log(fit.draws(beyond) / still.draws(beyond))
    runs, to = (np.log(part[["N", "D"]]) * [1.0, 1.5] for part in (fit.training, beyond))
    distance = distances(runs.to_numpy(), to.to_numpy())
    np.testing.assert_allclose(added.std(axis=0), 0.0041 * distance, rtol=0.25)  # of 80 draws


def test_a_pooled_fit():
    pooled = bs.load(FOLDER / "pooled.nc")
    assert type(pooled) is bs.PooledFit and pooled.groups == tuple(ANSWERS["pooled"])
    assert pooled.drift == ("dataset", {"c4": 0.01, "redpajama": 0.02})
    for group, expected in ANSWERS["pooled"].items():
        assert_answers(pooled.group(group), pooled.published(group), expected)
    with pytest.warns(bs.FitWarning, match="not converged"):
        forecast = pooled.forecast(TARGETS, of="mean")
    means = [mean for group in pooled.groups for mean in ANSWERS["pooled"][group]["curve"]["mean"]]
    np.testing.assert_allclose(forecast["mean"], means, rtol=1e-10)


def test_many_fits():
    many = bs.load(FOLDER / "many.nc")
    assert type(many) is bs.Fits and many.groups == tuple(ANSWERS["many"])
    for group, expected in ANSWERS["many"].items():
        fit = many[group]
        assert_answers(fit, fit.flat(*fit.law.names), expected)


@pytest.mark.parametrize("name", ["fit.nc", "pooled.nc", "many.nc"])
def test_it_is_saved_again(name, tmp_path):
    result = bs.load(FOLDER / name)
    again = bs.load(result.save(tmp_path / name))
    assert type(again) is type(result) and again.law.sites == result.law.sites
    assert again.diagnosis == result.diagnosis and again.summary().equals(result.summary())
