"""Comparisons: contrasts that can be computed by hand, planted differences, invalid input."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, THREE, corpora, three
from table_rows import row

import bayes_scaling as bs
from bayes_scaling.analysis.compare import describe_extrapolation
from bayes_scaling.analysis.contrast_side import GroupDraws, Side
from bayes_scaling.analysis.contrast_tables import best_groups, exponents_alone, parameter_contrasts
from bayes_scaling.analysis.crossed_groups import sides_of_pooled

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def pooled():
    return three()


@pytest.fixture(scope="module")
def comparison(pooled):
    return bs.compare(pooled, at=AT)


def test_contrasts_of_parameters_are_those_of_the_draws(pooled, comparison):
    eta = pooled.flat("eta")["eta"]
    contrast = row(comparison.parameters, group="one", reference="two", parameter="eta")
    ratio = eta[:, 0] / eta[:, 1]
    np.testing.assert_allclose(
        [contrast["lower"], contrast["difference"], contrast["upper"]],
        np.quantile(eta[:, 0] - eta[:, 1], [0.05, 0.5, 0.95]),
    )
    np.testing.assert_allclose(
        [contrast["ratio_lower"], contrast["ratio"], contrast["ratio_upper"]],
        np.quantile(ratio, [0.05, 0.5, 0.95]),
    )
    assert contrast["p_above"] == (ratio > 1).mean() and contrast["p_same"] == pytest.approx(
        ((ratio < 1.05) & (ratio > 1 / 1.05)).mean()
    )
    assert len(comparison.parameters) == 3 * 4 == len(comparison.parameters.sentences)
    assert comparison.parameters.sentences[0] in repr(
        comparison.parameters
    ) and "eta of one" not in repr(comparison.parameters.head(2).rename(columns={"ratio": "r"}))
    assert any(
        "eta of one is" in line
        and f"probability {max(contrast['p_above'], 1 - contrast['p_above']):.2f}" in line
        for line in comparison.parameters.sentences
    )


@pytest.mark.parametrize("of", ["run", "mean"])
def test_contrasts_of_forecasts_are_those_of_the_draws(pooled, comparison, of):
    """Of new runs, drawn jointly for all groups, or of curves."""
    compared = comparison if of == "run" else bs.compare(pooled, at=AT, of="mean")
    every = pd.concat([AT.assign(corpus=name) for name in pooled.groups], ignore_index=True)
    draws = dict(zip(pooled.groups, np.split(pooled.draws(every, of=of), 3, axis=1)))
    contrast = row(compared.forecasts, group="one", reference="three", C=1e22)
    np.testing.assert_allclose(
        contrast["difference"], np.median(draws["one"][:, 1] - draws["three"][:, 1]), rtol=1e-6
    )
    assert contrast["p_better"] == (draws["one"][:, 1] < draws["three"][:, 1]).mean()
    first = np.stack([draws[name][:, 1] for name in pooled.groups]).argmin(axis=0)
    for i, name in enumerate(pooled.groups):
        assert row(compared.best, group=name, C=1e22)["p_best"] == (first == i).mean()
    subject = {"run": ", a new run of ", "mean": ", the curve of "}[of]
    quantity = {"run": "the loss of a new run of one is", "mean": "the curve of one is"}[of]
    assert compared.of == of and subject in compared.best.sentences[0]
    assert quantity in compared.forecasts.sentences[0]


def test_new_runs_differ_by_more_than_curves(pooled, comparison):
    """Crossovers and multipliers are of the curves either way."""
    curves = bs.compare(pooled, at=AT, of="mean")
    widths = [one.forecasts["upper"] - one.forecasts["lower"] for one in (comparison, curves)]
    assert (widths[0] > 1.2 * widths[1]).all()
    for name in ("parameters", "crossovers", "multipliers"):
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(comparison, name)), pd.DataFrame(getattr(curves, name))
        )
    assert "a new run of each group is best" in comparison._repr_html_()
    with pytest.raises(bs.InputError, match="of is 'curve'"):
        bs.compare(pooled, at=AT, of="curve")


def test_exponents_that_differ_where_curves_do_not_are_no_finding(pooled, comparison):
    """A larger exponent with a higher floor has the same losses: one sentence says so."""
    assert comparison.caution == ""  # the curves of these corpora differ at the targets
    side = next(iter(sides_of_pooled(pooled, None)))
    draws = side.parts[0].published
    rng = np.random.default_rng(0)
    larger = draws | {"eta": draws["eta"] + rng.normal(0.02, 0.01, len(draws["eta"]))}
    curve = side.curve_at(AT)
    sides = [side, replace(side, name="other", parts=(replace(side.parts[0], published=larger),))]
    curves = {(one.context, one.name): curve for one in sides}
    parameters = parameter_contrasts([tuple(sides)], 0.9, {"parameters": 0.05})
    caution = exponents_alone(parameters, [tuple(sides)], curves)
    assert re.match(
        r"An exponent differs where the curves at the targets do not: eta of one and other "
        r"\(probability 0.9\d, of the curves at most 0.50\); it trades off with the floor",
        caution,
    )
    shown = replace(comparison, caution=caution)
    assert caution in repr(shown) and shown.sentences.count(caution) == 1
    apart = {key: values + 0.1 * (key[1] == "other") for key, values in curves.items()}
    assert exponents_alone(parameters, [tuple(sides)], apart) == ""


def test_a_reference_is_what_all_others_are_compared_with(pooled):
    comparison = bs.compare(pooled, at=AT, reference="two")
    assert set(comparison.parameters["reference"]) == {"two"} and set(
        comparison.parameters["group"]
    ) == {
        "one",
        "three",
    }
    assert (
        np.isfinite(comparison.multipliers["multiplier"]).any()
        and len(comparison.sentences) > 10
        and str(comparison.diagnosis) in repr(comparison)
    )


def test_separate_fits_are_compared_as_independent():
    """Fits with one seed have the same draws; they are paired at random all the same."""
    table = corpora({"one": BASE}, 0)
    fits = {name: bs.fit(LAW, table, y="loss") for name in ("a", "b")}
    contrast = row(bs.compare(fits, at=AT).parameters, parameter="eta")
    sd = fits["a"].flat("eta")["eta"].std()
    assert contrast["upper"] - contrast["lower"] == pytest.approx(2 * 1.645 * 2**0.5 * sd, rel=0.15)
    assert contrast["p_above"] == pytest.approx(0.5, abs=0.05)


def test_planted_differences_lie_in_their_intervals(comparison):
    for one, two in (("one", "two"), ("one", "three"), ("two", "three")):
        for name in ("eta", "E"):
            contrast, planted = (
                row(comparison.parameters, group=one, reference=two, parameter=name),
                THREE[one][name] - THREE[two][name],
            )
            wide = (
                1.5 * (contrast["upper"] - contrast["lower"]) / 2
            )  # six intervals of 90%, stretched to 98.6%
            assert abs(contrast["difference"] - planted) < wide, (one, two, name)
    assert (
        row(comparison.parameters, group="one", reference="two", parameter="eta")["p_above"] < 0.05
    )


def test_what_cannot_be_compared_is_refused(pooled):
    for options, words in (
        ({"reference": "four"}, "four.*one"),
        ({"better": "less"}, "lower"),
        ({"rope": {"eta": 2}}, "rope"),
        ({"within": (1e24, 1e20)}, "within"),
        ({"across": "set"}, "corpus"),
    ):
        with pytest.raises(bs.InputError, match=words):
            bs.compare(pooled, at=AT, **options)
    with pytest.raises(bs.InputError, match="pooled fit"):
        bs.compare("gadre2024", at=AT)
    with pytest.raises(bs.InputError, match="one group"):
        bs.compare({"one": bs.fit(LAW, corpora({"one": BASE}, 0), y="loss")}, at=AT)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rope": {"etta": 0.02}}, "rope names 'etta' (did you mean eta?)"),
        ({"rope": {"eta": "2%"}}, "give fractions by name"),
        ({"within": "1e18-1e24"}, "within is '1e18-1e24'"),
        ({"within": 1e18}, "within is 1e+18"),
        ({"reference": "Two"}, "is not a group (did you mean two?)"),
    ],
)
def test_a_name_or_a_range_that_cannot_be_is_refused(pooled, options, words):
    with pytest.raises(bs.InputError) as raised:
        bs.compare(pooled, at=AT, **options)
    assert words in str(raised.value)


def test_a_comparison_says_how_far_it_reaches_and_first_of_all_whether_it_holds(pooled, comparison):
    largest = pooled.table["C"].max()
    assert (
        comparison.reach == f"The largest target needs {1e22 / largest:.3g} times the compute "
        "of the largest run that was fitted."
    )
    assert (
        comparison.reach in repr(comparison)
        and bs.compare(pooled, at=bs.targets(C=[largest], M=[20])).reach == ""
    )
    frames = [pd.DataFrame({"C": [1e18, largest]}) for largest in (1e20, 5e20)]
    assert (
        describe_extrapolation(AT, frames)
        == "The largest target needs 20 to 100 times the compute "
        "of the largest run that was fitted of each group."
    )
    failed = replace(
        comparison,
        diagnosis=bs.Diagnosis(("the chains disagree",), (), comparison.diagnosis.numbers),
    )
    warned = replace(
        comparison,
        diagnosis=bs.Diagnosis((), ("one law serves all",), comparison.diagnosis.numbers),
    )
    numbers = comparison.diagnosis.numbers
    clean = replace(comparison, diagnosis=bs.Diagnosis((), (), numbers))
    for case, first in (
        (clean, False),
        (failed, True),
        (warned, True),
    ):  # what the sentences must be read with comes before them
        warning = str(case.diagnosis).splitlines()[-1].removeprefix("- ")
        assert [
            text.index(warning) < text.index(sentence)
            for text, sentence in (
                (repr(case), case.sentences[0]),
                (case._repr_html_(), case.decision.sentences[0]),
            )
        ] == [first] * 2
    assert repr(failed).startswith("Sampling: BAD")


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
        name: GroupDraws(law, {key: np.full(2, 0.5) for key in law.names}, {"chance": chance})
        for name, chance in (("half", 0.5), ("quarter", 0.25))
    }
    to = bs.targets(L=[2.4])
    for name, part in parts.items():
        np.testing.assert_array_equal(
            Side(name, (), (part,)).curve_at(to),
            Side(name, (), (part,)).curve_at(to.assign(chance=part.known["chance"])),
        )
    assert not np.allclose(*(Side(name, (), (part,)).curve_at(to) for name, part in parts.items()))


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
    sides = sides_of_pooled(fit, None)
    assert {side.context_prefix for side in sides} == {
        "set a: ",
        "set b: ",
        "set c: ",
        "set mean of a, b: ",
    }
    here = {(side.context, side.name): side for side in sides}
    best = best_groups(
        here, {key: np.zeros((4, 1)) for key in here}, bs.targets(C=[1e20], M=[20]), "lower", "mean"
    )
    assert "c" not in set(best["set"])
