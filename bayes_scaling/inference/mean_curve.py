"""A law's curve at draws of its parameters: programs for a few lengths serve up to 512 runs."""

from functools import partial

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import filled, slot

_MOST = 512  # runs that are filled up to a length of few; for more the runs' own number is worth a program


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
        x = {
            name: filled(values, slot(runs), 1) if values.shape[1] == runs else values
            for name, values in x.items()
        }
    with float64():
        return np.asarray(_curve(law.function, x, published))[..., :runs]


@partial(jax.jit, static_argnums=0)
def _curve(function, x, published):
    return function(x, **published)
