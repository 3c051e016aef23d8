"""Every kind of forecaster names its stages, its fits and the columns of its groups."""

import bayes_scaling as bs


def test_stages_and_fits_of_a_chain_that_begins_with_an_average(loss_fit, error_fit):
    average = bs.average({"one": loss_fit, "two": loss_fit}, weights="equal")
    chain = bs.chain(average, error_fit)
    assert loss_fit.stages == (loss_fit,) and chain.stages == (average, chain)
    assert average.component_fits() == [("one", loss_fit), ("two", loss_fit)]
    assert chain.component_fits() == [*average.component_fits(), ("error_17", error_fit)]
    assert {one.group_columns for one in (loss_fit, average, chain)} == {()}
