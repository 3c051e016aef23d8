"""The smooth discrepancy and the drift: against dense formulas, on simulated curves, on their way through fits, files and forecasts."""

from dataclasses import replace

import jax
import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.analysis.learn_drift import Drift, learn_drift
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.design import conditioned, padded
from bayes_scaling.law.likelihoods.discrepancy import SmoothNormal, conditional, correlation
from bayes_scaling.law.likelihoods.drift import LEARNED, SOURCES, told

KERNELS = ("ou", "matern")
U = np.array([0.7, 3.0, 0.0, 1.2, 1.2, 2.1, 0.0, 4.0, 0.7, 0.71])  # in no order, some twice
LOC = np.linspace(1.0, 0.2, 10)
SD = 0.02 * np.exp(0.3 * U)
TAU, ELL = 0.05, 0.8
VALUE = LOC + np.random.default_rng(1).normal(0, 0.05, 10)


def dense(kernel, u, v, tau=TAU, ell=ELL):
    """The covariance written out once more."""
    gap = np.abs(np.subtract.outer(u, v)) / ell
    return tau**2 * (
        np.exp(-gap) if kernel == "ou" else (1 + 3**0.5 * gap) * np.exp(-(3**0.5) * gap)
    )


def smooth(kernel, u=U, loc=LOC, sd=SD):
    return SmoothNormal(kernel, loc, np.log(sd), u, TAU, ELL)


# the density


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_joint_density_is_the_dense_normals(kernel):
    with float64():
        ours = float(smooth(kernel).log_prob(VALUE).sum())
    known = stats.multivariate_normal(LOC, dense(kernel, U, U) + np.diag(SD**2)).logpdf(VALUE)
    assert abs(ours - known) < 1e-9


@pytest.mark.parametrize("kernel", KERNELS)
def test_each_term_is_the_density_given_the_smaller_runs(kernel):
    order = np.argsort(-U, kind="stable")
    joint = lambda rows: stats.multivariate_normal(
        LOC[rows], dense(kernel, U[rows], U[rows]) + np.diag(SD[rows] ** 2)
    ).logpdf(VALUE[rows])
    known = [joint(order[: i + 1]) - (joint(order[:i]) if i else 0.0) for i in range(len(U))]
    with float64():
        np.testing.assert_allclose(
            np.asarray(smooth(kernel).log_prob(VALUE))[order], known, atol=1e-9
        )


@pytest.mark.parametrize("kernel", KERNELS)
def test_left_out_is_the_density_given_all_others(kernel):
    covariance = dense(kernel, U, U) + np.diag(SD**2)
    known = []
    for i in range(len(U)):
        others = np.delete(np.arange(len(U)), i)
        weight = np.linalg.solve(covariance[np.ix_(others, others)], covariance[others, i])
        known.append(
            stats.norm(
                LOC[i] + weight @ (VALUE - LOC)[others],
                (covariance[i, i] - weight @ covariance[others, i]) ** 0.5,
            ).logpdf(VALUE[i])
        )
    with float64():
        np.testing.assert_allclose(np.asarray(smooth(kernel).left_out(VALUE)), known, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_prior_predictive_has_the_dense_covariance(kernel):
    with float64():
        drawn = np.asarray(smooth(kernel).sample(jax.random.key(0), (40_000,)))
    known = dense(kernel, U, U) + np.diag(SD**2)
    error = np.sqrt((known**2 + np.outer(known.diagonal(), known.diagonal())) / len(drawn))
    assert (np.abs(np.cov(drawn.T) - known) < 5 * error).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_conditional_draws_have_the_dense_mean_and_covariance(kernel):
    """At places amid the runs, at a run's own, and beyond the data, where the process goes back to its prior."""
    at, count = np.array([0.9, 1.2, -0.4, -0.4, -30.0, 5.0]), 60_000
    gain = np.linalg.solve(dense(kernel, U, U) + np.diag(SD**2), dense(kernel, U, at)).T
    mean, covariance = gain @ (VALUE - LOC), dense(kernel, at, at) - gain @ dense(kernel, U, at)
    draws = conditional(
        np.random.default_rng(0),
        kernel,
        np.tile(VALUE - LOC, (count, 1)),
        np.tile(SD, (count, 1)),
        U,
        at[None],
        np.full((count, 1), TAU),
        np.full((count, 1), ELL),
    )
    assert (np.abs(draws.mean(axis=0) - mean) < 5 * np.sqrt(covariance.diagonal() / count)).all()
    error = np.sqrt(
        (covariance**2 + np.outer(covariance.diagonal(), covariance.diagonal())) / count
    )
    assert (np.abs(np.cov(draws.T) - covariance) < 5 * error + 1e-9).all()
    np.testing.assert_allclose(draws[:, 2], draws[:, 3], atol=1e-6)  # equal scales share it
    np.testing.assert_allclose([mean[4], covariance[4, 4]], [0.0, TAU**2], atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_kernels_fall_from_one_to_none(kernel):
    assert correlation(kernel, 0.0) == 1 and correlation(kernel, 60.0) < 1e-20
    np.testing.assert_allclose(
        correlation(kernel, np.array([0.5, 2.0])),
        dense(kernel, np.array([0.5, 2.0]), np.zeros(1), 1.0, 1.0)[:, 0],
    )


# fits


def law(kernel="ou", **more):
    return bs.find_law("m2").with_noise(bs.Noise(df=None, smooth=kernel, **more))


def curve(rng, tau, ell, sigma=0.005, points=20, x=None):
    """A curve of error with a discrepancy: x up to 1e5 for a fit, one place within it, and two and eight times beyond."""
    x = np.r_[np.geomspace(1e3, 1e5, points), 1.2e4, 2e5, 8e5] if x is None else x
    mean = 0.1 + 3 * x**-0.35
    shared = np.linalg.cholesky(
        dense("ou", np.log(x), np.log(x), tau, ell) + 1e-12 * np.eye(len(x))
    ) @ rng.standard_normal(len(x))
    return pd.DataFrame(
        {"x": x, "error": mean * np.exp(shared + sigma * rng.standard_normal(len(x)))}
    )


@pytest.fixture(scope="module")
def table():
    return curve(np.random.default_rng(3), 0.03, 1.0)[:20]


@pytest.fixture(scope="module")
def fitted(table):
    return bs.fit(law(), table)


@pytest.mark.parametrize("kernel", ["matern", pytest.param("ou", marks=pytest.mark.long)])
def test_rows_that_pad_a_table_change_nothing(table, kernel):
    full = conditioned(law(kernel), table.assign(se=0.002), "error", "se", {})
    long, density = padded(full), Density(law(kernel))
    assert len(long["u"]) > len(full["u"])
    with float64():
        theta = density.draw_prior(jax.random.key(1), full, 20)
        slope = jax.jit(
            jax.vmap(jax.value_and_grad(density.log), in_axes=(0, None)),
            compiler_options={"xla_backend_optimization_level": 0},
        )
        for one, two in zip(*(slope(theta, data) for data in (full, long))):
            np.testing.assert_allclose(one, two, rtol=1e-8)
        terms = [
            density.log_likelihood(*density.published(theta, data), data) for data in (full, long)
        ]
    np.testing.assert_allclose(terms[0], terms[1][:, : len(table)], rtol=1e-8)
    assert np.isfinite(terms[1]).all()


def test_the_summary_and_the_law_tell_of_both_terms(fitted):
    assert list(fitted.summary().query("form == 'noise'").index) == ["sigma", "kappa", "tau", "ell"]
    text = str(bs.Noise(df=None, smooth="matern", drift=0.003))
    assert (
        "a Matern-3/2 discrepancy of sd tau, length ell" in text
        and "drift of sd 0.003 * log" in text
    )
    assert "drift" not in str(bs.Noise(drift=0)) and "discrepancy" not in str(bs.Noise())
    assert fitted.diagnosis.ok


def test_a_forecast_draws_on_the_runs_near_it(fitted, table):
    """Amid the runs a new run is foretold within noise and what is left of the discrepancy; the law's curve is not moved by it."""
    to = pd.DataFrame({"x": table["x"].to_numpy()[[9, 10, 11]]})
    near, curve = np.log(fitted.draws(to)), np.log(fitted.draws(to, of="mean"))
    tau, sigma = fitted.posterior["tau"].mean(), fitted.posterior["sigma"].mean()
    assert near.std(axis=0).max() < 0.6 * np.hypot(tau, sigma)
    missed = np.log(table["error"].to_numpy()[[9, 10, 11]])
    assert np.abs(near.mean(axis=0) - missed).max() < np.abs(curve.mean(axis=0) - missed).max()
    far = np.log(fitted.draws(pd.DataFrame({"x": [1e9]}))) - np.log(
        fitted.draws(pd.DataFrame({"x": [1e9]}), of="mean")
    )
    known = (fitted.flat("tau")["tau"] ** 2 + fitted.flat("sigma")["sigma"] ** 2).mean() + (
        fitted.law.noise.drift * np.log(1e9 / 1e5)
    ) ** 2
    np.testing.assert_allclose(far.std(), known**0.5, rtol=0.06)


def test_a_saved_fit_foretells_the_same(fitted, tmp_path):
    to = pd.DataFrame({"x": [3e4, 2e5]})
    again = bs.load(fitted.save(tmp_path / "fit.nc"))
    np.testing.assert_allclose(again.draws(to), fitted.draws(to), rtol=1e-9)
    assert again.law.noise == fitted.law.noise
    group = fitted.posterior_predictive()["posterior_predictive"]["y"].values.reshape(-1, 20)
    inside = np.abs(
        np.log(fitted.training["error"]) - np.log(np.median(group, axis=0))
    ) < 3 * np.log(group).std(axis=0)
    assert inside.all()


def test_leave_one_out_is_that_of_the_fit_without_the_run(fitted, table):
    """Importance weights 1 / density given the others turn the posterior into that without the run, which a second fit has."""
    i = 10
    weight = np.exp(
        -(fitted.parts.log_likelihood[..., i] - fitted.parts.log_likelihood[..., i].max())
    )
    without = bs.fit(law(), table.drop(index=i))
    for name in ("tau", "sigma"):
        one, two = np.log(fitted.posterior[name]), np.log(without.posterior[name])
        assert abs(np.average(one, weights=weight) - two.mean()) < 0.15 * two.std()


SERIES = 60


@pytest.fixture(scope="module")
def simulated():
    """Curves whose tau and ell are drawn from their priors, the truths, and their fits."""
    rng, truths, tables = np.random.default_rng(0), [], []
    prior = law().noise
    for _ in range(SERIES):
        tau, ell = (
            np.exp(rng.normal(dict(p.args)["loc"], dict(p.args)["scale"]))
            for p in (prior.tau, prior.ell)
        )
        truths.append((tau, ell))
        tables.append(curve(rng, tau, ell).assign(curve=f"c{len(tables)}"))
    train = pd.concat([part[:20] for part in tables])
    noises = {"ou": bs.Noise(df=None, smooth="ou", drift=0), "none": bs.Noise(df=None, drift=0)}
    return (
        truths,
        tables,
        {name: bs.fit_many("m2", train, by="curve", noise=noise) for name, noise in noises.items()},
    )


@pytest.mark.long
def test_sd_and_length_are_recovered(simulated):
    """Ranks of the true values among the posterior's draws are uniform: their mean and spread, at 4 standard errors."""
    truths, _, fits = simulated
    assert fits["ou"].health["ok"].mean() > 0.95
    draws = fits["ou"].draws_of_parameters(range(SERIES))
    for name, true in zip(("tau", "ell"), np.transpose(truths)):
        rank = (draws[name].reshape(SERIES, -1) < true[:, None]).mean(axis=1)
        assert abs(rank.mean() - 0.5) < 4 * (1 / 12 / SERIES) ** 0.5
        assert abs(rank.var() - 1 / 12) < 4 * (1 / 180 / SERIES) ** 0.5
    learned = np.corrcoef(np.log(draws["tau"]).mean(axis=(1, 2)), np.log(np.transpose(truths)[0]))[
        0, 1
    ]
    assert learned > 0.6


@pytest.mark.long
def test_intervals_cover_where_a_law_is_only_nearly_right(simulated):
    """80% intervals of all curves, amid and beyond the runs; independent noise takes the discrepancy for scatter that averages out."""
    _, tables, fits = simulated
    to = pd.DataFrame({"x": [1.2e4, 2e5, 8e5]})
    held = {}
    for name, made in fits.items():
        forecast = made.forecast(to, prob=0.8)
        truth = np.concatenate([part["error"].to_numpy()[-3:] for part in tables])
        held[name] = (
            ((forecast["lower"] < truth) & (truth < forecast["upper"]))
            .to_numpy()
            .reshape(SERIES, 3)
        )
    assert (np.abs(held["ou"].mean(axis=0) - 0.8) < 3.3 * (0.16 / SERIES) ** 0.5).all()
    assert held["none"][:, 1:].mean() < held["ou"][:, 1:].mean() - 0.05


# the drift


def test_the_drift_widens_by_its_formula_and_the_posterior_does_not_know_it(table):
    fits = [bs.fit(bs.find_law("m2"), table, noise=bs.Noise(drift=drift)) for drift in (0, 0.05)]
    to = pd.DataFrame({"x": [3e4, 1e5, 2e5, 1e7]})
    plain, drifting = (np.log(fit.draws(to)) for fit in fits)
    np.testing.assert_array_equal(fits[0].posterior["sigma"], fits[1].posterior["sigma"])
    np.testing.assert_array_equal(*(fit.draws(to, of="mean") for fit in fits))
    added = drifting - plain
    np.testing.assert_allclose(
        added[:, :2], 0.0, atol=1e-12
    )  # up to the largest training run there is none
    np.testing.assert_allclose(
        added[:, 3], added[:, 2] * np.log(100) / np.log(2), rtol=1e-6
    )  # straight in log scale
    np.testing.assert_allclose(added[:, 2].std(), 0.05 * np.log(2), rtol=0.05)
    assert abs(np.corrcoef(added[:, 2], plain[:, 2])[0, 1]) < 0.06


def test_what_is_beyond_a_laws_scale_alone_drifts():
    """A law without a scale has neither: a drift falls away, a discrepancy that was asked for is refused."""
    flat = bs.find_law("ladder_task")
    assert flat.with_noise(bs.Noise(link="logit", drift=0.1)).noise.drift == 0
    with pytest.raises(bs.InputError, match="no scale for a smooth discrepancy"):
        flat.with_noise(bs.Noise(link="logit", df=None, smooth="ou"))


@pytest.mark.parametrize("options, says", [
    ({"smooth": "rbf", "df": None}, "use 'ou', 'matern', or None"), ({"smooth": "ou"}, "give df=None beside smooth='ou'"), ({"drift": -1}, "give a number from 0"),
    ({"drift": "x"}, "give a number from 0"), ({"drift": True}, "give a number from 0"),
])  # fmt: skip
def test_bad_terms_are_told(options, says):
    with pytest.raises(bs.InputError, match=says):
        bs.Noise(**options)


def test_a_forecast_says_of_its_drift_what_taught_it(table):
    along = bs.find_law("power_law_floor").with_noise(bs.Noise(grows=False))
    fit = bs.fit(along, table.assign(C=1e12 * table["x"]), y="error", draws=800)
    near, far = pd.DataFrame({"C": [3e16]}), pd.DataFrame({"C": [3e16, 1e18]})
    note = fit.forecast(far).note
    assert f"sd {LEARNED['log']:.3g} * log(scale / largest scale)" in note and all(
        source in note for source in SOURCES["log"]
    )
    assert note in str(fit.forecast(far))
    assert fit.forecast(near).note == "" and fit.forecast(far, of="mean").note == ""
    own = bs.fit(bs.find_law("m2"), table, draws=800, noise=bs.Noise(drift=0.0123))
    far = pd.DataFrame({"x": [3e4, 1e6]})
    assert "sd 0.0123" in own.forecast(far).note and "as given" in own.forecast(far).note
    assert bs.find_law("m2").noise.drift == 0  # along x, not compute: nothing was learned of that


def test_the_drift_of_errors_is_that_of_laws_along_the_loss_alone():
    """Learned for each nat: a law whose scale is another has none by default, and none of its drifts is told in nats."""
    law = bs.find_law("perplexity_to_error")
    other = replace(
        law,
        inputs=law.inputs | {"N": "parameters"},
        scale=lambda x: x["N"],
        noise=bs.Noise(link="logit"),
    )
    assert law.noise.drift == LEARNED["logit"] and other.noise.drift == 0
    assert "nats" not in told(other) and "(lowest loss of the runs - loss)" in told(law)
    assert "as given" in told(
        law.with_noise(bs.Noise(link="logit", drift=0.05))
    ) and "as given" in told(
        bs.find_law("task_saturating").with_noise(bs.BetaBinomial(drift=LEARNED["logit"]))
    )


def test_an_error_drifts_below_the_lowest_loss():
    """By default with the sd learned along the loss, on the logit; up to the lowest loss not at all; and the forecast says so."""
    law = bs.find_law("perplexity_to_error")
    loss = np.linspace(2.7, 6.0, 24)
    error = special.expit(
        special.logit(0.85 - 2.1 * np.exp(-0.76 * loss))
        + 0.01 * np.random.default_rng(0).standard_normal(24)
    )
    fit = bs.fit(law, pd.DataFrame({"L": loss, "error": error}), draws=1000)
    to = pd.DataFrame({"L": [3.0, 2.7, 2.2]})
    still = replace(fit, law=law.with_noise(replace(law.noise, drift=0.0)))
    added = special.logit(fit.draws(to)) - special.logit(still.draws(to))
    np.testing.assert_allclose(added[:, :2], 0.0, atol=1e-9)
    np.testing.assert_allclose(added[:, 2].std(), LEARNED["logit"] * 0.5, rtol=0.05)
    note = fit.forecast(to).note
    assert (
        f"sd {LEARNED['logit']:.3g} * (lowest loss of the runs - loss) on the logit" in note
        and all(source in note for source in SOURCES["logit"])
    )


def drifting(gamma, seed):
    """Twelve curves that leave their law at a tenth of their largest compute, by slopes at the twelfths of a normal of sd gamma."""
    rng, tables, C = np.random.default_rng(seed), [], np.geomspace(1e18, 1e21, 20)
    for i in range(12):
        loss = 1.8 + (C / 3e19) ** -0.2
        off = gamma * stats.norm.ppf((i + 0.5) / 12) * np.maximum(np.log(C / 1e20), 0)
        tables.append(
            pd.DataFrame(
                {
                    "curve": f"c{i}",
                    "C": C,
                    "loss": loss * np.exp(off + 0.003 * rng.standard_normal(len(C))),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_the_drift_is_learned_from_what_was_held_out():
    """Its size to two standard errors of twelve slopes; next to none where curves keep to their law; two sources are one vote each; a series that can not be fitted is told."""
    still = pd.DataFrame({"curve": "still", "C": 1e20, "loss": [2.5, 2.6, 2.7]})
    plain, strong = (
        learn_drift(
            "power_law_floor",
            pd.concat([drifting(gamma, 1), still], ignore_index=True),
            by="curve",
            cuts=(0.1,),
            draws=200,
            source=str(gamma),
            noise=bs.Noise(grows=False),
        )
        for gamma in (0.0, 0.05)
    )
    assert plain.gamma < 0.005
    assert abs(np.log(strong.gamma / 0.05)) < 2 / 24**0.5
    assert strong.gain(strong.gamma) > 0.5 and strong.counts == {"0.05": (12, 12 * 7)}
    assert "cannot be seen" in strong.skipped["still",]
    np.testing.assert_allclose((plain + strong).score, (plain.score + strong.score) / 2)
    assert plain.expected < (plain + strong).expected < 2 * strong.gamma


def test_the_expected_drift_is_a_mean_over_what_sources_leave_open():
    """Sources that each speak as one normal of sd 0.4 in log gamma: together one of sd 0.2, whose mean is exp(0.02) times its middle; outvoted by one that is still, not 0."""
    with np.errstate(divide="ignore"):
        said = -0.5 * (np.log(Drift.grid / 0.02) / 0.4) ** 2
    four = Drift({str(i): np.maximum(said, -200.0) for i in range(4)}, {}, {})
    np.testing.assert_allclose(four.expected, 0.02 * np.exp(0.02), rtol=1e-3)
    still = Drift(
        {
            "still": -5 * (Drift.grid / 0.01) ** 2,
            "drifts": 0.5 * np.minimum(Drift.grid / 0.01, 1.0),
        },
        {},
        {},
    )
    assert still.gamma < 0.001 < still.expected < 0.005


@pytest.mark.parametrize(
    "law, cuts, says",
    [
        ("ladder_task", (0.1,), "has no scale"),
        ("power_law_floor", (2,), "between 0 and 1"),
        ("power_law_floor", (1e-3,), "no series can be held out"),
    ],
)
def test_what_can_not_be_learned_from_is_told(law, cuts, says):
    with pytest.raises(bs.InputError, match=says):
        learn_drift(law, drifting(0.0, 0), by="curve", cuts=cuts)
