"""The commands backtest and check: every answer in every format, and the exit code."""

import csv
import io
import json
import re
import sys

import numpy as np
import pandas as pd
import pytest
from command_lines import RUNS, SMALL

import bayes_scaling as bs

BACK = ["backtest", *RUNS, "--law", "chinchilla", "--by", "N", "--cutoffs", "2e8"]
TARGET = ["--N", "6889410560", "--D", "137788211200"]


def test_backtest_in_every_format(run, tmp_path):
    code, out, err = run(*BACK, "--forecasts", "all.csv", "--figure", "coverage.png")
    assert (
        (code, err) == (0, "")
        and re.match(r"90% intervals held \d+% of .*\n\n\d+ held-out forecasts of loss_c4\n", out)
        and "in_90" in out
        and "Sampling of every fit: good" in out
    )
    rows = pd.read_csv(tmp_path / "all.csv")
    assert (
        f"\n{len(rows)} held-out forecasts" in out
        and (tmp_path / "coverage.png").stat().st_size > 10_000
    )
    assert np.allclose(rows["crps"] > 0, True) and set(rows["origin"]) == {2e8}
    code, out, _ = run(
        *BACK, "--format", "json", "--summary", "law", "distance", "--baselines", "point"
    )
    answer = json.loads(out)
    assert (
        code == 0
        and answer["diagnosis"]["ok"]
        and answer["by"] == "N"
        and answer["drift"]["chinchilla"] >= 0
        and answer["verdict"][0].startswith("90% intervals held ")
        and {row["distance"] for row in answer["summary"]} <= {"up to 2x", "2x to 5x", "5x to 10x"}
    )
    _, out, _ = run(*BACK, "--format", "csv")
    table = pd.read_csv(io.StringIO(out))
    assert table["forecasts"].tolist() == [len(rows)] and np.isclose(
        table["in_90"][0], rows["in_90"].mean()
    )


@pytest.mark.long
def test_a_check_of_a_smooth_discrepancy_omits_single_runs(run, small, tmp_path):
    bs.fit(
        "over_training", small, y="loss_c4", noise=bs.Noise(df=None, smooth="ou"), draws=500
    ).save(tmp_path / "smooth.nc")
    code, out, _ = run("check", "--fit", "smooth.nc", *TARGET, "--sims", 0)
    assert code == 0 and "forecast 0" in out and "not computed, because a smooth discrepancy" in out
    code, out, _ = run("check", "--fit", "smooth.nc", "--sims", 0, "--format", "json")
    assert code == 0 and json.loads(out)["influence"] is None


def test_check_in_every_format(run, loss_fit):
    code, out, _ = run("check", *SMALL, *TARGET, "--sims", 20, "--format", "json")
    answer = json.loads(out)
    assert (
        code == 0
        and answer["ok"] is True
        and (
            answer["numbers"].items() >= loss_fit.diagnosis.numbers.items()
            and answer["reach"]["level"] == "caution"
        )
    )
    assert [row["quantity"] for row in answer["sensitivity"]][-1] == "forecast 0" and len(
        answer["influence"]
    ) == 32
    assert answer["calibration"]["ok"] and len(answer["calibration"]["quantities"]) == 7
    _, out, _ = run("check", *SMALL, "--sims", 0, "--format", "csv")
    names = [row[0] for row in csv.reader(io.StringIO(out))]
    assert pd.read_csv(io.StringIO(out))["converged"].all()
    assert (
        names[: 1 + len(loss_fit.diagnosis.numbers)] == ["check", *loss_fit.diagnosis.numbers]
        and "prior sensitivity of E" in names
        and any(name.startswith("shift of eta without") for name in names)
    )
    code, out, err = run("check", *SMALL, *TARGET, "--sims", 0)
    assert (code, err) == (0, "") and all(
        line in out for line in str(loss_fit.diagnosis).splitlines()[:2]
    )
    for words in (
        "How much is prior, how much data",
        "Which runs move the answer most",
        "forecast 0",
        "moves target 0 most",
    ):
        assert words in out


def test_a_law_that_is_not_calibrated_ends_with_1(run, monkeypatch):
    from bayes_scaling.results.diagnosis import Diagnosis
    from bayes_scaling.validation.calibration import Calibration

    monkeypatch.setattr(
        Calibration,
        "diagnosis",
        Diagnosis(problems=("E_share: posterior too narrow",), what="Calibration"),
    )
    code, out, err = run("check", *SMALL, "--sims", 20)
    assert (
        code == 1
        and "NOT CALIBRATED" in out
        and err == "bayes-scaling check: not calibrated: E_share: posterior too narrow\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backtest", "--law", "chinchilla"], "--runs is missing"),
        ([*BACK, "--summary", "lw"], "by is 'lw'"),
        (
            [*BACK, "--leave", "dataset"],
            "cutoffs and leave each choose the runs to forecast; give one of them",
        ),
        (
            [*BACK, "--group", "datset"],
            "no column 'datset' (did you mean dataset?)",
        ),
        ([*BACK, "--baselines", "median"], "invalid choice: 'median'"),
        (
            [*BACK, "--forecasts", "x.csv", "--output", "x.csv"],
            "both name x.csv; give each a file of its own",
        ),
        ([*BACK, "--figure", "x.txt"], "give a .png, .pdf or .svg file"),
        ([*BACK, "--forecasts", "none/x.csv"], "there is no folder"),
        (["check", *SMALL, "--sims", 5], "--sims is 5"),
        (["check", *SMALL, "--N", "7e9"], "over_training needs"),
    ],
)
def test_bad_input_is_refused_in_a_line(run, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "") and words in err and err.count("\n") == 1


def test_nothing_heavy_is_imported_for_help():
    import subprocess

    code = (
        "import sys; from bayes_scaling.cli.parser import parser; parser(); "
        "assert not {'jax', 'arviz', 'matplotlib', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
