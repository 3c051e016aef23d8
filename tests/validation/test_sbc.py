"""Simulation-based calibration: catalogued laws pass it, laws with planted errors do not."""

from dataclasses import dataclass, replace

import jax
import matplotlib.pyplot as plt
import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from crowded import crowded
from many_runs import LAW
from simulate import simulate

import bayes_scaling as bs
from bayes_scaling._core.stored_programs import clear_programs
from bayes_scaling.inference import density
from bayes_scaling.inference.batch import stacked
from bayes_scaling.inference.design import padded
from bayes_scaling.law.prior import beta, half_normal
from bayes_scaling.models import LAWS
from bayes_scaling.validation.ecdf_uniformity import LEVELS
from bayes_scaling.validation.sbc_design import simulation_design
from bayes_scaling.validation.sbc_simulation import rank_true_values, simulate_tables

DESIGN = pd.DataFrame({"C": np.geomspace(1e18, 1e21, 24)})
ENDS = {"between": (2.0, 3.5)}
# of each check below: all laws of the registry together fail by chance in one of seven times
SIZE = 0.002
FAST = ("power_law",)


def calibrate(law, **options):
    return bs.calibrate(law, DESIGN, **{"sims": 40, **ENDS, "size": SIZE, **options})


@pytest.fixture(scope="module")
def calibration():
    return calibrate(LAW)


# correct and incorrect laws


def test_a_correct_law_passes(calibration):
    assert calibration.ok
    assert str(calibration).startswith(
        "Calibrated: power_law_floor recovers simulated parameters on this design of 24 runs"
    )
    assert list(calibration.table.index) == [
        "E_share",
        "alpha_C",
        "A_term",
        "sigma",
        "log likelihood",
    ]
    assert calibration.ranks["rank"].between(0, LEVELS - 1).all() and len(calibration.ranks) == 200
    assert (abs(calibration.table["in_90"] - 0.9) < 0.16).all()


@dataclass(frozen=True)
class TooMuchNoise(bs.Noise):
    """Simulates with 1.5 times the sd of its density."""

    def draw(self, rng, mean, p, u, se=None, rows=None):
        return super().draw(rng, mean, {**p, "sigma": 1.5 * p["sigma"]}, u, se, rows)


def test_a_noise_of_the_wrong_sd_fails():
    found = calibrate(LAW.with_noise(TooMuchNoise(grows=False)))
    assert not found.ok and str(found).startswith("NOT CALIBRATED")
    assert found.table.loc["sigma", "verdict"] == "posterior too high"
    problems = found.diagnosis.sampling.problems
    assert any(text.startswith("sigma: posterior too high") for text in problems)


@pytest.mark.long
def test_a_jacobian_of_the_wrong_sign_fails(monkeypatch):
    class WrongSign:
        def __init__(self, transform):
            self.transform, self.inv = transform, transform.inv

        def __call__(self, x):
            return self.transform(x)

        def log_abs_det_jacobian(self, x, y):
            return -self.transform.log_abs_det_jacobian(x, y)

    biject_to = density.biject_to

    def wrong_biject_to(support):
        # of a fraction the posterior would be improper, which no sampler can handle
        positive = support is dist.constraints.positive
        return WrongSign(biject_to(support)) if positive else biject_to(support)

    monkeypatch.setattr(density, "biject_to", wrong_biject_to)
    # a new function, so that programs compiled for the law are neither used nor replaced; noise
    # so large that the prior matters
    noisy = replace(LAW, function=lambda x, **p: LAW.function(x, **p)).with_priors(
        sigma=dist.LogNormal(np.log(0.2), 0.3)
    )
    found = calibrate(noisy)
    assert not found.ok and found.table.loc["alpha_C", "verdict"] == "posterior too low"


def test_draws_that_ignore_the_data_fail_by_the_likelihood_alone():
    """With prior draws for posterior draws, only the ranks of the likelihood are not uniform."""
    data, count = simulation_design(LAW, DESIGN, None, ENDS["between"], None, {})
    true_theta, tables, refused = simulate_tables(LAW, data, 100, 0)
    others, _, _ = simulate_tables(LAW, data, 100 * 99, 1)
    chunks = [(list(range(100)), stacked([padded(data | {"z": z}) for z in tables]))]
    prior_draws, converged = others.reshape(100, 1, 99, -1), np.full(100, True)
    ranks = rank_true_values(LAW, true_theta, prior_draws, chunks, converged)
    found = bs.Calibration(ranks, "power_law_floor", count, refused, SIZE)
    assert not found.ok
    assert [text.split(":")[0] for text in found.diagnosis.sampling.problems] == ["log likelihood"]


@pytest.mark.parametrize("name", FAST)
def test_laws_of_the_registry(name):
    check_law(name, sims=30)


@pytest.mark.long
@pytest.mark.parametrize("name", LAWS)
def test_every_law_of_the_registry(name):
    check_law(name, sims=200)
    jax.clear_caches()  # a process can map a limited number of programs
    clear_programs()


def check_law(name, sims):
    law = LAWS[name]
    found = bs.calibrate(law, simulate(law, 0, sigma=0.01), sims=sims, size=SIZE)
    assert found.ok, str(found)


# what is reported


def test_invalid_tables_are_refused_and_counted(calibration):
    """Rates within rounding of 0 or 1 are invalid, whatever the parameters."""
    law = LAWS["perplexity_to_error"]
    wide = law.with_noise(bs.Noise(link="logit", sigma=half_normal(12.0), grows=False))
    losses = pd.DataFrame({"L": np.linspace(4.5, 2.5, 10)})
    data, _ = simulation_design(wide, losses, None, None, None, {})
    true_theta, tables, refused = simulate_tables(wide, data, 100, 0)
    assert len(true_theta) == len(tables) == 100
    assert 0 < refused < 100 and np.isfinite(tables).all()
    text = str(replace(calibration, refused=7))
    assert "7 of 47 tables simulated from the prior were refused (an outcome outside" in text
    with pytest.raises(
        bs.InputError,
        match="simulated from the prior of perplexity_to_error are valid; give tighter priors",
    ):
        bs.calibrate(wide.with_priors(sigma=dist.HalfNormal(1e5)), losses, sims=20)


def with_unconverged(calibration, count):
    """The same calibration, in which the first fits have not converged."""
    ranks = calibration.ranks
    return replace(calibration, ranks=ranks.assign(sound=ranks["simulation"] >= count))


def test_fits_that_have_not_converged_are_reported(calibration):
    few = with_unconverged(calibration, 3)
    assert few.ok
    assert "3 of 40 fits have not converged, and their ranks are not tested" in str(few)
    one = with_unconverged(calibration, 1)
    assert "1 of 40 fits has not converged, and its ranks are not tested" in str(one)
    many = with_unconverged(calibration, 15)
    assert not many.ok and "15 of 40 fits have not converged" in str(many)


def test_the_range_of_the_outcome_comes_from_the_runs_or_the_law(small):
    law = LAWS["over_training"]
    of_runs, _ = simulation_design(law, small, "loss_c4", None, None, {})
    assert of_runs["ref"]["y_min"] == small["loss_c4"].min()
    of_law, _ = simulation_design(law, small[["N", "D"]], None, None, None, {})
    mean = np.asarray(law.mean(small, **next(iter(law.published.values())).values))
    np.testing.assert_allclose(
        [of_law["ref"]["y_min"], of_law["ref"]["y_max"]], [mean.min(), mean.max()], rtol=1e-5
    )


def test_the_figure_shows_ranks_inside_the_band(calibration):
    axes = calibration.plot(names=["sigma", "E_share"])
    assert [ax.get_title(loc="left") for ax in axes] == ["sigma: in line", "E_share: in line"]
    assert axes[0].figure.get_supylabel() and axes[0].figure.get_supxlabel()
    assert "sigma, E_share" in bs.plot.alt(axes) and "inside the band for all" in bs.plot.alt(axes)
    with pytest.raises(bs.InputError, match="there is no quantity 'E'"):
        calibration.plot(names=["E"])
    plt.close("all")


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12])
def test_a_figure_of_many_quantities_is_readable(calibration, count):
    """One legend, no overlapping text, at most one empty panel, tick labels under each column."""
    ranks = calibration.ranks[calibration.ranks["quantity"] == "sigma"]
    ranks = pd.concat(
        [
            ranks.assign(
                quantity=f"quantity_{i}_with_a_long_name",
                rank=ranks["rank"] // 2 if i == 4 else ranks["rank"],
            )
            for i in range(count)
        ],
        ignore_index=True,
    )
    axes = replace(calibration, ranks=ranks).plot()
    assert not crowded(axes[0].figure)
    rows, columns = axes[0].get_subplotspec().get_gridspec().get_geometry()
    assert len(axes) == count and rows * columns - count <= 1
    assert all(ax.xaxis.get_tick_params()["labelbottom"] for ax in axes[-columns:])
    (legend,) = axes[0].figure.legends
    labels = ["99.8% band, all quantities together", "true values", "true values, out of line"]
    assert [text.get_text() for text in legend.get_texts()] == labels[: 2 + (count > 4)]
    assert ("outside the band for quantity_4_with_a_long_name." in bs.plot.alt(axes)) == (count > 4)
    plt.close("all")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sims": 3}, "sims is 3"),
        ({"size": 2.0}, "size is 2.0"),
        ({"draws": 20}, "too few to rank among"),
        ({"between": (3.0, 2.0)}, "give the smallest outcome first"),
        ({"between": 3.0}, "give the smallest and the largest outcome"),
        ({"seed": 0.5}, "seed is 0.5"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(options, words):
    with pytest.raises(bs.InputError, match=words):
        bs.calibrate(LAW, DESIGN, **{**ENDS, **options})


def test_a_misspelled_outcome_is_refused():
    with pytest.raises(bs.InputError, match=r"no column 'val_los' \(did you mean val_loss\?\)"):
        bs.calibrate(LAW, DESIGN.assign(val_loss=3.0), "val_los", sims=20)


def test_a_law_without_published_values_needs_the_range():
    with pytest.raises(bs.InputError, match=r"give between=\(smallest, largest\)"):
        bs.calibrate(replace(LAW, published={}), DESIGN)


# fixed true values

AT_FLOOR = {"E": 1.8, "A": 3e5, "alpha_C": 0.33, "sigma": 0.02}
SATURATED = pd.DataFrame({"C": np.geomspace(1e17, 1e23, 24)})


def limited_floor():
    """The law with a floor that never lies above the smallest outcome."""
    parameters = tuple(
        replace(q, prior=beta(4.0, 2.0)) if q.name == "E" else q for q in LAW.parameters
    )
    return replace(LAW, parameters=parameters)


def test_a_floor_limited_by_the_smallest_outcome_fails_at_fixed_values_alone():
    found = bs.calibrate(
        limited_floor(), SATURATED, at=AT_FLOOR, sims=20, draws=800, size=SIZE, between=(1.8, 2.6)
    )
    assert not found.ok and found.table.loc["E", "in_90"] < 0.4
    assert "E: posterior too low" in str(found)


def test_intervals_of_floors_hold_at_fixed_values():
    found = bs.calibrate(
        LAW, SATURATED, at=AT_FLOOR, sims=20, draws=800, size=SIZE, between=(1.8, 2.6)
    )
    assert found.ok, str(found)
    assert str(found).startswith("Calibrated: power_law_floor recovers fixed true values")
    assert list(found.table.index) == ["E", "alpha_C", "A", "sigma", "curve at the largest run"]
    assert (found.ranks.groupby("quantity")["truth"].nunique() == 1).all()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"E": 1.8}, "give the true value of each of E, alpha_C, A, sigma of power_law_floor"),
        (AT_FLOOR | {"E": np.nan}, "at has no finite number for E"),
        (AT_FLOOR | {"E": -9.0}, "the curve at the values of at leaves the domain of the outcome"),
    ],
)
def test_fixed_values_that_are_invalid_are_refused(values, words):
    with pytest.raises(bs.InputError, match=words):
        bs.calibrate(LAW, SATURATED, at=values, sims=20, between=(1.8, 2.6))
