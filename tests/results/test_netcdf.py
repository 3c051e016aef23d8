"""A fit on disk: it is restored bit for bit, and a file is written completely or not at all."""

import errno
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpyro.distributions as dist
import pytest
import xarray as xr
from refusals import refused

import bayes_scaling as bs


def test_a_loaded_fit_forecasts_the_same_bits_in_another_process(loss_fit, saved, headline):
    code = (
        "import sys, bayes_scaling as bs\n"
        "to = bs.targets(N=[1439795200, 6889410560], D=[921468928000, 137788211200])\n"
        "fit = bs.load(sys.argv[1])\n"
        "for of in ('run', 'mean'):\n"
        "    print(fit.forecast(to, of=of, seed=3).to_numpy().tobytes().hex())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, saved], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [
        loss_fit.forecast(headline, of=of, seed=3).to_numpy().tobytes().hex()
        for of in ("run", "mean")
    ]


def test_every_field_of_a_fit_is_restored(loss_fit, saved):
    back = bs.load(saved)
    for name in (
        "y",
        "columns",
        "largest",
        "ref",
        "seed",
        "engine",
        "provenance",
        "title",
        "unit",
        "input_names",
    ):
        assert getattr(back, name) == getattr(loss_fit, name), name
    assert back.law.sites == loss_fit.law.sites and back.law.noise == loss_fit.law.noise
    assert back.diagnosis == loss_fit.diagnosis
    xr.testing.assert_identical(
        back.tree.to_dict()["/posterior"], loss_fit.tree["posterior"].to_dataset()
    )
    assert set(back.tree.children) == set(loss_fit.tree.children)
    assert back.summary().equals(loss_fit.summary()) and back.training.equals(loss_fit.training)


def test_a_loaded_fit_is_saved_unchanged(saved, tmp_path):
    again = bs.load(bs.load(saved).save(tmp_path / "again.nc"))
    assert again.tree.identical(
        bs.load(bs.load(tmp_path / "again.nc").save(tmp_path / "third.nc")).tree
    )


def test_priors_and_noise_of_the_user_are_restored(loss_fit, tmp_path):
    law = loss_fit.law.with_noise(bs.Noise(df=None, link="identity", grows=True))
    law = law.with_priors(
        eta=dist.TruncatedNormal(0.12, 0.03, low=0.01),
        E_share=dist.Beta(3.0, 1.5),
        a_term=dist.Gamma(2.0, 3.0),
        sigma=dist.LogNormal(-4.0, 0.5),
        kappa=dist.Exponential(2.0),
    )
    back = bs.load(replace(loss_fit, law=law, source=loss_fit.tree).save(tmp_path / "fit.nc"))
    assert back.law.sites == law.sites and back.law.noise == law.noise
    assert back.law.sites != loss_fit.law.sites


@pytest.mark.parametrize("y", ["loss c4 [损失]", "a" * 300])
def test_an_outcome_of_any_name_is_restored(loss_fit, tmp_path, y):
    fit = replace(loss_fit, y=y, columns={"L": y}, source=loss_fit.tree)
    back = bs.load(fit.save(tmp_path / "fit.nc"))
    assert (
        back.y == y
        and back.columns == {"L": y}
        and back.training[y].equals(loss_fit.training["loss_c4"].rename(y))
    )


def test_numpy_numbers_are_saved(loss_fit, tmp_path):
    back = bs.load(
        replace(
            loss_fit,
            seed=np.int64(3),
            largest=np.float64(2e20),
            engine=loss_fit.engine | {"chains": np.int64(4)},
        ).save(tmp_path / "fit.nc")
    )
    assert (back.seed, back.largest, back.engine["chains"]) == (3, 2e20, 4)


# writing


@pytest.mark.parametrize(
    "place", ["none/fit.nc", "file/fit.nc", "folder", "a" * 300 + ".nc", "pipe"]
)
def test_a_path_that_cannot_be_written_is_refused(loss_fit, tmp_path, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.rglob("*"))
    with refused("cannot be written", "name a file in a folder of your own"):
        loss_fit.save(tmp_path / place)
    assert sorted(tmp_path.rglob("*")) == before and (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(
    "broken",
    [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()],
    ids=["full", "interrupted"],
)
def test_an_existing_file_stays_when_writing_fails(loss_fit, copy, monkeypatch, broken):
    before = copy.read_bytes()

    def half(path, content):
        with open(path, "wb") as file:
            file.write(content[:1000])
        raise broken

    monkeypatch.setattr(Path, "write_bytes", half)
    with (
        refused("No space left")
        if isinstance(broken, OSError)
        else pytest.raises(KeyboardInterrupt)
    ):
        loss_fit.save(copy)
    assert [path.name for path in copy.parent.iterdir()] == [
        "loss.nc"
    ] and copy.read_bytes() == before


def test_saving_replaces_a_file_and_follows_a_link(loss_fit, tmp_path):
    (tmp_path / "fit.nc").write_text("old")
    (tmp_path / "link.nc").symlink_to(tmp_path / "fit.nc")
    loss_fit.save(str(tmp_path / "link.nc"))
    assert (tmp_path / "link.nc").is_symlink() and bs.load(tmp_path / "fit.nc").y == "loss_c4"
    assert (tmp_path / "fit.nc").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fit.nc", "link.nc"]


def test_a_relative_path_is_accepted(loss_fit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert loss_fit.save("fit.nc") == Path("fit.nc") and bs.load("fit.nc").seed == loss_fit.seed


def test_nothing_is_pickled(loss_fit, tmp_path, monkeypatch):
    for name in ("dump", "dumps", "load", "loads"):
        monkeypatch.setattr(pickle, name, None)
    assert bs.load(loss_fit.save(tmp_path / "fit.nc")).y == "loss_c4"
    assert b"pickle" not in (tmp_path / "fit.nc").read_bytes()
