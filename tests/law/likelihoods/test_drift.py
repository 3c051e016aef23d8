"""The drift beyond the training runs: its formula, its defaults, and learning it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from error_curves import training_curve
from scipy import special, stats

import bayes_scaling as bs
from bayes_scaling.analysis.learn_drift import learn_drift
from bayes_scaling.analysis.learned_drift import Drift
from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.law.likelihoods.drift import LEARNED, describe_drift
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.places import axes, places


@pytest.fixture(scope="module")
def table():
    return training_curve()


def test_the_drift_widens_by_its_formula_and_leaves_the_posterior_alone(table):
    fits = [bs.fit(bs.find_law("m2"), table, noise=bs.Noise(drift=drift)) for drift in (0, 0.05)]
    to = pd.DataFrame({"x": [3e4, 1e5, 2e5, 1e7]})
    plain, drifting = (np.log(fit.draws(to)) for fit in fits)
    np.testing.assert_array_equal(fits[0].posterior["sigma"], fits[1].posterior["sigma"])
    np.testing.assert_array_equal(*(fit.draws(to, of="mean") for fit in fits))
    added = drifting - plain
    np.testing.assert_allclose(added[:, :2], 0.0, atol=1e-12)  # none up to the largest training run
    np.testing.assert_allclose(
        added[:, 3], added[:, 2] * np.log(100) / np.log(2), rtol=1e-6
    )  # linear in log scale
    np.testing.assert_allclose(added[:, 2].std(), 0.05 * np.log(2), rtol=0.05)
    assert abs(np.corrcoef(added[:, 2], plain[:, 2])[0, 1]) < 0.06


@pytest.mark.parametrize(
    "name, runs, to, distance",
    [
        ("ladder_task", {"L": [2.0, 3.0, 4.0]}, {"L": [1.5]}, 0.5),
        ("sigmoid", {"C": [1e18, 1e20]}, {"C": [1e21]}, np.log(10)),
        ("isoflop", {"N": [1e8, 1e9]}, {"N": [1e10]}, np.log(10)),
    ],
)
def test_laws_without_a_scale_drift_as_given(name, runs, to, distance):
    """Along their loss in nats, or the log of the input that is a size."""
    law = bs.find_law(name)
    law = law.with_noise(replace(law.noise, drift=0.1))
    assert law.scale is None and law.noise.drift == 0.1
    runs, to = ({key: np.array(values) for key, values in x.items()} for x in (runs, to))
    drift = DriftDraws(law, places(law, runs), 0.3, 3)
    drawn = drift.draw(np.random.default_rng(0), to, 20_000)
    np.testing.assert_allclose(drift.distances(to), distance)
    np.testing.assert_allclose(drawn.std(), 0.1 * distance, rtol=0.02)


def test_without_a_size_there_is_no_drift():
    """It is dropped; without a scale a discrepancy is refused."""
    flat = bs.find_law("passk_power")
    assert axes(flat) == () and flat.with_noise(bs.Noise(link="logit", drift=0.1)).noise.drift == 0
    with pytest.raises(bs.InputError, match="no scale for a smooth discrepancy"):
        flat.with_noise(bs.Noise(link="logit", df=None, smooth="ou"))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"smooth": "rbf", "df": None}, "use 'ou', 'matern', or None"),
        ({"smooth": "ou"}, "give df=None beside smooth='ou'"),
        ({"drift": -1}, "give a number from 0"),
        ({"drift": "x"}, "give a number from 0"),
        ({"drift": True}, "give a number from 0"),
    ],
)
def test_invalid_terms_are_refused(options, message):
    with pytest.raises(bs.InputError, match=message):
        bs.Noise(**options)


def test_a_forecast_names_the_sources_of_its_drift(table):
    law = bs.find_law("power_law_floor").with_noise(bs.Noise(grows=False))
    fit = bs.fit(law, table.assign(C=1e12 * table["x"]), y="error", draws=800)
    near, far = pd.DataFrame({"C": [3e16]}), pd.DataFrame({"C": [3e16, 1e18]})
    note, learned = fit.forecast(far).note_long, LEARNED["loss", ("scale",), "log"]
    unit = learned.unit(float(np.median(fit.posterior["sigma"])), 20, 3)
    median = learned.quantiles([0.5], fit.own_runs)[0]
    assert f"sd {unit * median:.2g} (" in note and "distance of log(scale) to those of" in note
    assert all(source in note for source in learned.sources)
    assert f"moved by {fit.own_runs.count} held-out runs of this table" in note
    shown = str(fit.forecast(far))
    assert note not in shown and f"sd {unit * median:.2g} (" in shown
    assert fit.forecast(near).note == "" and fit.forecast(far, of="mean").note == ""
    given = bs.fit(bs.find_law("m2"), table, draws=800, noise=bs.Noise(drift=0.0123))
    far = pd.DataFrame({"x": [3e4, 1e6]})
    assert "sd 0.0123" in given.forecast(far).note and "as given" in given.forecast(far).note
    assert bs.find_law("m2").noise.drift == 0  # along x, not compute: none was learned


def test_the_drift_of_errors_is_that_of_laws_along_the_loss_alone():
    """A law with another scale has none by default, and none of its drifts is stated in nats."""
    law, learned = bs.find_law("perplexity_to_error"), LEARNED["error", ("L",), "logit"]
    other = replace(
        law,
        inputs=law.inputs | {"N": "parameters"},
        scale=lambda x: x["N"],
        noise=bs.Noise(link="logit"),
    )
    assert law.noise.drift == learned and other.noise.drift == 0
    assert bs.find_law("ladder_task").noise.drift == learned  # an accuracy along the loss
    assert "nats" not in describe_drift(other) and "in nats" in describe_drift(law)
    saturating = bs.find_law("task_saturating")
    assert saturating.noise.drift == 0  # of counts only as given
    for noise in (bs.Noise(link="logit", drift=0.05), bs.BetaBinomial(drift=0.05)):
        assert "sd 0.05" in (note := describe_drift(saturating.with_noise(noise)))
        assert "as given" in note


def test_a_loss_increase_has_no_drift_of_losses():
    """Its law has no scale: no held-out runs of its kind were scored."""
    assert bs.find_law("precision_ptq").noise.drift == 0


def test_a_population_is_described_by_its_sources_and_the_runs_that_moved_it():
    law = bs.find_law("chinchilla")
    of = {
        sources: law.with_noise(bs.Noise(drift=LearnedDrift(1.0, 0.5, 0.004, sources)))
        for sources in [(), ("one2024", "two2025")]
    }
    assert "as given" in describe_drift(of[()])
    note = describe_drift(of["one2024", "two2025"])
    assert (
        "sd 1 (0.44 to 2.3) times (sigma + 0.004) times the distance of (log N, 1.5 log D)" in note
    )
    assert "learned from held-out runs of one2024, two2025; " in note
    own = OwnRuns(np.zeros(len(law.noise.drift.grid)), 1)
    note = describe_drift(of["one2024", "two2025"], 0.01, own)
    assert "sd 0.01 (0.0044 to 0.023) times the" in note
    assert "moved by 1 held-out run of this table" in note


def test_an_error_drifts_below_the_lowest_loss():
    """By default with the population learned along the loss, on the logit, as the forecast states.

    Its variance is the population's mean of g^2 at the distance of 0.5 nats.
    """
    law = bs.find_law("perplexity_to_error")
    loss = np.linspace(2.7, 6.0, 24)
    error = special.expit(
        special.logit(0.85 - 2.1 * np.exp(-0.76 * loss))
        + 0.01 * np.random.default_rng(0).standard_normal(24)
    )
    fit = bs.fit(law, pd.DataFrame({"L": loss, "error": error}), draws=1000)
    to = pd.DataFrame({"L": [3.0, 2.7, 2.2]})
    still = replace(fit, law=law.with_noise(replace(law.noise, drift=0.0)))
    added = special.logit(fit.draws(to)) - special.logit(still.draws(to))
    np.testing.assert_allclose(added[:, :2], 0.0, atol=1e-9)
    drift, own = law.noise.drift, fit.own_runs
    assert own.count == 2  # at losses of 2.7 and 2.84
    rms = np.sqrt(drift.weights(own) @ drift.grid**2) * (1 - 3 / 24)
    np.testing.assert_allclose(added[:, 2].std(), rms * 0.5, rtol=0.1)
    note = fit.forecast(to).note_long
    assert "the distance of the loss to those of the runs, in nats, on the logit" in note
    assert all(source in note for source in drift.sources)


def drifting_curves(gamma, seed):
    """Twelve curves that leave their law at a tenth of their largest compute.

    Their slopes are the quantiles of a normal of sd gamma.
    """
    rng, tables, C = np.random.default_rng(seed), [], np.geomspace(1e18, 1e21, 20)
    for i in range(12):
        loss = 1.8 + (C / 3e19) ** -0.2
        drift = gamma * stats.norm.ppf((i + 0.5) / 12) * np.maximum(np.log(C / 1e20), 0)
        tables.append(
            pd.DataFrame(
                {
                    "curve": f"c{i}",
                    "C": C,
                    "loss": loss * np.exp(drift + 0.003 * rng.standard_normal(len(C))),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_the_drift_is_learned_from_held_out_runs():
    """Its size to two standard errors of twelve slopes; next to none without a drift.

    Two sources have one vote each; a series that cannot be fitted is reported.
    """
    still = pd.DataFrame({"curve": "still", "C": 1e20, "loss": [2.5, 2.6, 2.7]})
    plain, strong = (
        learn_drift(
            "power_law_floor",
            pd.concat([drifting_curves(gamma, 1), still], ignore_index=True),
            by="curve",
            cuts=(0.1,),
            draws=200,
            source=str(gamma),
            noise=bs.Noise(grows=False),
        )
        for gamma in (0.0, 0.05)
    )
    assert plain.gamma < 0.005
    assert abs(np.log(strong.gamma / 0.05)) < 2 / 24**0.5
    assert strong.gain(strong.gamma) > 0.5 and strong.counts == {"0.05": (12, 12 * 7)}
    assert "cannot be seen" in strong.skipped["still",]
    np.testing.assert_allclose((plain + strong).score, (plain.score + strong.score) / 2)
    assert plain.expected < (plain + strong).expected < 2 * strong.gamma


def test_the_expected_drift_is_a_mean_over_its_uncertainty():
    """Four scores that are normals of sd 0.4 in log gamma make one of sd 0.2.

    Its mean is exp(0.02) times its median. Outvoted by a source without a drift, it is not 0.
    """
    with np.errstate(divide="ignore"):
        score = -0.5 * (np.log(Drift.grid / 0.02) / 0.4) ** 2
    four = Drift({str(i): np.maximum(score, -200.0) for i in range(4)}, {}, {})
    np.testing.assert_allclose(four.expected, 0.02 * np.exp(0.02), rtol=1e-3)
    still = Drift(
        {
            "still": -5 * (Drift.grid / 0.01) ** 2,
            "drifts": 0.5 * np.minimum(Drift.grid / 0.01, 1.0),
        },
        {},
        {},
    )
    assert still.gamma < 0.001 < still.expected < 0.005


@pytest.mark.parametrize(
    "law, cuts, message",
    [
        ("ladder_task", (0.1,), "has no scale, so that no drift can be learned"),
        ("power_law_floor", (2,), "between 0 and 1"),
        ("power_law_floor", (1e-3,), "no series can be held out"),
    ],
)
def test_invalid_input_is_refused(law, cuts, message):
    with pytest.raises(bs.InputError, match=message):
        learn_drift(law, drifting_curves(0.0, 0), by="curve", cuts=cuts)
