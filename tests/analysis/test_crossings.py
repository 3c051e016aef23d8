"""Crossovers and compute multipliers: closed forms, planted crossovers, coverage of contrasts."""

import numpy as np
import pytest
from corpora import BASE, LAW, at_reference, corpora
from scipy import stats
from table_rows import row

import bayes_scaling as bs
from bayes_scaling.analysis.contrast_side import GroupDraws, Side
from bayes_scaling.analysis.crossings import crossing, multiplier

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


def side(name, **changes):
    """A Side of a hundred draws that all are the same."""
    p = BASE | changes
    return Side(
        name, (), (GroupDraws(LAW, {key: np.full(100, value) for key, value in p.items()}),)
    )


def test_the_compute_multiplier_is_exact_where_it_has_a_closed_form():
    """Amplitudes s times as large need s^(1 / eta) times the compute; a high floor: never."""
    good, poor = side("good"), side("poor", a=BASE["a"] * 1.1, b=BASE["b"] * 1.1)
    goal = good.curve_along(np.array([[1e21]]), 20.0)[:, 0]
    np.testing.assert_allclose(
        multiplier(poor, goal, 1e21, 20.0, "lower"), 1.1 ** (1 / BASE["eta"]), rtol=1e-9
    )
    np.testing.assert_allclose(multiplier(good, goal, 1e21, 20.0, "lower"), 1.0, rtol=1e-9)
    assert np.isinf(multiplier(side("floor", E=3.0), goal, 1e21, 20.0, "lower")).all()


def crossed_at(compute, ratio=20.0, gap=0.08):
    """Two corpora that cross at this compute: the second has a lower floor, a larger amplitude."""
    other = BASE | {"E": BASE["E"] - gap}
    other["a"] = BASE["a"] + gap * compute ** BASE["eta"] / ratio ** BASE["eta"]
    return BASE, other


def test_a_planted_crossover_is_found():
    one, two = crossed_at(1e20)
    crossover = crossing(side("one", **one), side("two", **two), 20.0, 1e17, 1e23, 0.9, "lower")
    assert (
        crossover["C"] == pytest.approx(1e20, rel=0.01)
        and crossover["p_none"] == 0
        and crossover["p_better_beyond"] == 0.0
    )
    none = crossing(side("one", **one), side("two", **two), 20.0, 1e21, 1e23, 0.9, "lower")
    assert none["p_none"] == 1 and np.isnan(none["C"])


QUICK = {
    "group": "corpus",
    "draws": 250,
    "chains": 2,
    "warmup": 150,
}  # enough draws for one contrast of a simulated pair


def contrasts(seeds, eta):
    """Count contrasts of eta inside their intervals, and directions over 97.5% certain."""
    hits = alarms = 0
    for seed in seeds:
        fit = bs.fit(
            LAW,
            corpora({"one": BASE, "two": at_reference(eta=BASE["eta"] + eta)}, seed),
            y="loss",
            seed=seed,
            **QUICK,
        )
        contrast = row(
            bs.compare(fit, at=AT).parameters, group="one", reference="two", parameter="eta"
        )
        hits += contrast["lower"] <= -eta <= contrast["upper"]
        alarms += max(contrast["p_above"], 1 - contrast["p_above"]) > 0.975
    return hits, alarms


def crossovers(seeds, compute=3e19):
    """(planted crossovers inside their intervals, those that were found more likely than not)."""
    found = tried = 0
    for seed in seeds:
        one, two = crossed_at(compute)
        fit = bs.fit(
            LAW, corpora({"one": one, "two": two}, 1000 + seed), y="loss", seed=seed, **QUICK
        )
        crossover = bs.compare(
            fit, at=bs.targets(C=compute, M=20.0), within=(1e17, 1e23)
        ).crossovers.iloc[0]
        if crossover["p_none"] < 0.5:
            found, tried = found + (crossover["lower"] <= compute <= crossover["upper"]), tried + 1
    return found, tried


def between(hits, count, share=0.9):
    low, high = stats.binom(count, share).ppf([0.002, 0.998])
    return low <= hits <= high


@pytest.mark.long
@pytest.mark.filterwarnings(
    "ignore::bayes_scaling._core.errors.FitWarning"
)  # of so few draws some do not meet every check
@pytest.mark.parametrize("eta", [0.0, 0.01, 0.03])
def test_contrasts_are_calibrated(eta):
    hits, alarms = contrasts(range(200), eta)
    assert hits >= stats.binom(200, 0.9).ppf(
        0.002
    )  # a prior that draws groups together covers no difference more often
    assert eta or alarms / 200 <= 0.07


@pytest.mark.long
@pytest.mark.filterwarnings(
    "ignore::bayes_scaling._core.errors.FitWarning"
)  # of so few draws some do not meet every check
def test_crossovers_are_calibrated():
    found, tried = crossovers(range(200))
    assert tried >= 160 and between(found, tried)
