"""The bundled tables can be built again from the published files."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from published_files import BUILT_TABLES, SCORES, SMALL_FILES, write_published_files

DATA = Path(__file__).parents[2] / "data"
NAMES = {path.stem for path in DATA.glob("*.csv")} - {"coverage_by_reach"}  # of forecasts


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def build(folder, out):
    return subprocess.run(
        [sys.executable, DATA / "build.py", folder, "--out", out], capture_output=True, text=True
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def published(tmp_path):
    """A folder laid out as the published files."""
    root = tmp_path / "published"
    write_published_files(root, table("gadre2024_tasks").task)
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The tables of such a folder."""
    root = tmp_path_factory.mktemp("built")
    write_published_files(root / "published", table("gadre2024_tasks").task)
    assert build(root / "published", root / "out").returncode == 0
    return root / "out"


def test_building_twice_gives_the_same_bytes(published, tmp_path):
    for out in ("first", "second"):
        done = build(published, tmp_path / out)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert set(first) == {f"{name}.csv" for name in NAMES}
    assert not any(b"\r" in text for text in first.values())
    runs = pd.read_csv(tmp_path / "first/gadre2024.csv")
    assert list(runs) == list(table("gadre2024"))
    assert runs.run.tolist() == ["early", "late"]
    assert runs.loss_german.tolist() == [4.0, 4.0]
    assert runs.loss_c4_se.tolist() == [0.05102, 0.05102]
    assert runs.C[1] == pytest.approx(6 * 20 * 6889410560.0**2)
    assert first["hoffmann2022.csv"] == (
        b"N,D,C,loss\n1000000000.0,10000000000.0,6e+19,3.0\n2000000000.0,50000000000.0,6e+20,2.5\n"
    )
    for name, text in BUILT_TABLES.items():
        assert first[f"{name}.csv"] == text
    proxies = pd.read_csv(tmp_path / "first/liu2024.csv")
    assert proxies.N.tolist() == [10**6] * 4 + [6 * 10**7] * 2 + [10**9] * 2
    assert proxies.iloc[1].tolist() == ["test", 10**6, 2, 0.25, 0.75, 3.25]
    assert pd.read_csv(tmp_path / "first/luo2025.csv").step.tolist() == [2176, 2304] * 3
    ladder = pd.read_csv(tmp_path / "first/bhagia2024.csv")
    assert ladder.run.tolist() == ["190M-1xC", "7B-4T", "13B-5T"]
    assert ladder.D.tolist() == [3800000000, 4 * 10**12, 1024000]
    assert ladder.loss_wikitext.tolist() == [4.1] * 3
    assert ladder.accuracy_boolq_val.tolist() == [0.75] * 3


@pytest.mark.parametrize(
    "file",
    [
        "gadre2024/models/late.json",
        SCORES,
        "gadre2024/eval_metadata.csv",
        "hoffmann2022/svg_extracted_data.csv",
        *SMALL_FILES,
    ],
)
def test_an_invalid_file_leaves_the_tables_unchanged(published, built, tmp_path, file):
    shutil.copytree(built, tmp_path / "out")
    before = contents(built)
    (published / file).write_text("{}")
    done = build(published, tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert file.split("/")[0] in done.stderr
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("missing", [".", "hoffmann2022/svg_extracted_data.csv", SCORES])
def test_missing_files_exit_2_with_one_sentence(published, tmp_path, missing):
    (published / missing).rename(tmp_path / "elsewhere")
    done = build(published, tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"Nothing was built: .*: No such file or directory\.\n", done.stderr)
    assert not (tmp_path / "out").exists()


def test_tables_are_what_the_published_files_give(tmp_path):
    folder = os.environ.get("BAYES_SCALING_PUBLISHED")
    if not folder:
        pytest.skip("BAYES_SCALING_PUBLISHED does not name a folder of the published files")
    assert build(folder, tmp_path).returncode == 0
    assert contents(tmp_path) == {
        f"{name}.csv": (DATA / f"{name}.csv").read_bytes() for name in NAMES
    }
