"""The command decide: what it answers in each format, and what it refuses."""

import json

import numpy as np
import pandas as pd
import pytest
from webpage import Reader

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.cli.main import main

ASK = ["decide", "--runs", "runs.csv", "--group", "corpus", "--C", "3e20", "--M", "20"]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Runs a command in a folder with runs of three corpora, of which "web" is best."""
    monkeypatch.chdir(tmp_path)
    rng = generator(Stream.SIMULATED_TABLE, 31)
    rows = [
        {"corpus": corpus, "C": C, "loss": loss * np.exp(0.003 * rng.standard_normal())}
        for corpus, level in (("web", -0.05), ("books", 0.0), ("code", 0.002))
        for C in np.repeat(np.geomspace(1e18, 1e20, 5), 2)
        for loss in [np.exp(level) * (1.5 + (C / 1e18) ** -0.12)]
    ]
    pd.DataFrame(rows).to_csv("runs.csv", index=False)

    def call(*arguments):
        try:
            code = main([*ASK, *arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return call


def test_it_says_which_to_choose_and_how_often_that_was_right(run):
    code, out, err = run("--cutoffs", "4e19", "--format", "json", "--figure", "best.png")
    answer = json.loads(out)
    assert code == 0, err
    chosen = [row for row in answer["decision"] if row["choice"]]
    assert [row["group"] for row in chosen] == ["web"] and chosen[0]["p_best"] > 0.95
    assert "choose web" in answer["sentences"][0] and "Of 3 pairs" in answer["sentences"][1]
    assert {row["method"] for row in answer["backtest"]} >= {"posterior", "largest size"}
    assert "each has a path of its own" in answer["chosen"]
    assert answer["diagnosis"]["fit"]["level"] == "good"


def test_the_text_has_the_choice_first_and_the_verdicts_last(run):
    code, out, _ = run()
    assert code == 0
    assert out.startswith("At C = 3.0e+20, M = 20, choose web")
    assert out.index("regret") < out.index("Law: power_law_floor") < out.index("Reach:")


@pytest.mark.parametrize(
    "options, words",
    [
        (["--risk", "2"], "risk is 2"),
        (["--cutoffs", "1e30"], "leaves no run below it or none above"),
        (["--group", "corpsu"], "corpsu"),
        (["--law", "chinchilla"], "N"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(run, options, words):
    code, out, err = run(*options)
    assert code == 2 and not out
    assert words in err and "Traceback" not in err and len(err.strip().splitlines()) == 1


def test_a_report_can_be_written_too(run, tmp_path):
    code, out, _ = run("--report", "choice.html")
    page = Reader((tmp_path / "choice.html").read_text(encoding="utf-8"))
    assert code == 0 and out.splitlines()[0] in page.text
    assert "bayes-scaling decide --runs runs.csv" in page.text
    code, out, err = run("--report", "choice.txt")
    assert code == 2 and not out and "choice.txt" in err


def test_several_outcomes_are_decided_on_each_and_on_their_mean(run, tmp_path):
    table = pd.read_csv("runs.csv")
    table["code"] = table["loss"] * np.where(table["corpus"] == "code", 0.8, 1.0)
    table.to_csv("runs.csv", index=False)
    code, out, err = run("--y", "loss", "code", "--format", "json", "--figure", "best.png")
    answer = json.loads(out)
    assert code == 0, err
    chosen = {row["outcome"]: row["group"] for row in answer["decision"] if row["choice"]}
    assert chosen == {"loss": "web", "code": "code", "mean of loss, code": "code"}
    assert "each has a path of its own" in answer["chosen"]
    code, out, err = run("--y", "loss", "code", "--report", "x.html")
    assert code == 2 and not out and "--report is of one outcome" in err


def test_the_mean_of_accuracies_is_better_where_it_is_higher(run, monkeypatch):
    table = pd.read_csv("runs.csv")
    table.assign(acc_a=table["loss"], acc_b=table["loss"]).to_csv("runs.csv", index=False)

    def compare(fits, better, **options):
        raise InputError(f"{list(fits)}: {better}")

    monkeypatch.setattr("bayes_scaling.results.fitting.fit", lambda *args, **options: None)
    monkeypatch.setattr("bayes_scaling.analysis.compare.compare", compare)
    _, _, err = run("--y", "acc_a", "acc_b", "--law", "power_law_floor")
    assert "['acc_a', 'acc_b', 'mean of acc_a, acc_b']: higher" in err


def test_outcomes_of_both_kinds_are_refused_before_a_fit(run):
    table = pd.read_csv("runs.csv")
    table.assign(accuracy=1 / table["loss"]).to_csv("runs.csv", index=False)
    code, out, err = run("--y", "loss", "accuracy")
    assert code == 2 and not out
    assert "loss (lower is better), accuracy (higher is better)" in err
