"""A fit on disk: it comes back bit for bit, and a file that is not whole or not ours is refused in one sentence."""

import errno
import importlib
import json
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

import bayes_scaling as bs

store = importlib.import_module("bayes_scaling.results.load")


@pytest.fixture(scope="module")
def saved(loss_fit, tmp_path_factory):
    return loss_fit.save(tmp_path_factory.mktemp("fits") / "loss.nc")


@pytest.fixture
def copy(saved, tmp_path):
    """The saved fit once more, to be spoilt."""
    (tmp_path / "loss.nc").write_bytes(saved.read_bytes())
    return tmp_path / "loss.nc"


def refused(*words):
    """A context in which an InputError of one line that holds the words must be raised."""
    return pytest.raises(
        bs.InputError,
        check=lambda error: "\n" not in str(error) and all(word in str(error) for word in words),
    )


def renamed(law, **changes):
    return replace(law, name="mine", **changes)


# what comes back


def test_a_loaded_fit_foretells_the_same_bits_in_another_process(loss_fit, saved, headline):
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


def test_everything_about_a_fit_comes_back(loss_fit, saved):
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


def test_a_fit_is_saved_again_as_it_was(saved, tmp_path):
    again = bs.load(bs.load(saved).save(tmp_path / "again.nc"))
    assert again.tree.identical(
        bs.load(bs.load(tmp_path / "again.nc").save(tmp_path / "third.nc")).tree
    )


def test_priors_and_noise_of_the_user_come_back(loss_fit, tmp_path):
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
def test_an_outcome_of_any_name_comes_back(loss_fit, tmp_path, y):
    back = bs.load(replace(loss_fit, y=y, columns={"L": y}).save(tmp_path / "fit.nc"))
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


# laws


def test_a_law_of_ones_own_is_given_when_loading(loss_fit, saved, tmp_path, headline):
    law = renamed(loss_fit.law, formula="mine")
    place = replace(loss_fit, law=law).save(tmp_path / "fit.nc")
    with refused("a fit of mine", "law of your own; give it as law=..."):
        bs.load(place)
    assert bs.load(place, law=law).forecast(headline).equals(loss_fit.forecast(headline))
    for other, words in (
        (loss_fit.law, "over_training"),
        (renamed(loss_fit.law), "L(C, M)"),
        ("chinchilla", "chinchilla"),
        (renamed(law, parameters=law.parameters[1:]), "mine"),
    ):
        with refused("a fit of mine: mine", words, "the law it was made with"):
            bs.load(place, law=other)
    with refused("there is no law 'chinchila'"):
        bs.load(place, law="chinchila")
    with refused("a fit of over_training"):
        bs.load(saved, law="chinchilla")


def test_a_law_that_has_changed_is_refused(loss_fit, saved, monkeypatch):
    monkeypatch.setitem(bs.models.LAWS, "over_training", replace(loss_fit.law, formula="another"))
    with refused("L(C, M)", "another"):
        bs.load(saved)


def test_a_fit_by_other_quantities_is_refused(loss_fit, saved, monkeypatch):
    """A law that is sampled by others than when it was fitted, or has a scale since: the same name and formula, and still not that fit."""
    law = loss_fit.law
    monkeypatch.setitem(
        bs.models.LAWS,
        "over_training",
        replace(
            law, parameters=(*law.parameters[:-1], replace(law.parameters[-1], sampled="half"))
        ),
    )
    with refused("the law samples", "half", "fit again"):
        bs.load(saved)


def test_a_fit_from_before_its_law_had_a_scale_is_refused(error_fit, tmp_path):
    before = replace(
        error_fit, ref={name: value for name, value in error_fit.ref.items() if name != "scale_max"}
    )
    with refused("had no scale", "fit again"):
        bs.load(before.save(tmp_path / "old.nc"))


# versions


def test_a_fit_of_another_version_is_loaded_with_a_warning(saved, monkeypatch):
    monkeypatch.setattr(store, "version", lambda name: "99.0")
    with pytest.warns(
        UserWarning, match="written by bayes_scaling .*, this is 99.0: refit"
    ) as told:
        assert bs.load(saved).y == "loss_c4"
    assert told[0].filename == __file__


def test_a_fit_of_another_format_is_refused(loss_fit, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_FORMAT", 99)
    place = loss_fit.save(tmp_path / "fit.nc")
    monkeypatch.undo()
    with refused("has format 99", "install the version that wrote it"):
        bs.load(place)


# files that are no fit


def test_a_place_that_is_no_file_is_refused(tmp_path):
    for place in (tmp_path / "none.nc", tmp_path, "", "a" * 5000):
        with refused("there is no file", "Fit.save"):
            bs.load(place)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"N,D,loss\n1,2,3\n",
        b"\x89HDF\r\n\x1a\n",
        b"CDF\x01" + bytes(100),
        np.random.default_rng(0).bytes(4000),
        pickle.dumps({"law": "mine"}),
    ],
    ids=["empty", "text", "head", "netcdf3", "noise", "pickle"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "fit.nc").write_bytes(content)
    with refused("fit.nc is no fit of bayes_scaling"):
        bs.load(tmp_path / "fit.nc")


@pytest.mark.parametrize(
    "attribute",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"format": 1}',
        '{"format": 1, "provenance": {"versions": {}}}',
        3.0,
    ],
)
def test_a_foreign_netcdf_file_is_refused(tmp_path, attribute):
    group = xr.Dataset({"y": ("run", np.arange(3.0))})
    tree = xr.DataTree.from_dict(
        {name: group for name in ("posterior", "observed_data", "constant_data")}
    )
    tree.attrs = {} if attribute is None else {"bayes_scaling": attribute}
    tree.to_netcdf(tmp_path / "fit.nc", engine="h5netcdf")
    with refused("fit.nc is no fit of bayes_scaling"):
        bs.load(tmp_path / "fit.nc")


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(copy, share):
    content = copy.read_bytes()
    copy.write_bytes(content[: int(share * len(content))])
    with refused("loss.nc"):
        bs.load(copy)


@pytest.mark.parametrize(
    "name",
    [
        "posterior/eta",
        "sample_stats/energy",
        "log_likelihood/y",
        "observed_data/y",
        "constant_data/C",
    ],
)
def test_changed_data_are_refused(copy, name):
    import h5py

    with h5py.File(copy, "r+") as file:
        first = (0,) * file[name].ndim
        file[name][first] = np.nextafter(file[name][first], np.inf)
    with refused("loss.nc", "not those that were saved"):
        bs.load(copy)


def test_a_law_whose_function_has_changed_is_refused(tmp_path):
    law = bs.find_law("chinchilla")
    path = bs.fit(law, bs.load_runs("hoffmann2022").iloc[::10], y="loss", draws=50).save(
        tmp_path / "fit.nc"
    )
    other = replace(law, function=lambda x, **p: law.function(x, **p) + 0.01)
    with pytest.raises(bs.InputError, match="function of chinchilla is not the one"):
        bs.load(path, law=other)


def test_a_changed_description_is_refused(copy):
    import h5py

    with h5py.File(copy, "r+") as file:
        meta = json.loads(file.attrs["bayes_scaling"])
        meta["y"] = "loss_openlm"
        file.attrs["bayes_scaling"] = json.dumps(meta)
    with refused("not those that were saved"):
        bs.load(copy)


def test_a_flipped_bit_is_refused_or_does_no_harm(copy, loss_fit):
    content, caught = copy.read_bytes(), 0
    for at in np.random.default_rng(0).integers(len(content), size=8):
        copy.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
        try:
            assert bs.load(copy).tree["posterior"].equals(loss_fit.tree["posterior"])
        except bs.InputError:
            caught += 1
    assert caught > 3


# writing


@pytest.mark.parametrize(
    "place", ["none/fit.nc", "file/fit.nc", "folder", "a" * 300 + ".nc", "pipe"]
)
def test_a_place_that_can_not_be_written_is_refused(loss_fit, tmp_path, place):
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
def test_what_was_there_stays_when_writing_fails(loss_fit, copy, monkeypatch, broken):
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


def test_a_relative_place_is_taken(loss_fit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert loss_fit.save("fit.nc") == Path("fit.nc") and bs.load("fit.nc").seed == loss_fit.seed


def test_nothing_is_pickled(loss_fit, tmp_path, monkeypatch):
    for name in ("dump", "dumps", "load", "loads"):
        monkeypatch.setattr(pickle, name, None)
    assert bs.load(loss_fit.save(tmp_path / "fit.nc")).y == "loss_c4"
    assert b"pickle" not in (tmp_path / "fit.nc").read_bytes()
