"""Forecasts of pooled fits: every group, unseen groups, drifts, files and means of groups."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, corpora, crossed_table, three

import bayes_scaling as bs

BIG = {"N": 7e9, "D": 1.4e11}


@pytest.fixture
def fit():
    return three()


@pytest.mark.long
def test_crossed_groups():
    fit = bs.fit(LAW, crossed_table(), y="y", group=["corpus", "set"], draws=500)
    assert fit.diagnosis.ok, fit.diagnosis
    assert (
        fit.tree["posterior"]["eta"].dims == ("chain", "draw", "group")
        and fit.tree["posterior"]["z_eta_corpus"].sizes["level_corpus"] == 3
    )
    # set b has losses 1.2 times those of set a: the same exponents, floors 1.2 times as high
    a, b = fit.published(("one", "loss_a")), fit.published(("one", "loss_b"))
    low, high = np.quantile(b["E"] / a["E"], [0.05, 0.95])
    assert low < 1.2 < high
    seen, new = (
        np.ptp(np.quantile(fit.published((name, "loss_a"))["eta"], [0.05, 0.95]))
        for name in ("one", "four")
    )
    assert new > 2 * seen


def test_forecasts_answer_for_every_group(fit):
    table = fit.forecast(bs.targets(**BIG))
    assert list(table["corpus"]) == list(fit.groups) and (table["extrapolation"] > 1).all()
    draws = fit.draws(bs.targets(**BIG, corpus="two"), of="mean")
    i = fit.groups.index("two")
    by_hand = np.asarray(
        LAW.mean(
            bs.targets(**BIG),
            **{name: values[:, i] for name, values in fit.flat(*LAW.names).items()},
        )
    )
    np.testing.assert_allclose(draws[:, 0], by_hand, rtol=1e-6)


def test_the_tree_holds_groups(fit):
    assert fit.tree["posterior"]["eta"].sizes["corpus"] == 3
    assert fit.tree["log_likelihood"]["y"].shape == (4, 500, len(fit.table))
    assert {"mu_eta", "tau_eta", "z_eta"} <= set(fit.tree["posterior"].data_vars)
    summary = fit.summary()
    assert set(summary["group"]) == {*fit.groups, "all"} and (summary["rhat"] < 1.02).all()


@pytest.mark.long
def test_a_smooth_discrepancy_is_learned_from_the_group_s_runs():
    """Groups leave the law each in its way: a new run amid the data follows its group."""
    table = corpora(dict.fromkeys("abc", BASE), 5, sigma=0.001)
    u = np.log(table["N"] * table["D"])
    shift = table["corpus"].map({"a": 1.0, "b": -1.0, "c": 0.0}) * 0.03 * np.sin(3 * (u - u.mean()))
    table = table.assign(loss=table["loss"] * np.exp(shift))
    fit = bs.fit(
        LAW,
        table,
        y="loss",
        group="corpus",
        noise=bs.Noise(df=None, smooth="matern"),
        draws=300,
        chains=2,
        seed=1,
    )
    to = bs.targets(N=1.5e8, D=9e9)
    u = np.log(to["N"] * to["D"])[0] - np.log(table["N"] * table["D"]).mean()
    true_mean = float(np.asarray(LAW.mean(to, **BASE))[0]) * np.exp(
        np.array([1.0, -1.0, 0.0]) * 0.03 * np.sin(3 * u)
    )
    forecast = fit.forecast(to)
    assert ((forecast["lower"] < true_mean) & (true_mean < forecast["upper"])).all()
    assert (forecast["upper"] / forecast["lower"]).max() < 1.08


def test_a_group_without_runs_is_named_and_a_likely_typo_warned_of(fit):
    with pytest.warns(bs.RunsWarning, match="did you mean two"):
        forecast = fit.forecast(bs.targets(**BIG).assign(corpus="Two"))
    assert forecast.note.startswith(
        "No runs of corpus Two (did you mean two?): predicted from what the groups have in common"
    )
    assert "No runs" not in fit.forecast(bs.targets(**BIG)).note
    with pytest.warns(bs.RunsWarning, match="did you mean two"):
        assert fit.group("Two").forecast(bs.targets(**BIG)).note.startswith("No runs of corpus Two")
    with pytest.warns(
        bs.RunsWarning, match=r"the targets' column 'corpsu' is not used \(did you mean corpus\?\)"
    ):
        fit.forecast(bs.targets(**BIG).assign(corpsu="two"))


def test_a_saved_fit_comes_back(tmp_path, fit):
    """Its forecasts bit for bit, of groups seen and unseen; and again when it is saved again."""
    fit = fit.with_drift("corpus", {"one": 0.01, "two": 0.02})
    to = bs.targets(**BIG)
    to = pd.concat([to.assign(corpus=name) for name in ("three", "one", "new")], ignore_index=True)
    back = bs.load(fit.save(tmp_path / "fit.nc"))
    again = bs.load(back.save(tmp_path / "again.nc"))
    for other in (back, again):
        for of in ("run", "mean"):
            np.testing.assert_array_equal(
                other.draws(to, of=of, seed=3), fit.draws(to, of=of, seed=3)
            )
        assert (
            str(other.diagnosis) == str(fit.diagnosis)
            and other.drift == fit.drift
            and other.groups == fit.groups
            and other.provenance == fit.provenance
        )
        pd.testing.assert_frame_equal(other.summary(), fit.summary())
        np.testing.assert_array_equal(other.log_likelihood, fit.log_likelihood)
        assert (
            other.pool.signature == fit.pool.signature
            and other.training["loss"].tolist() == fit.training["loss"].tolist()
        )
    broken = bytearray((tmp_path / "fit.nc").read_bytes())
    position = broken.find(np.ascontiguousarray(fit.posterior["eta"]).tobytes()[:64])
    broken[position + 6] ^= 1
    (tmp_path / "fit.nc").write_bytes(broken)
    with pytest.raises(bs.InputError, match="not those that were saved"):
        bs.load(tmp_path / "fit.nc")


@pytest.mark.long
def test_crossed_groups_come_back(tmp_path):
    fit = bs.fit(LAW, crossed_table(), y="y", group=["corpus", "set"], draws=50, chains=2)
    back = bs.load(fit.save(tmp_path / "fit.nc"))
    assert back.groups == fit.groups and back.pool.levels == fit.pool.levels
    to = bs.targets(**BIG).assign(corpus="two", set="loss_b")
    np.testing.assert_array_equal(back.draws(to), fit.draws(to))


def test_long_keeps_every_outcome_and_its_error(gadre):
    long = bs.long(gadre, ["loss_c4", "loss_code"])
    assert len(long) == 2 * len(gadre) and set(long["set"]) == {"loss_c4", "loss_code"}
    np.testing.assert_array_equal(long.loc[long["set"] == "loss_code", "loss"], gadre["loss_code"])
    np.testing.assert_array_equal(
        long.loc[long["set"] == "loss_code", "loss_se"], gadre["loss_code_se"]
    )
    with pytest.raises(bs.InputError, match="loss_cod"):
        bs.long(gadre, ["loss_cod"])


def test_a_group_is_a_forecaster_and_groups_have_a_mean(fit):
    """Alone and averaged, draws are those of the pooled fit, and chained they keep their order."""
    to = bs.targets(**BIG)
    for of in ("mean", "run"):
        parts = [fit.draws(to.assign(corpus=name), of=of) for name in ("two", "three")]
        np.testing.assert_array_equal(fit.group("two").draws(to, of=of), parts[0])
        np.testing.assert_array_equal(
            bs.mean_of([fit.group("two"), fit.group("three")]).draws(to, of=of),
            np.mean(parts, axis=0),
        )
    assert (
        fit.group("two").largest == fit.table.loc[fit.table["corpus"] == "two", "C"].max()
        and len(fit.group("two").training) == 16
    )
    mean = bs.mean_of([fit.group("two"), fit.group("three")], "mean of two")
    losses = [
        fit.group(name).training.sort_values(["N", "D"])["loss"].to_numpy()
        for name in ("two", "three")
    ]
    np.testing.assert_allclose(
        mean.training.sort_values(["N", "D"])["mean of two"], np.mean(losses, axis=0)
    )
    assert (
        len(mean.training) == 16
        and mean.forecast(to).note == fit.group("two").forecast(to).note != ""
    )
    assert len(mean.plot(to).lines) and "mean of two" in repr(mean)
    table = fit.table.assign(recipe=["x", "y"] * 24)
    both = pd.concat(
        [table, table.assign(recipe="z", loss=9.0)[table["corpus"] == "two"]]
    )  # a recipe that one group has alone, and a run that it lacks
    short = replace(fit, table=both.drop(index=table.index[(table["corpus"] == "three")][0]))
    assert len(bs.mean_of([short.group("two"), short.group("three")]).training) == 15
    plt.close("all")
    with pytest.raises(bs.InputError, match="each group once"):
        bs.mean_of({"a": fit.group("two"), "b": fit.group("two")})
    with pytest.raises(bs.InputError, match="at least one"):
        bs.mean_of([])
