"""The command line's likelihood (--drift, --df, --smooth) and its averages of several laws: what Python says, and one sentence where it can not be."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from floor_runs import runs
from simulate import with_error

import bayes_scaling as bs
from bayes_scaling.results import fitting as fit_module
from bayes_scaling.validation import backtest as backtest_module

SMALL = ["--runs", "gadre2024", "--where", "dataset == 'redpajama' and N < 5e8", "--y", "loss_c4"]
TARGETS = ["--N", "1439795200", "6889410560", "--D", "921468928000", "137788211200"]
LAWS = ["power_law", "power_law_floor"]
FAST = {
    "draws": 400,
    "chains": 2,
    "seed": 3,
}  # other numbers than those that an average has by default
SEVERAL = [
    "--runs",
    "curve.csv",
    "--law",
    *LAWS,
    "--C",
    "1e22",
    *(str(text) for name, value in FAST.items() for text in (f"--{name}", value)),
]
OWN = (
    "import bayes_scaling as bs\nloss = bs.find_law('chinchilla')\n"
    "limited = loss.with_noise(bs.Censored(bs.Noise(), upper=9.0))\nrough = loss.with_noise(bs.Noise(df=None, smooth='ou'))\n"
)


@pytest.fixture
def curve(tmp_path):
    runs(0).to_csv(tmp_path / "curve.csv", index=False)


@pytest.fixture(scope="module")
def average():
    return bs.average([bs.fit(law, runs(0), **FAST) for law in LAWS], **FAST)


@pytest.mark.parametrize(
    ("drift", "note"),
    [
        (0.0, None),
        (0.05, "sd 0.05 * log(scale / largest scale) on the log of the outcome, as given"),
    ],
)
def test_a_drift_is_as_in_python_and_named(run, loss_fit, headline, drift, note):
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
def test_every_command_fits_with_the_likelihood_that_was_asked_for(
    run, monkeypatch, loss_fit, command, options, change
):
    """The law that is handed on differs from the registry's in these terms of its noise alone."""
    seen = []

    def caught(law, *_, **__):
        seen.extend(law if isinstance(law, list) else [law])
        raise bs.InputError("caught")

    monkeypatch.setattr(
        *{"backtest": (backtest_module, "backtest")}.get(command, (fit_module, "fit")), caught
    )
    if command == "report --beside":  # the page's own fit is made; the other's is caught
        monkeypatch.setattr("bayes_scaling.cli.fitting.fitted", lambda *_: (loss_fit, None))
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


def test_of_a_chain_the_first_law_alone_is_changed(run):
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
        "Beyond the data error_17 may drift off the law: sd 0.046"
    )
    assert note.endswith("; Noise(drift=0) in Python leaves it out"), (
        "no option reaches the second law"
    )


def test_a_drift_is_left_out_by_what_the_reader_can_type(run, loss_fit, headline):
    """An option at the command line that has it, the call in Python, where nothing else is said than before."""
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
        "sd 0.3 * log(scale / largest scale) on the log of the outcome, as given"
        in run(*asked, "--drift", "0.3")[1]
    )
    assert "drift" not in run(*asked, "--drift", "0")[1]


def test_an_average_is_the_one_of_python(run, curve, average):
    to = bs.targets(C=[1e22])
    code, out, err = run("forecast", *SEVERAL, "--format", "json", "--kind", "hdi", "--prob", "0.8")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == [
        "forecast",
        "weights",
        "by_law",
        "prob",
        "of",
        "law",
        "y",
        "note",
        "diagnosis",
    ] and (answer["law"], answer["y"]) == (LAWS, "loss")
    made = average.forecast(to, prob=0.8, kind="hdi")
    np.testing.assert_array_equal(pd.DataFrame(answer["forecast"]), made)
    pd.testing.assert_frame_equal(
        pd.DataFrame(answer["weights"]).set_index("law"), pd.DataFrame(average.weights)
    )
    for row, fit in zip(answer["by_law"], average.fits.values(), strict=True):
        own = fit.forecast(to, prob=0.8, kind="hdi")
        assert (row["law"], row["lower"], row["upper"]) == (
            fit.law.name,
            own["lower"].item(),
            own["upper"].item(),
        )
    assert (
        answer["note"] == made.note.replace("Noise(drift=0)", "--drift 0")
        and answer["diagnosis"]["ok"]
    )


def test_an_average_as_csv_and_as_a_table_and_drawn(run, curve, average, tmp_path):
    made = average.forecast(bs.targets(C=[1e22]))
    code, out, err = run("forecast", *SEVERAL, "--format", "csv")
    rows = pd.read_csv(io.StringIO(out))
    assert (
        code == 0
        and rows["table"].tolist() == ["forecast"] + ["weights"] * 2 + ["by_law"] * 2
        and set(rows["y"]) == {"loss"}
    )
    assert (
        rows.columns[0] == "table" and rows.columns[-1] == "converged" and rows["converged"].all()
    )
    assert (
        rows["median"][0] == made["median"].item()
        and rows["weight"][1:].tolist() == average.weights["weight"].tolist() * 2
    )
    code, out, err = run("forecast", *SEVERAL, "--figure", "average.png")
    assert (code, err) == (0, "") and (tmp_path / "average.png").stat().st_size > 10_000
    for words in (
        "loss (nats/token) of a new run, 90% interval",
        "What each law foretells alone",
        "Weights of the laws",
        "Weights by pseudo-BMA",
        "Sampling of all fits is sound",
        "; --drift 0 leaves it out",
    ):
        assert words in out


def test_an_average_has_the_weights_that_were_asked_for(run, curve, average):
    """The weights are those of ``average``; numbers stand in the order of the laws."""
    for asked, weights in (
        ("3,1", {"power_law": 3, "power_law_floor": 1}),
        ("equal", "equal"),
        ("stacking", "stacking"),
    ):
        _, out, _ = run("forecast", *SEVERAL, "--weights", asked, "--format", "json")
        made = bs.average(average.fits, weights=weights, **FAST)
        assert [row["weight"] for row in json.loads(out)["weights"]] == made.weights[
            "weight"
        ].tolist(), asked


def test_an_error_follows_an_average(run, tmp_path, average):
    table = with_error(runs(0))
    table.to_csv(tmp_path / "curve.csv", index=False)
    error = bs.fit("perplexity_to_error", table, y="error", L="loss", **FAST)
    code, out, err = run(
        "forecast",
        *SEVERAL,
        "--then",
        "perplexity_to_error",
        "--then-y",
        "error",
        "--format",
        "csv",
    )
    rows = pd.read_csv(io.StringIO(out))
    assert (
        (code, err) == (0, "")
        and rows["table"].tolist() == ["forecast", "then", *["weights"] * 2, *["by_law"] * 2]
        and rows["y"].tolist() == ["loss", "error"] + ["loss"] * 4
    )
    assert (
        rows["median"][1]
        == bs.chain(average, error).forecast(bs.targets(C=[1e22]))["median"].item()
    )


def test_a_report_of_an_average_has_weights_its_laws_and_others(run, curve):
    code, out, err = run(
        "report",
        *SEVERAL,
        "--format",
        "markdown",
        "--drift",
        "0.05",
        "--backtest",
        "--beside",
        "loss_frontier",
    )
    assert (code, err) == (0, "")
    for words in (
        "Weights of the laws",
        "Law of power_law\n",
        "Law of power_law_floor\n",
        "sd 0.05 \\* log",
        "How forecasts of held-out runs fared",
        "power_law and power_law_floor, fitted to smaller runs",
    ):
        assert words in out, words
    others = out[out.index("Other laws and data") :]
    assert (
        all(f"| 1e+22 FLOPs | {law} |" in others for law in ("this page", *LAWS, "loss_frontier"))
        and "0.0041" not in out
    )


def test_laws_that_can_not_be_weighed_are_refused(run, tmp_path):
    runs(0).assign(C=np.linspace(4e20, 6e20, 20)).to_csv(tmp_path / "curve.csv", index=False)
    code, out, err = run("forecast", *SEVERAL)
    assert (
        (code, out, err.count("\n")) == (2, "", 1)
        and "the laws of --law can not be weighed: nothing can be fitted and forecast" in err
        and err.endswith("or give one law\n")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drift", "-0.1"], ["--drift: '-0.1' is no sd", "from 0"]), (["--drift", "nan"], ["--drift: 'nan' is no sd"]), (["--drift", "inf"], ["'inf' is no sd"]), (["--drift", "some"], ["--drift: 'some' is no number"]),
        (["--df", "0"], ["--df: '0' is no number above 0", "or normal"]), (["--df", "Normal"], ["--df: 'Normal' is no number above 0"]), (["--df", "inf"], ["or normal"]), (["--smooth", "rbf"], ["--smooth: invalid choice: 'rbf'"]),
        (["--smooth", "ou", "--df", "4"], ["--smooth needs Normal noise, and --df is 4; leave --df out"]),
        (["--law", "passuntil", "--df", "5"], ["--df: the likelihood of passuntil, NegativeBinomial", "leave --df out"]), (["--law", "task_binomial", "--smooth", "ou"], ["--smooth: the likelihood of task_binomial, BetaBinomial"]),
        (["--law", "pass_at_k", "--drift", "0"], ["--drift: the likelihood of pass_at_k"]), (["--law", "isoflop", "--drift", "0.1"], ["--drift: isoflop has no scale", "leave --drift out"]), (["--law", "task_binomial", "--drift", "0.1"], ["task_binomial has no scale"]),
        (["--law", "chinchilla", "isoflop", "--smooth", "ou"], ["--smooth: isoflop has no scale"]), (["--law", "own.py:limited", "--smooth", "ou"], ["--smooth does not suit chinchilla: censored noise is Normal"]),
        (["--law", "own.py:rough", "--df", "4"], ["--df does not suit chinchilla: a smooth discrepancy needs Normal noise"]),
        (["--law", "chinchilla", "own.py:loss"], ["--law names chinchilla twice"]), (["--law", "chinchilla", "coupld"], ["did you mean coupled?"]), (["--law", "chinchilla", "over_training", "--column", "L=loss"], ["L is no input of"]),
        (["--at", "L=2.3"], ["--at names L, and over_training reads nothing but N, D, C and M of a run; leave it out"]),
        (["--law", "chinchilla", "coupled", "--save", "fit.nc"], ["--save keeps the fit of one law, not an average, and --law names 2; give one law"]),
        (["--law", "chinchilla", "perplexity_to_error", "--at", "L=2"], ["--law names laws of error, loss, and --y is missing"]),
        (["--weights", "lfo"], ["--weights are those of several laws, and --law names one"]), (["--law", "chinchilla", "coupled", "--weights", "best"], ["--weights is 'best'; use lfo, stacking, equal or a number for each law"]),
        (["--law", "chinchilla", "coupled", "--weights", "1"], ["--weights has 1 number and --law 2 laws"]), (["--law", "chinchilla", "coupled", "--weights", "0,0"], ["weights are 0.0, 0.0; give numbers from 0 that are not all 0"]), (["--law", "chinchilla", "coupled", "--weights", "-1,2"], ["weights are -1.0, 2.0"]),
        (["--output", "x.json", "--format", "csv"], ["--format is csv and --output x.json, which is for json; leave --format out or name another file"]), (["--output", "x.CSV", "--format", "table"], ["which is for csv"]),
    ],
    ids=lambda given: " ".join(given),
)  # fmt: skip
def test_what_can_not_be_is_refused_before_fitting(refused, tmp_path, arguments, words):
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
        (["forecast", "--fit", "fit.nc", "--drift", "0"], ["--fit is a fit already made, and --drift would go unheeded"]), (["check", "--fit", "fit.nc", "--smooth", "ou"], ["--smooth would go unheeded"]),
        (["fit", "--fit", "fit.nc", "--df", "normal"], ["--df would go unheeded"]), (["report", "--fit", "fit.nc", "--law", *LAWS, "--C", "1e22"], ["--fit is a fit already made, of one law, and --law names 2"]),
        (["check", "--runs", "gadre2024", "--law", *LAWS], ["--law names 2 laws, and check takes one; forecast, report and plan average several"]), (["fit", "--runs", "gadre2024", "--law", *LAWS], ["fit takes one"]),
        (["compare", "--runs", "gadre2024", "--law", *LAWS, "--group", "dataset", "--C", "1e22"], ["compare takes one"]),
        (["compare", "--runs", "gadre2024", "--law", "isoflop", "--group", "dataset", "--C", "1e22", "--drift", "0.1"], ["--drift: isoflop has no scale"]),
        (["backtest", "--runs", "gadre2024", "--y", "loss_c4", "--law", "chinchilla", "passuntil", "--drift", "0.1"], ["--drift: the likelihood of passuntil"]),
        (["report", *SMALL, *TARGETS, "--beside", "isoflop", "--drift", "0.1"], ["--drift: isoflop has no scale"]), (["report", *SMALL, *TARGETS, "--law", "chinchilla", "coupled", "--beside", "coupled"], ["--beside names coupled, the page's own law"]),
    ],
    ids=lambda given: " ".join(given)[:60],
)  # fmt: skip
def test_other_commands_refuse_it_too(refused, arguments, words):
    refused(arguments, *words)
