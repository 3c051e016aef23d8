"""Counts and censored outcomes: each likelihood beside SciPy, on its way through a fit, a file and a forecast."""

import jax
import numpy as np
import pandas as pd
import pytest
from binomial_band import SETS, band
from scipy import stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.law.likelihoods.beta_binomial import log_rising
from bayes_scaling.law.prior import lognormal

RNG = np.random.default_rng(0)
MEAN = np.array([0.02, 0.3, 0.5, 0.9, 0.999])
ITEMS = np.array([50.0, 500.0, 7.0, 1000.0, 20.0])
COUNTS = np.array([2.0, 140.0, 7.0, 880.0, 20.0])


def log_prob(noise, mean, y, rows, p=None):
    with float64():
        return np.asarray(
            noise.distribution(mean, p or {}, 0.0, None, rows).log_prob(noise.encode(y, rows))
        )


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
    """Where the concentration says nothing any more it is the Binomial, and not the rounding of log gammas, which can be a density of e^640."""
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


def test_a_drift_scatters_counts_beyond_the_data_and_nowhere_else():
    """Its sd on the logit, 0.4 at two units beyond, times the slope m (1 - m) of the share, beside that of the concentration."""
    noise, rows, p = (
        bs.BetaBinomial(drift=0.2),
        {"items": np.full(3, 1e6)},
        {"phi": np.full((40_000, 1), 5000.0)},
    )
    drawn = noise.draw(
        np.random.default_rng(0),
        np.full((40_000, 3), 0.3),
        p,
        np.array([1.0, 0.0, -2.0]),
        None,
        rows,
    )
    within = 0.21 * (1 / 5001 + 1e-6)
    np.testing.assert_allclose(drawn.mean(axis=0), 0.3, atol=0.002)
    np.testing.assert_allclose(
        drawn.var(axis=0), [within, within, within + (0.21 * 0.4) ** 2], rtol=0.03
    )
    with float64():
        told = noise.distribution(0.3, {"phi": 5000.0}, np.array([1.0, 0.0, -2.0]), None, rows)
        plain = bs.BetaBinomial().distribution(0.3, {"phi": 5000.0}, 0.0, None, rows)
        np.testing.assert_allclose(np.asarray(told.variance) / 1e12, drawn.var(axis=0), rtol=0.03)
        np.testing.assert_allclose(
            told.log_prob(302_000.0)[:2], plain.log_prob(302_000.0)[:2], rtol=1e-6
        )
    with pytest.raises(bs.InputError, match="BetaBinomial has drift -1"):
        bs.BetaBinomial(drift=-1)


@pytest.mark.parametrize("rate", [1e-12, 1e-4, 0.3, 0.97])
def test_negative_binomial_is_scipys_at_rates_down_to_tiny(rate):
    passes, failures = np.array([1.0, 5.0]), np.array([3.0, 40.0])
    ours = log_prob(bs.NegativeBinomial(), rate, passes / (passes + failures), {"passes": passes})
    np.testing.assert_allclose(ours, stats.nbinom(passes, rate).logpmf(failures), rtol=1e-7)


@pytest.mark.parametrize("df", [None, 4.0])
@pytest.mark.parametrize("link", ["log", "identity", "logit"])
def test_censored_noise_is_scipys_density_inside_and_its_tails_at_the_limits(link, df):
    noise = bs.Noise(link=link, df=df, grows=False)
    censored = bs.Censored(noise, lower=0.2, upper=0.7)
    mean, y = np.array([0.1, 0.25, 0.5, 0.6, 0.69, 0.5]), np.array([0.1, 0.2, 0.5, 0.9, 0.7, 0.3])
    rows, p, sd = {"lower": np.full(6, 0.2), "upper": np.full(6, 0.7)}, {"sigma": 0.3}, 0.3
    reference = stats.norm if df is None else stats.t(4)
    low, high, centre = (noise.forward(value) for value in (np.array(0.2), np.array(0.7), mean))
    known = reference.logpdf((noise.forward(y) - centre) / sd) - np.log(sd)
    known = np.where(
        y <= 0.2,
        reference.logcdf((low - centre) / sd),
        np.where(y >= 0.7, reference.logsf((high - centre) / sd), known),
    )
    np.testing.assert_allclose(log_prob(censored, mean, y, rows, p), known, rtol=1e-9)
    jacobian = censored.log_jacobian(y, rows)
    assert (jacobian[[0, 1, 3, 4]] == 0).all() and np.allclose(
        jacobian[[2, 5]], noise.log_jacobian(y[[2, 5]])
    )


def test_the_density_of_censored_noise_knows_the_drift():
    """Beside SciPy two units beyond the data, inside the limits and at each."""
    noise = bs.Censored(
        bs.Noise(link="identity", df=None, grows=False, drift=0.2), lower=0.2, upper=0.7
    )
    rows, z, sd = (
        {"lower": np.full(3, 0.2), "upper": np.full(3, 0.7)},
        np.array([0.2, 0.4, 0.7]),
        np.hypot(0.3, 0.4),
    )
    ours = noise.log_density(
        np.random.default_rng(0),
        z,
        np.full((5, 3), 0.5),
        {"sigma": np.full((5, 1), 0.3)},
        np.full(3, -2.0),
        None,
        rows,
    )
    known = stats.norm(0.5, sd)
    np.testing.assert_allclose(
        ours, np.broadcast_to([known.logcdf(0.2), known.logpdf(0.4), known.logsf(0.7)], (5, 3))
    )


@pytest.mark.parametrize("df", [None, 4.0])
def test_censored_noise_has_gradients_far_beyond_its_limits(df):
    noise = bs.Censored(bs.Noise(link="identity", df=df, grows=False), lower=0.0, upper=1.0)
    rows = {"lower": 0.0, "upper": 1.0}
    with float64():
        slope = jax.vmap(
            jax.grad(
                lambda m: noise.distribution(m, {"sigma": 0.01}, 0.0, None, rows).log_prob(0.0)
            )
        )
        assert np.isfinite(slope(np.array([-50.0, -1.0, 0.0, 1.0, 50.0]))).all()


@pytest.mark.parametrize("noise, p, rows", [
    (bs.Binomial(), {}, {"items": 40.0}), (bs.BetaBinomial(), {"phi": 20.0}, {"items": 40.0}), (bs.NegativeBinomial(), {}, {"passes": 30.0}),
], ids=["binomial", "betabinomial", "negative"])  # fmt: skip
def test_draws_have_the_mean_and_the_spread_of_the_distribution(noise, p, rows):
    made = noise.draw(
        RNG,
        np.full((20000, 1), 0.3),
        {name: np.full((20000, 1), value) for name, value in p.items()},
        0.0,
        None,
        rows,
    )
    encoded = noise.encode(made, {name: np.full(made.shape, value) for name, value in rows.items()})
    with float64():
        distribution = noise.distribution(0.3, p, 0.0, None, rows)
        mean, sd = float(distribution.mean), float(distribution.variance) ** 0.5
    assert abs(encoded.mean() - mean) < 5 * sd / 20000**0.5
    np.testing.assert_allclose(encoded.std(), sd, rtol=0.03)


def test_pass_rates_too_small_for_an_integer_are_drawn_all_the_same():
    made = bs.NegativeBinomial().draw(RNG, np.array([1e-25]), {}, 0.0, None, {"passes": 3.0})
    assert 0 < made[0] < 1e-23


ERROR = bs.Law(
    name="error", formula="error = k C^-c", inputs={"C": "FLOPs"}, outcome="error", unit="error",
    parameters=(bs.exponent("c", lognormal(0.2, 0.5)), bs.amplitude("k", lambda x, p: bs.power(x["C"], -p["c"]), lognormal(0.3, 0.5))),
    function=lambda x, c, k: k * bs.power(x["C"], -c), noise=bs.Binomial(),
)  # fmt: skip
C = np.geomspace(1e17, 1e20, 16)


def runs(noise, seed=0, p=None, **rows):
    mean = 0.3 * (C / 3e18) ** -0.15
    return pd.DataFrame(
        {
            "C": C,
            "error": noise.draw(np.random.default_rng(seed), mean, p or {}, 0.0, None, rows),
            **rows,
        }
    )


def slope_inside(fit, truth=0.15):
    low, high = np.quantile(fit.flat("c")["c"], [0.05, 0.95])
    return low <= truth <= high


@pytest.mark.parametrize("noise, p, rows", [
    (bs.Binomial(), {}, {"items": np.tile([200, 1000], 8)}), pytest.param(bs.BetaBinomial(), {"phi": 100.0}, {"items": np.tile([200, 1000], 8)}, marks=pytest.mark.long),
    (bs.NegativeBinomial(), {}, {"passes": np.tile([20, 200], 8)}),
], ids=["binomial", "betabinomial", "negative"])  # fmt: skip
def test_counts_are_recovered_saved_and_foretold(noise, p, rows, tmp_path):
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
    own = bs.fit(ERROR, table.drop(columns="items"), noise=bs.Binomial(items=500))
    for other in (again, own):
        np.testing.assert_array_equal(once.flat("c")["c"], other.flat("c")["c"])
    share = once.draws(bs.targets(C=[1e19])) * 500
    np.testing.assert_allclose(share, np.round(share), atol=1e-9)


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


@pytest.mark.long
def test_censored_runs_keep_the_slope_that_dropping_the_floor_would_lose():
    noise = bs.Censored(
        bs.Noise(df=None, grows=False, sigma=bs.Prior("HalfNormal", (("scale", 0.3),))), lower=0.25
    )
    table = runs(noise.noise, 1, {"sigma": 0.1}).assign(error=lambda t: t["error"].clip(lower=0.25))
    fit = bs.fit(ERROR, table, noise=noise)
    plain = bs.fit(ERROR, table, noise=noise.noise)
    assert fit.diagnosis.ok and slope_inside(fit) and not slope_inside(plain)
    assert (fit.draws(bs.targets(C=[1e22])) >= 0.25).all()


def test_what_can_not_be_is_told_in_a_sentence():
    table = runs(bs.Binomial(), items=500)
    with pytest.raises(
        bs.InputError,
        match="needs items .number of test items., and the runs have no column 'items'",
    ):
        bs.fit(ERROR, table.drop(columns="items"))
    with pytest.raises(bs.InputError, match="items is 0; give a whole number"):
        bs.fit(ERROR, table.assign(items=0))
    with pytest.raises(bs.InputError, match="a share of the items, from 0 to 1"):
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
