"""``bayes-scaling import``: logs as a tidy table, what is proposed, what is asked."""

import json

import numpy as np
import pandas as pd
import pytest
from logs import LOGS, RUNS, loss

import bayes_scaling as bs

STATE = str(LOGS / "gpt-124m" / "trainer_state.json")


def test_an_export_becomes_a_tidy_table_and_a_mapping(run, tmp_path):
    arguments = ["import", LOGS / "wandb_runs.csv", "--where", "State == 'finished'"]
    code, out, err = run(*arguments, "--output", "runs.csv", "--mapping", "map.json")
    assert (code, out) == (0, "")
    for words in ("did not finish", "proposed: N is params", "the mapping is in map.json"):
        assert words in err
    runs = bs.load_runs(tmp_path / "runs.csv")
    assert runs.columns[:5].tolist() == ["run", "step", "N", "D", "C"]
    np.testing.assert_allclose(runs["N"], [N for N, _ in RUNS.values()])
    np.testing.assert_allclose(runs["D"], [D for _, D in RUNS.values()])
    mapping = json.loads((tmp_path / "map.json").read_text())["columns"]
    assert mapping["C"] == "throughput/total_gflops*1e+09"
    code, out, err = run(*arguments, "--mapping", "map.json", "--format", "csv")
    assert code == 0 and "proposed" not in err
    assert out == (tmp_path / "runs.csv").read_text()


def test_the_size_of_a_run_is_asked_for_and_given(run):
    code, out, err = run("import", STATE)
    assert code == 0 and "missing: a law of sizes needs two of N, D, C, M" not in err
    code, out, err = run("import", STATE, "--column", "N=124m", "--format", "json")
    (row,) = json.loads(out)
    assert code == 0 and "5 checkpoints of 1 run" in err
    assert row["N"] == 1.24e8 and row["D"] == 2.5e9
    assert row["loss"] == pytest.approx(loss(*RUNS["gpt-124m"]))


def test_each_path_has_its_own_size(run, tmp_path):
    for name in "ab":
        rows = [{"step": i, "tokens": 1e9 * i, "loss": 5 - i / 10} for i in range(1, 5)]
        pd.DataFrame(rows).assign(run=name).to_csv(tmp_path / f"{name}.csv", index=False)
    code, out, err = run("import", "a.csv", "b.csv", "--column", "N=100m,200m", "--format", "json")
    assert code == 0 and [(row["run"], row["N"], row["D"]) for row in json.loads(out)] == [
        ("a", 1e8, 4e9),
        ("b", 2e8, 4e9),
    ]


def test_a_table_on_the_terminal_states_what_is_missing(run, tmp_path):
    pd.DataFrame({"run": ["a", "b"], "layers": [3, 4], "score": [0.1, 0.2]}).to_csv(
        tmp_path / "runs.csv", index=False
    )
    code, out, err = run("import", "runs.csv")
    assert code == 0 and "2 runs, 3 columns" in out
    assert "needs two of N, D, C, M, and there is none of them" in err
    assert "name the outcome with --y, one of layers, score" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["the following arguments are required: PATH"]),
        (["none.csv"], ["no file or bundled table 'none.csv'"]),
        ([STATE, "--runs-format", "wb"], ["--runs-format is 'wb'"]),
        ([STATE, "--column", "N=124m,350m"], ["N has 2 numbers for 1 path"]),
        ([STATE, "--column", "N"], ["--column is 'N'"]),
        ([STATE, "--column", "N=1e8", "--column", "N=2e8"], ["--column names N twice"]),
        ([STATE, "--column", "N=parms"], ["no column 'parms'"]),
        ([STATE, "--mapping", "map.txt"], ["ends in .json"]),
        ([STATE, "--mapping", "none/map.json"], ["--mapping: there is no folder"]),
        ([STATE, "--output", "none/runs.csv"], ["--output: there is no folder"]),
        ([STATE, "--where", "step <"], ["does not parse"]),
        ([STATE, "--checkpoints", "first"], ["invalid choice: 'first'"]),
        ([STATE, "--flops-per-nd", "0"], ["flops_per_nd is 0.0"]),
        (["two.csv"], ["N may be params or total_params"]),
    ],
)
def test_an_invalid_import_is_refused(refused, tmp_path, arguments, words):
    (tmp_path / "two.csv").write_text("params,total_params,loss\n1e8,2e8,3\n2e8,3e8,2\n")
    refused(["import", *arguments], *words)
