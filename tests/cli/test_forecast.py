"""The command forecast: what it answers, in which format."""

import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from command_lines import RUNS, SMALL, TABLE, TARGETS, THEN

import bayes_scaling as bs
from bayes_scaling.cli.run_options import column_or_number


def test_forecast_as_json(run, loss_fit, headline):
    code, out, err = run("forecast", *SMALL, *TARGETS, "--format", "json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ["forecast", "prob", "of", "law", "y", "note", "note_long", "diagnosis"]
    assert (answer["prob"], answer["of"], answer["law"], answer["y"]) == (
        0.9,
        "run",
        "over_training",
        "loss_c4",
    )
    forecast = loss_fit.forecast(headline)
    assert answer["diagnosis"] == forecast.diagnosis.verdict() and answer["diagnosis"]["ok"]
    assert answer["diagnosis"]["reach"]["level"] == "caution"
    assert [list(row) for row in answer["forecast"]] == [
        ["N", "D", "C", "M", "mean", "median", "sd", "lower", "upper", "extrapolation"]
    ] * 2
    np.testing.assert_array_equal(pd.DataFrame(answer["forecast"]), loss_fit.forecast(headline))


def test_forecast_of_two_laws_as_json(run, loss_fit, error_fit, headline):
    code, out, err = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--prob",
        "0.5",
        "--of",
        "mean",
        "--kind",
        "hdi",
    )
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert (answer["prob"], answer["of"], answer["y"], answer["then_law"], answer["then_y"]) == (
        0.5,
        "mean",
        "loss_c4",
        "perplexity_to_error",
        "error_17",
    )
    assert [list(row) for row in answer["then"]] == [list(row) for row in answer["forecast"]]
    np.testing.assert_array_equal(
        pd.DataFrame(answer["then"]),
        bs.chain(loss_fit, error_fit).forecast(headline, prob=0.5, of="mean", kind="hdi"),
    )


def test_forecast_as_csv(run, loss_fit, headline):
    code, out, _ = run("forecast", *SMALL, *TARGETS, *THEN, "--format", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert (
        code == 0
        and rows.y.tolist() == ["loss_c4"] * 2 + ["error_17"] * 2
        and rows.table.tolist() == ["forecast"] * 2 + ["then"] * 2
    )
    assert rows.converged.dtype == bool and rows.converged.all()
    np.testing.assert_array_equal(
        rows.iloc[:2].drop(columns=["table", "y", "sampling", "fit", "reach", "converged"]),
        loss_fit.forecast(headline),
    )


def test_forecast_as_a_table(run):
    code, out, err = run("forecast", *SMALL, *TARGETS, *THEN)
    assert (code, err) == (0, "")
    assert (
        "loss_c4 (nats/token) of a new run, 90% interval" in out
        and "error_17 (top-1 error)" in out
        and "Sampling of both fits: good" in out
    )


def test_a_narrow_terminal_cuts_no_number(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = run("forecast", *SMALL, *TARGETS)
    assert all(
        number in re.sub("\x1b\\[[0-9;]*m", "", out)
        for number in ("1.44e+09", "9.215e+11", "7.96e+21", "extrapolation")
    )


def test_a_second_law_can_have_its_own_runs_and_input(run):
    _, out, _ = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--train",
        "C < 3e20",
        "--then-train",
        "C > 0",
        "--column",
        "L=loss_openlm",
    )
    answer = json.loads(out)
    assert any(
        "fitted on loss_openlm, the first predicts loss_c4" in text
        for text in answer["diagnosis"]["cautions"]
    )
    assert answer["forecast"][0]["extrapolation"] > 7.95744e21 / 3e20


@pytest.mark.long
def test_an_input_can_be_one_number_for_all_runs(run, table):
    """A chance level and a number of items of the second law; a column of that name comes first."""
    runs, fast = bs.load_runs(TABLE), {"draws": 50, "warmup": 100, "chains": 1}
    both = bs.chain(
        bs.fit("chinchilla", runs, **fast),
        bs.fit("task_binomial", runs, "error", L="loss", chance=0.1, items=500, **fast),
    )
    options = [text for name, value in fast.items() for text in (f"--{name}", value)]
    _, out, err = run(
        "forecast",
        *table,
        *options,
        "--then",
        "task_binomial",
        "--then-y",
        "error",
        "--column",
        "chance=0.1",
        "--column",
        "items=500",
        "--format",
        "json",
    )
    assert out, err
    with pytest.warns(bs.FitWarning):
        assert (
            json.loads(out)["then"][0]["median"]
            == both.forecast(bs.targets(N=1e9, D=1e10))["median"].item()
        )
    assert (
        column_or_number(runs.assign(**{"500": 1}), "500") == "500"
        and column_or_number(runs, "nan") == "nan"
    )


def test_targets_from_a_file(run, tmp_path):
    pd.DataFrame({"N": [1439795200, 6889410560], "M": [640, 20]}).to_csv(
        tmp_path / "targets.tsv", sep="\t", index=False
    )
    _, out, _ = run("forecast", *SMALL, "--targets", "targets.tsv", "--format", "json")
    assert [row["D"] for row in json.loads(out)["forecast"]] == [1439795200 * 640, 6889410560 * 20]


def test_targets_of_one_column_and_no_compute(run, tmp_path):
    (tmp_path / "targets.csv").write_text("L\n2.5\n2.4\n")
    ask = [
        "forecast",
        *RUNS[:-1],
        "error_17",
        "--law",
        "perplexity_to_error",
        "--column",
        "L=loss_c4",
        "--format",
        "json",
    ]
    code, out, _ = run(*ask, "--targets", "targets.csv")
    rows = json.loads(out)["forecast"]
    assert (
        code == 0 and [row["L"] for row in rows] == [2.5, 2.4] and rows[0]["extrapolation"] is None
    )
    assert run(*ask, "--at", "L=2.5,2.4")[:2] == (0, out)


@pytest.mark.parametrize(
    ("name", "head"), [("a.png", b"\x89PNG"), ("a.PDF", b"%PDF"), ("a.svg", b"<?xml")]
)
def test_a_figure_is_drawn(run, tmp_path, name, head):
    code, _, err = run(
        "forecast", *SMALL, *TARGETS, *(THEN if name == "a.png" else []), "--figure", name
    )
    assert (code, err) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(head) and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["the loss", "loss [/c4] :smile:", "损失 é", "a" * 200])
def test_a_column_of_any_name_can_be_the_outcome(run, tmp_path, name):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8").rename(
        columns={"loss_c4": name}
    )
    runs[["run", "N", "D", name]].to_csv(tmp_path / "runs.csv", index=False)
    code, out, err = run(
        "forecast", "--runs", "runs.csv", "--where", f"`{name}` > 2", "--y", name, *TARGETS
    )
    assert (code, err) == (0, "") and f"{name} (nats/token)" in out
