"""Laws of other packages, found by the entry-point group bayes_scaling.laws."""

import subprocess
import sys
from pathlib import Path

import pytest

import bayes_scaling as bs
from bayes_scaling.models import LAWS
from bayes_scaling.models._packages import offered

PACKAGE = Path(__file__).parents[1] / "data" / "law_package"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the package installed, as pip leaves it."""
    folder = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source") / "package"
    subprocess.run(["cp", "-r", PACKAGE, source], check=True)
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "-q"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", folder, source]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def installed(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    offered.cache_clear()
    yield
    offered.cache_clear()
    sys.modules.pop("bayes_scaling_example", None)


def test_a_law_of_another_package_is_found_by_its_name(installed):
    assert "bayes_scaling_example" not in sys.modules
    law = bs.find_law("example_power")
    assert law.name == "example_power" and law.formula == "L = E + A / C^a_C"


def test_a_law_of_this_package_is_not_replaced(installed):
    assert bs.find_law("coupled") is LAWS["coupled"] and "coupled" not in offered()


@pytest.mark.parametrize(
    "name, words",
    [
        ("broken_import", "cannot be imported (AttributeError"),
        ("other_name", "offers the law 'example_power' as the law 'other_name'"),
    ],
)
def test_a_faulty_package_is_named(installed, name, words):
    with pytest.raises(bs.InputError, match="bayes-scaling-example") as raised:
        bs.find_law(name)
    assert words in str(raised.value)


def test_it_is_fitted_saved_loaded_and_listed(installed, small, tmp_path, monkeypatch):
    runs = small.query("M == 20 or M == 40")
    fit = bs.fit("example_power", runs, y="loss_c4", draws=200, chains=2)
    fit.save(tmp_path / "fit.nc")
    assert bs.load(tmp_path / "fit.nc").law.name == "example_power"
    found = offered()
    only = {"example_power": found["example_power"]}
    monkeypatch.setattr("bayes_scaling.models._registry.offered", lambda: only)
    assert bs.laws().index[-1] == "example_power" and len(bs.laws()) == len(LAWS) + 1


def test_without_it_the_name_is_unknown():
    assert "example_power" not in offered()
    with pytest.raises(bs.InputError, match="there is no law 'example_power'"):
        bs.find_law("example_power")
