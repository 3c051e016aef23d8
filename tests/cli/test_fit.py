"""The command fit, and fits that are saved and loaded."""

import io
import json

import numpy as np
import pandas as pd
from command_lines import SMALL, TARGETS, THEN

import bayes_scaling as bs


def test_fit_in_every_format(run, loss_fit):
    expected = loss_fit.summary(0.5)
    code, out, _ = run("fit", *SMALL, "--prob", "0.5", "--format", "json")
    answer = json.loads(out)
    assert code == 0 and (
        answer["law"],
        answer["y"],
        answer["prob"],
        answer["diagnosis"]["ok"],
    ) == ("over_training", "loss_c4", 0.5, True)
    assert [row["parameter"] for row in answer["parameters"]] == list(expected.index)
    assert [row["upper"] for row in answer["parameters"]] == expected.upper.tolist()
    _, out, _ = run("fit", *SMALL, "--prob", "0.5", "--format", "csv")
    assert pd.read_csv(io.StringIO(out), index_col=0).upper.tolist() == expected.upper.tolist()
    _, out, _ = run("fit", *SMALL, "--prob", "0.5")
    assert "50% intervals" in out and "\neta " in out and "Sampling: good" in out


def test_both_fits_of_a_chain_are_saved(run, tmp_path):
    """Loaded and chained again, they predict the same; the note on drifts names both outcomes."""
    _, out, _ = run(
        "forecast",
        *SMALL,
        *TARGETS,
        *THEN,
        "--format",
        "json",
        "--save",
        "loss.nc",
        "--then-save",
        "error.nc",
    )
    answer = json.loads(out)
    both = bs.chain(bs.load(tmp_path / "loss.nc"), bs.load(tmp_path / "error.nc"))
    np.testing.assert_allclose(
        [row["median"] for row in answer["then"]],
        both.forecast(bs.targets(N=[1439795200, 6889410560], M=[640, 20]))["median"],
        rtol=1e-6,
    )
    assert all(
        f"{outcome} may drift off the law" in answer["note"] for outcome in ("loss_c4", "error_17")
    )


def test_a_saved_fit_predicts_the_same(run, tmp_path):
    direct = run("forecast", *SMALL, *TARGETS, "--format", "json", "--save", "fit.nc")
    assert run("forecast", "--fit", "fit.nc", *TARGETS, "--format", "json") == direct
    assert run("check", "--fit", "fit.nc", "--sims", 0) == run("check", *SMALL, "--sims", 0)
    assert run("fit", "--fit", "fit.nc", "--format", "csv") == run("fit", *SMALL, "--format", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["fit.nc"]


def test_the_same_command_gives_the_same_bytes(run):
    assert run("forecast", *SMALL, *TARGETS, "--seed", 3) == run(
        "forecast", *SMALL, *TARGETS, "--seed", 3
    )
