"""The verdict of a backtest in words, and the drift that its intervals needed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW
from scipy.stats import binom
from simulated_backtest import simulated_backtest

import bayes_scaling as bs
from bayes_scaling._core.hull import distances
from bayes_scaling._core.table import Table
from bayes_scaling.law.places import TOKENS_WEIGHT, axes
from bayes_scaling.models import LAWS
from bayes_scaling.validation.coverage_verdict import effective_count, tail_probabilities
from bayes_scaling.validation.needed_drift import distance_beyond, needed_drift, sufficient_drift

OVER_TRAINING = LAWS["over_training"]


def judged(held, clusters=20, places=("2x to 5x", "10x to 30x")):
    """A backtest of ten forecasts a class in each of many series: ``held`` of ten of each class."""
    made = simulated_backtest(far=(3.0, 12.0))
    rows = [
        {
            **made.forecasts.iloc[0],
            "dataset": f"d{i}",
            "run": f"run {i} {place} {j}",
            "distance": place,
            "in_90": j < held[place],
            "beyond": 1.0,
            "drift": 0.0 if j < held[place] else 0.02,
        }
        for i in range(clusters)
        for place in places
        for j in range(10)
    ]
    table = pd.DataFrame(rows)
    table["distance"] = pd.Categorical(
        table["distance"], made.forecasts["distance"].cat.categories, ordered=True
    )
    return replace(made, forecasts=Table(table))


def test_the_worst_distance_leads_and_a_drift_is_offered():
    backtest = judged({"2x to 5x": 9, "10x to 30x": 2})
    assert backtest.verdict == (
        "90% intervals held 20% of 200 held-out runs at 10x to 30x: too narrow "
        "(55% of 400 held-out runs in all); a drift of 0.02 would have held 90%."
    )
    assert backtest.drift == 0.02
    assert repr(backtest).startswith(backtest.verdict)
    assert "<p>90% intervals held 20% of" in backtest._repr_html_()


def test_the_last_distance_has_no_end():
    backtest = judged({"2x to 5x": 9, "beyond 30x": 2}, places=("2x to 5x", "beyond 30x"))
    assert backtest.verdict.startswith("90% intervals held 20% of 200 held-out runs beyond 30x: ")


def test_intervals_that_hold_are_as_stated():
    backtest = judged({"2x to 5x": 9, "10x to 30x": 9})
    assert backtest.verdict == (
        "90% intervals held 90% of 400 held-out runs (90% of 200 held-out runs at 10x to 30x): "
        "as stated."
    )
    assert backtest.drift == 0.0


def test_intervals_that_hold_everything_are_too_wide():
    assert judged({"2x to 5x": 10, "10x to 30x": 10}).verdict.endswith(": too wide.")


def test_misses_of_one_fit_are_no_proof():
    """Of one series 17 of 20 are held: as one fit they carry little information."""
    few = judged({"2x to 5x": 9, "10x to 30x": 8}, clusters=1)
    assert few.verdict.endswith(": too few independent forecasts to judge.")
    bad = judged({"2x to 5x": 9, "10x to 30x": 4}, clusters=1)
    assert bad.verdict.endswith(
        ": less than stated, though chance can explain it in so few independent forecasts; "
        "a drift of 0.02 would have held 90%."
    )


def test_several_laws_have_a_verdict_and_a_drift_each():
    one = judged({"2x to 5x": 9, "10x to 30x": 2})
    two = one.forecasts.assign(law="coupled", in_90=True, drift=0.0)
    both = replace(one, forecasts=pd.concat([one.forecasts, two], ignore_index=True))
    lines = both.verdict.splitlines()
    assert [line.split(":")[0] for line in lines] == ["over_training", "coupled"]
    assert (both.drift_of("over_training"), both.drift_of("coupled")) == (0.02, 0.0)
    with pytest.raises(bs.InputError, match=r"2 laws, .*drift_of\('over_training'\)"):
        _ = both.drift
    with pytest.raises(bs.InputError, match="there is no law 'kaplan'"):
        both.drift_of("kaplan")


def test_tails_are_binomial():
    for count, inside in ((20, 15), (20, 20), (9, 0)):
        fewer, more = tail_probabilities(inside / count, count)
        assert fewer == pytest.approx(binom.cdf(inside, count, 0.9))
        assert more == pytest.approx(binom.sf(inside - 1, count, 0.9))


def test_dependent_forecasts_count_as_fewer():
    one_each, pairs = np.arange(40), np.repeat(np.arange(20), 2)
    inside = np.arange(40) % 10 > 1
    assert effective_count(inside, one_each) == pytest.approx(40, rel=0.05)
    same = np.repeat(np.arange(20) % 10 > 1, 2)  # both of a pair are held, or neither
    assert effective_count(same, pairs) == pytest.approx(20, rel=0.05)
    assert effective_count(inside[:10], np.zeros(10)) == pytest.approx(10 / 5.5)


def test_the_needed_drift_is_the_closed_form():
    """A Normal forecast of sd 0.01 on the log; the law's own drift is taken out of it."""
    normal = np.random.default_rng(0).normal(size=(200_000, 3))
    beyond = np.array([2.0, 2.0, 0.0])
    observed = 3.0 * np.exp([0.05, -0.01, 0.05])
    known = 0.004
    law = OVER_TRAINING.with_noise(bs.Noise(drift=known))
    for drifts in (False, True):
        sd = np.hypot(0.01, known * beyond * drifts)
        draws = 3.0 * np.exp(sd * normal)
        expected = np.sqrt((0.05 / 1.6449) ** 2 - 0.01**2) / 2.0
        needed = needed_drift(law, draws, observed, beyond, known=known * drifts)
        np.testing.assert_allclose(needed, [expected, 0.0, np.inf], rtol=0.01)
    sizeless = next(law for law in LAWS.values() if not axes(law))
    none = needed_drift(sizeless, np.ones((9, 1)), np.ones(1), np.ones(1), known=0.0)
    assert np.isnan(none).all()


def test_a_sufficient_drift_holds_nine_of_ten():
    needed, beyond = np.arange(10) / 100, np.ones(10)
    assert sufficient_drift(needed, beyond) == 0.08
    assert sufficient_drift(needed, np.append(np.zeros(9), 1.0)) == 0.09
    assert np.isnan(sufficient_drift(needed, np.zeros(10)))
    assert np.isinf(sufficient_drift(np.full(4, np.inf), np.ones(4)))


def test_distances_are_those_of_the_hull_where_sizes_are_known():
    rng = np.random.default_rng(0)
    n, m = 10 ** rng.uniform(7, 9, 12), 10 ** rng.uniform(0.5, 2.5, 12)
    train, test = np.arange(9), np.arange(9, 12)
    places = np.log(np.column_stack([n, n * m])) * [1.0, TOKENS_WEIGHT]
    found = distance_beyond(OVER_TRAINING, {"C": 6 * n**2 * m, "M": m}, train, test)
    np.testing.assert_allclose(found, distances(places[train], places[test]))
    assert (found > 0).any()
    compute = {"C": np.array([1e18, 1e19, 5e18, 1e21])}
    found = distance_beyond(LAW, compute, np.arange(2), np.arange(2, 4))
    np.testing.assert_allclose(found, [0.0, np.log(100.0)])


def test_the_drift_of_a_backtest_widens_a_fit_enough(table, backtest):
    """Runs that drift off their law: with the drift that is offered, nine of ten are held."""
    assert backtest.drift < 0.003  # these runs follow their law
    rng = np.random.default_rng(5)
    slopes = 0.03 * rng.standard_normal(table["curve"].nunique())
    far = np.log(np.maximum(table["C"] / 5e19, 1.0))
    of_curve = table["curve"].str[1:].astype(int).to_numpy()
    moved = table.assign(loss=table["loss"] * np.exp(slopes[of_curve] * far))
    options = {"group": "curve", "cutoffs": [5e19]}
    before = bs.backtest(LAW, moved, **options)
    assert ": too narrow" in before.verdict and 0.015 < before.drift < 0.06
    after = bs.backtest(LAW, moved, noise=bs.Noise(grows=False, drift=before.drift), **options)
    assert before.forecasts["in_90"].mean() < 0.6
    assert 0.86 < after.forecasts["in_90"].mean() < 0.97
    assert after.drift == pytest.approx(before.drift, rel=0.2)
