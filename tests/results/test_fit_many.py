"""Many fits: each is the fit it would be alone, in any order, company or place; bad groups and interruptions lose nothing."""

import os
import subprocess
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW, curves, draws_hash

import bayes_scaling as bs
from bayes_scaling.inference import batch
from bayes_scaling.inference import convergence as health


@pytest.fixture(scope="module")
def table():
    return curves(100)


@pytest.fixture(scope="module")
def fits(table):
    return bs.fit_many(LAW, table, by="curve")


@pytest.fixture(scope="module")
def ragged():
    """Seven curves of three lengths, 100 draws each, and their hash: what every other way of making them must give."""
    fits = bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100)
    return fits, draws_hash(fits)


# what comes out


def test_each_fit_is_sound(fits):
    """Two chains of 500 draws: R-hat below 1.02 for 99%, divergences under 0.1% of draws."""
    rhat = health.split_rhat(fits.theta).max(axis=-1)
    assert (rhat < 1.02).mean() >= 0.99
    assert fits.health["diverging"].sum() < 0.001 * fits.health["draws"].sum()
    assert fits.health["ok"].all() and fits.diagnosis.ok


def test_fits_that_reached_the_greatest_depth_are_told_and_not_refused(fits):
    deep = replace(
        fits,
        about=[
            {**entry, "health": entry["health"] | {"deepest": 0.2 * (i < 2)}}
            for i, entry in enumerate(fits.about)
        ],
    )
    assert (
        deep.health["ok"].all()
        and deep.diagnosis.ok
        and len(deep.diagnosis.cautions) == len(fits.diagnosis.cautions) + 1
    )
    assert any(
        text.startswith(
            "2 of 100 fits reached the greatest tree depth in more than 1% of the draws"
        )
        for text in deep.diagnosis.cautions
    )


@pytest.mark.parametrize("curve", ["c0", "c41"])
def test_alone_or_among_others_the_posterior_is_the_same(fits, table, curve):
    alone = bs.fit(LAW, table.query(f"curve == '{curve}'"), draws=2000, seed=5)
    error = lambda x: (
        x.std() / np.sqrt(health.quick_ess(x[..., None])[0])
    )  # Monte-Carlo, of the mean
    for name in (q.sampled for q in LAW.sites):
        few, many = fits[curve].posterior[name], alone.posterior[name]
        assert abs(few.mean() - many.mean()) < 4.5 * np.hypot(error(few), error(many))
        few, many = (few - few.mean()) ** 2, (many - many.mean()) ** 2
        assert (
            abs(few.mean() - many.mean()) < 4.5 * np.hypot(error(few), error(many))
            and 0.7 < (few.mean() / many.mean()) ** 0.5 < 1.3
        )


def test_intervals_cover_the_truth_of_a_hundred_curves(fits):
    """90% intervals of the floor hold between 80 and 97 of 100 true floors (binomial, 0.1%)."""
    rng = np.random.default_rng(0)
    truth = []
    for _ in range(100):
        truth.append(rng.uniform(1.5, 2.2))
        rng.uniform(0.1, 0.25), rng.uniform(0.5, 1.5), rng.standard_normal(12)
    floor = fits.summary(0.9).query("parameter == 'E'")
    assert (
        80
        <= ((floor["lower"].to_numpy() < truth) & (truth < floor["upper"].to_numpy())).sum()
        <= 97
    )


def test_one_tidy_table_of_parameters_agrees_with_each_fit(fits):
    summary = fits.summary(0.8)
    assert list(summary.columns) == [
        "curve",
        "parameter",
        "mean",
        "median",
        "sd",
        "lower",
        "upper",
        "rhat",
        "ess",
    ]
    assert len(summary) == 100 * summary["parameter"].nunique()
    one = fits["c7"].summary(0.8)
    mine = summary.query("curve == 'c7'").set_index("parameter")
    for column in ("mean", "median", "sd", "lower", "upper"):
        np.testing.assert_allclose(mine[column], one.loc[mine.index, column], rtol=1e-12)


def test_forecasts_of_all_groups_agree_with_each_fit(fits):
    to = bs.targets(C=[1e22, 1e23])
    table = fits.forecast(to, prob=0.8)
    assert len(table) == 200 and table.diagnosis.ok and "curve" in table
    pd.testing.assert_frame_equal(
        pd.DataFrame(table.query("curve == 'c3'")).drop(columns="curve").reset_index(drop=True),
        pd.DataFrame(fits["c3"].forecast(to, prob=0.8)),
    )
    own = fits.forecast(pd.DataFrame({"curve": ["c5", "c2", "c5"], "C": [1e22, 2e22, 3e22]}))
    assert own["curve"].tolist() == ["c2", "c5", "c5"] and own["C"].tolist() == [2e22, 1e22, 3e22]


def test_fits_are_a_collection(fits):
    assert (
        len(fits) == 100 and list(fits)[:2] == ["c0", "c1"] and "c99" in fits and "c100" not in fits
    )
    with pytest.raises(bs.InputError, match="'c100' is none; groups are c0, c1"):
        fits["c100"]
    assert "100 groups by curve" in repr(fits) and "sound" in repr(fits)
    assert np.isfinite(fits["c1"].tree["log_likelihood"]["y"].values).all()


def test_groups_by_two_columns(table):
    two = table.query("curve in ('c1', 'c2')").assign(half=lambda t: np.arange(len(t)) // 12 + 1)
    fits = bs.fit_many(LAW, two, by=["curve", "half"], draws=100)
    assert fits.groups == (("c1", 1), ("c2", 2)) and fits.summary()["half"].tolist()[::6] == [1, 2]


# the same draws wherever they are made


@pytest.mark.long
def test_another_order_other_chunks_threads(ragged, monkeypatch):
    fits, known = ragged
    runs = curves(7, points=0)
    assert (
        draws_hash(
            bs.fit_many(LAW, runs.iloc[::-1].sort_values("C", kind="stable"), by="curve", draws=100)
        )
        == known
    )
    monkeypatch.setattr(batch, "CHUNK_SIZE", 2)
    assert draws_hash(bs.fit_many(LAW, runs, by="curve", draws=100)) == known
    with ThreadPoolExecutor(2) as threads:
        assert draws_hash(bs.fit_many(LAW, runs, by="curve", draws=100, executor=threads)) == known
    assert draws_hash(bs.fit_many(LAW, runs, by="curve", draws=100, seed=1)) != known


@pytest.mark.long
def test_two_devices_of_one_process(ragged):
    """Two host devices stand in for two accelerators: the draws are those of one."""
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "support" / "many_runs.py", "7"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert done.stdout.split() == ["2", ragged[1]]


def test_other_processes(ragged):
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert (
            draws_hash(
                bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, executor=processes)
            )
            == ragged[1]
        )


# bad groups


def test_a_bad_group_is_refused_or_left_out_and_told(table):
    some = table.query("curve in ('c1', 'c2', 'c3')").copy()
    some.loc[some["curve"].eq("c2") & (some["C"] > 9e20), "loss"] = np.nan
    some = some.drop(some.index[some["curve"].eq("c3")][2:])
    with pytest.raises(
        bs.InputError, match=r"group 'c2' and 1 more of 3: row 35: loss is nan.*on_error='skip'"
    ):
        bs.fit_many(LAW, some, by="curve")
    with pytest.warns(bs.RunsWarning, match="2 of 3 groups are left out"):
        fits = bs.fit_many(LAW, some, by="curve", draws=100, on_error="skip")
    assert (
        fits.groups == ("c1",)
        and set(fits.skipped) == {"c2", "c3"}
        and "2 rows" in fits.skipped["c3"]
    )
    assert "2 groups were left out" in str(fits.diagnosis)
    with pytest.raises(bs.InputError, match="'c2' was left out: row 35"):
        fits["c2"]
    with pytest.raises(bs.InputError, match="2 rows"):
        bs.fit_many(LAW, some.query("curve == 'c3'"), by="curve", on_error="skip")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "kurve"}, "by is 'kurve'"),
        ({"by": "curve", "on_error": "pass"}, "use 'raise' or 'skip'"),
        ({"by": "curve", "executor": 4}, "concurrent.futures"),
        ({"by": "curve", "save": "/no/such/place.nc"}, "can not be written"),
    ],
)
def test_bad_options_are_told_in_a_sentence(table, options, words):
    with pytest.raises(bs.InputError, match=words):
        bs.fit_many(LAW, table.head(24), **options)


def test_fits_that_have_not_converged_say_so(table):
    fits = bs.fit_many(LAW, table.head(24), by="curve", draws=20)
    object.__setattr__(
        fits,
        "theta",
        np.where(np.arange(2)[None, :, None, None] == 1, fits.theta + 5.0, fits.theta),
    )
    assert (
        not fits.diagnosis.ok
        and "2 of 2 fits have not converged: c0, c1" in fits.diagnosis.problems[0]
    )
    with pytest.warns(bs.FitWarning, match="have not converged"):
        assert "NOT CONVERGED" in repr(fits.forecast(bs.targets(C=1e22)))


# on disk


def test_saved_fits_come_back(ragged, tmp_path):
    fits, known = ragged
    back = bs.load(fits.save(tmp_path / "fits.nc"))
    assert (
        draws_hash(back) == known and back.groups == fits.groups and back.health.equals(fits.health)
    )
    assert back["c4"].training.equals(fits["c4"].training)
    pd.testing.assert_frame_equal(back.summary(), fits.summary())
    np.testing.assert_array_equal(
        back["c2"].draws(bs.targets(C=1e22)), fits["c2"].draws(bs.targets(C=1e22))
    )


def test_an_interrupted_call_goes_on_where_it_stopped(ragged, tmp_path, monkeypatch):
    made, work = [], batch.sample_chunk

    def interrupted(*args):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(work(*args))
        return made[-1]

    monkeypatch.setattr(batch, "sample_chunk", interrupted)
    monkeypatch.setattr(
        batch, "program_devices", lambda: batch.jax.local_devices()[:1]
    )  # one after another
    place = tmp_path / "fits.nc"
    with pytest.raises(KeyboardInterrupt):
        bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=place)
    assert len(list(Path(f"{place}.parts").iterdir())) == 2 and not place.exists()
    half = next(Path(f"{place}.parts").iterdir())
    half.write_bytes(half.read_bytes()[:-100])  # a part that is not whole is made anew
    own = Path(f"{place}.parts", "own.npz")
    own.write_bytes(b"a file of the user's")
    made.clear()
    fits = bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=place)
    assert len(made) == 2 and draws_hash(fits) == ragged[1]
    assert (
        list(own.parent.iterdir()) == [own] and draws_hash(bs.load(place)) == ragged[1]
    )  # the parts alone are gone
    monkeypatch.undo(), own.unlink()
    bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=place)
    assert not own.parent.exists()


def test_parts_of_other_data_are_not_taken(ragged, tmp_path):
    """A part is known by its data, priors, seeds and options: after a change of any of them it is made anew."""
    runs, options = curves(2), {"chains": 2, "draws": 100, "warmup": 200}
    data = [bs.design(LAW, part) for _, part in runs.groupby("curve")]
    from bayes_scaling.inference.design import padded

    rows = batch.stacked([padded(part) for part in data])
    name = batch.chunk_file_name(LAW, rows, [1, 2], options)
    assert name == batch.chunk_file_name(LAW, rows, [1, 2], options)
    import numpyro.distributions as dist

    others = [
        batch.chunk_file_name(LAW.with_priors(sigma=dist.HalfNormal(0.1)), rows, [1, 2], options), batch.chunk_file_name(LAW, rows, [1, 3], options), batch.chunk_file_name(LAW, rows, [1, 2], options | {"draws": 200}),
        batch.chunk_file_name(LAW, rows | {"z": rows["z"] + 1e-9}, [1, 2], options),
    ]  # fmt: skip
    assert name not in others and len(set(others)) == 4


def test_progress_is_told_on_stderr_when_asked_for(table, capsys):
    with warnings.catch_warnings():
        bs.fit_many(LAW, table.head(24), by="curve", draws=50, progress=True)
    assert "2/2" in capsys.readouterr().err


@pytest.mark.long
def test_ten_thousand_fits_in_two_gibibytes():
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "from many_runs import LAW, curves; import bayes_scaling as bs\n"
        "fits = bs.fit_many(LAW, curves(10_000), by='curve')\n"
        "print(len(fits), (~fits.health['ok']).mean(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, Path(__file__).parents[1] / "support"],
        capture_output=True,
        text=True,
        check=True,
    )
    count, bad, gibibytes = map(float, done.stdout.split())
    assert count == 10_000 and bad < 0.001 and gibibytes < 2


@pytest.mark.long
def test_a_hundred_thousand_points_in_one_fit():
    fit = bs.fit(LAW, curves(1, points=100_000))
    assert fit.diagnosis.ok and "log_likelihood" not in fit.tree.children
    assert fit.summary().loc["sigma", "sd"] < 1e-4
