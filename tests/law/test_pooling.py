"""Groups in one fit: the density, what pooling does, unseen groups, and what is refused."""

from dataclasses import replace

import jax
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from corpora import BASE, LAW, THREE, at_reference, corpora, three
from numpyro.distributions import biject_to, constraints
from numpyro.infer.util import log_density
from scipy import stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.analysis.learn_drift import drift_by
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.law.pooling import pooled
from bayes_scaling.results.fitting import read

BIG = {"N": 7e9, "D": 1.4e11}


def population(count, seed, spread=0.1):
    """Parameters of groups that differ in log eta by ``spread``."""
    rng = np.random.default_rng(seed)
    return {
        f"g{i}": at_reference(
            eta=BASE["eta"] * np.exp(spread * rng.normal()), E=1.7 + 0.05 * rng.normal()
        )
        for i in range(count)
    }


@pytest.fixture(scope="module")
def eight():
    truth = population(8, 0)
    return truth, bs.fit(LAW, corpora(truth, 1), y="loss", group="corpus")


@pytest.fixture
def fit():
    return three()


def crossed_table():
    table = corpora({"one": BASE, "two": at_reference(eta=0.14), "three": at_reference(E=1.8)}, 0)
    return bs.long(
        table.assign(loss_a=table["loss"], loss_b=1.2 * table["loss"]), ["loss_a", "loss_b"], y="y"
    ).drop(columns="loss")


@pytest.mark.parametrize(
    "group, pool",
    [
        pytest.param("corpus", {"E_share": "free", "kappa": "partial"}, marks=pytest.mark.long),
        (["corpus", "set"], {"eta": "shared", "E": "free", "sigma": "free"}),
    ],
)
def test_the_change_of_variables_is_the_one_that_is_reckoned(group, pool):
    """log |d (model's own unconstrained sites) / d theta| by automatic differentiation, against the closed form."""
    table, _ = read(
        crossed_table()
        if isinstance(group, list)
        else corpora({"one": BASE, "two": at_reference(eta=0.14)}, 0),
        {},
    )
    made = pooled(LAW, table, group, pool)
    data, _ = grouped(made, table, "y" if isinstance(group, list) else "loss", None, {})
    density = Hierarchy(made)
    rng, shape, noise = np.random.default_rng(0), data["z"].shape, len(density.noise.names)
    root = rng.normal(size=(len(made.cells), noise, noise))
    data["linearization"] = {  # any will do: it only sets coordinates
        "mean": 2 + rng.random(shape), "slope": rng.normal(size=(*shape, len(density.law.names))), "target": rng.normal(size=shape), "nonlinear_variance": rng.random(shape), "weight": rng.random(shape),
        "noise": (root @ root.swapaxes(1, 2), rng.normal(size=(len(made.cells), noise))),
    }  # fmt: skip
    data["stretch"] = (
        2 * rng.random(density.spreads),
        0.1 + rng.random(density.spreads),
        rng.random(density.spreads),
    )  # so that some are far below the middle
    support = {q.sampled: q.prior.dist().support for q in LAW.sites}

    def unconstrained(theta):
        sites, _ = density.sites(theta, data)
        flat, inside = [], 0.0
        for name, value in sites.items():
            own = (
                constraints.real
                if name.startswith("z_")
                else constraints.positive
                if name.startswith("tau_")
                else support[name.removeprefix("mu_")]
            )
            link = biject_to(own)
            t = link.inv(value)
            flat.append(jax.numpy.ravel(t))
            inside += jax.numpy.sum(link.log_abs_det_jacobian(t, value))
        return jax.numpy.concatenate(flat), inside

    with float64():
        theta = 0.5 * jax.random.normal(jax.random.key(3), (density.size,))
        look = jax.jit(
            lambda t: (
                jax.jacfwd(lambda t: unconstrained(t)[0])(t),
                unconstrained(t)[1],
                density.sites(t, data)[0],
            )
        )
        jacobian, inside, sites = look(theta)
        assert jacobian.shape == (density.size, density.size)
        change = np.linalg.slogdet(np.asarray(jacobian))[1] + float(inside)
        joint, _ = log_density(
            made.model, (data,), {}, sites
        )  # NumPyro's own reckoning of the model
        np.testing.assert_allclose(
            float(jax.jit(density.log)(theta, data)), float(joint) + change, rtol=1e-8
        )


def test_a_fit_of_three_is_sound_and_covers_what_was_planted(fit):
    assert fit.diagnosis.ok, fit.diagnosis
    for name, p in THREE.items():
        for key, draws in fit.published(name).items():
            low, high = np.quantile(draws, [0.01, 0.99])
            assert low <= p[key] <= high, (name, key)


def test_the_coordinates_of_spreads_have_the_tails_of_a_normal(fit):
    """Of a Normal the 0.5% quantile lies 2.6 sds below the median, of log tau itself 4 to 6: the data bear a spread of zero."""
    u = fit.source.theta.reshape(-1, fit.source.theta.shape[-1])[
        :, : sum(name.startswith("tau_") for name in fit.posterior)
    ]
    low, middle, high = np.quantile(u, [0.005, 0.5, 0.84], axis=0)
    assert ((middle - low) / (high - middle) < 3).all() and (np.abs(stats.skew(u)) < 0.5).all()
    logs = np.log(
        np.column_stack(
            [values.ravel() for name, values in fit.posterior.items() if name.startswith("tau_")]
        )
    )
    assert (stats.skew(logs) < -0.5).sum() >= 3


@pytest.mark.long
def test_groups_are_recovered(eight):
    truth, fit = eight
    assert fit.diagnosis.ok, fit.diagnosis
    hits = 0
    for name, p in truth.items():
        for key, draws in fit.published(name).items():
            low, high = np.quantile(draws, [0.05, 0.95])
            hits += low <= p[key] <= high
    assert (
        hits >= stats.binom(8, 0.9).ppf(0.005) * 4
    )  # the four parameters of a group move together
    tau = fit.flat("tau_eta")["tau_eta"]
    assert np.quantile(tau, 0.025) < 0.1 < np.quantile(tau, 0.975)
    mu = fit.flat("mu_eta")["mu_eta"]
    assert np.quantile(mu, 0.01) < BASE["eta"] < np.quantile(mu, 0.99)


@pytest.mark.long
def test_free_groups_are_separate_fits():
    """With nothing shared each group's posterior is the one of a fit of its own."""
    table = corpora({"one": BASE, "two": at_reference(eta=0.14)}, 2)
    free = dict.fromkeys(("E", "eta", "a", "b", "sigma", "kappa"), "free")
    together = bs.fit(LAW, table, y="loss", group="corpus", pool=free)
    assert together.diagnosis.ok and not [
        name for name in together.posterior if name.startswith(("mu_", "tau_", "z_"))
    ]
    for i, name in enumerate(("one", "two")):
        alone = bs.fit(LAW, table[table["corpus"] == name], y="loss", seed=i)
        for key, draws in alone.flat("E", "eta", "sigma", "kappa").items():
            other = together.flat(key)[key][:, i]
            np.testing.assert_allclose(other.mean(), draws.mean(), atol=0.15 * draws.std())
            np.testing.assert_allclose(other.std(), draws.std(), rtol=0.15)


@pytest.mark.long
def test_pooling_shrinks():
    """Groups that are alike, with few runs each: pooled estimates lie closer together and are surer than free ones, and shared ones agree."""
    table = corpora(dict.fromkeys("abcdef", BASE), 3, sigma=0.01, ratios=(20.0, 80.0))
    made = {
        mode: bs.fit(
            LAW,
            table,
            y="loss",
            group="corpus",
            pool=dict.fromkeys(("E_share", "eta", "a_term", "b_term"), mode),
        ).flat("eta")["eta"]
        for mode in ("free", "partial", "shared")
    }
    middle, width = (
        {mode: np.ptp(np.median(draws, axis=0)) for mode, draws in made.items()},
        {mode: draws.std(axis=0).mean() for mode, draws in made.items()},
    )
    assert middle["partial"] < 0.7 * middle["free"] and middle["shared"] == 0
    assert width["shared"] < width["partial"] < 0.9 * width["free"]


@pytest.mark.long
def test_two_groups_are_enough_and_an_unseen_one_is_less_sure():
    fit = bs.fit(
        LAW, corpora({"one": BASE, "two": at_reference(eta=0.135)}, 4), y="loss", group="corpus"
    )
    assert fit.diagnosis.ok, fit.diagnosis
    table = fit.forecast(bs.targets(**BIG, corpus=["one", "two", "three"]))
    width = (table["upper"] - table["lower"]).to_numpy()
    assert width[2] > 2 * width[:2].max()
    assert table["lower"][2] < min(table["median"][:2]) and table["upper"][2] > max(
        table["median"][:2]
    )
    again = fit.forecast(bs.targets(**BIG, corpus="three"))
    np.testing.assert_array_equal(
        again["median"], table["median"][2:]
    )  # the same unseen group in every answer


def test_unseen_groups_follow_the_population(fit):
    """Log eta of an unseen group is normal about mu with sd tau, draw by draw."""
    mu, tau = fit.flat("mu_eta", "tau_eta").values()
    z = (np.log(fit.published("new")["eta"]) - np.log(mu)) / tau
    assert stats.kstest(z, "norm").pvalue > 1e-3


@pytest.mark.long
def test_crossed_groups():
    fit = bs.fit(LAW, crossed_table(), y="y", group=["corpus", "set"], draws=500)
    assert fit.diagnosis.ok, fit.diagnosis
    assert (
        fit.tree["posterior"]["eta"].dims == ("chain", "draw", "group")
        and fit.tree["posterior"]["z_eta_corpus"].sizes["level_corpus"] == 3
    )
    # set b's losses are 1.2 times those of set a, so its exponents are the same and its floors 1.2 times as high
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
    mine = fit.draws(bs.targets(**BIG, corpus="two"), of="mean")
    i = fit.groups.index("two")
    by_hand = np.asarray(
        LAW.mean(
            bs.targets(**BIG),
            **{name: values[:, i] for name, values in fit.flat(*LAW.names).items()},
        )
    )
    np.testing.assert_allclose(mine[:, 0], by_hand, rtol=1e-6)


def test_the_tree_holds_groups(fit):
    assert fit.tree["posterior"]["eta"].sizes["corpus"] == 3
    assert fit.tree["log_likelihood"]["y"].shape == (4, 500, len(fit.table))
    assert {"mu_eta", "tau_eta", "z_eta"} <= set(fit.tree["posterior"].data_vars)
    summary = fit.summary()
    assert set(summary["group"]) == {*fit.groups, "all"} and (summary["rhat"] < 1.02).all()


def test_new_runs_drift_beyond_the_data_as_those_of_a_single_fit(fit):
    """The drift is that of the noise, and a forecast says so."""
    inside, beyond = bs.targets(N=4e8, D=4e9, corpus="one"), bs.targets(**BIG, corpus="one")
    still = replace(
        fit, pool=replace(fit.pool, law=fit.law.with_noise(replace(fit.law.noise, drift=0.0)))
    )
    np.testing.assert_array_equal(fit.draws(inside), still.draws(inside))
    away = np.log(fit.draws(beyond) / still.draws(beyond))[:, 0]
    u = np.log(BIG["N"] * BIG["D"] * 6 / fit.largest)
    assert stats.kstest(away / (fit.law.noise.drift * u), "norm").pvalue > 1e-3
    assert (
        "learned from" in fit.forecast(beyond).note
        and not fit.forecast(inside).note
        and not fit.forecast(beyond, of="mean").note
    )


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
def test_the_drift_of_a_group_begins_at_its_own_largest_run(tmp_path, uneven, kind):
    """Where its extrapolation is 1; that of one without runs at the largest of all. Loaded and asked for alone it is the same."""
    fit, still = (
        replace(
            uneven,
            pool=replace(uneven.pool, law=uneven.law.with_noise(kind(bs.Noise(drift=drift)))),
        )
        for drift in (0.01, 0.0)
    )
    ends = fit.table.groupby("corpus")["C"].max().to_dict() | {"none": fit.largest}
    assert ends["short"] < ends["long"] / 3
    for name, end in ends.items():
        to = bs.targets(C=[0.9 * end, 3 * end], M=[20.0, 20.0]).assign(corpus=name)
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
            u = fit.group(name).scatter_at({key: to[key].to_numpy()[None] for key in LAW.inputs})[
                -1
            ]
            np.testing.assert_allclose(u, [[-np.log(0.9), -np.log(3)]], rtol=1e-6)


@pytest.mark.long
def test_a_smooth_discrepancy_is_told_by_the_group_s_own_runs():
    """Groups bent off the law alike within, not across: a new run amid the data follows its own group's bend."""
    table = corpora(dict.fromkeys("abc", BASE), 5, sigma=0.001)
    u = np.log(table["N"] * table["D"])
    bend = table["corpus"].map({"a": 1.0, "b": -1.0, "c": 0.0}) * 0.03 * np.sin(3 * (u - u.mean()))
    table = table.assign(loss=table["loss"] * np.exp(bend))
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
    at = bs.targets(N=1.5e8, D=9e9)
    u = np.log(at["N"] * at["D"])[0] - np.log(table["N"] * table["D"]).mean()
    truth = float(np.asarray(LAW.mean(at, **BASE))[0]) * np.exp(
        np.array([1.0, -1.0, 0.0]) * 0.03 * np.sin(3 * u)
    )
    made = fit.forecast(at)
    assert ((made["lower"] < truth) & (truth < made["upper"])).all()
    assert (made["upper"] / made["lower"]).max() < 1.08


def test_what_can_not_be_is_refused(tmp_path, fit):
    table = corpora({"one": BASE, "two": BASE}, 0)
    for options, said in (
        ({"group": "corpse"}, "corpse.*corpus"),
        ({"group": "corpus", "pool": {"et": "free"}}, "et.*eta"),
        ({"group": "corpus", "pool": {"eta": "half"}}, "partial"),
        ({"pool": {"eta": "free"}}, "group"),
        (
            {
                "group": "corpus",
                "pool": {"eta": "free"},
                "priors": {"tau_eta": LAW.parameters[1].prior},
            },
            "not partially pooled",
        ),
    ):
        with pytest.raises(bs.InputError, match=said):
            bs.fit(LAW, table, y="loss", **options)
    with pytest.raises(bs.InputError, match="one group"):
        bs.fit(LAW, table[table["corpus"] == "one"], y="loss", group="corpus")
    with pytest.raises(bs.InputError, match="corpus"):
        fit.draws(bs.targets(**BIG))
    for given, said in (
        (("corpse", {"one": 0.01}), "corpse.*corpus"),
        (("corpus", {"four": 0.01}), "four.*no runs"),
        (("corpus", {"one": -0.01}), "drift of one"),
        (("corpus", {}), "empty"),
    ):
        with pytest.raises(bs.InputError, match=said):
            fit.with_drift(*given)


def test_a_group_without_runs_is_told_and_a_likely_slip_warned_of(fit):
    with pytest.warns(bs.RunsWarning, match="did you mean two"):
        made = fit.forecast(bs.targets(**BIG).assign(corpus="Two"))
    assert made.note.startswith(
        "No runs of corpus Two (did you mean two?): foretold from what the groups have in common"
    )
    assert "No runs" not in fit.forecast(bs.targets(**BIG)).note
    with pytest.warns(bs.RunsWarning, match="did you mean two"):
        assert fit.group("Two").forecast(bs.targets(**BIG)).note.startswith("No runs of corpus Two")
    with pytest.warns(
        bs.RunsWarning, match=r"the targets' column 'corpsu' is not used \(did you mean corpus\?\)"
    ):
        fit.forecast(bs.targets(**BIG).assign(corpsu="two"))


def test_what_is_told_as_a_share_is_not_shared_by_its_own_name():
    """E is a share of each group's least outcome: one share for all would not be one E."""
    with pytest.raises(bs.InputError, match="one E_share for all groups does not make one E"):
        bs.fit(
            LAW,
            corpora({"one": BASE, "two": BASE}, 0),
            y="loss",
            group="corpus",
            pool={"E": "shared"},
        )
    with pytest.raises(bs.InputError, match="give a way for each name"):
        bs.fit(
            LAW, corpora({"one": BASE, "two": BASE}, 0), y="loss", group="corpus", pool="partial"
        )


def test_a_saved_fit_comes_back(tmp_path, fit):
    """Its forecasts bit for bit, of groups seen and unseen, with all that is told of it; and again when it is saved once more."""
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
    at = broken.find(np.ascontiguousarray(fit.posterior["eta"]).tobytes()[:64])
    broken[at + 6] ^= 1
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


def test_a_level_drifts_as_it_is_told_and_as_runs_held_out_of_it_did(fit):
    """Drift planted in one of three groups is found in that one; of the same posterior its forecasts alone are wider."""
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
    far = np.log(held["C"] / fit.largest).clip(lower=0)
    held["loss"] *= np.exp(np.where(held["corpus"] == "two", 0.03 * far, 0.0))
    sds = drift_by(fit, held, "corpus")
    assert 0.01 < sds["two"] < 0.06 and max(sds["one"], sds["three"]) < sds["two"] / 2
    plain, wide = (
        made.forecast(to)
        for made in (
            fit.with_drift("corpus", dict.fromkeys(sds, 0.0)),
            fit.with_drift("corpus", {"one": 0.0, "two": 0.05}),
        )
    )
    ratio = (
        np.log(wide["upper"] / wide["lower"]) / np.log(plain["upper"] / plain["lower"])
    ).to_numpy()
    np.testing.assert_array_equal(ratio[:6], 1.0)
    assert (
        ratio[6:][far[6:] > 0] > 1.5
    ).all() and "two 0.05" in wide.note  # the level that is not named has the others' mean
    with pytest.raises(bs.InputError, match="corpse"):
        drift_by(fit, held, "corpse")


def test_long_keeps_every_outcome_and_its_error(gadre):
    made = bs.long(gadre, ["loss_c4", "loss_code"])
    assert len(made) == 2 * len(gadre) and set(made["set"]) == {"loss_c4", "loss_code"}
    np.testing.assert_array_equal(made.loc[made["set"] == "loss_code", "loss"], gadre["loss_code"])
    np.testing.assert_array_equal(
        made.loc[made["set"] == "loss_code", "loss_se"], gadre["loss_code_se"]
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
    own = [
        fit.group(name).training.sort_values(["N", "D"])["loss"].to_numpy()
        for name in ("two", "three")
    ]
    np.testing.assert_allclose(
        mean.training.sort_values(["N", "D"])["mean of two"], np.mean(own, axis=0)
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
