"""The wheel, installed elsewhere, has laws and data from any folder."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = (
    "import bayes_scaling as bs; runs = bs.load_runs('gadre2024'); "
    "print(len(runs), bs.find_law('coupled').formula, bs.__file__)"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from a copy of the tree, so that nothing is left in this one."""
    place = tmp_path_factory.mktemp("build")
    source = place / "source"
    shutil.copytree(
        ROOT,
        source,
        symlinks=True,
        ignore=shutil.ignore_patterns(".venv", ".git", "build", "*.egg-info", "__pycache__", "out"),
    )
    made = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--no-deps",
            "--no-build-isolation",
            "--disable-pip-version-check",
            "-w",
            place,
            source,
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return next(place.glob("*.whl"))


def test_wheel_holds_laws_data_and_licences(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "bayes_scaling/models/coupled.py",
        "bayes_scaling/data/gadre2024.csv",
        "bayes_scaling/data/sources.toml",
        "bayes_scaling/data/gadre2024.LICENSE.txt",
        "bayes_scaling/data/ODC-By-1.0.LICENSE.txt",
        "bayes_scaling/data/builders/files.py",
        "bayes_scaling/py.typed",
        "bayes_scaling/reporting/page.html",
        "bayes_scaling/reporting/explore.js",
    ):
        assert name in names
    assert not [name for name in names if name.startswith(("models/", "data/", "tests/"))]


@pytest.mark.parametrize("folder", ["elsewhere", "repository root"])
def test_installed_wheel_works_from_any_folder(wheel, tmp_path, folder):
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    site.mkdir(parents=True, exist_ok=True)
    # dependencies from this environment, by path: its own editable install is not seen from there
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--disable-pip-version-check",
            "--target",
            site,
            wheel,
        ],
        check=True,
    )
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH",)}
    where = ROOT if folder == "repository root" else tmp_path
    answer = subprocess.run(
        [environment / "bin" / "python", "-c", ASK],
        cwd=where,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("104 L(N, D) = E + (A/N^alpha_N")
    assert (str(site) in answer.stdout) == (
        folder == "elsewhere"
    )  # at the root, Python takes the tree itself


@pytest.mark.long
def test_the_command_forecasts_from_an_empty_folder(wheel, tmp_path):
    """The wheel alone, in an environment of its own, with a table of one's own."""
    environment, folder = tmp_path / "venv", tmp_path / "empty"
    folder.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    site.mkdir(parents=True, exist_ok=True)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["-q", "--no-deps", "--disable-pip-version-check", "--target", site, wheel]
    subprocess.run([sys.executable, "-m", "pip", "install", *options], check=True)
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    shutil.copy(ROOT / "docs" / "runs.csv", folder)
    words = ["--column", "N=params", "--column", "D=tokens", "--y", "eval/loss"]
    to = ["--N", "6.9B", "--D", "138B", "--format", "json", "--output", "answer.json"]
    command = [environment / "bin" / "python", "-m", "bayes_scaling", "forecast"]
    done = subprocess.run(
        [*command, "--runs", "runs.csv", *words, *to],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads((folder / "answer.json").read_text())["forecast"]
    assert row["lower"] < 2.425 < row["upper"]  # as measured
    assert sorted(path.name for path in folder.iterdir()) == ["answer.json", "runs.csv"]
