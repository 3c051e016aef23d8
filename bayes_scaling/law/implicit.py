"""Laws that are equations: the outcome as the root of an increasing function."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp
from jax import lax

from bayes_scaling.law.array_types import Numeric

_MAX_STEPS = 100

type _Equation = Callable[..., jax.Array]
type _Arguments = tuple[jax.Array, ...]


def root(function: _Equation, low: Numeric, high: Numeric, *args: Numeric) -> jax.Array:
    """Solve function(y, *args) = 0 for y, elementwise, for a function that increases in y.

    Newton's method, kept in the bracket by bisection. Gradients of any order with respect to
    ``args`` follow from the implicit function theorem, dy = -(df/dargs) dargs / (df/dy): the
    solver's steps are not differentiated.

    Parameters
    ----------
    function : callable
        Pure function of y and ``args``; it closes over no traced array.
    low, high : float or array
        Bracket of the root.
    *args : float or array
        Further arguments of ``function``; all broadcast against one another.

    Returns
    -------
    jax.Array of the broadcast shape
    """
    arrays = tuple(jnp.asarray(a, float) for a in args)
    shape = jnp.broadcast_shapes(jnp.shape(low), jnp.shape(high), *(a.shape for a in arrays))
    low, high = (
        lax.stop_gradient(jnp.broadcast_to(jnp.asarray(end, float), shape)) for end in (low, high)
    )
    return cast(jax.Array, _solve(function, low, high, arrays))


def _with_slope(function: _Equation, y: jax.Array, args: _Arguments) -> tuple[jax.Array, jax.Array]:
    """The function's value and its slope in y."""

    def of_y(v: jax.Array) -> jax.Array:
        return function(v, *args)

    return jax.jvp(of_y, (y,), (jnp.ones_like(y),))


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _solve(function: _Equation, low: jax.Array, high: jax.Array, args: _Arguments) -> jax.Array:
    tolerance = 4 * cast(Any, jnp.finfo(low.dtype)).eps

    def unfinished(carry: Any) -> jax.Array:
        y, *_, step, count = carry
        return (count < _MAX_STEPS) & jnp.any(jnp.abs(step) > tolerance * (1 + jnp.abs(y)))

    def improve(carry: Any) -> Any:
        y, low, high, _, count = carry
        value, slope = _with_slope(function, y, args)
        low, high = jnp.where(value < 0, y, low), jnp.where(value > 0, y, high)
        new = y - value / slope
        new = jnp.where(
            (new > low) & (new < high),
            new,
            jnp.where(jnp.abs(value / slope) <= tolerance * (1 + jnp.abs(y)), y, (low + high) / 2),
        )
        return new, low, high, new - y, count + 1

    return lax.while_loop(unfinished, improve, ((low + high) / 2, low, high, high - low, 0))[0]


@_solve.defjvp
def _solve_jvp(function: _Equation, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    low, high, args = primals
    y = cast(jax.Array, _solve(function, low, high, args))

    def of_args(*a: jax.Array) -> jax.Array:
        return function(y, *a)

    change = jax.jvp(of_args, args, tangents[2])[1]
    return y, -change / _with_slope(function, y, args)[1]
