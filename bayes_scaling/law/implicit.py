"""Laws that are equations: the outcome as the root of an increasing function, with exact gradients."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

_STEPS = 100


def root(function, low, high, *args):
    """y with function(y, *args) = 0, elementwise, for a function that increases in y.

    Newton's method, kept in the bracket by bisection. Gradients of any order with respect to ``args`` follow
    from the implicit function theorem, dy = -(df/dargs) dargs / (df/dy): the solver's steps are not differentiated.

    Parameters
    ----------
    function : pure function of y and ``args``; it closes over no traced array.
    low, high : numbers or arrays that bracket the root.
    *args : arrays; all broadcast against one another.
    """
    args = tuple(jnp.asarray(a, float) for a in args)
    shape = jnp.broadcast_shapes(jnp.shape(low), jnp.shape(high), *(a.shape for a in args))
    low, high = (
        lax.stop_gradient(jnp.broadcast_to(jnp.asarray(end, float), shape)) for end in (low, high)
    )
    return _solve(function, low, high, args)


def _with_slope(function, y, args):
    return jax.jvp(lambda v: function(v, *args), (y,), (jnp.ones_like(y),))


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _solve(function, low, high, args):
    tolerance = 4 * jnp.finfo(low.dtype).eps

    def going(carry):
        y, *_, step, count = carry
        return (count < _STEPS) & jnp.any(jnp.abs(step) > tolerance * (1 + jnp.abs(y)))

    def improve(carry):
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

    return lax.while_loop(going, improve, ((low + high) / 2, low, high, high - low, 0))[0]


@_solve.defjvp
def _implicit(function, primals, tangents):
    low, high, args = primals
    y = _solve(function, low, high, args)
    along = jax.jvp(lambda *a: function(y, *a), args, tangents[2])[1]
    return y, -along / _with_slope(function, y, args)[1]
