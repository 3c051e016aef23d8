"""Power-scaling agrees with new fits and with ArviZ, and its notes with its numbers."""

from dataclasses import replace

import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from many_runs import LAW, curves
from numpyro.distributions import biject_to

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.psis import smooth_weights, weighted_quantiles
from bayes_scaling.law.prior import Prior
from bayes_scaling.results import fit as fit_module
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.validation.power_scaling import log_likelihood_terms
from bayes_scaling.validation.scaled_priors import scale_prior

FAR = bs.targets(C=[1e22, 1e24])


def test_weights_match_a_fit_under_the_scaled_prior(curve):
    """The prior of the exponent, on which five runs have little information, is squared."""
    few = curve.iloc[:5]
    fit = bs.fit(LAW, few, draws=4000)
    squared = dict(next(q for q in LAW.parameters if q.name == "alpha_C").prior.args)
    # the normalized square of a LogNormal density: a LogNormal of half the variance
    loc, scale = squared["loc"], squared["scale"]
    twice = dist.LogNormal(loc - scale**2 / 2, scale / np.sqrt(2))
    weights, k = smooth_weights(fit.parts.log_prior["alpha_C"].ravel())
    refit = bs.fit(LAW, few, draws=4000, priors={"alpha_C": twice})
    assert k < 0.7
    for name in ("alpha_C", "E"):
        draws, sd = fit.flat(name)[name], refit.posterior[name].std()
        expected = np.quantile(refit.posterior[name], [0.5, 0.95])
        weighted = weighted_quantiles(draws, weights, [0.5, 0.95])
        assert (abs(weighted - expected) < 0.12 * sd).all()
        assert (np.quantile(draws, [0.5, 0.95]) - expected > 0.1 * sd).all()


@pytest.fixture(scope="module")
def five_runs(small):
    """The five runs of which the paper made its forecast."""
    ratio = small["M"].round()
    return small[(ratio == 20) | ((ratio == 320) & (small["N"] < 2e7))]


@pytest.fixture(scope="module")
def five(five_runs):
    return bs.fit("over_training", five_runs, y="loss_c4", draws=500, seed=1)


def test_the_priors_matter_with_five_runs(five, headline):
    """Halved priors narrow the intervals, doubled ones widen them; 32 runs hold far better."""
    table = bs.sensitivity(five, headline)
    forecasts = table.loc[["forecast 0", "forecast 1"]]
    assert (forecasts["width_halved"] < 0.9).all() and (forecasts["width_doubled"] > 1.2).all()
    assert set(forecasts["verdict"]) <= {"prior and data", "mostly prior"}
    assert "firmly" not in table.to_string() and "The data determine" not in table.foot
    assert "With prior scales halved interval widths change by x0." in table.foot


def test_more_runs_outweigh_the_priors(loss_fit, headline):
    table = bs.sensitivity(loss_fit, headline)
    forecasts = table.loc[["forecast 0", "forecast 1"]]
    assert (forecasts["verdict"] == "data").all()
    assert forecasts["width_halved"].between(0.8, 1.05).all()
    assert forecasts["width_doubled"].between(0.95, 1.2).all()
    assert "The data determine every interval more than its priors do." in table.foot
    assert "fitted again" not in table.foot


@pytest.mark.long
def test_weights_and_new_fits_agree_with_fits_of_the_scaled_priors(five, five_runs, headline):
    """The priors are stated by hand: medians stay, scales are halved or doubled."""
    table = bs.sensitivity(five, headline)
    before = np.quantile(five.draws(headline), [0.05, 0.5, 0.95], axis=0)
    for how, factor in (("halved", 0.5), ("doubled", 2.0)):
        priors = {}
        for q in five.law.sites:
            args = dict(q.prior.args)
            if "scale" in args:
                args["scale"] *= factor
            else:
                args = {name: value / factor**2 for name, value in args.items()}
            priors[q.sampled] = getattr(dist, q.prior.family)(**args)
        other = bs.fit("over_training", five_runs, y="loss_c4", priors=priors, draws=1000)
        after = np.quantile(other.draws(headline), [0.05, 0.5, 0.95], axis=0)
        width = (after[2] - after[0]) / (before[2] - before[0])
        sd = (before[2] - before[0]) / 3.29
        rows = table.loc[["forecast 0", "forecast 1"]]
        np.testing.assert_allclose(rows[f"width_{how}"], width, rtol=0.12)
        np.testing.assert_allclose(rows[f"shift_{how}"], (after[1] - before[1]) / sd, atol=0.12)


@pytest.mark.parametrize(
    ("prior", "wider"),
    [
        (dist.LogNormal(-1.0, 0.5), dist.LogNormal(-1.0, 1.0)),
        (dist.Normal(2.0, 0.3), dist.Normal(2.0, 0.6)),
        (dist.HalfNormal(0.03), dist.HalfNormal(0.06)),
        (dist.Beta(4.0, 2.0), dist.Beta(1.0, 0.5)),
        (dist.Gamma(8.0, 4.0), dist.Gamma(2.0, 1.0)),
    ],
)
def test_a_prior_of_twice_the_scale(prior, wider):
    assert scale_prior(Prior.of(prior), 2.0) == Prior.of(wider)
    back = scale_prior(Prior.of(wider), 0.5)
    assert back is not None and dict(back.args) == pytest.approx(dict(Prior.of(prior).args))


def test_a_prior_without_a_scale_is_kept_and_named(curve):
    assert scale_prior(Prior.of(dist.Uniform(0.1, 0.5)), 2.0) is None
    fit = bs.fit(LAW, curve, priors={"alpha_C": dist.Uniform(0.02, 0.6)}, draws=500)
    assert "The priors of alpha_C have no scale and were kept." in bs.sensitivity(fit).foot


def test_quantiles_under_equal_weights_are_plain_quantiles():
    draws = np.random.default_rng(0).normal(size=(5000, 2, 3))
    np.testing.assert_allclose(
        weighted_quantiles(draws, np.full(5000, 1 / 5000), [0.1, 0.5, 0.9]),
        np.quantile(draws, [0.1, 0.5, 0.9], axis=0),
        atol=2e-3,
    )


def test_an_answer_that_is_mostly_prior_is_named(curve):
    """A forecast far beyond the training runs depends more on the priors than a near one."""
    short = curve.iloc[:5]
    fit = bs.fit(LAW, short, draws=2000)
    table = bs.sensitivity(fit, bs.targets(C=[2e19, 1e27]))
    parameters = {"E", "alpha_C", "A", "E_share", "A_term", "sigma"}
    assert set(table.index) == {*parameters, "forecast 0", "forecast 1"}
    near, far = table.loc["forecast 0"], table.loc["forecast 1"]
    assert far["verdict"] != "data"
    assert far["prior"] > 2 * near["prior"] and far["width"] > 2 * near["width"]
    tight = bs.fit(LAW, short, priors={"E_share": dist.Beta(40.0, 4000.0)}, draws=2000)
    table = bs.sensitivity(tight)
    assert table.loc["E", "verdict"] == "mostly prior"
    assert "E_share" in table._foot() and "mostly prior" in repr(table)


@pytest.mark.long
def test_many_runs_outweigh_the_prior():
    fit = bs.fit(LAW, curves(1, points=200), draws=500)
    table = bs.sensitivity(fit, bs.targets(C=2e21))
    assert (table["verdict"] != "mostly prior").all()
    assert table.loc["forecast 0", "verdict"] == "data"
    assert abs(table.loc["sigma", "shift_doubled"]) < 0.2 and table.loc["sigma", "width"] < 0.1


def test_the_numbers_agree_with_arviz(curve_fit):
    from arviz_stats import psense

    table = bs.sensitivity(curve_fit)
    for group in ("prior", "likelihood"):
        found = psense(curve_fit.tree, group=group)
        np.testing.assert_allclose(table[group], [float(found[name]) for name in table.index])


def test_saved_fits_give_the_same_tables(outlier_fit, tmp_path):
    loaded = bs.load(outlier_fit.save(tmp_path / "fit.nc"), law=outlier_fit.law)
    for check in (bs.sensitivity, bs.influence):
        found, expected = (pd.DataFrame(check(fit, FAR)) for fit in (loaded, outlier_fit))
        pd.testing.assert_frame_equal(found, expected)


def log_jacobian(x, prior):
    transform = biject_to(prior.support)
    return transform.log_abs_det_jacobian(x, transform(x))


@pytest.mark.long
def test_terms_under_a_smooth_discrepancy_add_up_to_the_joint_likelihood(curve):
    """But no run can be left out alone."""
    fit = bs.fit(LAW, curve, y="loss", noise=bs.Noise(df=None, smooth="ou"), draws=300)
    terms = log_likelihood_terms(fit)
    density, theta = Density(fit.law), fit.source.draws.theta[0, :5]
    with float64():
        priors = density.priors(fit.source.data).values()
        log_density = np.array([float(density.log(t, fit.source.data)) for t in theta])
        jacobian = np.array([sum(map(log_jacobian, t, priors)) for t in theta], float)
    log_prior = sum(values[0, :5] for values in fit.parts.log_prior.values())
    log_likelihood = log_density - log_prior - jacobian
    np.testing.assert_allclose(terms[0, :5].sum(axis=-1), log_likelihood, rtol=1e-6, atol=1e-6)
    assert (bs.sensitivity(fit, FAR)["likelihood"] > 0).all()
    with pytest.raises(bs.InputError, match="no run can be left out alone"):
        bs.influence(fit, FAR)


def test_unsuitable_fits_are_refused(loss_fit, error_fit, curve_fit):
    with pytest.raises(bs.InputError, match="not Chain: give the fits in it, one by one"):
        bs.sensitivity(bs.chain(loss_fit, error_fit))
    with pytest.raises(bs.InputError, match="refits is -1"):
        bs.influence(curve_fit, refits=-1)
    with pytest.raises(bs.InputError, match="a fit brings its own law"):
        bs.calibrate(curve_fit, pd.DataFrame({"C": [1e18, 1e19]}))


def test_draws_that_have_not_converged_are_reported(curve_fit, monkeypatch):
    bad = Diagnosis(problems=("R-hat is 1.5: raise draws",))
    monkeypatch.setattr(fit_module, "diagnose", lambda fit: bad)
    fit = replace(curve_fit)
    assert "BAD, do not rely" in repr(bs.sensitivity(fit))
    assert "BAD, do not rely" in repr(bs.influence(fit))


def test_a_summary_names_the_likelihood_and_its_drift(loss_fit):
    drift, foot = loss_fit.law.noise.drift, loss_fit.summary().foot
    low, middle, high = drift.quantiles([0.05, 0.5, 0.95])
    size = f"sd {middle:.2g} ({low:.2g} to {high:.2g}) times (sigma + {drift.base:g})"
    assert f"{size} per unit of distance" in foot
    assert "Drift beyond the training runs: sd" in foot
    far = loss_fit.forecast(bs.targets(C=[1e24], M=[20]))
    assert all(source in far.note_long for source in drift.sources)
    still = replace(loss_fit, law=loss_fit.law.with_noise(bs.Noise(drift=0)))
    assert still.summary().foot.endswith("Drift beyond the training runs: none.")
