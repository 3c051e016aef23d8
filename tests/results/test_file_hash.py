"""A file whose variables were given other names is not the one that was saved."""

import h5py
import pytest

import bayes_scaling as bs


@pytest.fixture
def saved(loss_fit, tmp_path):
    return loss_fit.save(tmp_path / "loss.nc")


@pytest.mark.parametrize(
    ("group", "renamed"),
    [
        ("posterior", {"kappa": "kappa_other"}),
        ("log_likelihood", {"y": "z"}),
        ("constant_data", {"M": "L"}),
        ("posterior", {"b_term": "b_x", "b": "a_termx"}),
    ],
)
def test_renamed_variables_are_refused(saved, group, renamed):
    """Values and the order of the names stay as they are: the names alone differ."""
    with h5py.File(saved, "r+") as file:
        names = sorted(file[group])
        assert sorted(renamed.get(name, name) for name in names) == [
            renamed.get(n, n) for n in names
        ]
        for old, new in renamed.items():
            file[group].move(old, new)
    with pytest.raises(bs.InputError, match="loss.nc are not those that were saved"):
        bs.load(saved)
