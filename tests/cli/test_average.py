"""Averages of several laws at the command line: what Python does, in every format."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from floor_runs import runs
from simulate import with_error

import bayes_scaling as bs

LAWS = ["power_law", "power_law_floor"]
FAST = {
    "draws": 1000,
    "chains": 2,
    "seed": 3,
}  # an average has other defaults
SEVERAL = [
    "--runs",
    "curve.csv",
    "--law",
    *LAWS,
    "--C",
    "1e22",
    *(str(text) for name, value in FAST.items() for text in (f"--{name}", value)),
]


@pytest.fixture(scope="module")
def average():
    return bs.average([bs.fit(law, runs(0), **FAST) for law in LAWS], **FAST)


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
        "note_long",
        "diagnosis",
    ] and (answer["law"], answer["y"]) == (LAWS, "loss")
    expected = average.forecast(to, prob=0.8, kind="hdi")
    np.testing.assert_array_equal(pd.DataFrame(answer["forecast"]), expected)
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
        answer["note"] == expected.note.replace("Noise(drift=0)", "--drift 0")
        and answer["diagnosis"]["ok"]
    )


def test_an_average_as_csv_and_as_a_table_and_drawn(run, curve, average, tmp_path):
    expected = average.forecast(bs.targets(C=[1e22]))
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
        rows["median"][0] == expected["median"].item()
        and rows["weight"][1:].tolist() == average.weights["weight"].tolist() * 2
    )
    code, out, err = run("forecast", *SEVERAL, "--figure", "average.png")
    assert (code, err) == (0, "") and (tmp_path / "average.png").stat().st_size > 10_000
    for words in (
        "loss (nats/token) of a new run, 90% interval",
        "What each law predicts alone",
        "Weights of the laws",
        "Weights by pseudo-BMA",
        "Sampling of all fits: good",
        "; --drift 0 leaves it out",
    ):
        assert words in out


def test_an_average_has_the_requested_weights(run, curve, average):
    """The weights are those of ``average``; numbers stand in the order of the laws."""
    for asked, weights in (
        ("3,1", {"power_law": 3, "power_law_floor": 1}),
        ("equal", "equal"),
        ("stacking", "stacking"),
    ):
        _, out, _ = run("forecast", *SEVERAL, "--weights", asked, "--format", "json")
        expected = bs.average(average.fits, weights=weights, **FAST)
        assert [row["weight"] for row in json.loads(out)["weights"]] == expected.weights[
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
        code == 0
        and all("caution: " in line for line in err.splitlines())
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
        "sd 0.05 times the distance of log",
        "How forecasts of held-out runs performed",
        "power_law and power_law_floor, fitted to smaller runs",
    ):
        assert words in out, words
    others = out[out.index("Other laws and data") :]
    assert (
        all(f"| 1e+22 FLOPs | {law} |" in others for law in ("this report", *LAWS, "loss_frontier"))
        and "0.0041" not in out
    )


def test_laws_that_cannot_be_weighted_are_refused(run, tmp_path):
    runs(0).assign(C=np.linspace(4e20, 6e20, 20)).to_csv(tmp_path / "curve.csv", index=False)
    code, out, err = run("forecast", *SEVERAL)
    assert (
        (code, out, err.count("\n")) == (2, "", 1)
        and "the laws of --law cannot be weighted: nothing can be fitted and forecast" in err
        and err.endswith("or give one law\n")
    )
