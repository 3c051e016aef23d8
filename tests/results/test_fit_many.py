"""Many fits: the same draws in any order, process or place; bad groups and interrupted calls."""

import os
import subprocess
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW, curves, draws_hash

import bayes_scaling as bs
from bayes_scaling.inference import batch

# the same draws wherever they are sampled


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


def test_a_bad_group_is_refused_or_left_out_with_a_warning(table):
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
    ("options", "message"),
    [
        ({"by": "kurve"}, "by is 'kurve'"),
        ({"by": "curve", "on_error": "pass"}, "use 'raise' or 'skip'"),
        ({"by": "curve", "executor": 4}, "concurrent.futures"),
        ({"by": "curve", "save": "/no/such/place.nc"}, "cannot be written"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(table, options, message):
    with pytest.raises(bs.InputError, match=message):
        bs.fit_many(LAW, table.head(24), **options)


def test_fits_that_have_not_converged_are_reported(table):
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
        assert "BAD, do not rely" in repr(fits.forecast(bs.targets(C=1e22)))


# on disk


def test_saved_fits_are_restored(ragged, tmp_path):
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


def test_an_interrupted_call_resumes(ragged, tmp_path, monkeypatch):
    results, work = [], batch.sample_chunk

    def interrupted(*args):
        if len(results) == 2:
            raise KeyboardInterrupt
        results.append(work(*args))
        return results[-1]

    monkeypatch.setattr(batch, "sample_chunk", interrupted)
    monkeypatch.setattr(
        batch, "program_devices", lambda: batch.jax.local_devices()[:1]
    )  # one after another
    path = tmp_path / "fits.nc"
    with pytest.raises(KeyboardInterrupt):
        bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=path)
    assert len(list(Path(f"{path}.parts").iterdir())) == 2 and not path.exists()
    half = next(Path(f"{path}.parts").iterdir())
    half.write_bytes(half.read_bytes()[:-100])  # a part that is incomplete is sampled again
    other = Path(f"{path}.parts", "own.npz")
    other.write_bytes(b"a file of the user's")
    results.clear()
    fits = bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=path)
    assert len(results) == 2 and draws_hash(fits) == ragged[1]
    assert (
        list(other.parent.iterdir()) == [other] and draws_hash(bs.load(path)) == ragged[1]
    )  # the parts alone are gone
    monkeypatch.undo()
    other.unlink()
    bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100, save=path)
    assert not other.parent.exists()


def test_parts_of_other_data_are_not_used(ragged, tmp_path):
    """Data, priors, seeds and options identify a part; when one changes, it is sampled again."""
    runs, options = curves(2), {"chains": 2, "draws": 100, "warmup": 200}
    data = [bs.design(LAW, part) for _, part in runs.groupby("curve")]
    from bayes_scaling.inference.design import padded

    rows = batch.stacked([padded(part) for part in data])
    name = batch.chunk_file_name(LAW, rows, [1, 2], options)
    assert name == batch.chunk_file_name(LAW, rows, [1, 2], options)
    import numpyro.distributions as dist

    prior, data_changed = dist.HalfNormal(0.1), rows | {"z": rows["z"] + 1e-9}
    others = [
        batch.chunk_file_name(LAW.with_priors(sigma=prior), rows, [1, 2], options),
        batch.chunk_file_name(LAW, rows, [1, 3], options),
        batch.chunk_file_name(LAW, rows, [1, 2], options | {"draws": 200}),
        batch.chunk_file_name(LAW, data_changed, [1, 2], options),
    ]
    assert name not in others and len(set(others)) == 4


def test_progress_is_shown_on_stderr_on_request(table, capsys):
    with warnings.catch_warnings():
        bs.fit_many(LAW, table.head(24), by="curve", draws=50, progress=True)
    assert "power_law_floor: 2 of 2 fits\n" in capsys.readouterr().err


@pytest.mark.long
def test_ten_thousand_fits_in_two_gibibytes():
    code = (
        "import resource, sys; sys.path.insert(0, sys.argv[1])\n"
        "from many_runs import LAW, curves; import bayes_scaling as bs\n"
        "fits = bs.fit_many(LAW, curves(10_000), by='curve')\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20\n"
        "print(len(fits), (~fits.health['ok']).mean(), peak)\n"
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
