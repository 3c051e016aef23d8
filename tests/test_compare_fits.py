"""Comparisons of separate fits, of many, and of chains down to an error."""

from dataclasses import replace

import numpy as np
import pytest
from corpora import BASE, LAW, THREE, corpora, three

import bayes_scaling as bs
from bayes_scaling.contrast import Part
from bayes_scaling.models import LAWS

AT = bs.targets(C=[1e20, 1e22], M=[20.0, 20.0])


@pytest.fixture(scope="module")
def error():
    """An error law fitted to simulated errors, Err = 0.85 - 2.2 exp(-L) with scatter."""
    table = corpora({"one": BASE}, 3)
    rng = np.random.default_rng(0)
    return bs.fit("perplexity_to_error", table.assign(error=0.85 - 2.2 * np.exp(-table["loss"]) + 0.003 * rng.standard_normal(len(table))), y="error", L="loss")


def cell(table, **labels):
    for name, value in labels.items():
        table = table[table[name] == value]
    return table.iloc[0]


def test_fits_of_many_are_compared_by_their_groups():
    fits = bs.fit_many(LAW, corpora(THREE, 0), y="loss", by="corpus")
    made = bs.compare(fits, at=AT)
    assert list(made.best["group"].unique()) == list(THREE)
    alone = bs.compare({name: fits[name] for name in fits}, at=AT)
    np.testing.assert_array_equal(made.forecasts["difference"], alone.forecasts["difference"])


def test_chains_are_compared_by_the_error_they_end_in(error):
    """One error law for all sides: its curve is monotone, so that the order is that of the losses, draw by draw."""
    pooled = three()
    chains = {name: bs.chain(pooled.group(name), error) for name in pooled.groups}
    made, losses = bs.compare(chains, at=AT), bs.compare(pooled, at=AT)
    by_error, by_loss = cell(made.best, group="one", C=1e22), cell(losses.best, group="one", C=1e22)
    assert by_error["p_best"] == pytest.approx(by_loss["p_best"], abs=0.01)
    mine = cell(made.forecasts, group="one", reference="three", C=1e22)
    curves = [chains[name].draws(AT, of="mean")[:, 1] for name in ("one", "three")]
    assert mine["difference"] == pytest.approx(np.median(curves[0] - curves[1]), rel=0.1)
    assert set(made.parameters["parameter"]) == {"E", "eta", "a", "b"}  # of the error law all sides have the same
    # the worse data need as many times the compute by either: the curve through the error is a rising one of the loss
    np.testing.assert_allclose(cell(made.multipliers, worse="three", better="one", C=1e20)["multiplier"], cell(losses.multipliers, worse="three", better="one", C=1e20)["multiplier"], rtol=0.02)


def test_parameters_of_one_name_are_told_apart():
    """coupled and perplexity_to_error both have a k."""
    error = Part(LAWS["perplexity_to_error"], {"k": np.ones(2), "gamma": np.ones(2)})
    chain = Part(LAWS["coupled"], {"k": np.zeros(2), "E": np.ones(2)}, then=error)
    assert {name: values[0] for name, values in chain.parameters.items()} == {"k of coupled": 0, "E": 1, "k of perplexity_to_error": 1, "gamma": 1}


def test_one_error_law_for_all_sides_is_a_caution_and_one_for_each_is_none(error):
    pooled, again = three(), replace(error)
    shared = bs.compare({"a": bs.chain(pooled.group("one"), error), "b": bs.chain(pooled.group("two"), error)}, at=AT)
    assert shared.diagnosis.cautions[-1] == "one perplexity_to_error serves a and b: it says that equal L means equal error, whatever the data; a second law for each tells whether that holds"
    apart = bs.compare({"a": bs.chain(pooled.group("one"), error), "b": bs.chain(pooled.group("two"), again)}, at=AT)
    assert not any("serves" in text for text in apart.diagnosis.cautions)


def test_a_fit_that_stands_on_both_sides_is_no_different():
    one = three().group("one")
    made = bs.compare({"a": one, "b": one}, at=AT)
    assert (made.forecasts[["difference", "lower", "upper"]] == 0).all(axis=None) and (made.forecasts["p_above"] == 0.5).all()


def test_what_foretells_different_things_is_refused(error):
    fit = three().group("one")
    with pytest.raises(bs.InputError, match="foretell different things"):
        bs.compare({"loss": fit, "error": bs.chain(fit, error)}, at=AT)
    with pytest.raises(bs.InputError, match="a mapping with a str is neither"):
        bs.compare({"a": fit, "b": "c4"}, at=AT)


def test_a_chain_of_groups_is_shown_and_one_of_all_groups_refused(error):
    pooled = three()
    assert f"{len(pooled.group('one').training)}" in bs.chain(pooled.group("one"), error)._repr_html_()
    with pytest.raises(bs.InputError, match=r"a chain is of one group, and this is a fit of 3; give one, such as fit.group\('one'\)"):
        bs.chain(pooled, error)
