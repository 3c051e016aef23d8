"""Phrases and numbers of messages."""

import math

import pandas as pd
import pytest

from bayes_scaling._core.command_line import at_command_line, option, without_option
from bayes_scaling._core.formatting import (
    describe_run,
    format_cells,
    format_count,
    format_to_width,
    format_with_error,
    percent,
)
from bayes_scaling._core.messages import (
    did_you_mean,
    first_line,
    join_words,
    not_converged,
    plural,
    shorten_list,
)


def test_words_are_joined_and_shortened():
    assert [join_words(x) for x in ([], ["a"], "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    assert join_words((1, 2), "or") == "1 or 2"
    assert shorten_list(range(3)) == "0, 1, 2" and shorten_list("abc", 2) == "a, b, ..."
    assert (plural(1, "run"), plural(2, "run")) == ("1 run", "2 runs")
    assert not_converged(1, 4) == "1 of 4 fits has not converged"
    assert not_converged(2, 4, "chinchilla") == "2 of 4 fits of chinchilla have not converged"


def test_the_most_similar_word_is_suggested():
    assert did_you_mean("LOS", ["loss", "error"]) == " (did you mean loss?)"
    assert did_you_mean("zz", ["loss", "error"]) == ""
    assert did_you_mean("los", ["loss"], cutoff=0.99) == ""


def test_the_first_line_of_an_error():
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(ValueError()) == "ValueError" and len(first_line(ValueError("x" * 99))) == 80


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (999, "999"),
        (1234, "1,230"),
        (1.44e9, "1.44B"),
        (999_999, "1M"),
        (9.21e11, "921B"),
        (5e12, "5T"),
        (7.96e21, "7.96e+21"),
    ],
)
def test_counts_have_units(value, text):
    assert format_count(value) == text


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"N": 7e9, "D": 1.4e11, "C": 1e22}, "7B parameters on 140B tokens"),
        ({"C": 1e21, "M": 20.0}, "1e+21 FLOPs"),
        ({"L": 2.5, "task": "piqa"}, "L = 2.5, task = piqa"),
    ],
)
def test_a_run_is_described_by_its_size(row, text):
    assert describe_run(row) == text


def test_digits_follow_from_the_width_of_an_interval():
    assert format_to_width([2.5, 2.50012345], 1e-3) == ["2.50000", "2.50012"]
    assert format_to_width([2.5, 30.0], 0.0) == ["2.500", "30.00"]
    assert format_to_width([math.nan, 1000.0], 500) == ["nan", "1000"]
    assert format_to_width([1.0], 1e-30) == ["1.00000000000"]


def test_means_without_a_standard_error_have_a_dash():
    assert format_with_error(0.912, 0.031) == "0.912 (0.031)"
    assert format_with_error(1.0, 0.0) == format_with_error(1.0, math.nan) == "1 (-)"
    assert percent(0.9) == "90%" and percent(0.975) == "97.5%"


def test_cells_of_a_table_are_texts():
    table = pd.DataFrame({"a": [1.23456, 2.0], "b": [True, False]})
    assert format_cells(table) == (("a", "b"), (("1.235", "yes"), ("2", "no")))
    header, rows = format_cells(table.rename_axis("run"))
    assert header == ("run", "a", "b") and rows[1] == ("1", "2", "no")
    assert format_cells(table.set_axis(["x", "y"]))[0] == ("", "a", "b")


def test_an_option_is_named_as_the_user_gives_it():
    assert option("drift", 0) == "drift=0" and option("law", "a", "with_noise(...)") == (
        "with_noise(...)"
    )
    with at_command_line({"drift"}):
        assert option("drift", 0) == "--drift 0" and option("chains", 8) == "chains=8 in Python"
        with without_option("drift"):
            assert option("drift", 0) == "drift=0 in Python"
        assert option("drift", 0) == "--drift 0"
    with without_option("drift"):
        assert option("drift", 0) == "drift=0"
