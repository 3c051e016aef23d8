"""Values of a table: invalid ones are refused by row and column, with the remedy."""

import numpy as np
import pandas as pd
import pytest
from refusals import RUNS, changed, refused

import bayes_scaling as bs


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        "",
        "1,000",
        np.nan,
        None,
        pd.NA,
        np.inf,
        -np.inf,
        -1.0,
        0,
        10**400,
        [3.0, 4.0],
        pd.Timestamp("2024-01-01"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("column", ["N", "D", "loss"])
def test_an_invalid_value_is_refused_by_row_and_column(column, value):
    with refused("row 3 (r3)", f"{column} is ", "leave the row out"):
        bs.design("chinchilla", changed(3, column, value))


@pytest.mark.parametrize("column", ["N", "D", "loss"])
@pytest.mark.parametrize("text", ["abc", "", "NaN", "-5", "0", "inf"])
def test_a_bad_cell_of_a_file_is_refused_by_row_and_column(tmp_path, column, text):
    changed(3, column, text).to_csv(tmp_path / "runs.csv", index=False)
    with refused("row 3 (r3)", f"{column} is "):
        bs.design("chinchilla", tmp_path / "runs.csv")


def test_a_row_is_named_by_its_label():
    with refused("row k: N is -1"):
        bs.load_runs(changed(2, "N", -1).drop(columns="run").set_axis(list("xyklmnopqrst"), axis=0))
    with refused("row 40 (r3): loss is 0"):
        bs.design("chinchilla", changed(3, "loss", 0).set_axis(range(10, 130, 10), axis=0))


@pytest.mark.parametrize("value", [-0.1, 0, 1, 1.2, 73.0])
def test_an_error_rate_lies_strictly_between_0_and_1(value):
    with refused("row 3 (r3)", "error is ", "strictly between 0 and 1"):
        bs.design("perplexity_to_error", changed(3, "error", value), columns={"L": "loss"})


@pytest.mark.parametrize(
    ("column", "text", "number"),
    [
        ("N", "12,000,000", 12_000_000),
        ("N", "12M", 12_000_000),
        ("N", "1.4 B", 1_400_000_000),
        ("N", "125m params", 125_000_000),
        ("N", "125mm", 125_000_000),
        ("N", "1.3 billion parameters", 1_300_000_000),
        ("D", "300 GTok", 300_000_000_000),
        ("D", "2.5bn tokens", 2_500_000_000),
    ],
)
def test_a_size_in_shorthand_is_read_with_a_notice(column, text, number):
    given = changed(3, column, text)[["run", column, "loss"]]
    with pytest.warns(bs.RunsWarning, match=f"{column} is '{text}', read as {number}") as caught:
        runs = bs.load_runs(given)
    assert runs[column].iloc[3] == number and runs[column].dtype == float and len(caught) == 1


@pytest.mark.parametrize(
    ("text", "flops"),
    [
        ("3.2 PFLOPs", 3.2e15),
        ("1.5e21 FLOP", 1.5e21),
        ("2 PF-days", 1.728e20),
        ("4e9 GFLOPs", 4e18),
    ],
)
def test_compute_with_its_unit_is_flops(text, flops):
    with pytest.warns(bs.RunsWarning, match="read as"):
        assert bs.load_runs([{"C": text}])["C"].iloc[0] == pytest.approx(flops)


@pytest.mark.parametrize(
    ("column", "text"),
    [("N", "300 GTok"), ("D", "1.3B params"), ("D", "6e18 FLOPs"), ("N", "2 GB"), ("D", "7,5B")],
)
def test_the_unit_of_another_size_is_refused(column, text):
    with refused(f"row 3 (r3): {column} is '{text}'", "leave the row out"):
        bs.load_runs(changed(3, column, text))


def test_thousands_separators_of_an_outcome_get_a_remedy():
    with refused("loss is '1,234.5'; write it without commas or letters, as 1234.5,"):
        bs.design("chinchilla", changed(3, "loss", "1,234.5"))


@pytest.mark.parametrize("text", ["12MB", "1,00,000", "M", "1.00.000", "8x7B", "~1B", "1 PFLOP/s"])
def test_an_ambiguous_number_is_not_guessed(text):
    with refused(f"N is '{text}'; give a finite number"):
        bs.load_runs(changed(3, "N", text))


@pytest.mark.parametrize("text", ["2,5", "3,141"])
def test_a_comma_that_may_be_decimal_is_not_guessed(text):
    with refused(f"loss is '{text}'; write a decimal point, or no comma"):
        bs.design("chinchilla", changed(3, "loss", text))


@pytest.mark.parametrize(
    "text",
    ["80.000.000", "80 000 000", "80\u00a0000\u00a0000", "80'000'000", "80 mega", "0.08 giga"],
)
def test_thousands_of_other_countries_are_read_with_a_notice(text):
    with pytest.warns(bs.RunsWarning, match="read as 80000000 parameters"):
        assert bs.load_runs(changed(3, "N", text))["N"][3] == 8e7


def test_percentages_and_fractions_at_the_ends_get_a_remedy():
    for value, law, words in (
        (
            1.65,
            "perplexity_to_error",
            "fix it or leave the row out; where these are percent, divide by 100",
        ),
        (
            1.0,
            "perplexity_to_error",
            "error is 1; it must be strictly between 0 and 1: leave the row out, "
            "or fit counts of items by a binomial law (task_binomial)",
        ),
        (-0.1, "perplexity_to_error", "strictly between 0 and 1: fix it or leave the row out"),
        (0, "chinchilla", "a positive number: fix it or leave the row out"),
    ):
        y = "loss" if law == "chinchilla" else "error"
        with refused(words):
            bs.design(law, changed(3, y, value), columns={} if y == "loss" else {"L": "loss"})
    with refused("divide by 100, and where counts, by the items"):
        bs.design(
            "task_binomial",
            RUNS.assign(error=lambda t: 100 * t.error),
            "error",
            columns={"L": "loss", "items": 500, "chance": 0.9},
        )


def test_a_standard_error_is_positive():
    with refused("row 3 (r3)", "se is 0"):
        bs.design("chinchilla", RUNS.assign(se=[0.1] * 3 + [0.0] + [0.1] * 8), se="se")


def test_numbers_written_as_text_are_read():
    given = bs.design("chinchilla", changed(3, "N", " 8e7 "))
    np.testing.assert_array_equal(given["x"]["N"], RUNS.N)
