"""The likelihood of the command line: --drift, --df and --smooth do what Python does."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from command_lines import RUNS, SMALL, TARGETS

import bayes_scaling as bs
from bayes_scaling.results import fitting as fit_module
from bayes_scaling.validation import backtest as backtest_module

LAWS = ["power_law", "power_law_floor"]


@pytest.mark.parametrize(
    ("drift", "note"),
    [
        (0.0, None),
        (
            0.05,
            "sd 0.05 times the distance of (log N, 1.5 log D) to the hull of the runs, on the log "
            "of the outcome, as given",
        ),
    ],
)
def test_a_drift_is_as_in_python_and_in_the_note(run, loss_fit, headline, drift, note):
    code, out, err = run("forecast", *SMALL, *TARGETS, "--drift", drift, "--format", "json")
    answer = json.loads(out)
    expected = replace(
        loss_fit, law=loss_fit.law.with_noise(replace(loss_fit.law.noise, drift=drift))
    ).forecast(headline)
    assert (code, err) == (0, "") and answer["note"] == expected.note.replace(
        "Noise(drift=0)", "--drift 0"
    )
    assert note is None and answer["note"] == "" or note in answer["note"]
    np.testing.assert_array_equal(pd.DataFrame(answer["forecast"]), expected)


@pytest.mark.parametrize(
    ("options", "change"),
    [
        (["--df", "normal"], {"df": None}),
        (["--df", "8"], {"df": 8.0}),
        (["--smooth", "ou"], {"df": None, "smooth": "ou"}),
        (
            ["--smooth", "matern", "--df", "normal", "--drift", "0.1"],
            {"df": None, "smooth": "matern", "drift": 0.1},
        ),
    ],
    ids=lambda given: " ".join(given),
)
@pytest.mark.parametrize(
    "command", ["forecast", "fit", "check", "report", "report --beside", "backtest", "compare"]
)
def test_every_command_fits_with_the_requested_likelihood(
    run, monkeypatch, loss_fit, command, options, change
):
    """The law differs from the registry's in these terms of its noise only."""
    seen = []

    def caught(law, *_, **__):
        seen.extend(law if isinstance(law, list) else [law])
        raise bs.InputError("caught")

    monkeypatch.setattr(
        *{"backtest": (backtest_module, "backtest")}.get(command, (fit_module, "fit")), caught
    )
    if command == "report --beside":  # the report's own fit is given; the other's is caught
        monkeypatch.setattr("bayes_scaling.cli.forecasters.fit_laws", lambda *_: (loss_fit, None))
    more = {
        "compare": ["--group", "dataset", *TARGETS],
        "forecast": TARGETS,
        "report": TARGETS,
        "report --beside": [*TARGETS, "--beside", "coupled"],
    }.get(command, [])
    code, out, err = run(command.split()[0], *SMALL, *more, *options)
    assert (code, out) == (2, "") and err.endswith("caught\n"), err
    law = bs.find_law("coupled" if "beside" in command else "over_training")
    assert [given.name for given in seen] == [law.name] and seen[0].noise == replace(
        law.noise, **change
    )


def test_without_law_the_one_that_suits_the_runs_is_fitted(run, monkeypatch):
    """With the terms that were asked for."""
    seen = []

    def caught(law, *_, **__):
        seen.append(law)
        raise bs.InputError("caught")

    monkeypatch.setattr(fit_module, "fit", caught)
    assert run("forecast", *RUNS, *TARGETS, "--drift", "0.1")[0] == 2
    (law,) = seen
    assert law.name == "coupled" and law.noise.drift == 0.1 and "N and D vary apart" in law.chosen


def test_a_chain_changes_its_first_law_only(run):
    _, out, _ = run(
        "forecast",
        *SMALL,
        *TARGETS,
        "--then",
        "perplexity_to_error",
        "--then-y",
        "error_17",
        "--drift",
        "0",
        "--format",
        "json",
    )
    note = json.loads(out)["note"]
    assert "loss_c4 may drift" not in note and note.startswith(
        "Beyond the training runs error_17 may drift off the law: sd 0.0"
    )
    assert note.endswith("; Noise(drift=0) in Python leaves it out"), (
        "no option reaches the second law"
    )


def test_a_note_names_what_the_reader_can_type(run, loss_fit, headline):
    """An option at a command line that has it; else the call in Python."""
    to = [text for name in ("N", "D") for text in (f"--{name}", *headline[name])]
    _, out, _ = run("forecast", *SMALL, *to, "--format", "json")
    note = loss_fit.forecast(headline).note
    assert json.loads(out)["note"] == note.replace("Noise(drift=0)", "--drift 0") and note.endswith(
        "; Noise(drift=0) leaves it out"
    )
    assert "; --drift 0 leaves it out" in run("report", *SMALL, *to, "--format", "markdown")[
        1
    ].replace("\\", "")
    assert "give --chains 4" in run("fit", *SMALL, "--chains", "1", "--draws", "50")[1]
    code, _, err = run(
        "forecast",
        "--runs",
        "gadre2024",
        "--y",
        "error_17",
        "--law",
        "perplexity_to_error",
        "--at",
        "L=2.4",
    )
    assert code == 2 and "such as --column L=" in err


@pytest.mark.long
def test_a_backtest_names_the_drift(run, curve):
    asked = ["backtest", "--runs", "curve.csv", "--law", *LAWS, "--cutoffs", "1", "--draws", "100"]
    assert (
        "sd 0.3 times the distance of log(scale) to those of the runs, on the log of the outcome"
        in run(*asked, "--drift", "0.3")[1]
    )
    assert "of the outcome, as given" not in run(*asked, "--drift", "0")[1]
