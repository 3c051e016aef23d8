"""The bundled tables: their content, their sources, and that they can be built again."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).parents[1] / "data"
ROWS = {"gadre2024": 104, "gadre2024_tasks": 46, "hoffmann2022": 245}
SETS = (
    "c4_val openlm paloma_c4_en paloma_falcon-refinedweb paloma_redpajama paloma_ptb"
    " paloma_dolma_100_programing_languages de-en".split()
)
SCORES = "gadre2024/evals/evaluation_late_heavy.json"
POINTS = "Model Size,Training FLOP,loss\n2e9,6e20,2.5\n1e9,6e19,3\n"


def table(name):
    return pd.read_csv(DATA / f"{name}.csv")


def build(folder, out):
    return subprocess.run([sys.executable, DATA / "build.py", folder, "--out", out], capture_output=True, text=True)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def published(tmp_path):
    """A folder laid out as the published files, with two made-up runs."""
    tasks = table("gadre2024_tasks").task
    root = tmp_path / "published"
    for part in ("gadre2024/models", "gadre2024/evals", "hoffmann2022"):
        (root / part).mkdir(parents=True)
    for name, corpus, N in (("late", "rpj", 6889410560), ("early", "c4_original", 10569312)):
        results = [
            {
                "val_data": [f"any/{validation}/1.tar"],
                "loss": 3 + i / 7,
                "loss_sequences_lower_95": 2.9,
                "loss_sequences_upper_95": 3.1,
            }
            for i, validation in enumerate(SETS)
        ]
        sizes = {"params": N, "tokens": 20 * N}
        model = {"name": name, "dataset_name": corpus, "hyperparameters": sizes, "results": results}
        scores = {"eval_metrics": {"icl": {task: i / 46 for i, task in enumerate(tasks)}}}
        (root / f"gadre2024/models/{name}.json").write_text(json.dumps(model))
        (root / f"gadre2024/evals/evaluation_{name}_heavy.json").write_text(json.dumps(scores))
    with open(root / "gadre2024/eval_metadata.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Eval Task", "Task Category", "#shots", "#datapoints", "Random baseline"])
        writer.writerows([task, "kind", 0, 10, 25] for task in [*tasks, "unscored"])
    (root / "hoffmann2022/svg_extracted_data.csv").write_text(POINTS)
    return root


def test_every_table_is_listed():
    assert {path.stem for path in DATA.glob("*.csv")} == set(tomllib.loads((DATA / "sources.toml").read_text()))


@pytest.mark.parametrize("name", ROWS)
def test_table_has_its_rows_and_a_complete_source(name):
    runs = table(name)
    assert len(runs) == ROWS[name]
    assert not runs.isna().any(axis=None)
    source = tomllib.loads((DATA / "sources.toml").read_text())[name]
    for field in ("title", "citation", "arxiv", "licence", "origin", "note", "bibtex"):
        assert source[field].strip(), field
    assert source["arxiv"] in source["bibtex"]
    patterns = [re.sub(r"<\w+>", r"\\w+", key) for key in source["columns"]]
    described = {column for column in runs if any(re.fullmatch(pattern, column) for pattern in patterns)}
    assert described == set(runs)
    assert all(any(re.fullmatch(pattern, column) for column in runs) for pattern in patterns)


def test_licence_stands_beside_the_table():
    assert (DATA / "gadre2024.LICENSE.txt").read_text().startswith("MIT License\n\nCopyright (c) 2024 mlfoundations")


def test_rows_are_sorted():
    keys = {"gadre2024": ["dataset", "N", "D"], "gadre2024_tasks": ["task"], "hoffmann2022": ["N", "C"]}
    for name in ROWS:
        pd.testing.assert_frame_equal(table(name), table(name).sort_values(keys[name], ignore_index=True))


@pytest.mark.parametrize("name", ["gadre2024", "hoffmann2022"])
def test_compute_is_6ND(name):
    runs = table(name)
    np.testing.assert_allclose(runs.C, 6.0 * runs.N * runs.D, rtol=1e-9)


def test_gadre_columns_and_derived_figures():
    runs, tasks = table("gadre2024"), table("gadre2024_tasks")
    assert list(runs)[:7] == ["run", "dataset", "N", "D", "M", "C", "loss_c4"]
    assert list(runs)[-48:] == ["error_17", "error_46", *("error_" + tasks.task)]
    assert runs.run.is_unique
    assert runs.dataset.value_counts().to_dict() == {"c4": 34, "redpajama": 35, "refinedweb": 35}
    assert runs.N.dtype == runs.D.dtype == np.int64
    np.testing.assert_allclose(runs.M, runs.D / runs.N, rtol=1e-9)
    np.testing.assert_allclose(runs.error_46, runs["error_" + tasks.task].mean(axis=1), rtol=1e-9)
    np.testing.assert_allclose(runs.error_17, runs["error_" + tasks.task[tasks.in_17]].mean(axis=1), rtol=1e-9)
    assert runs.filter(regex="^error_").stack().between(0, 1).all()
    assert (runs.filter(regex="_se$") > 0).all(axis=None)
    assert runs.filter(regex="_se$").shape[1] == 8


def test_gadre_tasks():
    tasks = table("gadre2024_tasks").set_index("task")
    assert tasks.in_17.dtype == bool
    assert tasks.in_17.sum() == 17
    assert tasks.chance.between(0, 1).all()
    assert (tasks["items"] > 0).all()
    assert tasks.loc["hellaswag_zeroshot", ["items", "chance", "shots"]].tolist() == [10042, 0.75, 0]


@pytest.mark.parametrize(("N", "D", "loss"), [(1.44e9, 921e9, 2.502054), (6.89e9, 138e9, 2.424993)])
def test_gadre_headline_targets(N, D, loss):
    runs = table("gadre2024").query("dataset == 'redpajama'")
    target = runs[np.isclose(runs.N, N, rtol=0.01) & np.isclose(runs.D, D, rtol=0.01)]
    assert target.loss_c4.item() == pytest.approx(loss, abs=1e-6)


def test_hoffmann_known_counts():
    runs = table("hoffmann2022")
    assert (runs.D / runs.N >= 0.4).sum() == 241
    assert len(runs[runs.loss < runs.loss.nlargest(5).min()]) == 240


def test_building_twice_gives_the_same_bytes(published, tmp_path):
    for out in ("first", "second"):
        done = build(published, tmp_path / out)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "second")
    assert set(first) == {f"{name}.csv" for name in ROWS}
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


@pytest.mark.parametrize(
    "lost",
    ["gadre2024/models/late.json", SCORES, "gadre2024/eval_metadata.csv", "hoffmann2022/svg_extracted_data.csv"],
)
def test_a_spoilt_folder_leaves_the_tables_alone(published, tmp_path, lost):
    assert build(published, tmp_path / "out").returncode == 0
    before = contents(tmp_path / "out")
    (published / lost).write_text("{}")
    done = build(published, tmp_path / "out")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
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
    assert contents(tmp_path) == {f"{name}.csv": (DATA / f"{name}.csv").read_bytes() for name in ROWS}
