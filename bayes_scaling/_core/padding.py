"""Padded lengths, so that one compiled program serves arrays of many lengths."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def padded_length(count: int) -> int:
    """The smallest power of two, from 8, that holds ``count``: few different lengths."""
    return 2 ** max(int(np.ceil(np.log2(count))), 3)


def fine_padded_length(count: int) -> int:
    """A ``padded_length`` or, where that holds ``count``, three quarters of one."""
    length = padded_length(count)
    return length * 3 // 4 if count <= length * 3 // 4 else length


def padded_rows[T](rows: Sequence[T]) -> list[T]:
    """Rows of a program, the first one repeated up to a ``padded_length``; one row stays alone."""
    length = len(rows) if len(rows) == 1 else padded_length(len(rows))
    return [*rows, *[rows[0]] * (length - len(rows))]


def pad_with_last(values: NDArray[Any], length: int, axis: int = 0) -> NDArray[Any]:
    """Values along an axis, the last one repeated up to ``length``."""
    last = np.take(values, [-1], axis)
    return np.concatenate([values, np.repeat(last, length - values.shape[axis], axis)], axis)
