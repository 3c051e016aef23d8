"""A law's curve at draws of its parameters: programs for a few lengths serve up to 512 runs."""

from functools import partial

import jax
import numpy as np

from bayes_scaling.settings import float64

_MOST = 512  # runs that are filled up to a length of few; for more the runs' own number is worth a program


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


def curve(law, x, published):
    """The law's curve.

    Parameters
    ----------
    law : the Law.
    x : {input: (1 or draws, runs) or (1, runs, pieces)}.
    published : {name: (draws, 1)}.

    Returns
    -------
    array (draws, runs); of a law that is the same for all runs, (draws, 1).
    """
    x = {name: np.asarray(values) for name, values in x.items()}
    runs = max(values.shape[1] for values in x.values())
    if 1 < runs <= _MOST:
        x = {name: filled(values, slot(runs), 1) if values.shape[1] == runs else values for name, values in x.items()}
    with float64():
        return np.asarray(_curve(law.function, x, published))[..., :runs]


@partial(jax.jit, static_argnums=0)
def _curve(function, x, published):
    return function(x, **published)
