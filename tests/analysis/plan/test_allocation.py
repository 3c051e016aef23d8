"""The best split of a budget: closed forms draw by draw, brute force, ends of the search."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

import bayes_scaling as bs
from bayes_scaling.analysis.plan.budget_path import BudgetPath
from bayes_scaling.analysis.plan.path_minimum import finite_quantiles, row_minima
from bayes_scaling.analysis.plan.split_options import WITHIN, SplitOptions

BUDGET = 5.76e23  # Chinchilla's
ENDS = [0.5, 0.05, 0.95]


def path_along(fit, budget, serve=0.0):
    """The path of a budget with default options."""
    return BudgetPath(fit, budget, SplitOptions(serve, WITHIN, "lower", 0.001, {}))


@pytest.fixture(scope="module")
def points():
    """Chinchilla's law on its own points, without the runs of hardly any tokens."""
    return bs.fit("chinchilla", bs.load_runs("hoffmann2022").query("M >= 0.4"), y="loss", draws=500)


def best(plan, quantity, **labels):
    table = plan.best[plan.best["quantity"] == quantity]
    for name, value in labels.items():
        table = table[table[name] == value]
    return table[["median", "lower", "upper"]].to_numpy(float)


def test_the_interval_is_that_of_the_forecast_of_a_new_run(loss_fit):
    """The curve alone is narrower; it is quoted where asked for."""
    columns = ["median", "lower", "upper"]
    plan = bs.plan.compute_optimal(loss_fit, [1e22, 1e24], seed=3)
    curves = bs.plan.compute_optimal(loss_fit, [1e22, 1e24], of="mean")
    for one, of, seed in ((plan, "run", 3), (curves, "mean", 0)):
        forecast = loss_fit.forecast(one, of=of, seed=seed)
        np.testing.assert_allclose(one.choice[columns], forecast[columns], rtol=1e-10)
    widths = [one.choice["upper"] - one.choice["lower"] for one in (plan, curves)]
    assert (widths[0] > 1.2 * widths[1]).all()
    assert " for a new run (90%" in plan.sentences[0] and "curve" not in plan.sentences[0]
    assert " by the law's curve (90%" in curves.sentences[0]
    pd.testing.assert_series_equal(plan.choice["curve"], curves.choice["median"], check_names=False)
    with pytest.raises(bs.InputError, match="of is 'curve'"):
        bs.plan.compute_optimal(loss_fit, 1e22, of="curve")


def test_chinchillas_best_parameters_are_the_closed_form_draw_by_draw(points):
    """Hoffmann et al. 2022: N = G (C / 6)^(alpha_D / (alpha_N + alpha_D))."""
    p = points.flat("E", "A", "B", "alpha_N", "alpha_D")
    G = (p["alpha_N"] * p["A"] / (p["alpha_D"] * p["B"])) ** (1 / (p["alpha_N"] + p["alpha_D"]))
    N = G * (BUDGET / 6) ** (p["alpha_D"] / (p["alpha_N"] + p["alpha_D"]))
    D = BUDGET / 6 / N
    path = path_along(points, BUDGET)
    np.testing.assert_allclose(path.parameters(np.exp(path.best_log_m)), N, rtol=1e-4)
    np.testing.assert_allclose(
        path.best_cost,
        p["E"] + p["A"] * N ** -p["alpha_N"] + p["B"] * D ** -p["alpha_D"],
        rtol=1e-9,
    )
    plan = bs.plan.compute_optimal(points, BUDGET)
    for name, values in (("N", N), ("D", D), ("M", D / N), ("loss", path.best_cost)):
        np.testing.assert_allclose(best(plan, name), [np.quantile(values, ENDS)], rtol=1e-3)


def test_chinchillas_own_points_ask_for_about_twenty_tokens_a_parameter(points):
    """A refit of these points is consistent with 20, unlike the published law.

    Besiroglu et al. 2024, arXiv 2404.10102.
    """
    plan = bs.plan.compute_optimal(points, BUDGET)
    ((median, lower, upper),) = best(plan, "M")
    assert 12 < median < 30 and lower < 20 < upper and upper / lower < 3
    row = plan.choice.iloc[0]
    assert (
        row["none"] == 0
        and row["excess"] < 0.001
        and row["extrapolation"] == pytest.approx(BUDGET / points.largest)
    )
    assert (
        "train" in plan.sentences[0] and "times the compute of the largest run" in plan.sentences[0]
    )


def test_the_best_ratio_of_over_training_is_the_same_at_every_budget(loss_fit):
    p = loss_fit.flat("a", "b", "eta")
    M = (p["b"] / p["a"]) ** (1 / (2 * p["eta"]))
    plan = bs.plan.compute_optimal(loss_fit, [1e21, 1e24])
    np.testing.assert_allclose(best(plan, "M"), [np.quantile(M, ENDS)] * 2, rtol=1e-3)
    outside = 1 - ((M >= loss_fit.training["M"].min()) & (M <= loss_fit.training["M"].max())).mean()
    np.testing.assert_allclose(plan.choice["outside"], outside, atol=0.005)


def test_serving_is_paid_for_out_of_the_budget(points):
    """Sardana et al. 2023: brute force over N on C = 6 N D + 2 N serve, for a few draws."""
    serve, p = 1e13, points.flat(*points.law.names)
    path = path_along(points, BUDGET, serve)
    for i in (0, 700, 1999):
        one = {name: values[i] for name, values in p.items()}

        def curve(log_n, one=one):
            return (
                one["E"]
                + one["A"] * np.exp(-one["alpha_N"] * log_n)
                + one["B"] * (BUDGET / 6 / np.exp(log_n) - serve / 3) ** -one["alpha_D"]
            )

        found = minimize_scalar(
            curve,
            bounds=(np.log(1e9), np.log(0.999 * BUDGET / 2 / serve)),
            method="bounded",
            options={"xatol": 1e-10},
        )
        assert path.parameters(np.exp(path.best_log_m[i])) == pytest.approx(
            np.exp(found.x), rel=1e-3
        )
    row = bs.plan.compute_optimal(points, BUDGET, serve=serve).choice.iloc[0]
    assert 6 * row["N"] * row["D"] + 2 * row["N"] * serve == pytest.approx(BUDGET)
    assert row["N"] < 0.5 * bs.plan.compute_optimal(points, BUDGET).choice["N"].iloc[0]
    assert row["extrapolation"] == pytest.approx(6 * row["N"] * row["D"] / points.largest)


def test_the_run_to_train_has_the_least_expected_loss_and_says_what_it_costs(loss_fit):
    row = bs.plan.compute_optimal(loss_fit, 1e22).choice.iloc[0]

    def draws_at(N):
        return loss_fit.draws(bs.targets(N=N, C=1e22), of="mean")[:, 0]

    expected = [draws_at(row["N"] * by).mean() for by in (0.9, 1.0, 1.1)]
    assert min(expected) == expected[1]
    p = loss_fit.flat(*loss_fit.law.names)
    M = (p["b"] / p["a"]) ** (1 / (2 * p["eta"]))
    lows = p["E"] + (p["a"] * M ** p["eta"] + p["b"] * M ** -p["eta"]) * 1e22 ** -p["eta"]
    assert row["excess"] == pytest.approx((draws_at(row["N"]) - lows).mean(), rel=1e-3)
    assert row["close"] == pytest.approx((draws_at(row["N"]) <= 1.001 * lows).mean(), abs=0.002)
    assert row["curve"] == pytest.approx(np.median(draws_at(row["N"])))
    for end, beyond in (("N_least", 0.97), ("N_most", 1.03)):
        p_close, p_further = (
            (draws_at(N) <= 1.001 * lows).mean() for N in (row[end], row[end] * beyond)
        )
        assert p_close == pytest.approx(0.9, abs=0.02) and p_further < 0.9
    assert row["N_least"] < row["N"] < row["N_most"] and row["M_least"] < row["M"] < row["M_most"]
    tight = bs.plan.compute_optimal(loss_fit, 1e22, tolerance=1e-7)
    assert (
        tight.choice[["N_least", "M_most"]].isna().all(axis=None)
        and "no run reaches probability" in tight.sentences[0]
    )


def test_an_end_of_the_search_is_no_optimum(loss_fit):
    p = loss_fit.flat("a", "b", "eta")
    M = (p["b"] / p["a"]) ** (1 / (2 * p["eta"]))
    cut = bs.plan.compute_optimal(loss_fit, 1e21, within=(6.0, 1e4))
    none = cut.choice["none"].iloc[0]
    assert none == pytest.approx((M < 6.0).mean(), abs=0.015) and 0.05 < none < 0.5
    ((median, lower, upper),) = best(cut, "M")
    assert (
        np.isnan(lower)
        and median == pytest.approx(np.median(M), rel=1e-3)
        and upper == pytest.approx(np.quantile(M, 0.95), rel=1e-3)
    )
    assert (
        np.isnan(best(cut, "N")[0][2])
        and f"{none:.0%} of the draws have no best between 6 and 10,000 tokens" in cut.sentences[0]
        and "nan" not in repr(cut)
    )
    assert (
        cut.choice[["excess", "close", "N_least", "N_most"]].isna().all(axis=None)
        and "its distance from the best possible is unknown" in cut.sentences[0]
    )
    far = bs.plan.compute_optimal(loss_fit, 1e21, within=(100.0, 1e4))
    assert (
        far.choice[["N", "M", "median", "excess"]].isna().all(axis=None)
        and far.choice["none"].iloc[0] == 1
        and np.isnan(best(far, "loss_c4")).all()
    )
    assert (
        "is best at the fewest tokens per parameter" in repr(far)
        and "within=(10, 100000)" in repr(far)
        and "nan" not in repr(far)
    )


def test_where_a_row_is_lowest():
    x = np.linspace(0.0, 10.0, 101)
    place, low = row_minima(
        x,
        np.stack(
            [(x - 3.333) ** 2 + 1, x, -x, np.ones_like(x), np.where(x > 5, np.inf, (x - 4.98) ** 2)]
        ),
    )
    np.testing.assert_allclose(place, [3.333, -np.inf, np.inf, np.nan, 5.0])
    np.testing.assert_allclose(low, [1.0, 0.0, -10.0, 1.0, 0.0004], atol=1e-6)
    np.testing.assert_array_equal(
        finite_quantiles(np.r_[[-np.inf] * 2, np.arange(8.0), np.inf], [0.0, 0.5, 1.0]),
        [np.nan, 3.0, np.nan],
    )


def test_an_accuracy_is_the_higher_the_better(loss_fit):
    """One less the loss, as it were: the same run, the signs turned."""
    upside = replace(
        loss_fit,
        law=replace(loss_fit.law, function=lambda x, **p: 10.0 - loss_fit.law.function(x, **p)),
    )
    with pytest.warns(bs.FitWarning, match="bad verdict on fit"):  # the runs have losses
        high = bs.plan.compute_optimal(upside, 1e22, better="higher", tolerance=0.01)
    low = bs.plan.compute_optimal(loss_fit, 1e22)
    np.testing.assert_allclose(best(high, "N"), best(low, "N"), rtol=1e-6)
    np.testing.assert_allclose(best(high, "loss_c4")[:, [0, 2, 1]], 10 - best(low, "loss_c4"))
    assert (
        high.choice["excess"].iloc[0] == pytest.approx(low.choice["excess"].iloc[0])
        and (high.curves["median"] > 0).all()
    )


def test_what_forecasts_alike_is_planned_alike(loss_fit, error_fit, tmp_path):
    """A saved fit, an average with all weight on one fit, a chain to an error, a mapping."""
    plan = bs.plan.compute_optimal(loss_fit, 1e22)
    again = bs.plan.compute_optimal(bs.load(loss_fit.save(tmp_path / "loss.nc")), 1e22)
    pd.testing.assert_frame_equal(pd.DataFrame(again.choice), pd.DataFrame(plan.choice))
    average = bs.average(
        {"one": loss_fit, "two": replace(loss_fit, seed=1)}, weights={"one": 1.0, "two": 0.0}
    )
    np.testing.assert_allclose(best(bs.plan.compute_optimal(average, 1e22), "N"), best(plan, "N"))
    chain = bs.plan.compute_optimal(bs.chain(loss_fit, error_fit), 1e22)
    np.testing.assert_allclose(best(chain, "N"), best(plan, "N"), rtol=1e-3)
    assert (
        chain.y == "error_17" and chain.choice["outside"].iloc[0] == plan.choice["outside"].iloc[0]
    )
    both = bs.plan.compute_optimal({"a": loss_fit, "b": replace(loss_fit, seed=1)}, [1e22, 1e23])
    assert list(both.choice["group"]) == ["a", "a", "b", "b"] and both.sentences[2].startswith(
        "b: With 1e+22 FLOPs"
    )
