"""Result files whose description was edited: refused in a sentence, whatever was changed."""

import json

import numpy as np
import pytest
import xarray as xr
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.results.netcdf import content_hash


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("fit") / "fit.nc"
    noise = bs.Noise(drift=0.0)
    bs.fit("chinchilla", RUNS, y="loss", noise=noise, draws=50, chains=1, warmup=50).save(path)
    return path


def edit(saved, path, change):
    """A copy of a saved fit with its description changed, and a hash that fits."""
    with xr.open_datatree(saved, engine="h5netcdf") as opened:
        tree = opened.load()
    description = json.loads(tree.attrs["bayes_scaling"])
    change(description)
    text = json.dumps(description)
    tree.attrs["bayes_scaling"] = text
    tree.attrs["sha256"] = content_hash(text, tree)
    tree.to_netcdf(path, engine="h5netcdf")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["noise"].update(kind="Unknown"),
        lambda d: d["noise"].update(extra=3),
        lambda d: d.update(kind="pooled"),
        lambda d: d.update(kind="other"),
        lambda d: d.update(law=["chinchilla"]),
        lambda d: d.update(priors=3),
        lambda d: d["priors"].update(E_share={"family": "Evil", "loc": 0.0}),
        lambda d: d["priors"].update(E_share={"family": "LogNormal", "place": 0.0}),
        lambda d: d["noise"].update(link="cube"),
        lambda d: d.update(probe=[1.0]),
        lambda d: d.pop("y"),
        lambda d: d.update(columns=None, ref=[]),
        lambda d: d.update(columns=3),
        lambda d: d.update(y=7),
        lambda d: d.update(seed=[1]),
        lambda d: d.update(seed=True),
        lambda d: d["own_runs"].pop("count") if d["own_runs"] else d.update(own_runs={}),
        lambda d: d["engine"].update(chains=None),
        lambda d: d["engine"]["health"].pop("bfmi"),
        lambda d: d["provenance"].update(data_hash=None),
        lambda d: d["provenance"]["versions"].update(jax=3),
        lambda d: d["ref"].update(N="large"),
    ],
)
def test_an_edited_description_is_refused(saved, tmp_path, change):
    path = tmp_path / "edited.nc"
    edit(saved, path, change)
    with refused():
        bs.load(path)


def test_an_unchanged_description_loads(saved, tmp_path):
    edit(saved, tmp_path / "same.nc", lambda d: None)
    one, other = bs.load(saved), bs.load(tmp_path / "same.nc")
    np.testing.assert_array_equal(one.training_mean(), other.training_mean())


def test_a_file_with_a_part_missing_or_twice_is_refused_silently(saved, tmp_path, capfd):
    """h5netcdf fails to close some such files, which Python would print."""
    content, rng, loaded = saved.read_bytes(), np.random.default_rng(0), 0
    for _ in range(60):
        start, end = rng.integers(0, len(content), 2)
        (tmp_path / "fit.nc").write_bytes(content[:start] + content[end:])
        try:
            bs.load(tmp_path / "fit.nc")
            loaded += 1
        except bs.InputError:
            pass
    assert loaded < 5 and capfd.readouterr().err == ""
