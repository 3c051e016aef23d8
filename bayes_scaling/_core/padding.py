"""Padded lengths, so that one compiled program serves arrays of many lengths."""

import numpy as np


def slot(count):
    """A length of few: the least power of two, and at least 8, that holds ``count``."""
    return 2 ** max(int(np.ceil(np.log2(count))), 3)


def half_slot(count):
    """A length of twice as many: a ``slot``, or three quarters of one where that holds ``count``."""
    most = slot(count)
    return most * 3 // 4 if count <= most * 3 // 4 else most


def filled(values, length, axis=0):
    """Values along an axis, the last repeated up to ``length``."""
    last = np.take(values, [-1], axis)
    return np.concatenate([values, np.repeat(last, length - values.shape[axis], axis)], axis)
