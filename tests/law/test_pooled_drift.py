"""The drift of pooled fits: of a group, of a level, and learned from held-out runs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, corpora, three
from scipy import stats

import bayes_scaling as bs
from bayes_scaling.analysis.group_drift import drift_by

BIG = {"N": 7e9, "D": 1.4e11}


@pytest.fixture
def fit():
    return three()


def with_drift(fit, drift):
    """The same fit with another drift."""
    law = fit.law.with_noise(replace(fit.law.noise, drift=drift))
    return replace(fit, pool=replace(fit.pool, law=law))


def test_new_runs_drift_beyond_the_training_runs_as_in_a_single_fit(fit):
    """The drift is that of the noise, and a forecast states it."""
    inside, beyond = bs.targets(N=4e8, D=4e9, corpus="one"), bs.targets(**BIG, corpus="one")
    drifting, still = with_drift(fit, 0.01), with_drift(fit, 0.0)
    for other in (fit, drifting):
        np.testing.assert_array_equal(other.draws(inside), still.draws(inside))
    away = np.log(drifting.draws(beyond) / still.draws(beyond))[:, 0]
    # the nearest corner of the hull is the largest run of all
    distance = np.hypot(np.log(BIG["N"] / 4.1e8), 1.5 * np.log(BIG["D"] / (4.1e8 * 320)))
    assert stats.kstest(away / (0.01 * distance), "norm").pvalue > 1e-3
    assert (
        "learned from" in fit.forecast(beyond).note_long
        and not fit.forecast(inside).note
        and not fit.forecast(beyond, of="mean").note
    )


def test_groups_of_one_fit_share_the_slope_of_a_draw(fit):
    """So the drift of their mean is as wide as that of one; a learned size depends on the noise."""
    names = ["one", "two", "three"]
    to = bs.targets(N=[BIG["N"]] * 3, D=[BIG["D"]] * 3, corpus=names)
    drifting, still = with_drift(fit, 0.02), with_drift(fit, 0.0)
    away = np.log(drifting.draws(to) / still.draws(to))
    assert away[:, 0].std() > 0.05
    np.testing.assert_allclose(away[:, 1:], away[:, [0, 0]], rtol=1e-6, atol=1e-9)
    of_mean = [
        bs.average_outcomes([each.group(name) for name in names]).draws(bs.targets(**BIG))[:, 0]
        for each in (drifting, still)
    ]
    np.testing.assert_allclose(np.log(of_mean[0] / of_mean[1]), away[:, 0], rtol=1e-6, atol=1e-9)
    learned = np.log(fit.draws(to) / still.draws(to))
    np.testing.assert_allclose(np.corrcoef(learned.T), 1.0, rtol=1e-9)
    sizes = [fit.drift_draws((name,)).typical for name in names]
    np.testing.assert_allclose(learned[:, 2] / learned[:, 0], sizes[2] / sizes[0], rtol=1e-6)


@pytest.fixture(scope="module")
def uneven():
    """Two groups of one law, one of which ends early; no outcome is censored."""
    table = corpora({"short": BASE, "long": BASE}, 0)
    return bs.fit(
        LAW,
        table[(table["corpus"] == "long") | (table["N"] < 2e8)],
        y="loss",
        group="corpus",
        noise=bs.Censored(bs.Noise(drift=0.01), upper=100.0),
        draws=1000,
        chains=1,
    )


@pytest.mark.parametrize(
    "kind",
    [lambda noise: noise, lambda noise: bs.Censored(noise, upper=100.0)],
    ids=["plain", "censored"],
)
def test_the_drift_of_a_group_begins_at_its_own_runs(tmp_path, uneven, kind):
    """At the hull of its runs; of a group without runs at the hull of all.

    Loaded, or of the group alone, it is the same.
    """
    law = uneven.law.with_noise(kind(bs.Noise(drift=0.01)))
    # a plain Noise reads nothing of a run
    rows = {name: values for name, values in uneven.data["rows"].items() if name in law.noise.reads}
    fit, still = (
        replace(
            uneven,
            pool=replace(uneven.pool, law=law.with_noise(kind(bs.Noise(drift=drift)))),
            data=uneven.data | {"rows": rows},
        )
        for drift in (0.01, 0.0)
    )
    ends = fit.table.groupby("corpus")["N"].max().to_dict() | {"none": fit.table["N"].max()}
    assert ends["short"] < ends["long"] / 2
    for name, end in ends.items():
        to = bs.targets(N=[0.9 * end, 3 * end], M=[20.0, 20.0]).assign(corpus=name)
        away = np.log(fit.draws(to) / still.draws(to))
        np.testing.assert_array_equal(away[:, 0], 0.0)
        assert stats.kstest(away[:, 1] / (0.01 * np.log(3)), "norm").pvalue > 1e-3
        assert (
            fit.drift_note(to)
            and not fit.drift_note(to.head(1))
            and fit.group(name).drift_note(to) == fit.drift_note(to)
        )
        np.testing.assert_array_equal(
            bs.load(fit.save(tmp_path / "fit.nc")).draws(to), fit.draws(to)
        )
        np.testing.assert_array_equal(
            fit.group(name).draws(to.drop(columns="corpus")), fit.draws(to)
        )
        if isinstance(fit.law.noise, bs.Noise):
            x = {key: to[key].to_numpy()[None] for key in LAW.inputs}
            distance = fit.group(name).scatter_at(x)[-1]
            np.testing.assert_allclose(distance, [[0.0, np.log(3)]], rtol=1e-6)


def test_a_level_drifts_as_given_and_as_its_held_out_runs_did(fit):
    """A drift simulated in one of three groups is found in it; only its forecasts are wider."""
    rng = np.random.default_rng(0)
    to = pd.concat(
        [
            bs.targets(
                N=[1e9, 2e9, 4e9, 5e9, 6e9, 7e9], D=[2e10, 4e10, 8e10, 1e11, 1.2e11, 1.4e11]
            ).assign(corpus=name)
            for name in ("one", "two", "three")
        ],
        ignore_index=True,
    )
    held = to.assign(
        loss=np.median(fit.draws(to, of="mean"), axis=0) * np.exp(0.001 * rng.normal(size=len(to)))
    )
    far = np.log(held["N"] / 4.1e8)  # at these D the nearest runs have the largest N
    held["loss"] *= np.exp(np.where(held["corpus"] == "two", 0.03 * far, 0.0))
    sds = drift_by(fit, held, "corpus")
    assert 0.01 < sds["two"] < 0.06 and max(sds["one"], sds["three"]) < sds["two"] / 2
    plain, wide = (
        drifting.forecast(to)
        for drifting in (
            fit.with_drift("corpus", dict.fromkeys(sds, 0.0)),
            fit.with_drift("corpus", {"one": 0.0, "two": 0.05}),
        )
    )
    ratio = (
        np.log(wide["upper"] / wide["lower"]) / np.log(plain["upper"] / plain["lower"])
    ).to_numpy()
    np.testing.assert_array_equal(ratio[:6], 1.0)
    assert (ratio[6:] > 1.5).all() and "two 0.05" in wide.note  # of the third: the others' mean
    with pytest.raises(bs.InputError, match="corpse"):
        drift_by(fit, held, "corpse")
