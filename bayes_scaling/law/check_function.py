"""A law's function tried once, before any sampling: laws of one's own often use NumPy or an if."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line
from bayes_scaling._core.program_key import is_own

_MOST = 256  # functions whose shape is remembered


def check_function(
    name: str,
    function: Callable[..., Any],
    parameters: tuple[str, ...],
    x: Mapping[str, np.ndarray],
    count: int,
) -> None:
    """Refuse a function that JAX cannot trace, or that does not return one number a run.

    Parameters
    ----------
    name : str
        The law's name.
    function : callable
        ``function(x, **published)``.
    parameters : tuple of str
        Names of the published parameters.
    x : mapping of str to array
        Inputs, (runs,) or (runs, pieces).
    count : int
        Number of runs.

    Raises
    ------
    InputError
        The sentence names the law, what is wrong and the remedy.
    """
    if is_own(getattr(function, "__module__", None)):
        return  # the package's own laws are tested, and a trace takes time
    pieces = tuple((key, np.shape(values)[1:]) for key, values in x.items())
    _check_shape(name, function, parameters, pieces, count)


@lru_cache(maxsize=_MOST)
def _check_shape(
    name: str,
    function: Callable[..., Any],
    parameters: tuple[str, ...],
    pieces: tuple[tuple[str, tuple[int, ...]], ...],
    count: int,
) -> None:
    """The check, which depends on the shapes only."""
    import jax

    inputs = {
        key: jax.ShapeDtypeStruct((count, *rest), np.dtype(np.float32)) for key, rest in pieces
    }
    scalars = {key: jax.ShapeDtypeStruct((), np.dtype(np.float32)) for key in parameters}

    def of_arrays(x: dict[str, Any], p: dict[str, Any]) -> Any:
        return function(x, **p)

    try:
        mean = jax.eval_shape(of_arrays, inputs, scalars)
    except Exception as error:  # of any kind, as the function is the user's
        raise InputError(f"the function of {name} {_reason(error)}") from None
    shape = getattr(mean, "shape", None)
    if shape != (count,):
        what = f"type {type(mean).__name__}" if shape is None else f"shape {shape}"
        raise InputError(
            f"the function of {name} returns {what} for {count} runs; return one number a run, an"
            f" array of shape ({count},)"
        )


def _reason(error: Exception) -> str:
    """What a function did, and the remedy."""
    from jax.errors import (
        ConcretizationTypeError,
        TracerArrayConversionError,
        TracerBoolConversionError,
    )

    if isinstance(error, TracerArrayConversionError):
        return "uses NumPy on its arguments; use jax.numpy in its place"
    if isinstance(error, TracerBoolConversionError):
        return "uses an if, and, or, or a comparison in Python; use jax.numpy.where in its place"
    if isinstance(error, ConcretizationTypeError):
        return "needs the numbers of its arguments as it is compiled; use jax.numpy only"
    if isinstance(error, KeyError):
        return (
            f"raises KeyError ({first_line(error)}); it gets the inputs of the law as x and the"
            " parameters by name"
        )
    return f"raises {type(error).__name__} ({first_line(error)}); correct it"
