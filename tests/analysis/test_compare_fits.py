"""Comparisons of separate fits, of many, and of chains down to an error."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, THREE, corpora, three
from simulate import with_error
from table_rows import row

import bayes_scaling as bs
from bayes_scaling.analysis.contrast_side import GroupDraws, Side
from bayes_scaling.models import LAWS
from bayes_scaling.results.group import identity

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def error():
    """An error law fitted to simulated errors."""
    return bs.fit("perplexity_to_error", with_error(corpora({"one": BASE}, 3)), y="error", L="loss")


def test_fits_of_many_are_compared_by_their_groups():
    fits = bs.fit_many(LAW, corpora(THREE, 0), y="loss", by="corpus")
    comparison = bs.compare(fits, at=AT)
    assert list(comparison.best["group"].unique()) == list(THREE)
    alone = bs.compare({name: fits[name] for name in fits}, at=AT)
    np.testing.assert_array_equal(comparison.forecasts["difference"], alone.forecasts["difference"])
    # fits of one seed draw noise of their own: a difference has the sd of independent runs
    runs, curves = ([fits[name].draws(AT, of=of)[:, 1] for name in fits] for of in ("run", "mean"))
    noise = [np.log(run / curve) for run, curve in zip(runs, curves)]
    assert np.abs(np.corrcoef(noise) - np.eye(3)).max() < 0.1
    contrast = row(comparison.forecasts, group="one", reference="two", C=1e22)
    shuffled = np.random.default_rng(0).permutation(runs[1])
    width = np.subtract(*np.quantile(runs[0] - shuffled, [0.95, 0.05]))
    assert contrast["upper"] - contrast["lower"] == pytest.approx(width, rel=0.15)


def test_chains_are_compared_by_the_error_they_end_in(error):
    """One error law for all sides is monotone, so that the order is that of the losses."""
    pooled = three()
    chains = {name: bs.chain(pooled.group(name), error) for name in pooled.groups}
    comparison, losses = (bs.compare(one, at=AT, of="mean") for one in (chains, pooled))
    by_error, by_loss = (
        row(comparison.best, group="one", C=1e22),
        row(losses.best, group="one", C=1e22),
    )
    assert by_error["p_best"] == pytest.approx(by_loss["p_best"], abs=0.01)
    mine = row(comparison.forecasts, group="one", reference="three", C=1e22)
    curves = [chains[name].draws(AT, of="mean")[:, 1] for name in ("one", "three")]
    assert mine["difference"] == pytest.approx(np.median(curves[0] - curves[1]), rel=0.1)
    assert set(comparison.parameters["parameter"]) == {
        "E",
        "eta",
        "a",
        "b",
    }  # of the error law all sides have the same
    runs = row(bs.compare(chains, at=AT).forecasts, group="one", reference="three", C=1e22)
    new = [chains[name].draws(AT)[:, 1] for name in ("one", "three")]
    assert runs["upper"] - runs["lower"] == pytest.approx(
        np.subtract(*np.quantile(new[0] - new[1], [0.95, 0.05])), rel=0.2
    )
    # the worse data need as many times the compute by either, for the error rises with the loss
    np.testing.assert_allclose(
        row(comparison.multipliers, worse="three", better="one", C=1e20)["multiplier"],
        row(losses.multipliers, worse="three", better="one", C=1e20)["multiplier"],
        rtol=0.02,
    )


def test_parameters_of_one_name_are_distinguished():
    """coupled and perplexity_to_error both have a k."""
    error = GroupDraws(LAWS["perplexity_to_error"], {"k": np.ones(2), "gamma": np.ones(2)})
    chain = GroupDraws(LAWS["coupled"], {"k": np.zeros(2), "E": np.ones(2)}, second=error)
    assert {name: values[0] for name, values in chain.parameters.items()} == {
        "k of coupled": 0,
        "E": 1,
        "k of perplexity_to_error": 1,
        "gamma": 1,
    }


def test_one_error_law_for_all_sides_is_a_caution_and_one_for_each_is_none(error):
    pooled, again = three(), replace(error)
    shared = bs.compare(
        {"a": bs.chain(pooled.group("one"), error), "b": bs.chain(pooled.group("two"), error)},
        at=AT,
    )
    assert (
        "fit: one perplexity_to_error serves a and b: equal L then means equal error, "
        "whatever the data; fit a second law for each to test that"
    ) in shared.diagnosis.cautions
    apart = bs.compare(
        {"a": bs.chain(pooled.group("one"), error), "b": bs.chain(pooled.group("two"), again)},
        at=AT,
    )
    assert not any("serves" in text for text in apart.diagnosis.cautions)
    bad = replace(
        error,
        posterior={
            name: np.concatenate([values[:2], values[2:] + 5.0])
            for name, values in error.posterior.items()
        },
    )
    with pytest.warns(bs.FitWarning):
        diagnosis = bs.compare(
            {name: bs.chain(pooled.group(name), bad) for name in ("one", "two")}, at=AT
        ).diagnosis
    assert sum("R-hat" in text for text in diagnosis.problems) == 1 and diagnosis.problems[
        0
    ].startswith("sampling: one and two: ")
    whole = bs.chain(pooled.group("one"), error)
    assert not any(
        "serves" in text
        for text in bs.compare(
            {"a": whole, "b": bs.chain(pooled.group("one"), error)}, at=AT
        ).diagnosis.cautions
    )


def test_a_group_is_the_same_however_often_it_is_asked_for():
    assert (
        identity(three().group("one"))
        == identity(three().group("one"))
        != identity(three().group("two"))
    )


@pytest.mark.long
def test_groups_that_are_asked_for_twice_are_one():
    """fit.group makes a new object each time; cautions and means recognize one group."""
    pooled = three()
    ends = bs.fit(
        "perplexity_to_error",
        pd.concat(
            [
                with_error(corpora({"one": BASE}, seed), seed).assign(task=f"t{seed}")
                for seed in (1, 2)
            ]
        ),
        y="error",
        L="loss",
        group="task",
        draws=500,
    )
    chains = {name: bs.chain(pooled.group(name), ends.group("t1")) for name in ("one", "two")}
    assert any(
        "one perplexity_to_error serves one and two" in text
        for text in bs.compare(chains, at=AT).diagnosis.cautions
    )
    mean = bs.average_outcomes(
        [bs.chain(pooled.group("one"), ends.group(task)) for task in ("t1", "t2")], "both"
    )
    np.testing.assert_allclose(
        mean.draws(AT),
        (
            bs.chain(pooled.group("one"), ends.group("t1")).draws(AT)
            + bs.chain(pooled.group("one"), ends.group("t2")).draws(AT)
        )
        / 2,
    )
    assert "both: the mean of t1 and t2" in mean._repr_html_()
    for parts in (
        [
            bs.chain(pooled.group("one"), ends.group("t1")),
            bs.chain(pooled.group("two"), ends.group("t2")),
        ],
        [ends.group("t1"), pooled.group("one")],
    ):
        with pytest.raises(bs.InputError, match="draws of separate fits are not joint draws"):
            bs.average_outcomes(parts)


def test_what_a_target_says_is_known_reaches_the_second_law():
    """A chance level of the target's own in place of that of the runs."""
    ends = {name: np.full(3, value) for name, value in {"k": 2.0, "gamma": 1.0}.items()}
    second = GroupDraws(LAWS["task_binomial"], ends, known={"chance": 0.0})
    chain = Side(
        "one",
        (),
        (
            GroupDraws(
                LAWS["over_training"],
                {name: np.full(3, value) for name, value in BASE.items()},
                second=second,
            ),
        ),
    )
    free, given = chain.curve_at(AT), chain.curve_at(AT.assign(chance=0.25))
    np.testing.assert_allclose(given, 0.75 * free)  # Err = (1 - chance) (1 - k exp(-gamma L))


def test_the_groups_are_no_column_of_the_targets():
    with pytest.raises(
        bs.InputError, match="at has the column corpus, which identifies the groups; leave it out"
    ):
        bs.compare(three(), at=AT.assign(corpus="one"))


def test_a_fit_that_stands_on_both_sides_is_no_different():
    one = three().group("one")
    comparison = bs.compare({"a": one, "b": three().group("one")}, at=AT)
    assert (comparison.forecasts[["difference", "lower", "upper"]] == 0).all(axis=None) and (
        comparison.forecasts["p_above"] == 0.5
    ).all()
    assert (comparison.best["p_best"] == 0.5).all()


def test_what_predicts_different_things_is_refused(error):
    fit = three().group("one")
    with pytest.raises(bs.InputError, match="predict different outcomes"):
        bs.compare({"loss": fit, "error": bs.chain(fit, error)}, at=AT)
    with pytest.raises(bs.InputError, match="a mapping with a str is none of them"):
        bs.compare({"a": fit, "b": "c4"}, at=AT)


def test_a_chain_of_groups_is_shown_and_one_of_all_groups_refused(error):
    pooled = three()
    assert (
        f"{len(pooled.group('one').training)}" in bs.chain(pooled.group("one"), error)._repr_html_()
    )
    with pytest.raises(
        bs.InputError,
        match=r"a chain is of one group, and this is a fit of 3; "
        r"give one, such as fit.group\('one'\)",
    ):
        bs.chain(pooled, error)
