"""What cannot be loaded is refused in one sentence: another law, version or format, damage."""

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from refusals import refused

import bayes_scaling as bs
from bayes_scaling.results import load as load_module
from bayes_scaling.results import netcdf

# laws


def renamed(law, **changes):
    return replace(law, name="mine", **changes)


def test_a_law_outside_the_registry_is_given_when_loading(loss_fit, saved, tmp_path, headline):
    law = renamed(loss_fit.law, formula="mine")
    path = replace(loss_fit, law=law).save(tmp_path / "fit.nc")
    with refused("a fit of mine", "law of your own; give it as law=..."):
        bs.load(path)
    assert bs.load(path, law=law).forecast(headline).equals(loss_fit.forecast(headline))
    for other, message in (
        (loss_fit.law, "over_training"),
        (renamed(loss_fit.law), "L(C, M)"),
        ("chinchilla", "chinchilla"),
        (renamed(law, parameters=law.parameters[1:]), "mine"),
    ):
        with refused("a fit of mine: mine", message, "the law it was made with"):
            bs.load(path, law=other)
    with refused("there is no law 'chinchila'"):
        bs.load(path, law="chinchila")
    with refused("a fit of over_training"):
        bs.load(saved, law="chinchilla")


def test_a_law_that_has_changed_is_refused(loss_fit, saved, monkeypatch):
    monkeypatch.setitem(bs.models.LAWS, "over_training", replace(loss_fit.law, formula="another"))
    with refused("L(C, M)", "another"):
        bs.load(saved)


def test_a_fit_by_other_quantities_is_refused(loss_fit, saved, monkeypatch):
    """A law that samples other quantities than the file has, under the same name and formula."""
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


def test_a_fit_of_a_law_that_had_no_scale_is_refused(error_fit, tmp_path):
    before = replace(
        error_fit, ref={name: value for name, value in error_fit.ref.items() if name != "scale_max"}
    )
    with refused("had no scale", "fit again"):
        bs.load(before.save(tmp_path / "old.nc"))


# versions


def test_a_fit_of_another_version_is_loaded_with_a_warning(saved, monkeypatch):
    monkeypatch.setattr(load_module, "version", lambda name: "99.0")
    with pytest.warns(
        UserWarning, match="written by bayes_scaling .*, this is 99.0: refit"
    ) as warned:
        assert bs.load(saved).y == "loss_c4"
    assert warned[0].filename == __file__


def test_a_fit_of_another_format_is_refused(loss_fit, tmp_path, monkeypatch):
    monkeypatch.setattr(netcdf, "FORMAT", 99)
    path = loss_fit.save(tmp_path / "fit.nc")
    monkeypatch.undo()
    with refused("has format 99", "install the version that wrote it"):
        bs.load(path)


# files that are not fits


def test_a_path_without_a_file_is_refused(tmp_path):
    for path in (tmp_path / "none.nc", tmp_path, "", "a" * 5000):
        with refused("there is no file", "Fit.save"):
            bs.load(path)


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
    with refused("fit.nc is not a fit of bayes_scaling"):
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
    with refused("fit.nc is not a fit of bayes_scaling"):
        bs.load(tmp_path / "fit.nc")


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(copy, fraction):
    content = copy.read_bytes()
    copy.write_bytes(content[: int(fraction * len(content))])
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
    content, refusals = copy.read_bytes(), 0
    for position in np.random.default_rng(0).integers(len(content), size=8):
        copy.write_bytes(
            content[:position] + bytes([content[position] ^ 16]) + content[position + 1 :]
        )
        try:
            assert bs.load(copy).tree["posterior"].equals(loss_fit.tree["posterior"])
        except bs.InputError:
            refusals += 1
    assert refusals > 3
