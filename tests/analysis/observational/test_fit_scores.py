"""Scores of models from few factors: gaps are forecast, and what is invalid is refused."""

import numpy as np
import pandas as pd
import pytest
from refusals import refused

import bayes_scaling as bs

SCORES = ["a", "b", "c", "d", "e"]
OPTIONS = {"family": "family", "compute": "C", "factors": 1}


@pytest.fixture(scope="module")
def models():
    """36 models of six families: one factor that grows with compute at the family's own level."""
    rng = np.random.default_rng(3)
    family = np.repeat(np.arange(6), 6)
    log = rng.uniform(-1.5, 1.5, 36)
    S = np.array([-0.8, -0.4, 0.0, 0.2, 0.5, 0.9])[family] + log + 0.2 * rng.standard_normal(36)
    slopes, levels = np.array([1.0, 1.5, 0.8, 1.2, 2.0]), np.array([0.0, -1.0, 0.5, 1.0, -0.5])
    chance = np.array([0.25, 0.0, 0.5, 0.25, 0.0])
    score = chance + (1 - chance) / (1 + np.exp(-levels - slopes * S[:, None]))
    score = np.clip(score + 0.015 * rng.standard_normal(score.shape), 0, 1)
    names = [f"m{i}" for i in range(36)]
    table = pd.DataFrame(score, columns=SCORES, index=names)
    return table.assign(family=[f"f{f}" for f in family], C=1e21 * 10**log)


@pytest.fixture(scope="module")
def gaps(models):
    """The table without the score e of twelve models, all scores of one, and two computes."""
    table = models.copy()
    table.loc[table.index[::3], "e"] = np.nan
    table.loc["m7", SCORES] = np.nan
    table.loc[["m4", "m20"], "C"] = np.nan
    return table


@pytest.fixture(scope="module")
def fitted(gaps):
    return bs.observational.fit_scores(gaps, SCORES, **OPTIONS, draws=200, warmup=200)


def test_gaps_are_forecast_within_their_intervals(fitted, gaps, models):
    forecast = fitted.forecast()
    assert len(forecast) == int(gaps[SCORES].isna().to_numpy().sum())
    true = np.array([models.loc[row.model, row.score] for row in forecast.itertuples()])
    inside = (forecast["lower"] <= true) & (true <= forecast["upper"])
    assert inside.mean() >= 12 / 17  # a binomial of 90% is below that once in 60 tables
    e = forecast[(forecast["score"] == "e") & (forecast["model"] != "m7")]
    guess = gaps["e"].mean()
    there = models.loc[e["model"], "e"].to_numpy()
    assert ((e["mean"] - there) ** 2).mean() < 0.05 * ((guess - there) ** 2).mean()
    assert fitted.diverging < 10 and "Sampling" in repr(forecast)


def test_a_model_without_scores_is_forecast_from_family_and_compute(fitted, models):
    """Less sure than one whose other scores are known, and nearer than the mean of all."""
    forecast = fitted.forecast().set_index("model")
    planned, known = forecast.loc["m7"].set_index("score").loc["e"], forecast.loc["m0"]
    assert planned["upper"] - planned["lower"] > 1.5 * (known["upper"] - known["lower"])
    assert planned["lower"] <= models.loc["m7", "e"] <= planned["upper"]
    narrow = fitted.forecast(prob=0.5).set_index("model").loc["m0"]
    assert narrow["lower"] > known["lower"] and narrow["upper"] < known["upper"]


@pytest.mark.parametrize(
    "change, options, words",
    [
        ({}, {"family": "maker"}, ("no column maker",)),
        ({"a": 1.2}, {}, ("row m0: a is 1.2", "from 0 to 1")),
        ({"a": np.nan}, {}, ("a was measured for 0 models",)),
        ({"a": "high"}, {}, ("row m0: a is 'high'", "give a number")),
        ({"C": 0.0}, {}, ("C has values up to 0",)),
        ({"C": np.inf}, {}, ("C has values up to 0",)),
        ({"C": 1e21}, {}, ("C is 1e+21 throughout",)),
        ({}, {"factors": 5}, ("5 factors need more than 5 scores",)),
        ({}, {"factors": 0}, ("factors is 0",)),
        ({}, {"draws": 1}, ("draws is 1",)),
        ({}, {"seed": -1}, ("seed is -1",)),
    ],
)
def test_what_is_invalid_is_refused(models, change, options, words):
    with refused(*words):
        bs.observational.fit_scores(models.assign(**change), SCORES, **OPTIONS | options)
