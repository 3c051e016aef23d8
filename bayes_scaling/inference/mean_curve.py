"""A law's curve at draws of its parameters: programs of a few lengths serve up to 512 runs."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import pad_with_last, padded_length
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling.law.law import Law

_MAX_PADDED = 512  # runs up to which a length is padded; above, each length is worth a program


def curve(law: Law, x: Mapping[str, Any], published: Mapping[str, np.ndarray]) -> np.ndarray:
    """Evaluate a law's curve.

    Parameters
    ----------
    law : Law
        The law.
    x : dict of str to np.ndarray
        Inputs, (1 or draws, runs), or (1, runs, pieces) of a vector.
    published : dict of str to np.ndarray
        Published parameters, (draws, 1).

    Returns
    -------
    np.ndarray
        (draws, runs), in the outcome's unit; (draws, 1) of a law that is the same for all runs.
    """
    x = {name: np.asarray(values) for name, values in x.items()}
    runs = max(values.shape[1] for values in x.values())
    if 1 < runs <= _MAX_PADDED:
        x = {
            name: pad_with_last(values, padded_length(runs), 1)
            if values.shape[1] == runs
            else values
            for name, values in x.items()
        }
    with float64():
        return np.asarray(_curve(law.function, x, published))[..., :runs]


@stored_jit(static=("function",))
def _curve(
    function: Callable[..., jax.Array], x: dict[str, Any], published: Mapping[str, Any]
) -> jax.Array:
    return function(x, **published)
