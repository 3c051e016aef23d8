"""Where answers go, what goes to stderr, and the exit code."""

import importlib
import json
import os

import numpy as np
import pandas as pd
import pytest
from command_lines import SMALL, TARGETS, THEN

import bayes_scaling as bs
from bayes_scaling.results import fitting
from bayes_scaling.results.diagnosis import Diagnosis

fit_module = importlib.import_module("bayes_scaling.results.fit")


def test_output_takes_the_answer_and_stdout_stays_empty(run, tmp_path):
    _, answer, _ = run("laws", "--format", "json")
    (tmp_path / "out.json").write_text("old")
    assert run("laws", "--format", "json", "--output", "out.json") == (0, "", "")
    assert (tmp_path / "out.json").read_text() == answer
    assert (
        run("laws", "--output", "out.json") == (0, "", "")
        and (tmp_path / "out.json").read_text() == answer
    ), "the format is what the file's ending asks for"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_warnings_go_to_stderr_once_and_leave_the_answer_complete(run, tmp_path):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8")
    pd.concat([runs.iloc[2:], runs.iloc[2:4]]).to_csv(tmp_path / "twice.csv", index=False)
    code, out, err = run(
        "forecast", "--runs", "twice.csv", "--y", "loss_c4", *TARGETS, *THEN, "--format", "json"
    )
    assert len(json.loads(out)["then"]) == 2 and code in (0, 1)
    assert err.count("appears twice") == 1 and "row 30 (rpj-" in err and "warning" in err


def test_a_warning_of_the_fit_is_printed_once(run, tmp_path):
    runs = bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8")[
        ["run", "N", "loss_c4"]
    ]
    runs.assign(D=runs.N * 20).to_csv(tmp_path / "ratio.csv", index=False)
    _, out, err = run(
        *("check", "--runs", "ratio.csv", "--y", "loss_c4", "--law", "over_training"),
        *("--sims", 0, "--format", "json"),
    )
    assert "ok" in json.loads(out) and err.count("every run has M = 20") == 1


@pytest.fixture
def unconverged(monkeypatch):
    monkeypatch.setattr(
        fit_module,
        "diagnose",
        lambda fit: Diagnosis(
            problems=("R-hat is 1.5: raise draws",), numbers={"rhat": 1.5, "pareto_k": np.inf}
        ),
    )


@pytest.mark.parametrize(
    ("command", "arguments"), [("forecast", TARGETS), ("fit", []), ("check", ["--sims", 0])]
)
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_a_fit_that_did_not_converge_ends_with_1_and_the_reason(
    run, unconverged, command, arguments, form
):
    code, out, err = run(command, *SMALL, *arguments, "--format", form)
    assert (code, err) == (
        1,
        f"bayes-scaling {command}: not converged: R-hat is 1.5: raise draws\n",
    )
    if form == "json":
        answer = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert answer.get("diagnosis", answer)["ok"] is False
    elif form == "table":
        assert "NOT CONVERGED" in out


def test_four_draws_do_not_converge(run):
    code, out, err = run(
        "forecast", *SMALL, *TARGETS, "--draws", 4, "--warmup", 50, "--format", "json"
    )
    assert code == 1 and json.loads(out)["diagnosis"]["ok"] is False
    assert "not converged: the bulk ESS of" in err and "raise draws" in err


def test_ctrl_c_gives_130_and_leaves_nothing(run, table, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting, "sample", interrupt)
    code, out, err = run(
        "forecast", *table, "--save", "fit.nc", "--output", "out.json", "--figure", "a.png"
    )
    assert (code, out, err) == (
        130,
        "",
        "bayes-scaling forecast: interrupted; no answer was given\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]


@pytest.mark.parametrize("option", ["--output", "--save", "--figure"])
def test_a_full_disk_is_reported_and_leaves_nothing(run, table, tmp_path, monkeypatch, option):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, out, err = run(
        "forecast", *SMALL, *TARGETS, option, {"--figure": "a.png"}.get(option, "a")
    )
    assert (
        (code, out) == (2, "")
        and err.endswith(
            "cannot be written (No space left on device); name a file in a folder of your own\n"
        )
        and err.count("\n") == 1
    )
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]
