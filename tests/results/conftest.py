"""Fixtures of several test files: a fit on disk, and many fits of simulated curves."""

import pytest
from many_runs import LAW, curves, draws_hash

import bayes_scaling as bs


@pytest.fixture(scope="session")
def saved(loss_fit, tmp_path_factory):
    """The path of a saved fit."""
    return loss_fit.save(tmp_path_factory.mktemp("fits") / "loss.nc")


@pytest.fixture
def copy(saved, tmp_path):
    """A copy of the saved fit, to be damaged."""
    (tmp_path / "loss.nc").write_bytes(saved.read_bytes())
    return tmp_path / "loss.nc"


@pytest.fixture(scope="session")
def table():
    """A hundred simulated curves."""
    return curves(100)


@pytest.fixture(scope="session")
def fits(table):
    """A fit of each of them."""
    return bs.fit_many(LAW, table, by="curve")


@pytest.fixture(scope="session")
def ragged():
    """Fits of seven curves of three lengths, and the hash of their draws."""
    fits = bs.fit_many(LAW, curves(7, points=0), by="curve", draws=100)
    return fits, draws_hash(fits)
