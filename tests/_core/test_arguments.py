"""Arguments that many functions take: valid ones pass, others are refused by name."""

import numpy as np
import pytest
from refusals import refused

from bayes_scaling._core.arguments import (
    check_better,
    check_counts,
    check_kind,
    check_of,
    check_prob,
    check_seed,
    is_drift_sd,
)


@pytest.mark.parametrize(
    "prob", [0, 1, -0.5, 90, np.nan, np.inf, "0.9", None, [0.9], np.array([0.5, 0.9])], ids=str
)
def test_a_probability_lies_strictly_between_0_and_1(prob):
    with refused("prob is ", "between 0 and 1"):
        check_prob(prob)


def test_a_probability_is_returned_as_a_float():
    assert check_prob(np.float32(0.5)) == 0.5 and type(check_prob(np.float32(0.5))) is float


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"draws": 3}, "draws is 3; give an integer of at least 4"),
        ({"draws": 10.0}, "draws is 10.0; give an integer"),
        ({"chains": True}, "chains is True; give an integer"),
        ({"warmup": 49}, "warmup is 49; give an integer of at least 50"),
        ({"length": -1}, "length is -1; give an integer of at least 0"),
        ({"draws": 10_000_001}, "give at most 10,000,000"),
    ],
)
def test_invalid_counts_are_refused(counts, words):
    valid = {"draws": np.int64(4), "chains": 1, "warmup": 50, "length": 0}
    check_counts(**valid)
    with refused(words):
        check_counts(**(valid | counts))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", None, False])
def test_an_invalid_seed_is_refused(seed):
    check_seed(2**32 - 1)
    with refused(f"seed is {seed!r}; give an integer from 0 to 4294967295"):
        check_seed(seed)


def test_words_other_than_the_known_are_refused():
    assert [check_of("run"), check_of("mean")] == ["run", "mean"]
    check_better("lower"), check_kind("hdi")
    for check, name in ((check_of, "of"), (check_better, "better"), (check_kind, "kind")):
        with refused(f"{name} is 'else'; use '"):
            check("else")


@pytest.mark.parametrize("value", [-0.1, np.inf, np.nan, True, "0.1", None, [0.1]])
def test_what_is_no_standard_deviation_of_a_drift(value):
    assert not is_drift_sd(value)
    assert is_drift_sd(0) and is_drift_sd(np.float64(0.1))
