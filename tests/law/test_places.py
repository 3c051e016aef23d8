"""Coordinates in which extrapolation is measured."""

import numpy as np
import pytest

import bayes_scaling as bs
from bayes_scaling.law.places import TOKENS_WEIGHT, axes, places


@pytest.mark.parametrize(
    "law, expected",
    [
        ("coupled", ("N", "D")),
        ("over_training", ("N", "D")),
        ("power_law_floor", ("scale",)),
        ("perplexity_to_error", ("L",)),
        ("ladder_task", ("L",)),
        ("sigmoid", ("C",)),
        ("mixing_law", ()),
    ],
)
def test_the_coordinates_of_a_law(law, expected):
    assert axes(bs.find_law(law)) == expected


def test_compute_and_tokens_per_parameter_give_the_same_place_as_parameters_and_tokens():
    n, d = np.array([1e8, 3e9]), np.array([2e10, 5e9])
    direct = places(bs.find_law("chinchilla"), {"N": n, "D": d})
    derived = places(bs.find_law("over_training"), {"C": 6 * n * d, "M": d / n})
    np.testing.assert_allclose(derived, direct, rtol=1e-12)
    np.testing.assert_allclose(direct[:, 0], np.log(n))
    np.testing.assert_allclose(direct[:, 1], TOKENS_WEIGHT * np.log(d))
    np.testing.assert_allclose(
        places(bs.find_law("perplexity_to_error"), {"L": np.array([[2.5, 3.0]])}), [[[2.5], [3.0]]]
    )
