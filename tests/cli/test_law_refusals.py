"""Laws, likelihoods and weights that are refused in one sentence."""

import numpy as np
import pandas as pd
import pytest
from command_lines import SMALL, TARGETS

LAWS = ["power_law", "power_law_floor"]
OWN = (
    "import bayes_scaling as bs\nloss = bs.find_law('chinchilla')\n"
    "limited = loss.with_noise(bs.Censored(bs.Noise(), upper=9.0))\n"
    "rough = loss.with_noise(bs.Noise(df=None, smooth='ou'))\n"
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drift", "-0.1"], ["--drift: '-0.1' is no sd", "from 0"]),
        (["--drift", "nan"], ["--drift: 'nan' is no sd"]),
        (["--drift", "inf"], ["'inf' is no sd"]),
        (["--drift", "some"], ["--drift: 'some' is no number"]),
        (["--df", "0"], ["--df: '0' is no number above 0", "or normal"]),
        (["--df", "Normal"], ["--df: 'Normal' is no number above 0"]),
        (["--df", "inf"], ["or normal"]),
        (["--smooth", "rbf"], ["--smooth: invalid choice: 'rbf'"]),
        (
            ["--smooth", "ou", "--df", "4"],
            ["--smooth needs Normal noise, and --df is 4; leave --df out"],
        ),
        (
            ["--law", "passuntil", "--df", "5"],
            ["--df: the likelihood of passuntil, NegativeBinomial", "leave --df out"],
        ),
        (
            ["--law", "task_binomial", "--smooth", "ou"],
            ["--smooth: the likelihood of task_binomial, BetaBinomial"],
        ),
        (["--law", "pass_at_k", "--drift", "0"], ["--drift: the likelihood of pass_at_k"]),
        (
            ["--law", "densing", "--drift", "0.1"],
            ["--drift: densing has no scale", "leave --drift out"],
        ),
        (["--law", "mixing_law", "--drift", "0.1"], ["mixing_law has no scale"]),
        (["--law", "chinchilla", "isoflop", "--smooth", "ou"], ["--smooth: isoflop has no scale"]),
        (
            ["--law", "own.py:limited", "--smooth", "ou"],
            ["--smooth does not suit chinchilla: censored noise is Normal"],
        ),
        (
            ["--law", "own.py:rough", "--df", "4"],
            ["--df does not suit chinchilla: a smooth discrepancy needs Normal noise"],
        ),
        (["--law", "chinchilla", "own.py:loss"], ["--law names chinchilla twice"]),
        (["--law", "chinchilla", "coupld"], ["did you mean coupled?"]),
        (["--law", "chinchilla", "over_training", "--column", "L=loss"], ["L is no input of"]),
        (
            ["--law", "over_training", "--at", "L=2.3"],
            [
                "--at names L, and over_training reads nothing but N, D, C and M of a run; "
                "leave it out"
            ],
        ),
        (
            ["--law", "chinchilla", "coupled", "--save", "fit.nc"],
            ["--save saves the fit of one law, not an average, and --law names 2; give one law"],
        ),
        (
            ["--law", "chinchilla", "perplexity_to_error", "--at", "L=2"],
            ["--law names laws of error, loss, and --y is missing"],
        ),
        (["--weights", "lfo"], ["--weights are those of several laws, and --law names one"]),
        (
            ["--law", "chinchilla", "coupled", "--weights", "best"],
            ["--weights is 'best'; use lfo, stacking, equal or a number for each law"],
        ),
        (
            ["--law", "chinchilla", "coupled", "--weights", "1"],
            ["--weights has 1 number and --law 2 laws"],
        ),
        (
            ["--law", "chinchilla", "coupled", "--weights", "0,0"],
            ["weights are 0.0, 0.0; give numbers from 0 that are not all 0"],
        ),
        (["--law", "chinchilla", "coupled", "--weights", "-1,2"], ["weights are -1.0, 2.0"]),
        (
            ["--output", "x.json", "--format", "csv"],
            [
                "--format is csv and --output x.json, which is for json; "
                "leave --format out or name another file"
            ],
        ),
        (["--output", "x.CSV", "--format", "table"], ["which is for csv"]),
    ],
    ids=lambda given: " ".join(given),
)
def test_invalid_laws_and_terms_are_refused_before_fitting(refused, tmp_path, arguments, words):
    pd.DataFrame(
        {
            "N": [1e7, 2e7, 4e7, 8e7] * 3,
            "D": np.repeat([2e8, 1e9, 5e9], 4),
            "loss": np.linspace(4, 3, 12),
            "error": np.linspace(0.8, 0.7, 12),
        }
    ).to_csv(tmp_path / "runs.csv", index=False)
    (tmp_path / "own.py").write_text(OWN)
    refused(["forecast", "--runs", "runs.csv", "--N", "1e9", "--D", "1e10", *arguments], *words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["forecast", "--fit", "fit.nc", "--drift", "0"],
            ["--fit is a saved fit, for which --drift would be ignored"],
        ),
        (["check", "--fit", "fit.nc", "--smooth", "ou"], ["--smooth would be ignored"]),
        (["fit", "--fit", "fit.nc", "--df", "normal"], ["--df would be ignored"]),
        (
            ["report", "--fit", "fit.nc", "--law", *LAWS, "--C", "1e22"],
            ["--fit is a saved fit of one law, and --law names 2"],
        ),
        (
            ["check", "--runs", "gadre2024", "--law", *LAWS],
            ["--law names 2 laws, and check takes one; forecast, report and plan average several"],
        ),
        (["fit", "--runs", "gadre2024", "--law", *LAWS], ["fit takes one"]),
        (
            ["compare", "--runs", "gadre2024", "--law", *LAWS, "--group", "dataset", "--C", "1e22"],
            ["compare takes one"],
        ),
        (
            [
                "compare",
                "--runs",
                "gadre2024",
                "--law",
                "densing",
                "--group",
                "dataset",
                "--C",
                "1e22",
                "--drift",
                "0.1",
            ],
            ["--drift: densing has no scale"],
        ),
        (
            [
                "backtest",
                "--runs",
                "gadre2024",
                "--y",
                "loss_c4",
                "--law",
                "chinchilla",
                "passuntil",
                "--drift",
                "0.1",
            ],
            ["--drift: the likelihood of passuntil"],
        ),
        (
            ["report", *SMALL, *TARGETS, "--beside", "densing", "--drift", "0.1"],
            ["--drift: densing has no scale"],
        ),
        (
            ["report", *SMALL, *TARGETS, "--law", "chinchilla", "coupled", "--beside", "coupled"],
            ["--beside names coupled, the report's own law"],
        ),
    ],
    ids=lambda given: " ".join(given)[:60],
)
def test_other_commands_refuse_them_too(refused, arguments, words):
    refused(arguments, *words)
