"""Averages: a mixture with the given weights, learned weights, and fits that cannot be averaged."""

import numpy as np
import pandas as pd
import pytest
from floor_runs import COMPUTE, runs
from scipy import optimize
from simulate import with_error

import bayes_scaling as bs
from bayes_scaling._core.table import Table
from bayes_scaling.analysis.law_weights import learn_weights
from bayes_scaling.validation.backtest_result import Backtest

FAST = {"draws": 500, "chains": 2}


@pytest.fixture(scope="module")
def fits():
    return {law: bs.fit(law, runs(0), **FAST) for law in ("power_law", "power_law_floor")}


@pytest.fixture(scope="module")
def learned(fits):
    return bs.average(fits, **FAST)


def held_out(log, series=True):
    """A backtest of two laws with log densities (outcomes, laws), one a series or origin."""
    rows = [
        {
            "law": f"law {k}",
            "method": "posterior",
            "origin": 1.0 if series else float(i),
            "run": "r",
            "log_score": value,
            "fit": f"{k} {i}",
            "ok": True,
        }
        | ({"curve": i} if series else {})
        for i, line in enumerate(log)
        for k, value in enumerate(line)
    ]
    table = Table(rows)
    return Backtest(
        table,
        table,
        Table(columns=["law", "origin", "reason"]),
        "y",
        "C",
        ("curve",) if series else (),
        "",
    )


def test_draws_are_a_mixture_in_the_shares_given(fits):
    """The fraction of draws below any value is the weighted mean of the laws' fractions."""
    to = bs.targets(C=[1e22])
    average = bs.average(fits, weights={"power_law": 3, "power_law_floor": 1})
    draws = average.draws(to)[:, 0]
    parts = [fit.draws(to)[:, 0] for fit in fits.values()]
    grid = np.quantile(np.concatenate(parts), np.linspace(0.05, 0.95, 15))

    def below(sample):
        return (sample[:, None] < grid).mean(axis=0)

    np.testing.assert_allclose(
        below(draws), 0.75 * below(parts[0]) + 0.25 * below(parts[1]), atol=0.02
    )
    assert draws.shape == parts[0].shape
    np.testing.assert_array_equal(draws, average.draws(to)[:, 0])


def test_targets_of_one_draw_are_of_one_law(fits):
    """A draw is one world: its losses at two targets come of the same law."""
    to = bs.targets(C=[1e22, 1e24])
    draws = bs.average(fits, weights="equal").draws(to, of="mean")
    bare, floored = (fit.draws(to, of="mean") for fit in fits.values())
    assert bare[:, 1].max() < floored[:, 1].min()
    middle = (bare[:, 1].max() + floored[:, 1].min()) / 2
    above = draws[draws[:, 1] > middle]
    assert len(above) == len(draws) / 2
    assert {tuple(row) for row in above} <= {tuple(row) for row in floored}


def test_the_law_that_predicts_later_runs_gets_the_weight(learned):
    weights = learned.weights
    assert weights.loc["power_law_floor", "weight"] > 0.9
    assert weights["weight"].sum() == pytest.approx(1)
    assert (weights["lower"] <= weights["weight"]).all() and (
        weights["weight"] <= weights["upper"]
    ).all()
    assert weights.loc["power_law", "behind"] > 1 and weights.loc["power_law_floor", "behind"] == 0
    assert "held-out outcomes" in repr(learned)


def test_forecast_says_what_it_rests_on(learned):
    forecast = learned.forecast(bs.targets(C=[1e22]))
    assert forecast["lower"].iloc[0] < 1.8 + 1.2 * 1e4**-0.25 < forecast["upper"].iloc[0]
    assert forecast["extrapolation"].iloc[0] == pytest.approx(1e22 / COMPUTE.max())
    assert "may drift off the law" in repr(forecast)
    by_law = learned.by_law(bs.targets(C=[1e22, 1e23]))
    assert by_law["law"].tolist() == ["power_law", "power_law_floor"] * 2
    assert "average of power_law" in learned.title and "power_law_floor" in learned._repr_html_()


def test_a_fit_that_has_not_converged_is_reported(fits):
    few = {**fits, "short": bs.fit("power_law", runs(0), draws=20, chains=2)}
    average = bs.average(few, weights="equal")
    with pytest.warns(bs.FitWarning, match="short: "):
        assert not average.forecast(bs.targets(C=[1e22])).diagnosis.ok


def test_stacking_is_the_best_mixture():
    """A general optimizer finds the same weights, with one more outcome for each law."""
    log = np.random.default_rng(1).normal([[0.0, 0.2]], 1.0, (40, 2))
    best = optimize.minimize_scalar(
        lambda w: (
            -np.log(w * np.exp(log[:, 0]) + (1 - w) * np.exp(log[:, 1])).sum() - np.log(w * (1 - w))
        ),
        bounds=(0, 1),
        method="bounded",
        options={"xatol": 1e-8},
    )
    assert learn_weights(held_out(log), "stacking")["weight"].iloc[0] == pytest.approx(
        best.x, abs=1e-3
    )


def test_few_series_do_not_decide_for_one_law():
    """Three series that one law alone predicted, and one outcome for each law: four fifths."""
    assert learn_weights(held_out(np.tile([[0.0, -50.0]], (3, 1))), "stacking")["weight"].iloc[
        0
    ] == pytest.approx(0.8)


def test_pseudo_bma_counts_origins():
    """Two origins that agree leave the bootstrap no variance: half a nat each, summed."""
    weights = learn_weights(held_out(np.array([[0.0, -0.5], [0.0, -0.5]]), series=False), "lfo")
    assert weights["weight"].iloc[0] == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert weights["upper"].iloc[0] == pytest.approx(weights["lower"].iloc[0])


def test_weights_are_less_sure_from_few_series():
    """Ten times as many series of the same kind: a narrower interval."""
    log = np.tile([[2.0, 0.0], [0.0, 2.0]], (5, 1))
    few, many = (
        learn_weights(held_out(np.tile(log, (times, 1))), "stacking").iloc[0] for times in (1, 10)
    )
    assert few["weight"] == pytest.approx(0.5) and few["upper"] - few["lower"] > 1.5 * (
        many["upper"] - many["lower"]
    )


@pytest.mark.parametrize(("count", "few"), [(4, True), (12, False)])
def test_weights_of_few_series_are_called_rough(count, few):
    weights = learn_weights(held_out([[-1.0, -1.2]] * count), "stacking")
    assert (
        "With so few, the weights are less certain than these intervals" in repr(weights)
    ) == few


@pytest.mark.long
def test_a_chain_may_begin_with_an_average(fits, tmp_path):
    """The mixture's draws are the input of the second law, and the report names both."""
    error = bs.fit("perplexity_to_error", with_error(runs(0)), y="error", L="loss")
    average, to = (
        bs.average(fits, weights={"power_law": 3, "power_law_floor": 1}),
        bs.targets(C=[1e22]),
    )
    chain = bs.chain(average, error)

    def curve(loss):
        return error.draws(pd.DataFrame({"L": [loss]}), of="mean").mean()

    assert chain.draws(to, of="mean").mean() == pytest.approx(
        np.mean(
            [
                curve(loss)
                for loss in np.quantile(
                    average.draws(to, of="mean"), np.linspace(0.005, 0.995, 100)
                )
            ]
        ),
        rel=0.003,
    )
    assert (
        "average of power_law (75%), power_law_floor (25%), then perplexity_to_error" in chain.title
        and "average of power_law" in chain._repr_html_()
    )
    bs.report(chain, to, tmp_path / "page.md")
    assert (
        "power_law, power_law_floor and perplexity_to_error" in (tmp_path / "page.md").read_text()
    )
    with pytest.raises(bs.InputError, match="compare chains that begin with the fit of one law"):
        bs.compare({"a": chain, "b": chain}, at=to)


@pytest.mark.long
def test_weights_of_other_series_can_be_used(fits):
    other = pd.concat([runs(seed, floor=1.5).assign(curve=seed) for seed in (1, 2, 3)])
    backtest = bs.backtest(
        ["power_law", "power_law_floor"], other, group="curve", shares=(0.1,), **FAST
    )
    assert set(backtest.forecasts["train"]) == {14}
    average = bs.average(fits, weights=backtest)
    assert average.weights.loc["power_law_floor", "weight"] == pytest.approx(
        0.8, abs=0.01
    )  # three series and one of its own, of five


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"weights": "best"},
            "weights are 'best'; use 'lfo', 'stacking', 'equal', {label: number} or a Backtest",
        ),
        ({"weights": {"power_law": 1}}, "give one for each"),
        (
            {"weights": {"power_law": -1, "power_law_floor": 2}},
            "give numbers from 0 that are not all 0",
        ),
        ({"shares": (0.5, 2)}, "give fractions of each series' largest C, between 0 and 1"),
        ({"shares": (1e-5,)}, "nothing can be fitted and forecast"),
    ],
)
def test_what_cannot_be_is_refused(fits, change, message):
    with pytest.raises(bs.InputError) as error:
        bs.average(fits, **change)
    assert message in str(error.value)


def test_fits_that_cannot_be_mixed_are_refused(fits, loss_fit):
    first = fits["power_law"]
    other = bs.fit("power_law", runs(5), draws=50, chains=2)
    for given, message in (
        ([first], "two fits or more"),
        ([first, first], "two fits are of power_law"),
        ({"a": first, "b": "c"}, "b is str"),
        ({"a": first, "b": loss_fit}, "an average takes fits of one outcome"),
        ({"a": first, "b": other}, "fit all laws to the same runs"),
    ):
        with pytest.raises(bs.InputError) as error:
            bs.average(given)
        assert message in str(error.value)


def test_every_law_of_an_average_checks_the_targets(loss_fit):
    """A caution of each law stands beside the average's forecast, with the law's name."""
    average = bs.average({"one": loss_fit, "two": loss_fit}, weights="equal")
    far = bs.targets(N=[1e13], D=[2e11])
    alone = [text for text in loss_fit.forecast(far).diagnosis.cautions if "M = " in text]
    cautions = average.forecast(far).diagnosis.cautions
    assert alone
    for label in ("one", "two"):
        text = alone[0].removeprefix("reach: ")
        assert f"reach: {label}: {text}" in cautions
