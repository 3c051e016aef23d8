"""The command compare: what it answers, and what it refuses before anything is sampled."""

import importlib
import io
import json

import pandas as pd
import pytest
from corpora import BASE, at_reference, corpora

from bayes_scaling.cli.main import main

fitting_module = importlib.import_module("bayes_scaling.results.fitting")
ASK = [
    "compare",
    "--runs",
    "runs.csv",
    "--law",
    "over_training",
    "--group",
    "corpus",
    "--C",
    "1e20",
    "1e22",
    "--M",
    "20",
    "20",
]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Runs a command in a folder with runs of three corpora.

    The second corpus is the worst by far; a second outcome is a fifth higher for all.
    """
    monkeypatch.chdir(tmp_path)
    table = corpora({1: BASE, 2: at_reference(eta=0.11), 3: at_reference(E=1.8)}, 0)
    table.assign(loss_b=1.2 * table["loss"]).to_csv("runs.csv", index=False)

    def call(*arguments):
        try:
            code = main([*ASK, *arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return call


def test_it_shows_which_is_better_where_and_how_sure(run, tmp_path):
    code, out, err = run(
        "--y",
        "loss",
        "--draws",
        "500",
        "--reference",
        "2",
        "--rope",
        "eta=0.02",
        "--format",
        "json",
        "--figure",
        "forest.png",
        "--within",
        "1e16",
        "1e23",
    )
    answer = json.loads(out)
    assert (code, err) == (0, "") and answer["diagnosis"]["ok"]
    eta = next(row for row in answer["parameters"] if row["parameter"] == "eta")
    assert (eta["group"], eta["reference"], eta["rope"]) == (1, 2, 0.02) and eta["p_above"] > 0.95
    far = [row for row in answer["best"] if row["C"] == 1e22]
    assert (
        sum(row["p_best"] for row in far) == pytest.approx(1)
        and max(far, key=lambda row: row["p_best"])["group"] == 1
    )
    assert {"multipliers", "crossovers", "forecasts", "sentences"} <= answer.keys() and answer[
        "crossovers"
    ][0]["from_C"] == 1e16
    assert (tmp_path / "forest.png").stat().st_size > 5000


@pytest.mark.long
def test_several_outcomes_are_crossed(run):
    code, out, err = run("--y", "loss", "loss_b", "--draws", "300", "--format", "csv")
    assert (
        code in (0, 1)
        and "\nbest,loss_b," in out
        and "\nbest,all," in out
        and out.splitlines()[0].startswith("table,set,group,")
    )


def test_the_table_is_what_python_prints(run):
    """How far it extrapolates is in it, and what has not converged comes first."""
    _, out, _ = run("--y", "loss", "--draws", "8")
    assert out.startswith("Sampling: BAD") and "The largest target needs " in out


def test_csv_is_one_table_with_the_table_and_the_convergence_of_each_row(run):
    for draws, converged in (("500", True), ("8", False)):
        code, out, _ = run("--y", "loss", "--draws", draws, "--format", "csv")
        rows = pd.read_csv(io.StringIO(out))
        assert code == int(not converged) and set(rows["table"]) == {
            "decision",
            "best",
            "forecasts",
            "crossovers",
            "multipliers",
            "parameters",
        }
        assert (
            (rows["converged"] == converged).all()
            and rows.columns[0] == "table"
            and rows.columns[-1] == "converged"
        )


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ["--y", "loss", "--reference", "three"],
            "--reference: no run has corpus = three; there are 1, 2, 3",
        ),
        (["--y", "loss", "--across", "set"], "--across is set"),
        (["--y", "loss", "--rope", "eta"], "NAME=VALUE"),
        (["--y", "loss", "--rope", "eta=wide"], "give a fraction"),
        (["--y", "loss", "--prob", "90"], "between 0 and 1"),
        (["--y", "los"], "los"),
        (["--y", "loss", "--law", "chinchila"], "chinchilla"),
    ],
)
def test_bad_input_is_refused_before_fitting(run, options, message, monkeypatch):
    monkeypatch.setattr(fitting_module, "sample", lambda *_, **__: pytest.fail("sampled"))
    code, out, err = run(*options)
    assert (code, out, err.count("\n")) == (2, "", 1) and message in err, err


def test_a_saved_fit_is_compared_without_another(run, tmp_path, capsys):
    code, out, _ = run("--y", "loss", "--draws", "250", "--save", "fit.nc", "--format", "json")
    assert code in (0, 1)
    again = main(["compare", "--fit", "fit.nc", *ASK[-6:], "--format", "json"])
    assert again == code and json.loads(capsys.readouterr().out)["best"] == json.loads(out)["best"]


def test_groups_are_named_where_there_is_no_saved_fit(capsys):
    assert main(["compare", "--runs", "gadre2024", "--C", "1e20", "--M", "20"]) == 2
    assert "--group is missing" in capsys.readouterr().err
