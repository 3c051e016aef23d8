"""A table's own held-out runs: which sizes of the drift they prefer."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.own_origin import own_runs
from bayes_scaling.results import fit_drift

LAW = bs.find_law("power_law_floor").with_noise(bs.Noise(grows=False))
SAMPLING = {"chains": 2, "draws": 300, "warmup": 200}
CUT = 1e21 / 8  # runs up to here are fitted; those above twice as much are held out


def curve(slope, seed, runs=20):
    """Losses along compute that leave their law at the cut, by a slope for each unit of log C."""
    C = np.geomspace(1e18, 1e21, runs)
    drift = slope * np.maximum(np.log(C / CUT), 0)
    noise = 0.003 * np.random.default_rng(seed).standard_normal(runs)
    return pd.DataFrame({"C": C, "loss": (1.8 + (C / 3e19) ** -0.2) * np.exp(drift + noise)})


TABLES = {"still": curve(0.0, 0), "strong": curve(0.04, 0), "short": curve(0.0, 0).tail(10)}


def scored(*names, law=LAW):
    """What ``own_runs`` returns for tables."""
    designs = [conditioned(law, TABLES[name], "loss", None, {}) for name in names]
    return own_runs(law, designs, range(len(names)), SAMPLING)


@pytest.fixture(scope="module")
def still():
    return scored("still")[0]


@pytest.fixture(scope="module")
def strong():
    return scored("strong")[0]


def medians(*evidence):
    return [LAW.noise.drift.quantiles([0.5], own)[0] for own in evidence]


def test_runs_that_left_the_fit_of_the_smaller_ones_prefer_large_sizes(still, strong):
    small, plain, large = medians(still, None, strong)
    assert small < 0.95 * plain and 2 * plain < large
    best = [LAW.noise.drift.grid[own.log_density.argmax()] for own in (still, strong)]
    assert best[0] < plain / 2
    # a slope of 0.04, where (sigma + base) (1 - 3 / 14) is about 0.006
    assert 0.04 / 0.006 / 1.5 < best[1] < 0.04 / 0.006 * 1.5


def test_scores_are_those_of_a_fit_to_the_smaller_runs(strong):
    """Four runs are held out, with the hull, sigma and runs of the others."""
    table = TABLES["strong"]
    below, held = table[table["C"] <= CUT], table[table["C"] > 2 * CUT]
    assert strong.count == len(held) == 4
    fit = bs.fit(LAW, below, noise=bs.Noise(grows=False, drift=0.0), **SAMPLING)
    center, sd, distance = fit.scatter_at({"C": held["C"].to_numpy()[None]})
    np.testing.assert_allclose(distance[0], np.log(held["C"] / below["C"].max()))
    unit = (np.median(fit.posterior["sigma"]) + 0.005) * (len(below) - 3) / len(below)
    z = np.log(held["loss"].to_numpy())
    for g, score in list(zip(LAW.noise.drift.grid, strong.log_density))[48:]:
        total = np.hypot(sd, g * unit * distance)
        density = np.exp(-0.5 * ((z - center) / total) ** 2) / total / np.sqrt(2 * np.pi)
        assert score == pytest.approx(np.log(density.mean(axis=0)).mean(), abs=0.1)


def test_one_seed_gives_one_answer_and_a_batch_agrees(still, strong):
    np.testing.assert_array_equal(scored("still")[0].log_density, still.log_density)
    batch = scored("strong", "short", "still")
    assert batch[1] is None
    for one, other in [(batch[0], strong), (batch[2], still)]:
        assert one.count == other.count
        np.testing.assert_allclose(medians(one), medians(other), rtol=0.1)


@pytest.mark.parametrize(
    "name, noise",
    [
        ("short", bs.Noise(grows=False)),  # fewer than six runs below the cut
        ("still", bs.Noise(grows=False, drift=0.01)),
        ("still", bs.Noise(grows=False, df=None, smooth="ou")),
    ],
)
def test_too_few_runs_and_drifts_as_given_have_no_evidence(name, noise):
    assert scored(name, law=LAW.with_noise(noise)) == [None]


def test_forecasts_use_the_evidence_and_saved_fits_keep_it(tmp_path, monkeypatch):
    fits = {name: bs.fit(LAW, TABLES[name], **SAMPLING) for name in ("still", "strong")}
    to = pd.DataFrame({"C": [1e23]})
    typical = {name: fit.drift_draws.typical for name, fit in fits.items()}
    assert typical["strong"] > 2 * typical["still"]
    paths = {name: fit.save(tmp_path / f"{name}.nc") for name, fit in fits.items()}
    monkeypatch.setattr(fit_drift, "own_runs", lambda *_: pytest.fail("fitted again"))
    for name, fit in fits.items():
        back = bs.load(paths[name], law=LAW)
        np.testing.assert_array_equal(back.own_runs.log_density, fit.own_runs.log_density)
        np.testing.assert_array_equal(back.draws(to), fit.draws(to))


def test_fits_of_many_tables_have_the_evidence_of_single_fits(still, strong):
    table = pd.concat([part.assign(set=name) for name, part in TABLES.items()])
    fits = bs.fit_many(LAW, table, by="set", **SAMPLING)
    evidence = {name: fits[name].own_runs for name in fits}
    assert evidence["short"] is None
    for name, other in [("still", still), ("strong", strong)]:
        np.testing.assert_allclose(medians(evidence[name]), medians(other), rtol=0.1)
