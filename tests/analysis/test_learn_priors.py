"""Priors learned from related series: the population, groups that are left out, and limits."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs

COMPUTE = 10.0 ** np.arange(17, 21, 0.25)
MEDIAN, LOG_SD = 0.2, 0.15  # of the exponent, its logarithm normal


def series(seed, exponent):
    rng = np.random.default_rng([9, seed])
    loss = 1.7 + 0.6 * (COMPUTE / 1e19) ** -exponent
    return pd.DataFrame(
        {
            "C": COMPUTE,
            "loss": loss * np.exp(0.001 * rng.standard_t(4, len(COMPUTE))),
            "curve": seed,
        }
    )


@pytest.fixture(scope="module")
def exponents():
    return MEDIAN * np.exp(LOG_SD * np.random.default_rng(3).standard_normal(24))


@pytest.fixture(scope="module")
def fits(exponents):
    return bs.fit_many(
        "power_law_floor",
        pd.concat([series(i, e) for i, e in enumerate(exponents)]),
        by="curve",
        draws=400,
    )


def test_the_population_of_exponents_is_found(fits, exponents):
    """Mean within three standard errors of 24 curves; sd with the law's prior as a 25th curve."""
    learned = bs.learn_priors(fits)["alpha_C"]
    numbers = dict(learned.args)
    own = dict(next(q.prior for q in fits.law.parameters if q.name == "alpha_C").args)
    logs = np.log(exponents)
    expected = (24 * logs.mean() + own["loc"]) / 25
    assert numbers["loc"] == pytest.approx(expected, abs=3 * LOG_SD / np.sqrt(24))
    square = (
        24 * (logs.var() + (logs.mean() - expected) ** 2)
        + own["scale"] ** 2
        + (own["loc"] - expected) ** 2
    ) / 25
    assert numbers["scale"] == pytest.approx(np.sqrt(square), rel=0.25)


@pytest.mark.long
def test_a_learned_prior_helps_a_short_series(fits):
    """Six runs leave the exponent open; the other curves' prior narrows it."""
    learned = bs.learn_priors(fits, without=0, names=["alpha_C"])
    short = series(0, 0.2).iloc[:6]
    widths = {}
    for name, priors in (("own", None), ("learned", learned)):
        row = bs.fit("power_law_floor", short, priors=priors).summary().loc["alpha_C"]
        assert row["lower"] < MEDIAN < row["upper"]
        widths[name] = row["upper"] - row["lower"]
    assert widths["learned"] < 0.85 * widths["own"]


def test_groups_left_out_add_nothing(fits):
    """Leaving out the steepest third lowers the mean; only the named parameter is learned."""
    steep = [
        group for group in fits.groups if fits.draws_of_parameters([group])["alpha_C"].mean() > 0.21
    ]
    without = bs.learn_priors(fits, without=steep, names=["alpha_C"])
    assert list(without) == ["alpha_C"]
    assert (
        dict(without["alpha_C"].args)["loc"]
        < dict(bs.learn_priors(fits)["alpha_C"].args)["loc"] - 0.03
    )
    assert (
        f"Learned from {24 - len(steep)} series" in repr(without)
        and "alpha_C" in without._repr_html_()
    )


def test_what_cannot_be_learned_is_refused(fits, loss_fit):
    for call, message in (
        (
            lambda: bs.learn_priors(loss_fit),
            "priors are learned from many fits, and this is of type Fit",
        ),
        (lambda: bs.learn_priors(fits, without=[99]), "without has 99, which is not a group"),
        (
            lambda: bs.learn_priors(fits, without=fits.groups[:21]),
            "3 groups are too few to estimate a population; give 4 or more",
        ),
        (
            lambda: bs.learn_priors(fits, names=["eta"]),
            "eta has no prior that can be learned; name some of E_share, alpha_C",
        ),
    ):
        with pytest.raises(bs.InputError) as error:
            call()
        assert message in str(error.value)
