"""Floors may lie above the smallest outcome, and their priors suit the outcome."""

import warnings

import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from at_floor import CASES, covered, tables
from floor_runs import runs

import bayes_scaling as bs
from bayes_scaling.law.floor_prior import (
    ANY_FLOOR,
    ANY_REASON,
    NATS_FLOOR,
    NATS_REASON,
    suit_floors,
)
from bayes_scaling.models import LAWS
from bayes_scaling.results.floor_checks import floor_cautions

COMPUTE = np.geomspace(1e17, 1e22, 12)
FEW = {"draws": 150, "warmup": 150, "chains": 2}


def losses(name, low=2.0, high=4.0):
    """Outcomes between two ends along compute, in a column of this name."""
    return pd.DataFrame({"C": COMPUTE, name: np.geomspace(high, low, len(COMPUTE))})


def prior_of(fit):
    """The floor's row of the priors of a fit."""
    return fit.law.priors.loc["E_share"]


def test_every_floor_may_lie_above_the_smallest_outcome():
    """No floor has a prior that ends at 1, or that vanishes there."""
    floors = [q for law in LAWS.values() for q in law.parameters if q.is_floor]
    assert len(floors) >= 27
    for q in floors:
        density = np.exp(np.asarray(q.prior.dist().log_prob(np.array([0.7, 1.0, 1.05]))))
        assert density[1] > 0.05 * density[0] and density[2] > 0, q.name


def test_the_floor_of_saturated_runs_is_recovered():
    """Of 20 intervals 11 or more: those of 84% do with probability 0.9996, of 90% with 0.999993, of
    30% with 0.02."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        floor, far = covered(CASES["m2"], 20, bs.Noise(grows=False), draws=200)
    assert floor.sum() >= 11 and far.sum() >= 11


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_at_the_floor(name):
    """Of 100 intervals 78 or more: those of 90% do with probability 0.9999, of 70% with 0.05."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        floor, far = covered(CASES[name], 100)
    assert floor.sum() >= 78 and far.sum() >= 78


@pytest.mark.parametrize(
    ("column", "low", "suits"),
    [
        ("loss", 2.0, NATS_FLOOR),
        ("loss_c4", 1.1, NATS_FLOOR),
        ("val_nll", 2.0, NATS_FLOOR),
        ("loss", 0.9, ANY_FLOOR),
        ("bpb_arc", 2.0, ANY_FLOOR),
        ("nats_per_char", 2.0, ANY_FLOOR),
        ("top1_error", 2.0, ANY_FLOOR),
        ("likelihood", 2.0, ANY_FLOOR),
    ],
)
def test_the_prior_of_a_floor_suits_the_outcome(column, low, suits):
    table = losses(column, low)
    law = suit_floors(bs.find_law("power_law_floor"), column, [table[column]])
    (floor,) = (q for q in law.parameters if q.is_floor)
    assert floor.prior == suits
    assert floor.reason == (ANY_REASON if suits == ANY_FLOOR else NATS_REASON)


def test_a_fit_states_the_prior_that_suits_its_column():
    nats, byte = (
        bs.fit("power_law_floor", losses(name), y=name, seed=1, **FEW)
        for name in ("loss", "loss_bpb")
    )
    assert prior_of(nats)["prior"] == str(NATS_FLOOR) and prior_of(nats)["reason"] == NATS_REASON
    assert prior_of(byte)["prior"] == str(ANY_FLOOR) and prior_of(byte)["reason"] == ANY_REASON
    own = bs.fit(
        "power_law_floor",
        losses("loss_bpb"),
        y="loss_bpb",
        priors={"E_share": dist.Beta(3.0, 3.0)},
        **FEW,
    )
    assert prior_of(own)["prior"].startswith("Beta")


def test_groups_that_differ_in_level_are_no_large_fall():
    parts = [losses("loss", low, 2 * low).assign(group=str(low)) for low in (0.5, 3.0)]
    fits = bs.fit_many("power_law_floor", pd.concat(parts), by="group", **FEW)
    assert fits.law.priors.loc["E_share", "prior"] == str(NATS_FLOOR)


def test_a_fit_at_its_floor_is_cautioned_and_one_far_from_it_is_not():
    law, noise = "power_law_floor", bs.Noise(grows=False)
    at_floor = tables(CASES[law], 1).drop(columns="set")
    fit = bs.fit(law, at_floor, noise=noise, seed=1)
    (caution,) = floor_cautions(fit)
    assert caution.startswith("E lies at the lowest outcomes")
    assert caution in fit.diagnosis.reach.cautions
    assert not list(floor_cautions(bs.fit(law, runs(1), noise=noise, seed=1)))
