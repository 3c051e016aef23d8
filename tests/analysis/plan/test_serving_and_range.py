"""Plans: what serving costs, and a range whose ends are the last good runs."""

import numpy as np
import pytest

import bayes_scaling as bs

BUDGET, PROB, TOLERANCE = 1e21, 0.9, 0.001


@pytest.mark.parametrize("part", [0.2, 0.4, 0.9, 0.999])
def test_serving_takes_two_flops_a_parameter_and_token(loss_fit, part):
    """Any budget above 2 N serve FLOPs of the smallest model is enough: C = 6 N D + 2 N serve."""
    smallest = loss_fit.training["N"].min()
    serve = part * BUDGET / (2 * smallest)
    row = bs.plan.compute_optimal(loss_fit, BUDGET, serve=serve, within=(1e-3, 1e9)).choice.iloc[0]
    assert 6 * row["N"] * row["D"] + 2 * row["N"] * serve == pytest.approx(BUDGET, rel=1e-9)
    assert 2 * row["N"] * serve < BUDGET


def test_serving_that_takes_all_of_the_budget_is_refused(loss_fit):
    smallest = loss_fit.training["N"].min()
    for part in (1.001, 1.5, 4.0):
        with pytest.raises(bs.InputError, match="lower serve or raise C"):
            bs.plan.compute_optimal(loss_fit, BUDGET, serve=part * BUDGET / (2 * smallest))


@pytest.mark.parametrize("within", [(0.1, 1e5), (1.0, 5e3)])
def test_the_range_of_close_runs_ends_at_the_last_that_is_close(loss_fit, within):
    """Every end is close with the probability asked for; its outer neighbor on the search is not.

    Each draw's own best, M = (b / a)^(1 / (2 eta)), and how far a run is from it are by hand.
    """
    options = {"prob": PROB, "tolerance": TOLERANCE, "within": within}
    plan = bs.plan.compute_optimal(loss_fit, BUDGET, **options)
    row, places = plan.choice.iloc[0], plan.curves["M"].to_numpy()
    p = loss_fit.flat(*loss_fit.law.names)

    def loss(ratio):
        terms = p["a"] * ratio ** p["eta"] + p["b"] * ratio ** -p["eta"]
        return p["E"] + terms * BUDGET ** -p["eta"]

    best = loss((p["b"] / p["a"]) ** (1 / (2 * p["eta"])))

    def close(ratio):
        return (loss(ratio) <= (1 + TOLERANCE) * best).mean()

    step, half = places[1] / places[0], 0.5 / len(best)
    for end, outward in (("M_least", 1 / step), ("M_most", step)):
        assert close(row[end]) > PROB - half
        assert close(row[end] * outward) < PROB - half
    assert row["M_least"] < row["M"] < row["M_most"]
    for ratio, size in (("M_least", "N_most"), ("M_most", "N_least")):
        assert row[size] == pytest.approx(np.sqrt(BUDGET / 6 / row[ratio]))
