"""Columns of a table: found by their names, renamed, and missed with a suggestion."""

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs


@pytest.mark.parametrize("law", ["chinchilla", "over_training"])
@pytest.mark.parametrize("column", ["N", "D"])
def test_a_missing_size_is_named(law, column):
    with refused(f"{law} needs", "two of N, D, C, M"):
        bs.design(law, RUNS.drop(columns=column))


def test_the_suggested_renaming_of_sizes_works():
    runs = RUNS.rename(columns={"N": "params", "D": "tokens"})
    with refused(
        "needs the input N",
        "has run, params, tokens, loss",
        "load_runs(..., columns={'N': 'params'})",
    ):
        bs.design("chinchilla", runs)
    named = bs.design("chinchilla", bs.load_runs(runs, columns={"N": "params", "D": "tokens"}))
    np.testing.assert_array_equal(named["x"]["N"], RUNS.N)


def test_a_missing_or_misspelt_outcome_is_named():
    with refused("no column 'los'", "did you mean loss?"):
        bs.design("chinchilla", RUNS, "los")
    with refused("no column 'loss'", "loss_c4"):
        bs.design("chinchilla", RUNS.rename(columns={"loss": "loss_c4"}))
    with refused("no column 'se'"):
        bs.design("chinchilla", RUNS, se="se")


def test_a_misspelt_input_or_its_column_is_named():
    with refused("l is no input of perplexity_to_error", "did you mean L?"):
        bs.design("perplexity_to_error", RUNS, columns={"l": "loss"})
    with refused("needs the input L", "no column 'los'"):
        bs.design("perplexity_to_error", RUNS, columns={"L": "los"})


@pytest.mark.parametrize(
    ("call", "option", "suggestion"),
    [
        (bs.fit, "draw", "draws"),
        (bs.fit, "warm_up", "warmup"),
        (bs.calibrate, "sim", "sims"),
        (bs.backtest, "cutoff", "cutoffs"),
    ],
)
def test_a_misspelt_option_is_no_column(call, option, suggestion):
    with refused(f"there is no option {option} (did you mean {suggestion}?)"):
        call("chinchilla", RUNS, "loss", **{option: 20})
    with refused("q is no input of chinchilla"):
        call("chinchilla", RUNS, "loss", q="loss")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("chinchila", "chinchilla"),
        ("OverTraining", "over_training"),
        ("perplexity", "perplexity_to_error"),
    ],
)
def test_a_misspelt_law_gets_a_suggestion(name, suggestion):
    with refused(
        f"there is no law '{name}' (did you mean {suggestion}?); "
        "bs.laws() and `bayes-scaling laws` list them all"
    ):
        bs.find_law(name)
    with refused("there is no law 'zzzz'; laws are ", ", ...: bs.laws()"):
        bs.find_law("zzzz")


def test_two_columns_of_one_name_are_refused():
    with refused("two columns 'N'"):
        bs.load_runs(RUNS.rename(columns={"error": "N"}))


def test_columns_are_renamed():
    given = RUNS.rename(columns={"N": "params", "D": "tokens"})
    runs = bs.load_runs(given, columns={"N": "params", "D": "tokens"})
    pd.testing.assert_frame_equal(
        runs[["N", "D", "C", "M"]], bs.load_runs(RUNS)[["N", "D", "C", "M"]]
    )
    with refused("no column 'parms'", "did you mean params?"):
        bs.load_runs(given, columns={"N": "parms"})


def test_columns_can_be_swapped():
    given = RUNS.rename(columns={"N": "D", "D": "N"})
    runs = bs.load_runs(given, columns={"N": "D", "D": "N"})
    pd.testing.assert_frame_equal(runs[["N", "D"]], RUNS[["N", "D"]])


@pytest.mark.parametrize(
    "name", ["the loss", "损失 é", "loss[c4]", "a" * 500, "loss\nof c4", "`", "class", "2x"]
)
def test_an_outcome_may_have_any_name(name):
    given = RUNS.rename(columns={"loss": name})
    np.testing.assert_array_equal(bs.design("chinchilla", given, name)["z"], np.log(RUNS.loss))
