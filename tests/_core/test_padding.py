"""Padded lengths hold every count, in few sizes."""

import numpy as np
import pytest

from bayes_scaling._core.padding import fine_padded_length, pad_with_last, padded_length


@pytest.mark.parametrize(
    ("count", "length", "fine"),
    [(1, 8, 6), (6, 8, 6), (7, 8, 8), (8, 8, 8), (9, 16, 12), (13, 16, 16), (64, 64, 64)],
)
def test_padded_lengths(count, length, fine):
    assert (padded_length(count), fine_padded_length(count)) == (length, fine)


def test_the_last_value_fills_an_axis():
    values = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(pad_with_last(values[:, 2], 4), [2, 5, 5, 5])
    np.testing.assert_array_equal(
        pad_with_last(values, 5, axis=1), [[0, 1, 2, 2, 2], [3, 4, 5, 5, 5]]
    )
