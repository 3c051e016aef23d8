"""A law's inputs and parameters, read and checked before its mean is computed."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.columns import stack_columns
from bayes_scaling.runs.sizes import SIZES, derive_sizes

if TYPE_CHECKING:
    import jax


def read_inputs(
    law: str, names: Collection[str], vectors: Collection[str], inputs: Any
) -> "dict[str, jax.Array]":
    """A law's inputs as arrays, with N, D, C and M derived from one another.

    Parameters
    ----------
    law : str
        Name of the law, for messages.
    names, vectors : collection of str
        The law's inputs, and those with several numbers a run in columns name_0, name_1, ...
    inputs : mapping or pandas.DataFrame
        Input -> array in its unit.

    Returns
    -------
    dict of str to jax.Array

    Raises
    ------
    InputError
        An input is missing.
    """
    import jax.numpy as jnp

    # floats first: 6 N D of a large run does not fit an integer
    given = {
        key: jnp.asarray(inputs[key], float)
        for key in inputs.keys()
        if key in SIZES or key in names
    }
    x: dict[str, jax.Array] = derive_sizes(given)
    for key in vectors:
        if f"{key}_0" in inputs:  # a column lr beside lr_0 is not the input
            x[key] = jnp.asarray(stack_columns(inputs, key), float)
    for key in names:
        if key not in x:
            raise InputError(f"{law} needs the input {key}; give {', '.join(names)}")
    return {key: x[key] for key in names}


def check_parameters(law: str, names: Collection[str], given: Collection[str]) -> None:
    """Refuse a missing or an unknown published-form parameter."""
    for key in (*names, *given):
        if key not in names or key not in given:
            problem = "missing" if key in names else "unknown"
            raise InputError(f"{law} takes the parameters {', '.join(names)}; {key} is {problem}")
