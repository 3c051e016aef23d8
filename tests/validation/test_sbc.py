"""Simulation-based calibration: the test has its size, laws of the registry pass it, and laws with errors planted in them do not."""

import importlib
from dataclasses import dataclass, replace

import jax
import matplotlib.pyplot as plt
import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from crowded import crowded
from many_runs import LAW
from scipy import stats
from simulate import simulate

import bayes_scaling as bs
from bayes_scaling.inference import density
from bayes_scaling.law.prior import half_normal
from bayes_scaling.models import LAWS
from bayes_scaling.validation import ecdf_uniformity as uniform
from bayes_scaling.validation.ecdf_uniformity import LEVELS

module = importlib.import_module("bayes_scaling.validation.sbc")
DESIGN = pd.DataFrame({"C": np.geomspace(1e18, 1e21, 24)})
ENDS = {"between": (2.0, 3.5)}
SIZE = 0.002  # of each check below: all laws of the registry together fail by chance once in seven times
FAST = ("power_law",)


def calibrated(law, **options):
    return bs.calibrate(law, DESIGN, **{"sims": 40, **ENDS, "size": SIZE, **options})


@pytest.fixture(scope="module")
def sound():
    return calibrated(LAW)


# the test


def test_the_test_has_the_size_it_says():
    """Of 2,000 sets of uniform ranks 5% have p below 0.05, and 1% below 0.01, within binomial error (0.1%)."""
    rng = np.random.default_rng(0)
    p = np.array([uniform.p_value(rng.integers(0, LEVELS, 100), LEVELS) for _ in range(2000)])
    for size in (0.05, 0.01):
        low, high = stats.binom(2000, size).ppf([0.0005, 0.9995])
        assert low <= (p < size).sum() <= high


@pytest.mark.parametrize(
    "places",
    [stats.beta(2.5, 2.5), stats.beta(0.4, 0.4), stats.beta(1.0, 1.7)],
    ids=["too wide", "too narrow", "too high"],
)
def test_the_test_finds_ranks_that_are_not_uniform(places):
    """Where the truth lies in the middle too often, at the ends too often, or too low; and the words say which."""
    ranks = np.minimum((places.rvs(200, random_state=1) * LEVELS).astype(int), LEVELS - 1)
    assert uniform.p_value(ranks, LEVELS) < 1e-3
    place = (ranks + 0.5) / LEVELS
    words = bs.Calibration._words({"bias": place.mean() - 0.5, "spread": 12 * place.var()}, 200)
    assert (
        words
        == "posterior " + {2.5: "too wide", 0.4: "too narrow", 1.0: "too high"}[places.args[0]]
    )


def test_bands_hold_all_levels_at_once():
    rng, (low, high) = np.random.default_rng(2), uniform.bands(100, LEVELS, 0.05)
    inside = [
        np.all((low <= counts) & (counts <= high))
        for counts in (uniform.below(rng.integers(0, LEVELS, 100), LEVELS) for _ in range(2000))
    ]
    assert 0.93 < np.mean(inside) < 0.975


# laws that are right, and wrong


def test_a_law_that_is_right_passes(sound):
    assert sound.ok and str(sound).startswith(
        "Calibrated: power_law_floor gives back what is put in on this design of 24 runs"
    )
    assert list(sound.table.index) == ["E_share", "alpha_C", "A_term", "sigma", "log likelihood"]
    assert sound.ranks["rank"].between(0, LEVELS - 1).all() and len(sound.ranks) == 200
    assert (abs(sound.table["in_90"] - 0.9) < 0.16).all()


@dataclass(frozen=True)
class Loud(bs.Noise):
    """Simulates with 1.5 times the sd that its density says."""

    def draw(self, rng, mean, p, u, se=None, rows=None):
        return super().draw(rng, mean, {**p, "sigma": 1.5 * p["sigma"]}, u, se, rows)


def test_a_noise_whose_sd_is_off_fails():
    found = calibrated(LAW.with_noise(Loud(grows=False)))
    assert not found.ok and str(found).startswith("NOT CALIBRATED")
    assert found.table.loc["sigma", "verdict"] == "posterior too high" and any(
        text.startswith("sigma: posterior too high") for text in found.diagnosis.problems
    )


@pytest.mark.long
def test_a_jacobian_of_the_wrong_sign_fails(monkeypatch):
    class Turned:
        def __init__(self, whole):
            self.whole, self.inv = whole, whole.inv

        def __call__(self, x):
            return self.whole(x)

        def log_abs_det_jacobian(self, x, y):
            return -self.whole.log_abs_det_jacobian(x, y)

    whole = density.biject_to
    positive = (
        dist.constraints.positive
    )  # of a share the posterior would have no bounds, and no sampler an answer
    monkeypatch.setattr(
        density,
        "biject_to",
        lambda support: Turned(whole(support)) if support is positive else whole(support),
    )
    # a function of its own: programs compiled of the law as it is are neither used nor lost; noise so large that the prior counts
    noisy = replace(LAW, function=lambda x, **p: LAW.function(x, **p)).with_priors(
        sigma=dist.LogNormal(np.log(0.2), 0.3)
    )
    found = calibrated(noisy)
    assert not found.ok and found.table.loc["alpha_C", "verdict"] == "posterior too low"


def test_draws_that_forget_the_data_are_seen_by_the_likelihood_alone():
    """Posterior draws that are prior draws: the ranks of every parameter are even, those of the log likelihood are not."""
    data, count = module._design(LAW, DESIGN, None, ENDS["between"], None, {})
    truths, tables, refused = module._simulated(LAW, data, 100, 0)
    others, _, _ = module._simulated(LAW, data, 100 * 99, 1)
    from bayes_scaling.inference.batch import stacked
    from bayes_scaling.inference.design import padded

    tasks, members = (
        [(stacked([padded(data | {"z": z}) for z in tables]), None)],
        [list(range(100))],
    )
    ranks = module._ranked(
        LAW, truths, others.reshape(100, 1, 99, -1), tasks, members, np.full(100, True)
    )
    found = bs.Calibration(ranks, "power_law_floor", count, refused, SIZE)
    assert not found.ok and [text.split(":")[0] for text in found.diagnosis.problems] == [
        "log likelihood"
    ]


@pytest.mark.parametrize("name", FAST)
def test_laws_of_the_registry(name):
    check_law(name, sims=30)


@pytest.mark.long
@pytest.mark.parametrize("name", LAWS)
def test_every_law_of_the_registry(name):
    check_law(name, sims=200)
    jax.clear_caches()  # a process may map so many programs and no more


def check_law(name, sims):
    law = LAWS[name]
    found = bs.calibrate(law, simulate(law, 0, sigma=0.01), sims=sims, size=SIZE)
    assert found.ok, str(found)


# what is told


def test_tables_that_can_not_be_are_refused_and_counted(sound):
    """Rates within rounding of 0 or 1 are no rates, whatever the parameters."""
    law = LAWS["perplexity_to_error"]
    wide = law.with_noise(bs.Noise(link="logit", sigma=half_normal(12.0), grows=False))
    data, _ = module._design(
        wide, pd.DataFrame({"L": np.linspace(4.5, 2.5, 10)}), None, None, None, {}
    )
    truths, tables, refused = module._simulated(wide, data, 100, 0)
    assert len(truths) == len(tables) == 100 and 0 < refused < 100 and np.isfinite(tables).all()
    assert (
        "7 of 47 tables drawn from the prior can not be (an outcome outside its domain) and were refused"
        in str(replace(sound, refused=7))
    )
    with pytest.raises(
        bs.InputError,
        match="tables drawn from the prior of perplexity_to_error are possible ones; give tighter priors",
    ):
        bs.calibrate(
            wide.with_priors(sigma=dist.HalfNormal(1e5)),
            pd.DataFrame({"L": np.linspace(4.5, 2.5, 10)}),
            sims=20,
        )


def test_fits_that_have_not_converged_are_told(sound):
    few = sound.ranks.assign(sound=sound.ranks["simulation"] >= 3)
    assert (
        "3 of 40 fits have not converged, and their ranks are not judged"
        in str(replace(sound, ranks=few))
        and replace(sound, ranks=few).ok
    )
    one = sound.ranks.assign(sound=sound.ranks["simulation"] >= 1)
    assert "1 of 40 fits has not converged, and its ranks are not judged" in str(
        replace(sound, ranks=one)
    )
    many = replace(sound, ranks=sound.ranks.assign(sound=sound.ranks["simulation"] >= 15))
    assert not many.ok and "15 of 40 fits have not converged" in str(many)


def test_the_range_of_the_outcome_comes_from_the_runs_or_the_law(small):
    law = LAWS["over_training"]
    of_runs, _ = module._design(law, small, "loss_c4", None, None, {})
    assert of_runs["ref"]["y_min"] == small["loss_c4"].min()
    of_law, _ = module._design(law, small[["N", "D"]], None, None, None, {})
    mean = np.asarray(law.mean(small, **next(iter(law.published.values())).values))
    np.testing.assert_allclose(
        [of_law["ref"]["y_min"], of_law["ref"]["y_max"]], [mean.min(), mean.max()], rtol=1e-5
    )


def test_the_figure_shows_ranks_inside_the_band(sound):
    axes = sound.plot(names=["sigma", "E_share"])
    assert (
        [ax.get_title(loc="left") for ax in axes] == ["sigma: in line", "E_share: in line"]
        and axes[0].figure.get_supylabel()
        and axes[0].figure.get_supxlabel()
    )
    assert "sigma, E_share" in bs.plot.alt(axes) and "inside the band for all" in bs.plot.alt(axes)
    with pytest.raises(bs.InputError, match="there is no quantity 'E'"):
        sound.plot(names=["E"])
    plt.close("all")


@pytest.mark.parametrize("count", [1, 2, 5, 9, 12])
def test_a_figure_of_many_quantities_can_be_read(sound, count):
    """One legend, no text on another, hardly an empty place, and numbers under the last panel of every column."""
    ranks = sound.ranks[sound.ranks["quantity"] == "sigma"]
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
    axes = replace(sound, ranks=ranks).plot()
    assert not crowded(axes[0].figure)
    lines, columns = axes[0].get_subplotspec().get_gridspec().get_geometry()
    assert len(axes) == count and lines * columns - count <= 1
    assert all(ax.xaxis.get_tick_params()["labelbottom"] for ax in axes[-columns:])
    (legend,) = axes[0].figure.legends
    told = [text.get_text() for text in legend.get_texts()]
    assert (
        told
        == ["99.8% band, all quantities together", "true values", "true values, out of line"][
            : 2 + (count > 4)
        ]
    )
    assert ("outside the band for quantity_4_with_a_long_name." in bs.plot.alt(axes)) == (count > 4)
    plt.close("all")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sims": 3}, "sims is 3"),
        ({"size": 2.0}, "size is 2.0"),
        ({"draws": 20}, "too few to rank among"),
        ({"between": (3.0, 2.0)}, "give the least outcome first"),
        ({"between": 3.0}, "give the least and the greatest outcome"),
        ({"seed": 0.5}, "seed is 0.5"),
    ],
)
def test_bad_input_is_told_in_a_sentence(options, words):
    with pytest.raises(bs.InputError, match=words):
        bs.calibrate(LAW, DESIGN, **{**ENDS, **options})


def test_a_misspelt_outcome_is_not_taken_for_none():
    with pytest.raises(bs.InputError, match=r"no column 'val_los' \(did you mean val_loss\?\)"):
        bs.calibrate(LAW, DESIGN.assign(val_loss=3.0), "val_los", sims=20)


def test_a_law_of_ones_own_needs_the_range():
    with pytest.raises(bs.InputError, match=r"give between=\(least, greatest\)"):
        bs.calibrate(replace(LAW, published={}), DESIGN)
