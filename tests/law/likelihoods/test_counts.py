"""Likelihoods of counts: beside SciPy, and through fits, files and forecasts."""

import jax
import numpy as np
import pandas as pd
import pytest
from binomial_band import SETS, band
from error_counts import ERROR, log_prob, runs
from scipy import special, stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.law.likelihoods.beta_binomial_distribution import log_rising

RNG = np.random.default_rng(0)
MEAN = np.array([0.02, 0.3, 0.5, 0.9, 0.999])
ITEMS = np.array([50.0, 500.0, 7.0, 1000.0, 20.0])
COUNTS = np.array([2.0, 140.0, 7.0, 880.0, 20.0])


def test_binomial_is_scipys():
    rows = {"items": ITEMS}
    np.testing.assert_allclose(
        log_prob(bs.Binomial(), MEAN, COUNTS / ITEMS, rows),
        stats.binom(ITEMS, MEAN).logpmf(COUNTS),
        rtol=1e-9,
    )


def test_betabinomial_is_scipys():
    rows, phi = {"items": ITEMS}, 30.0
    ours = log_prob(bs.BetaBinomial(), MEAN, COUNTS / ITEMS, rows, {"phi": phi})
    np.testing.assert_allclose(
        ours,
        stats.betabinom(ITEMS.astype(int), MEAN * phi, (1 - MEAN) * phi).logpmf(COUNTS),
        rtol=1e-9,
    )


def test_betabinomial_of_any_concentration_is_a_probability():
    """At large concentrations it is the Binomial, not the rounding error of log gammas (e^640)."""
    rows = {"items": ITEMS}
    for phi in (1e8, 1e14, 1e18, 1e30):
        ours = log_prob(bs.BetaBinomial(), MEAN, COUNTS / ITEMS, rows, {"phi": phi})
        np.testing.assert_allclose(ours, stats.binom(ITEMS, MEAN).logpmf(COUNTS), atol=1e-4)


@pytest.mark.parametrize("a", [1e-12, 0.5, 30.0, 1e5, 1e9])
def test_rising_factorials_are_sums_of_logarithms_of_their_factors(a):
    with float64():
        for n in (0, 1, 7, 20_000):
            np.testing.assert_allclose(
                log_rising(a, float(n)), np.log(a + np.arange(n)).sum(), rtol=1e-12, atol=1e-11
            )
        np.testing.assert_allclose(
            jax.grad(log_rising)(a, 200.0), (1 / (a + np.arange(200))).sum(), rtol=1e-9
        )


def test_a_drift_moves_proportions_on_the_logit_and_targets_share_it():
    """By its sd of 0.4, 0.8 twice as far; the scatter of the concentration adds to it."""
    noise, rows, p = (
        bs.BetaBinomial(drift=0.2),
        {"items": np.full(3, 1e6)},
        {"phi": np.full((40_000, 1), 5000.0)},
    )
    rng = np.random.default_rng(0)
    drift = 0.4 * rng.standard_normal((40_000, 1)) * np.array([0.0, 1.0, 2.0])
    samples = noise.draw(
        rng, np.full((40_000, 3), 0.3), p, np.array([1.0, 0.0, -2.0]), None, rows, drift=drift
    )
    moved = special.expit(special.logit(0.3) + drift)
    within = (moved * (1 - moved)).mean(axis=0) * (1 / 5001 + 1e-6)
    np.testing.assert_allclose(samples.mean(axis=0), moved.mean(axis=0), atol=2e-4)
    np.testing.assert_allclose(samples.var(axis=0), moved.var(axis=0) + within, rtol=0.03)
    together = np.cov(moved[:, 1:].T)[0, 1] / np.sqrt((moved.var(axis=0) + within)[1:].prod())
    np.testing.assert_allclose(np.corrcoef(samples[:, 1:].T)[0, 1], together, atol=0.003)
    np.testing.assert_allclose(noise.shifted(np.full((40_000, 3), 0.3), drift), moved, rtol=1e-12)
    with float64():  # the posterior's density has no drift
        where = (0.3, {"phi": 5000.0}, np.array([1.0, 0.0, -2.0]), None, rows)
        log = [each.distribution(*where).log_prob(302_000.0) for each in (noise, bs.BetaBinomial())]
        np.testing.assert_array_equal(*log)
    with pytest.raises(bs.InputError, match="BetaBinomial has drift -1"):
        bs.BetaBinomial(drift=-1)


@pytest.mark.parametrize("rate", [1e-12, 1e-4, 0.3, 0.97])
def test_negative_binomial_is_scipys_at_rates_down_to_tiny(rate):
    passes, failures = np.array([1.0, 5.0]), np.array([3.0, 40.0])
    ours = log_prob(bs.NegativeBinomial(), rate, passes / (passes + failures), {"passes": passes})
    np.testing.assert_allclose(ours, stats.nbinom(passes, rate).logpmf(failures), rtol=1e-7)


@pytest.mark.parametrize(
    "noise, p, rows",
    [
        (bs.Binomial(), {}, {"items": 40.0}),
        (bs.BetaBinomial(), {"phi": 20.0}, {"items": 40.0}),
        (bs.NegativeBinomial(), {}, {"passes": 30.0}),
    ],
    ids=["binomial", "betabinomial", "negative"],
)
def test_draws_have_the_mean_and_the_sd_of_the_distribution(noise, p, rows):
    samples = noise.draw(
        RNG,
        np.full((20000, 1), 0.3),
        {name: np.full((20000, 1), value) for name, value in p.items()},
        0.0,
        None,
        rows,
    )
    encoded = noise.encode(
        samples, {name: np.full(samples.shape, value) for name, value in rows.items()}
    )
    with float64():
        distribution = noise.distribution(0.3, p, 0.0, None, rows)
        mean, sd = float(distribution.mean), float(distribution.variance) ** 0.5
    assert abs(encoded.mean() - mean) < 5 * sd / 20000**0.5
    np.testing.assert_allclose(encoded.std(), sd, rtol=0.03)


def test_pass_rates_too_small_for_an_integer_are_drawn():
    sample = bs.NegativeBinomial().draw(RNG, np.array([1e-25]), {}, 0.0, None, {"passes": 3.0})
    assert 0 < sample[0] < 1e-23


@pytest.mark.parametrize(
    "noise, p, rows",
    [
        (bs.Binomial(), {}, {"items": np.tile([200, 1000], 8)}),
        pytest.param(
            bs.BetaBinomial(),
            {"phi": 100.0},
            {"items": np.tile([200, 1000], 8)},
            marks=pytest.mark.long,
        ),
        (bs.NegativeBinomial(), {}, {"passes": np.tile([20, 200], 8)}),
    ],
    ids=["binomial", "betabinomial", "negative"],
)
def test_counts_are_recovered_saved_and_predicted(noise, p, rows, tmp_path):
    sets = pd.concat([runs(noise, seed, p, **rows).assign(set=seed) for seed in range(SETS)])
    fits = bs.fit_many(ERROR, sets, by="set", noise=noise)
    slopes = fits.summary(0.9).query("parameter == 'c'")
    inside = ((slopes["lower"] <= 0.15) & (0.15 <= slopes["upper"])).sum()
    assert fits.health["ok"].mean() >= 0.99 and band()[0] <= inside <= band()[1]
    fit = bs.fit(ERROR, runs(noise, 0, p, **rows), noise=noise)
    name, values = next(iter(rows.items()))
    assert fit.diagnosis.ok
    np.testing.assert_array_equal(fit.tree["constant_data"][f"{name}_read"], values)
    back = bs.load(fit.save(tmp_path / "fit.nc"), law=ERROR)
    assert back.law.noise == noise and back.tree.equals(fit.tree)
    to = bs.targets(C=[1e21])
    few, many = (back.forecast(to.assign(**{name: n})) for n in (5, 5000))
    assert many["sd"].item() < few["sd"].item()
    plenty = fit.posterior_predictive()["posterior_predictive"]["y"].values
    assert (
        plenty.shape == (4, 1000, 16) and abs(plenty.mean() - fit.training["error"].mean()) < 0.05
    )


def test_items_may_be_one_number_or_a_column_under_any_name():
    table = runs(bs.Binomial(), items=500)
    once = bs.fit(ERROR, table.drop(columns="items"), items=500)
    again = bs.fit(ERROR, table.rename(columns={"items": "n"}), items="n")
    fixed = bs.fit(ERROR, table.drop(columns="items"), noise=bs.Binomial(items=500))
    for other in (again, fixed):
        np.testing.assert_array_equal(once.flat("c")["c"], other.flat("c")["c"])
    counts = once.draws(bs.targets(C=[1e19])) * 500
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)


def test_a_padded_table_gives_the_same_log_likelihood():
    fit = bs.fit(ERROR, runs(bs.Binomial(), items=500).iloc[:13], draws=100)
    k, c = (fit.flat(name)[name][:, None] for name in ("k", "c"))
    training = fit.training
    known = stats.binom(500, k * training["C"].to_numpy() ** -c).logpmf(
        np.round(training["error"].to_numpy() * 500)
    )
    np.testing.assert_allclose(
        fit.tree["log_likelihood"]["y"].values.reshape(-1, 13), known, rtol=1e-8
    )


def test_invalid_input_is_refused_in_a_sentence():
    table = runs(bs.Binomial(), items=500)
    with pytest.raises(
        bs.InputError,
        match="needs items .number of test items., and the runs have no column 'items'",
    ):
        bs.fit(ERROR, table.drop(columns="items"))
    with pytest.raises(bs.InputError, match="items is 0; give a whole number"):
        bs.fit(ERROR, table.assign(items=0))
    with pytest.raises(bs.InputError, match="a proportion of the items, from 0 to 1"):
        bs.fit(ERROR, table.assign(error=table["error"] * 500))
    with pytest.raises(bs.InputError, match="knows its own sampling error; leave se out"):
        bs.fit(ERROR, table.assign(se=0.01), se="se")
    with pytest.raises(bs.InputError, match="passes is 0; give a whole number of at least 1"):
        bs.NegativeBinomial(passes=0)
    with pytest.raises(bs.InputError, match="has no limit"):
        bs.Censored()
    with pytest.raises(bs.InputError, match="lower is 0; it must be a positive number"):
        bs.Censored(lower=0.0)
    with pytest.raises(bs.InputError, match="df=None or df=4"):
        bs.Censored(bs.Noise(df=7.0), lower=1.0)
    with pytest.warns(bs.RunsWarning, match="are no whole number of items"):
        bs.design(ERROR, table.assign(error=table["error"] + 0.0007))
    with pytest.raises(bs.InputError, match="give the name of a column as text"):
        bs.fit(ERROR, table, C=3)
