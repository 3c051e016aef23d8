"""The command plan: what it answers, and what it refuses before anything is sampled."""

import importlib
import json

import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.results.diagnosis import Diagnosis

FIT = ["plan", "--fit", "loss.nc"]
RUNS = [
    "plan",
    "--runs",
    "gadre2024",
    "--train",
    "dataset == 'redpajama' and N < 5e8",
    "--y",
    "loss_c4",
    "--law",
    "over_training",
]


@pytest.fixture
def saved(loss_fit, tmp_path):
    loss_fit.save(tmp_path / "loss.nc")


def test_a_budget_is_split(run, saved, loss_fit, tmp_path):
    code, out, err = run(
        *FIT,
        "--budget",
        "1e21",
        "1e24",
        "--serve",
        "1e12",
        "--prob",
        "0.8",
        "--format",
        "json",
        "--figure",
        "plan.png",
    )
    answer, plan = (
        json.loads(out),
        bs.plan.compute_optimal(loss_fit, [1e21, 1e24], serve=1e12, prob=0.8),
    )
    assert (
        code == 1  # the larger budget is 1,500 times that of the largest run
        and "bad reach: target 1e+24 FLOPs lies beyond the runs" in err
        and answer["sentences"] == list(plan.sentences)
        and answer["y"] == "loss_c4"
        and answer["diagnosis"] == plan.diagnosis.verdict()
        and answer["diagnosis"]["reach"]["level"] == "bad"
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(answer["choice"]), pd.DataFrame(plan.choice), check_dtype=False
    )
    assert len(answer["best"]) == 8 and (tmp_path / "plan.png").stat().st_size > 10_000


def test_candidates_are_ranked(run, saved, loss_fit, tmp_path):
    candidates = bs.targets(N=[4e8, 3e9], M=20)
    code, out, err = run(
        *FIT,
        "--candidates",
        "N=4e8,3e9",
        "M=20",
        "--N",
        "6.9e9",
        "--D",
        "138e9",
        "--outcomes",
        "20",
        "--seed",
        "3",
        "--format",
        "csv",
        "--output",
        "next.csv",
    )
    table = pd.read_csv(tmp_path / "next.csv", index_col="candidate")
    expected = bs.plan.next_run(
        loss_fit, candidates, bs.targets(N=6.9e9, D=138e9), outcomes=20, seed=3
    )
    assert (code, out) == (0, "") and table.pop("converged").all()
    verdicts = [table.pop(name).unique().tolist() for name in ("sampling", "fit", "reach")]
    assert verdicts == [[level] for level in expected.diagnosis.levels.values()]
    pd.testing.assert_frame_equal(
        table, pd.DataFrame(expected), check_names=False, check_dtype=False
    )
    candidates.to_csv(tmp_path / "runs.csv", index=False)
    code, out, err = run(
        *FIT,
        "--candidates",
        "runs.csv",
        "--N",
        "6.9e9",
        "--D",
        "138e9",
        "--outcomes",
        "20",
        "--seed",
        "3",
        "--budget",
        "1e21",
    )
    assert (
        code == 0
        and expected.sentences[0] in out
        and "With 1e+21 FLOPs train" in out
        and "Sampling: good (R-hat" in out
    )


def test_a_fit_that_did_not_converge_ends_with_one(run, saved, monkeypatch):
    monkeypatch.setattr(
        importlib.import_module("bayes_scaling.results.fit"),
        "diagnose",
        lambda fit: Diagnosis(problems=("R-hat is 1.5: raise draws",)),
    )
    code, out, err = run(*FIT, "--budget", "1e21")
    assert code == 1 and "Sampling: BAD, do not rely" in out and "R-hat is 1.5" in err


@pytest.mark.parametrize(
    "options, words",
    [
        ([], ["nothing to plan", "--budget"]),
        (["--C", "1e21"], ["a budget is --budget 1e21"]),
        (["--budget", "0"], ["a budget C is 0"]),
        (["--budget", "much"], ["'much' is no number"]),
        (["--budget", "1e21", "--N", "1e9"], ["--N describes a run to predict"]),
        (["--budget", "1e21", "--at", "N=1e9"], ["--at N describes a run to predict"]),
        (["--budget", "1e21", "--within", "20", "5"], ["within is"]),
        (["--budget", "1e21", "--at", "U=1e11"], ["U is no input of over_training"]),
        (["--budget", "1e21", "--at", "U=1e11,1e12"], ["--at gives U 2 values"]),
        (["--budget", "1e21", "--law", "power_law"], ["cannot distinguish parameters from tokens"]),
        (["--budget", "1e21", "--prob", "90"], ["between 0 and 1"]),
        (["--candidates", "N=4e8", "M=20"], ["nothing to predict"]),
        (["--candidates", "N=4e8,", "--N", "7e9", "--M", "20"], ["--candidates is 'N=4e8,'"]),
        (["--candidates", "nowhere.csv", "--N", "7e9", "--M", "20"], ["nowhere.csv"]),
        (["--candidates", "C=1e20", "--N", "7e9", "--M", "20"], ["have C alone"]),
        (
            ["--candidates", "N=4e8", "M=20", "--N", "7e9", "--M", "20", "--serve", "1e12"],
            ["--serve goes with --budget"],
        ),
        (
            [
                "--candidates",
                "N=4e8",
                "M=20",
                "--N",
                "7e9",
                "--M",
                "20",
                "--law",
                "coupled",
                "chinchilla",
            ],
            ["ranked by the fit of one law"],
        ),
    ],
)
def test_bad_input_is_refused_before_fitting(refused, options, words):
    refused([*RUNS, *options], *words)
