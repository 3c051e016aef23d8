"""Forecasts, chains and diagnoses."""

import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats

import bayes_scaling as bs
from bayes_scaling.inference.psis import pareto_k
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.intervals import interval


def test_columns_and_order(loss_fit, headline):
    forecast = loss_fit.forecast(headline)
    assert list(forecast.columns) == [
        "N",
        "D",
        "C",
        "M",
        "mean",
        "median",
        "sd",
        "lower",
        "upper",
        "extrapolation",
    ]
    assert (forecast["lower"] < forecast["median"]).all() and (
        forecast["median"] < forecast["upper"]
    ).all()
    np.testing.assert_allclose(
        forecast["extrapolation"], headline["C"] / loss_fit.training["C"].max()
    )


def test_headline_runs_lie_inside(loss_fit, error_fit, headline):
    """What was measured: loss 2.502 and 2.425, 17-task error 0.475 and 0.472."""
    loss, error = loss_fit.forecast(headline), bs.chain(loss_fit, error_fit).forecast(headline)
    assert (loss["lower"] < [2.5021, 2.4250]).all() and (loss["upper"] > [2.5021, 2.4250]).all()
    assert (error["lower"] < [0.4752, 0.4716]).all() and (error["upper"] > [0.4752, 0.4716]).all()


def test_a_run_is_wider_than_the_laws_curve(loss_fit, headline):
    run, mean = (loss_fit.forecast(headline, of=of) for of in ("run", "mean"))
    assert (run["sd"] > mean["sd"]).all()
    np.testing.assert_allclose(run["median"], mean["median"], rtol=2e-3)


def test_mean_is_the_law_at_the_draws(loss_fit, headline):
    draws = loss_fit.draws(headline, of="mean")
    p = {name: value[5] for name, value in loss_fit.flat(*loss_fit.law.names).items()}
    np.testing.assert_allclose(draws[5], np.asarray(loss_fit.law.mean(headline, **p)), rtol=1e-5)


def test_more_probability_is_wider_and_hdi_is_shortest(loss_fit, headline):
    widths = [
        (f["upper"] - f["lower"]).to_numpy()
        for f in (loss_fit.forecast(headline, prob=p) for p in (0.5, 0.9, 0.99))
    ]
    assert (widths[0] < widths[1]).all() and (widths[1] < widths[2]).all()
    hdi = loss_fit.forecast(headline, kind="hdi")
    assert ((hdi["upper"] - hdi["lower"]) <= widths[1] + 1e-12).all()


def test_interval_of_a_known_distribution():
    draws = np.random.default_rng(0).exponential(size=(200_000, 1))
    np.testing.assert_allclose(interval(draws, 0.9, "eti")[:, 0], -np.log([0.95, 0.05]), atol=0.03)
    np.testing.assert_allclose(interval(draws, 0.9, "hdi")[:, 0], [0.0, np.log(10)], atol=0.03)


def test_chain_carries_the_uncertainty_of_both_laws(loss_fit, error_fit, headline):
    both = bs.chain(loss_fit, error_fit).forecast(headline, of="mean")
    loss = np.median(loss_fit.draws(headline, of="mean"), axis=0)
    error_alone = error_fit.forecast(pd.DataFrame({"L": loss}), of="mean")
    assert (both["sd"].to_numpy() > 1.1 * error_alone["sd"].to_numpy()).all()
    np.testing.assert_allclose(both["median"], error_alone["median"], rtol=0.01)


def test_chain_matches_a_plain_monte_carlo(loss_fit, error_fit, headline):
    """Loss draws through draws of the error law, written out once more."""
    loss = loss_fit.draws(headline, of="mean")
    p = error_fit.flat("epsilon", "k", "gamma")
    pick = np.random.default_rng(0).integers(0, 4000, 4000)
    error = p["epsilon"][pick, None] - p["k"][pick, None] * np.exp(-p["gamma"][pick, None] * loss)
    ours = bs.chain(loss_fit, error_fit).draws(headline, of="mean")
    np.testing.assert_allclose(ours.mean(axis=0), error.mean(axis=0), rtol=0.005)
    np.testing.assert_allclose(ours.std(axis=0), error.std(axis=0), rtol=0.1)


def test_chain_takes_the_largest_seed(loss_fit, error_fit, headline):
    draws = bs.chain(loss_fit, error_fit).draws(headline, seed=2**32 - 1)
    assert np.isfinite(draws).all() and not np.array_equal(
        draws, bs.chain(loss_fit, error_fit).draws(headline)
    )


def test_chain_needs_a_second_law_of_one_input(loss_fit):
    with pytest.raises(bs.InputError, match="second law of a chain takes one"):
        bs.chain(loss_fit, loss_fit)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"prob": 1.0}, "between 0 and 1"),
        ({"prob": "0.9"}, "between 0 and 1"),
        ({"of": "curve"}, "use 'run'"),
        ({"kind": "hpd"}, "use 'eti'"),
    ],
)
def test_bad_options_are_refused(loss_fit, headline, options, message):
    with pytest.raises(bs.InputError, match=message):
        loss_fit.forecast(headline, **options)


def test_targets_the_law_cannot_use_are_refused(loss_fit, error_fit):
    with pytest.raises(bs.InputError, match="have N alone.*two of N, D, C, M"):
        loss_fit.forecast(bs.targets(N=1e9))
    with pytest.raises(bs.InputError, match="targets have no L"):
        error_fit.forecast(bs.targets(N=1e9, D=1e10))


def test_printing_a_forecast_prints_its_diagnosis(loss_fit, headline):
    forecast = loss_fit.forecast(headline)
    for text in (repr(forecast), forecast._repr_html_()):
        assert (
            "Sampling: good (R-hat" in text
            and "Fit: " in text
            and "Reach: " in text
            and "90% central interval" in text
            and "nats/token" in text
        )
    assert forecast[["mean"]].diagnosis is forecast.diagnosis


def test_what_has_not_converged_is_marked_everywhere(small, headline):
    fit = bs.fit("coupled", small, y="loss_c4", draws=20, warmup=50, chains=2)
    assert not fit.diagnosis.ok and all(";" in problem for problem in fit.diagnosis.problems)
    with pytest.warns(bs.FitWarning, match="not converged"):
        forecast = fit.forecast(headline)
    assert "Sampling: BAD, do not rely" in repr(forecast)
    error = bs.fit("perplexity_to_error", small, y="error_17", L="loss_c4")
    both = bs.chain(fit, error)
    assert not both.diagnosis.ok and both.diagnosis.sampling.problems[0].startswith(
        "coupled of loss_c4"
    )


def test_a_chain_over_another_column_is_a_caution(loss_fit, small):
    error = bs.fit("perplexity_to_error", small, y="error_17", L="loss_ptb")
    assert any(
        "fitted on loss_ptb" in text for text in bs.chain(loss_fit, error).diagnosis.cautions
    )


def test_parameters_that_few_points_leave_at_their_prior_get_a_caution(small):
    same = small.query("M == 20")
    with pytest.warns(bs.RunsWarning, match="every run has M = 20"):
        fit = bs.fit("over_training", same, y="loss_c4")
    assert any("add little to the prior" in text for text in fit.diagnosis.cautions)


def test_a_curve_that_leaves_the_domain_gets_a_caution(error_fit):
    """Far below the training losses the law's error is negative; that of a run cannot be."""
    far = pd.DataFrame({"L": [1.0]})
    mean, run = error_fit.forecast(far, of="mean"), error_fit.forecast(far)
    assert mean["median"].item() < 0 < run["median"].item()
    for forecast in (mean, run):
        assert any(
            "cannot be extrapolated this far" in text for text in forecast.diagnosis.cautions
        )
    assert not error_fit.forecast(pd.DataFrame({"L": [2.6]})).diagnosis.cautions


def test_one_chain_alone_is_a_problem(small):
    fit = bs.fit("perplexity_to_error", small, y="error_17", L="loss_c4", chains=1)
    assert fit.diagnosis.problems[0].startswith("sampling: one chain alone")


def test_draws_that_do_not_move_are_a_diagnosis_and_no_crash(small):
    fit = bs.fit(
        "perplexity_to_error", small, y="error_17", L="loss_c4", draws=4, chains=1, warmup=50
    )
    assert not fit.diagnosis.ok


def test_a_law_of_compute_alone_takes_compute_alone(small):
    mine = bs.Law(
        name="mine",
        formula="L = E + A / C^a_C",
        inputs={"C": "FLOPs"},
        parameters=(
            bs.floor("E"),
            bs.exponent("a_C"),
            bs.amplitude("A", lambda x, p: bs.power(x["C"], -p["a_C"])),
        ),
        function=lambda x, E, A, a_C: E + A * bs.power(x["C"], -a_C),
        scale=lambda x: x["C"],
    )
    fit = bs.fit(mine, small[["C", "loss_c4"]], y="loss_c4")
    assert fit.forecast(bs.targets(C=1e22))["extrapolation"].item() == pytest.approx(
        1e22 / small["C"].max()
    )
    assert fit.plot(bs.targets(C=1e22)) is not None


def test_pareto_k_is_arvizs():
    rng = np.random.default_rng(1)
    log_likelihood = rng.standard_normal((2000, 12)) * np.linspace(0.2, 3.0, 12)
    theirs = np.array(
        [
            float(array_stats.psislw(log_likelihood[:, i].reshape(4, 500), axis=(0, 1))[1])
            for i in range(12)
        ]
    )
    np.testing.assert_allclose(pareto_k(log_likelihood), theirs, atol=0.03)


def test_diagnoses_add_up():
    good, bad = (
        Diagnosis(numbers={"rhat": 1.0, "ess_bulk": 900.0}),
        Diagnosis(("a; b",), (), {"rhat": 1.2, "ess_bulk": 90.0}),
    )
    both = good + bad
    assert not both.ok and both.numbers == {"rhat": 1.2, "ess_bulk": 90.0}
    assert not (Diagnosis(("c; d",)) + good).ok and (Diagnosis(("c; d",)) + bad).problems == (
        "sampling: c; d",
        "sampling: a; b",
    )


def test_tables_put_together_keep_their_diagnoses(loss_fit, error_fit, headline):
    one, other = loss_fit.forecast(headline), bs.chain(loss_fit, error_fit).forecast(headline)
    same = pd.concat([one, loss_fit.forecast(headline)])
    assert same.diagnosis == one.diagnosis and repr(same).endswith(one._foot())
    joined = one.join(headline.add_prefix("other "))
    assert (
        joined.diagnosis == one.diagnosis == one.merge(headline, on="N").diagnosis
        and joined.y == "loss_c4"
    )
    failed = one.copy()
    failed.diagnosis = Diagnosis(problems=("planted",))
    mixed = pd.concat([other, failed])
    assert (
        "planted" in repr(mixed)
        and not mixed.diagnosis.ok
        and "loss_c4 (" not in repr(mixed)
        and "error_17 (" not in repr(mixed)
    )
    assert one.y == "loss_c4" and one.diagnosis.ok
