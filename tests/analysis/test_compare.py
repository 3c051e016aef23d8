"""Comparisons: numbers that can be reckoned by hand, planted differences and crossovers, coverage."""

import importlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, THREE, at_reference, corpora, three
from scipy import stats
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.analysis import sides as side_module
from bayes_scaling.analysis.contrasts import crossing, multiplier
from bayes_scaling.analysis.plan.preposterior import beyond
from bayes_scaling.analysis.sides import Part, Side
from bayes_scaling.law.prior import half_normal
from bayes_scaling.reporting.assumptions import rests_on
from bayes_scaling.reporting.extrapolation import extent, reaches
from bayes_scaling.reporting.provenance import recipe

compare = importlib.import_module("bayes_scaling.analysis.compare")
AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def pooled():
    return three()


@pytest.fixture(scope="module")
def comparison(pooled):
    return bs.compare(pooled, at=AT)


def row(table, **labels):
    for name, value in labels.items():
        table = table[table[name] == value]
    return table.iloc[0]


def test_contrasts_of_parameters_are_those_of_the_draws(pooled, comparison):
    eta = pooled.flat("eta")["eta"]
    made = row(comparison.parameters, group="one", reference="two", parameter="eta")
    ratio = eta[:, 0] / eta[:, 1]
    np.testing.assert_allclose(
        [made["lower"], made["difference"], made["upper"]],
        np.quantile(eta[:, 0] - eta[:, 1], [0.05, 0.5, 0.95]),
    )
    np.testing.assert_allclose(
        [made["ratio_lower"], made["ratio"], made["ratio_upper"]],
        np.quantile(ratio, [0.05, 0.5, 0.95]),
    )
    assert made["p_above"] == (ratio > 1).mean() and made["p_same"] == pytest.approx(
        ((ratio < 1.05) & (ratio > 1 / 1.05)).mean()
    )
    assert len(comparison.parameters) == 3 * 4 == len(comparison.parameters.sentences)
    assert comparison.parameters.sentences[0] in repr(
        comparison.parameters
    ) and "eta of one" not in repr(comparison.parameters.head(2).rename(columns={"ratio": "r"}))
    assert any(
        "eta of one is" in line
        and f"probability {max(made['p_above'], 1 - made['p_above']):.2f}" in line
        for line in comparison.parameters.sentences
    )


def test_contrasts_of_forecasts_are_those_of_the_draws(pooled, comparison):
    curves = {name: pooled.draws(AT.assign(corpus=name), of="mean") for name in pooled.groups}
    made = row(comparison.forecasts, group="one", reference="three", C=1e22)
    np.testing.assert_allclose(
        made["difference"], np.median(curves["one"][:, 1] - curves["three"][:, 1]), rtol=1e-6
    )
    assert made["p_better"] == (curves["one"][:, 1] < curves["three"][:, 1]).mean()
    first = np.stack([curves[name][:, 1] for name in pooled.groups]).argmin(axis=0)
    for i, name in enumerate(pooled.groups):
        assert row(comparison.best, group=name, C=1e22)["p_best"] == (first == i).mean()


def test_a_reference_is_what_all_others_are_compared_with(pooled):
    made = bs.compare(pooled, at=AT, reference="two")
    assert set(made.parameters["reference"]) == {"two"} and set(made.parameters["group"]) == {
        "one",
        "three",
    }
    assert (
        np.isfinite(made.multipliers["multiplier"]).any()
        and len(made.sentences) > 10
        and str(made.diagnosis) in repr(made)
    )


def side(name, **changes):
    """A Side of a hundred draws that all are the same."""
    p = BASE | changes
    return Side(name, (), (Part(LAW, {key: np.full(100, value) for key, value in p.items()}),))


def test_the_compute_multiplier_is_exact_where_it_has_a_closed_form():
    """Amplitudes s times as large need s^(1 / eta) times the compute; a floor above the goal is never reached."""
    good, poor = side("good"), side("poor", a=BASE["a"] * 1.1, b=BASE["b"] * 1.1)
    goal = good.along(np.array([[1e21]]), 20.0)[:, 0]
    np.testing.assert_allclose(
        multiplier(poor, goal, 1e21, 20.0, "lower"), 1.1 ** (1 / BASE["eta"]), rtol=1e-9
    )
    np.testing.assert_allclose(multiplier(good, goal, 1e21, 20.0, "lower"), 1.0, rtol=1e-9)
    assert np.isinf(multiplier(side("floor", E=3.0), goal, 1e21, 20.0, "lower")).all()


def crossed_at(compute, ratio=20.0, gap=0.08):
    """Two corpora whose curves cross at this compute: the second has the lower floor and a larger first amplitude."""
    other = BASE | {"E": BASE["E"] - gap}
    other["a"] = BASE["a"] + gap * compute ** BASE["eta"] / ratio ** BASE["eta"]
    return BASE, other


def test_a_planted_crossover_is_found():
    one, two = crossed_at(1e20)
    made = crossing(side("one", **one), side("two", **two), 20.0, 1e17, 1e23, 0.9, "lower")
    assert (
        made["C"] == pytest.approx(1e20, rel=0.01)
        and made["p_none"] == 0
        and made["p_better_beyond"] == 0.0
    )
    none = crossing(side("one", **one), side("two", **two), 20.0, 1e21, 1e23, 0.9, "lower")
    assert none["p_none"] == 1 and np.isnan(none["C"])


def test_separate_fits_are_compared_as_independent():
    """Fits of one table with one seed have the same draws: compared, they are paired at random, not with themselves."""
    table = corpora({"one": BASE}, 0)
    fits = {name: bs.fit(LAW, table, y="loss") for name in ("a", "b")}
    made = row(bs.compare(fits, at=AT).parameters, parameter="eta")
    sd = fits["a"].flat("eta")["eta"].std()
    assert made["upper"] - made["lower"] == pytest.approx(2 * 1.645 * 2**0.5 * sd, rel=0.15)
    assert made["p_above"] == pytest.approx(0.5, abs=0.05)


QUICK = {
    "group": "corpus",
    "draws": 250,
    "chains": 2,
    "warmup": 150,
}  # enough draws for one contrast of a simulated pair


def contrasts(seeds, eta):
    """(simulated pairs whose interval of the contrast of eta holds the truth, pairs whose direction is more than 97.5% sure)."""
    hits = alarms = 0
    for seed in seeds:
        fit = bs.fit(
            LAW,
            corpora({"one": BASE, "two": at_reference(eta=BASE["eta"] + eta)}, seed),
            y="loss",
            seed=seed,
            **QUICK,
        )
        made = row(bs.compare(fit, at=AT).parameters, group="one", reference="two", parameter="eta")
        hits += made["lower"] <= -eta <= made["upper"]
        alarms += max(made["p_above"], 1 - made["p_above"]) > 0.975
    return hits, alarms


def crossovers(seeds, compute=3e19):
    """(planted crossovers inside their intervals, those that were found more likely than not)."""
    found = tried = 0
    for seed in seeds:
        one, two = crossed_at(compute)
        fit = bs.fit(
            LAW, corpora({"one": one, "two": two}, 1000 + seed), y="loss", seed=seed, **QUICK
        )
        made = bs.compare(
            fit, at=bs.targets(C=compute, M=20.0), within=(1e17, 1e23)
        ).crossovers.iloc[0]
        if made["p_none"] < 0.5:
            found, tried = found + (made["lower"] <= compute <= made["upper"]), tried + 1
    return found, tried


def between(hits, count, share=0.9):
    low, high = stats.binom(count, share).ppf([0.002, 0.998])
    return low <= hits <= high


def test_planted_differences_lie_in_their_intervals(comparison):
    for one, two in (("one", "two"), ("one", "three"), ("two", "three")):
        for name in ("eta", "E"):
            made, truth = (
                row(comparison.parameters, group=one, reference=two, parameter=name),
                THREE[one][name] - THREE[two][name],
            )
            wide = (
                1.5 * (made["upper"] - made["lower"]) / 2
            )  # six intervals of 90%, stretched to 98.6%
            assert abs(made["difference"] - truth) < wide, (one, two, name)
    assert (
        row(comparison.parameters, group="one", reference="two", parameter="eta")["p_above"] < 0.05
    )


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


def test_what_can_not_be_compared_is_refused(pooled):
    for options, said in (
        ({"reference": "four"}, "four.*one"),
        ({"better": "less"}, "lower"),
        ({"rope": {"eta": 2}}, "rope"),
        ({"within": (1e24, 1e20)}, "within"),
        ({"across": "set"}, "corpus"),
    ):
        with pytest.raises(bs.InputError, match=said):
            bs.compare(pooled, at=AT, **options)
    with pytest.raises(bs.InputError, match="pooled fit"):
        bs.compare("gadre2024", at=AT)
    with pytest.raises(bs.InputError, match="one group"):
        bs.compare({"one": bs.fit(LAW, corpora({"one": BASE}, 0), y="loss")}, at=AT)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rope": {"etta": 0.02}}, "rope names 'etta' (did you mean eta?)"), ({"rope": {"eta": "2%"}}, "give shares by name"),
        ({"within": "1e18-1e24"}, "within is '1e18-1e24'"), ({"within": 1e18}, "within is 1e+18"), ({"reference": "Two"}, "no group (did you mean two?)"),
    ],
)  # fmt: skip
def test_a_name_or_a_range_that_can_not_be_is_refused(pooled, options, said):
    with pytest.raises(bs.InputError) as told:
        bs.compare(pooled, at=AT, **options)
    assert said in str(told.value)


def test_a_comparison_says_how_far_it_reaches_and_first_of_all_whether_it_holds(pooled, comparison):
    largest = pooled.table["C"].max()
    assert (
        comparison.reach
        == f"The largest target needs {1e22 / largest:.3g} times the compute of the largest run that was fitted."
    )
    assert (
        comparison.reach in repr(comparison)
        and bs.compare(pooled, at=bs.targets(C=[largest], M=[20])).reach == ""
    )
    frames = [pd.DataFrame({"C": [1e18, largest]}) for largest in (1e20, 5e20)]
    assert (
        compare._reach(AT, frames)
        == "The largest target needs 20 to 100 times the compute of the largest run that was fitted of each group."
    )
    failed = replace(
        comparison,
        diagnosis=bs.Diagnosis(("the chains disagree",), (), comparison.diagnosis.numbers),
    )
    warned = replace(
        comparison,
        diagnosis=bs.Diagnosis((), ("one law serves all",), comparison.diagnosis.numbers),
    )
    for made, first in (
        (comparison, False),
        (failed, True),
        (warned, True),
    ):  # what the sentences must be read with comes before them
        said = str(made.diagnosis).splitlines()[-1].removeprefix("- ")
        assert [
            text.index(said) < text.index(sentence)
            for text, sentence in (
                (repr(made), made.sentences[0]),
                (made._repr_html_(), made.best.sentences[0]),
            )
        ] == [first] * 2
    assert repr(failed).startswith("NOT CONVERGED")


def test_one_value_for_all_groups_is_no_contrast(pooled):
    shared = replace(
        pooled,
        posterior=pooled.posterior
        | {"eta": np.repeat(pooled.posterior["eta"][..., :1], 3, axis=-1)},
    )
    assert set(bs.compare(shared, at=AT).parameters["parameter"]) == {"E", "a", "b"}
    with pytest.raises(bs.InputError, match="one value for all groups"):
        bs.plot_groups.ridge(shared, "eta")


def test_what_is_known_of_a_group_is_its_own():
    """Chance levels that the targets do not name are those of each group's runs."""
    law = bs.find_law("task_binomial")
    parts = {
        name: Part(law, {key: np.full(2, 0.5) for key in law.names}, {"chance": chance})
        for name, chance in (("half", 0.5), ("quarter", 0.25))
    }
    to = bs.targets(L=[2.4])
    for name, part in parts.items():
        np.testing.assert_array_equal(
            Side(name, (), (part,)).at(to),
            Side(name, (), (part,)).at(to.assign(chance=part.known["chance"])),
        )
    assert not np.allclose(*(Side(name, (), (part,)).at(to) for name, part in parts.items()))


def test_a_mean_names_what_it_is_over_and_none_is_best_of_one():
    """Of three sets one has all corpora; of another there is one corpus alone."""
    draws = {key: np.full(4, 0.1) for key in LAW.names}
    cells = [("web", "a"), ("books", "a"), ("web", "b"), ("books", "b"), ("web", "c")]
    pool = SimpleNamespace(by=("corpus", "set"))
    fit = SimpleNamespace(
        pool=pool,
        groups=cells,
        law=LAW,
        published=lambda group: draws,
        place=(np.arange(5), np.zeros(5, int)),
        data={"x": {}},
    )
    sides = side_module._pooled(fit, None)
    assert {side.where for side in sides} == {"set a: ", "set b: ", "set c: ", "set mean of a, b: "}
    here = {(side.context, side.name): side for side in sides}
    best = compare._best(
        here, {key: np.zeros((4, 1)) for key in here}, bs.targets(C=[1e20], M=[20]), "lower"
    )
    assert "c" not in set(best["set"])


def test_a_page_of_groups_says_what_forecast_and_comparison_say(pooled, comparison):
    """The numbers of a pooled fit's page are those of its forecast and of ``compare``; the code on it names the groups."""
    made = bs.report(pooled, AT.set_axis(["near", "$far$"]), date="today")
    page = Reader(made.html)
    forecast = pooled.forecast(AT)
    rows = [line for line in page.tables["forecast"] if line[1] == "a new run"]
    assert [line[0] for line in rows] == [
        f"{corpus}, {label}" for corpus in ("one", "two", "three") for label in ("near", "$far$")
    ] and forecast["corpus"].tolist() == ["one", "one", "two", "two", "three", "three"]
    assert f"It rests on {len(pooled.table)} training runs of 3 groups" in page.text
    np.testing.assert_allclose([float(line[2]) for line in rows], forecast["median"], rtol=1e-3)
    np.testing.assert_allclose(
        [[float(end) for end in line[5].split(" to ")] for line in rows],
        forecast[["lower", "upper"]],
        rtol=1e-3,
    )
    best = page.tables["comparison-1"][1:]
    np.testing.assert_allclose(
        [float(line[-1]) for line in best], comparison.best["p_best"], rtol=1e-3
    )
    assert "Groups compared: which is best" in page.text and "run of its group" in page.text
    assert "group=['corpus']" in page.text and "comparison=" not in page.text
    assert (
        "cannot be reweighted yet" in page.text
        and bs.report(pooled, AT, comparison=False, date="today").markdown.count(
            "how the groups compare"
        )
        == 1
    )
    one = bs.report(pooled.group("two"), AT, date="today").markdown
    assert "fit.group('two')" in one and "largest run of its group" in one
    with pytest.raises(bs.InputError, match="give the pooled fit, and this as comparison="):
        bs.report(comparison, AT)


def test_a_group_is_held_against_its_own_runs(pooled):
    """One group's runs made a hundredth as large: its targets lie as much farther out, the others' as before."""
    own = pooled.table["corpus"] == "two"
    lesser = replace(
        pooled, table=pooled.table.assign(C=pooled.table["C"].where(~own, pooled.table["C"] / 100))
    )
    to = lesser.of_every_group(AT)
    np.testing.assert_allclose(reaches(lesser, to, "C"), lesser.forecast(AT)["extrapolation"])
    assert reaches(lesser, to, "C")[2] == pytest.approx(100 * reaches(lesser, to, "C")[0])
    (table, *_) = extent(lesser, to, list("abcdef"), "", None)
    assert "of their groups" in table.caption and [
        line[1 + table.header[1:].index("compute C, FLOPs")].split()[1] for line in table.lines
    ] == [f"{far:.3g}" if far > 1 else "inside" for far in reaches(lesser, to, "C")]
    assert reaches(pooled, AT.assign(corpus="unseen"), "C")[0] == pytest.approx(
        1e20 / pooled.table["C"].max()
    )


def test_runs_of_a_long_table_are_counted_once(pooled):
    labels = np.repeat([f"run {i}" for i in range(len(pooled.table) // 2)], 2)
    assert rests_on(replace(pooled, table=pooled.table.assign(run=labels))).endswith(
        f"({len(pooled.table)} values of loss)"
    ) and rests_on(pooled).startswith("48 training runs of 3 groups")


def test_labels_of_targets_outlive_the_groups(pooled):
    told = pooled.forecast(AT.set_axis(["near", "far"]))
    assert list(told.index) == ["near", "far"] * 3 and list(pooled.forecast(AT).index) == list(
        range(6)
    )


def test_what_a_pooled_fit_was_conditioned_on_is_hashed_and_told(pooled):
    se = replace(pooled, data=pooled.data | {"se": np.full(pooled.data["z"].shape, 0.1)}, se="err")
    read = replace(
        pooled, data=pooled.data | {"rows": {"items": np.full(pooled.data["z"].shape, 500.0)}}
    )
    assert len({fit.provenance["data_hash"] for fit in (pooled, se, read)}) == 3
    wide = replace(
        pooled, pool=replace(pooled.pool, spreads=pooled.pool.spreads | {"eta": half_normal(2.0)})
    )
    asked = {
        "prob": 0.9,
        "measured": None,
        "runs": None,
        "source": "lab.csv",
        "why": "",
        "seed": 0,
        "title": None,
    } | dict.fromkeys(("backtest", "sensitivity", "influence", "comparison"))
    assert (
        "se='err'" in recipe(se, AT, asked)
        and "tau_eta': dist.HalfNormal(scale=2.0)" in recipe(wide, AT, asked)
        and "tau_" not in recipe(pooled, AT, asked)
    )
    assert "with_drift" not in recipe(pooled, AT, asked)
    column, level = pooled.pool.by[0], pooled.pool.levels[0][0]
    assert f".with_drift({column!r}, {{{level!r}: 0.01}})" in recipe(
        pooled.with_drift(column, {level: 0.01}), AT, asked
    )
    assert "source='lab.csv'" in recipe(
        pooled, AT, asked
    ) and "bs.chain(fit.group('one'), fit.group('two'))" in recipe(
        SimpleNamespace(first=pooled.group("one"), second=pooled.group("two")), AT, asked
    )


def test_inputs_under_other_names_are_known_by_the_laws(pooled):
    other = replace(
        pooled, table=pooled.table.rename(columns={"M": "ratio"}), columns={"M": "ratio"}
    )
    np.testing.assert_array_equal(
        other.group("one").training["M"], pooled.group("one").training["M"]
    )


def test_every_group_of_a_pooled_fit_has_a_plan(pooled):
    ends = ["median", "lower", "upper"]
    plan = bs.plan.compute_optimal(pooled, [1e21, 1e22])
    assert list(plan.choice.columns[:2]) == ["corpus", "C"] and list(plan.choice["corpus"]) == [
        "one",
        "one",
        "two",
        "two",
        "three",
        "three",
    ]
    alone = bs.plan.compute_optimal(pooled.group("two"), 1e22)
    np.testing.assert_allclose(
        row(plan.best, corpus="two", C=1e22, quantity="M")[ends].astype(float),
        row(alone.best, quantity="M")[ends].astype(float),
    )
    assert len(plan.plot()) == 3
    page = Reader(
        bs.report(pooled, plan, sensitivity=False, influence=False, comparison=False).html
    )
    assert [line["run"] for line in page.rows("plan")[:3]] == [
        "one, the run for 1e+21 FLOPs",
        "one, the run for 1e+22 FLOPs",
        "two, the run for 1e+21 FLOPs",
    ]
    assert [line["run"] for line in page.rows("forecast")[::2]] == [
        line["run"] for line in page.rows("plan")
    ]
    unseen = bs.plan.compute_optimal(pooled.group("four"), 1e22)
    assert "nan" not in repr(unseen) and unseen.choice["extrapolation"].iloc[0] == pytest.approx(
        1e22 / pooled.largest
    )


def test_a_group_is_asked_as_the_pooled_fit_is(pooled):
    target = bs.targets(N=[1e10], M=20)
    made = bs.plan.next_run(
        pooled, bs.targets(N=1e9, M=20), target.assign(corpus="two"), outcomes=30
    )
    assert (
        set(made["corpus"]) == {"one", "two", "three"}
        and "candidate 1 / two (" in made.sentences[0]
    )
    own = made[made["corpus"] == "two"].iloc[0]
    assert own["shrunk"] == made["shrunk"].max()
    alone = bs.plan.next_run(
        pooled.group("two"), bs.targets(N=1e9, M=20), target, outcomes=30
    ).iloc[0]
    assert alone["width"] == pytest.approx(own["width"]) and alone["shrunk"] == pytest.approx(
        own["shrunk"], abs=3 * own["error"]
    )
    every = bs.plan.next_run(
        pooled, bs.targets(N=1e9, M=20).assign(corpus="two"), target, outcomes=30
    )
    assert len(every) == 1 and list(every.by_target["target"]) == [
        "0 / one",
        "1 / two",
        "2 / three",
    ]


def test_a_candidate_is_beyond_the_runs_of_its_own_group(pooled):
    """Where one group's runs end at a tenth of the others', its candidates there move the drift, of that group alone."""
    u, near, target = (
        pooled.data["u"].copy(),
        bs.targets(C=[0.9 * pooled.largest], M=20),
        bs.targets(C=[1e22], M=20),
    )
    cells = tuple(index[pooled.place[0] == pooled.pool.where(("two",))] for index in pooled.place)
    u[cells] += np.log(10.0)
    short = replace(pooled, data=pooled.data | {"u": u})
    every = short.of_every_group(near)
    np.testing.assert_allclose(
        beyond(short, every), np.where(every["corpus"] == "two", np.log(9.0), 0.0), atol=1e-6
    )
    np.testing.assert_array_equal(beyond(pooled, every), 0.0)
    of_two = lambda fit: bs.plan.next_run(fit.group("two"), near, target, outcomes=30)
    drift = "the drift off the law, which would begin at the candidate"
    assert drift in repr(of_two(short)) and drift not in repr(of_two(pooled))
    assert of_two(short)["width"].iloc[0] > of_two(pooled)["width"].iloc[0]
    across = bs.plan.next_run(
        short, near.assign(corpus="two"), target.assign(corpus="one"), outcomes=30
    )
    alone = bs.plan.next_run(
        pooled, near.assign(corpus="two"), target.assign(corpus="one"), outcomes=30
    )
    np.testing.assert_allclose(across["after"], alone["after"], rtol=0.05)
