"""Whose answer it is: power-scaling, prior predictive checks and the influence of single runs
agree with what is known."""

import importlib
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
from bayes_scaling.results import fit as fit_module
from bayes_scaling.results.fit_design import data_of, unpadded
from bayes_scaling.validation import sensitivity as sensitivity_module

NORMAL = LAW.with_noise(bs.Noise(df=None, grows=False))
FAR = bs.targets(C=[1e22, 1e24])


@pytest.fixture(scope="module")
def curve():
    return curves(1).drop(columns="curve")


@pytest.fixture(scope="module")
def plain(curve):
    return bs.fit(LAW, curve, draws=2000)


@pytest.fixture(scope="module")
def odd(curve):
    """One run of the twelve is 6% off, and the noise is Normal: nothing keeps it from pulling."""
    return bs.fit(
        NORMAL,
        curve.assign(loss=lambda t: t["loss"] * np.where(np.arange(len(t)) == 10, 1.06, 1.0)),
        draws=2000,
    )


# power-scaling


def test_weights_are_those_of_the_scaled_prior(curve):
    """Twice as strong a prior on the exponent, of which five runs tell little: the weights say
    where a fit under that prior would be."""
    few = curve.iloc[:5]
    plain = bs.fit(LAW, few, draws=4000)
    squared = dict(next(q for q in LAW.parameters if q.name == "alpha_C").prior.args)
    # the square of a LogNormal density, normalized: the same shape with half the variance, moved
    # by the square of x
    loc, scale = squared["loc"], squared["scale"]
    twice = dist.LogNormal(loc - scale**2 / 2, scale / np.sqrt(2))
    weights, k = smooth_weights(plain.parts.log_prior["alpha_C"].ravel())
    again = bs.fit(LAW, few, draws=4000, priors={"alpha_C": twice})
    assert k < 0.7
    for name in ("alpha_C", "E"):
        there, sd = np.quantile(again.posterior[name], [0.5, 0.95]), again.posterior[name].std()
        assert (
            abs(weighted_quantiles(plain.flat(name)[name], weights, [0.5, 0.95]) - there)
            < 0.12 * sd
        ).all()
        assert (
            np.quantile(plain.flat(name)[name], [0.5, 0.95]) - there > 0.18 * sd
        ).all()  # without them it is elsewhere


def test_weighted_quantiles_are_plain_ones_under_even_weights():
    draws = np.random.default_rng(0).normal(size=(5000, 2, 3))
    np.testing.assert_allclose(
        weighted_quantiles(draws, np.full(5000, 1 / 5000), [0.1, 0.5, 0.9]),
        np.quantile(draws, [0.1, 0.5, 0.9], axis=0),
        atol=2e-3,
    )


def test_a_prior_that_carries_the_answer_is_named(curve):
    """A tight prior on the floor, three decades beyond the data: the far forecast is mostly prior,
    and says so; the near one is the data's."""
    short = curve.iloc[:5]
    fit = bs.fit(LAW, short, draws=2000)
    table = bs.sensitivity(fit, bs.targets(C=[2e19, 1e27]))
    assert {"E", "alpha_C", "A", "E_share", "A_term", "sigma", "forecast 0", "forecast 1"} == set(
        table.index
    )
    assert (
        table.loc["forecast 1", "verdict"] != "data, firmly"
        and table.loc["forecast 1", "prior"] > 2 * table.loc["forecast 0", "prior"]
    )
    assert table.loc["forecast 1", "width"] > 2 * table.loc["forecast 0", "width"]
    left = bs.fit(LAW, short, priors={"E_share": dist.Beta(40.0, 4000.0)}, draws=2000)
    table = bs.sensitivity(left)
    assert (
        table.loc["E", "verdict"] == "mostly prior"
        and "E_share" in table._foot()
        and "mostly prior" in repr(table)
    )


@pytest.mark.long
def test_many_runs_leave_the_prior_no_say():
    fit = bs.fit(LAW, curves(1, points=200), draws=500)
    table = bs.sensitivity(fit, bs.targets(C=2e21))
    assert (table["verdict"] != "mostly prior").all() and table.loc[
        "forecast 0", "verdict"
    ].startswith("data")
    assert abs(table.loc["sigma", "doubled"]) < 0.2 and table.loc["sigma", "width"] < 0.1


def test_the_numbers_are_those_of_arviz(plain):
    from arviz_stats import psense

    table = bs.sensitivity(plain)
    for group in ("prior", "likelihood"):
        found = psense(plain.tree, group=group)
        np.testing.assert_allclose(table[group], [float(found[name]) for name in table.index])


# the prior alone


def test_the_prior_foretells_the_runs_or_rules_them_out(curve):
    good = bs.prior_check(LAW, curve)
    assert good["place"].between(
        0.01, 0.99
    ).all() and "intervals hold 12 of the 12 measured values" in repr(good)
    assert ((good["lower"] < good["median"]) & (good["median"] < good["upper"])).all()
    bad = bs.prior_check(LAW, curve, priors={"A_term": dist.LogNormal(2.5, 0.05)})
    assert "The priors all but rule out 0" in repr(bad) and bad["place"].min() < 0.005


# single runs


def test_left_out_runs_move_the_forecast_as_a_fit_without_them_does(odd, curve):
    """By weights where they can be trusted, and by refits where not: against fits of the eleven
    other runs, under the same priors."""
    table = bs.influence(odd, FAR, of="mean")
    assert (
        table["run"].iloc[0] == "10"
        and len(table) == 24
        and set(table.loc[table["pareto_k"] > 0.7, "how"]) <= {"refit"}
    )
    assert unpadded(data_of(odd))[1] == 12
    for run in ("10", "3"):
        rest = odd.training.drop(run)
        assert rest["loss"].min() == odd.training["loss"].min()  # the floor's prior is the same
        mean, sd = (
            np.median(bs.fit(NORMAL, rest, draws=2000).draws(FAR, of="mean"), axis=0),
            odd.draws(FAR, of="mean").std(axis=0),
        )
        mine = table[table["run"] == run].set_index("target")
        assert (abs(mine.loc[["0", "1"], "without"].to_numpy() - mean) < 0.2 * sd).all(), run
    top = table.iloc[0]
    assert f"runs 10 moves target {top['target']} most: without it the median would be" in repr(
        table
    )


def test_weights_and_refits_agree(plain):
    """The same run left out both ways, where the weights are good."""
    weighed = bs.influence(plain, FAR, refits=0).set_index(["run", "target"])
    assert "fitted again" not in repr(bs.influence(plain, FAR, refits=0))
    module = importlib.import_module("bayes_scaling.validation.influence")
    best = weighed["pareto_k"].idxmin()[0]
    again, problems = module._refitted(plain, [int(best)], 0)[int(best)]
    assert not problems
    sd = plain.draws(FAR).std(axis=0)
    assert (
        abs(
            np.median(again.draws(FAR), axis=0)
            - weighed.loc[best].sort_index()["without"].to_numpy()
        )
        < 0.1 * sd
    ).all()


def test_parameters_where_no_target_is_given(odd):
    table = bs.influence(odd)
    assert set(table["parameter"]) == {"E", "A", "alpha_C"} and "moves parameter" in repr(table)


def test_unsure_weights_are_called_so(odd, monkeypatch):
    module = importlib.import_module("bayes_scaling.validation.influence")
    monkeypatch.setattr(module, "LIMITS", module.LIMITS | {"pareto_k": -1.0})
    table = module.influence(odd, FAR, refits=0)
    assert set(table["how"]) == {"weights, unsure"} and "raise refits to 12" in repr(table)


def test_saved_fits_answer_the_same(odd, tmp_path):
    back = bs.load(odd.save(tmp_path / "fit.nc"), law=NORMAL)
    for ask in (bs.sensitivity, bs.influence):
        pd.testing.assert_frame_equal(pd.DataFrame(ask(back, FAR)), pd.DataFrame(ask(odd, FAR)))


@pytest.mark.long
def test_a_smooth_discrepancy_is_asked_as_a_whole(curve):
    """The terms of the likelihood add up to the joint one, of saved draws too; no run is weighed
    alone."""
    fit = bs.fit(LAW, curve, y="loss", noise=bs.Noise(df=None, smooth="ou"), draws=300)
    terms = sensitivity_module._log_likelihood(fit)
    density, theta = Density(fit.law), fit.source.draws.theta
    with float64():
        lp = np.array([float(density.log(t, fit.source.data)) for t in theta[0, :5]])
        change = np.array(
            [
                float(
                    sum(
                        biject_to(prior.support).log_abs_det_jacobian(
                            x, biject_to(prior.support)(x)
                        )
                        for x, prior in zip(t, density.priors(fit.source.data).values())
                    )
                )
                for t in theta[0, :5]
            ]
        )
    prior = sum(values[0, :5] for values in fit.parts.log_prior.values())
    np.testing.assert_allclose(terms[0, :5].sum(axis=-1), lp - prior - change, rtol=1e-6, atol=1e-6)
    assert (bs.sensitivity(fit, FAR)["likelihood"] > 0).all()
    with pytest.raises(bs.InputError, match="no run can be weighed alone"):
        bs.influence(fit, FAR)


def test_what_can_not_be_asked(loss_fit, error_fit, plain):
    with pytest.raises(bs.InputError, match="not Chain: ask the fits that it is made of"):
        bs.sensitivity(bs.chain(loss_fit, error_fit))
    with pytest.raises(bs.InputError, match="refits is -1"):
        bs.influence(plain, refits=-1)
    with pytest.raises(bs.InputError, match="a fit brings its own law"):
        bs.calibrate(plain, DESIGNLESS)


DESIGNLESS = pd.DataFrame({"C": [1e18, 1e19]})


def test_a_fit_that_has_not_converged_says_so_here_too(plain, monkeypatch):
    from dataclasses import replace

    from bayes_scaling.results.diagnosis import Diagnosis

    bad = Diagnosis(problems=("R-hat is 1.5: raise draws",))
    monkeypatch.setattr(fit_module, "diagnose", lambda fit: bad)
    again = replace(plain)
    assert "NOT CONVERGED" in repr(bs.sensitivity(again)) and "NOT CONVERGED" in repr(
        bs.influence(again)
    )


def test_without_the_largest_run_forecasts_drift_from_the_next(loss_fit, small):
    """Intervals are as wide as those of a new fit to the others, whose data end sooner; where
    nothing drifts that is no matter."""
    table = small.reset_index(drop=True)
    last = int(table["C"].to_numpy().argmax())
    to = bs.targets(N=[7e9], D=[1.4e11])

    def width(fit):
        return np.subtract(*fit.forecast(to)[["upper", "lower"]].to_numpy().T)

    others = bs.fit("over_training", table.drop(index=table.index[last]), y=loss_fit.y)
    told = bs.influence(loss_fit, to).set_index("run").loc[loss_fit.parts.runs[last], "width"]
    assert told == pytest.approx((width(others) / width(loss_fit))[0], rel=0.06)


def test_a_summary_names_the_likelihood_and_its_drift(loss_fit):
    assert (
        "Drift beyond the training range: sd 0.0041" in loss_fit.summary().foot
        and "porian2024" in loss_fit.summary().foot
    )
    still = replace(loss_fit, law=loss_fit.law.with_noise(bs.Noise(drift=0)))
    assert still.summary().foot.endswith("Drift beyond the training range: none.")
