"""Powers for the means of laws."""

from typing import TYPE_CHECKING

from bayes_scaling.law.array_types import Numeric

if TYPE_CHECKING:
    import jax


def power(x: Numeric, exponent: Numeric) -> "jax.Array":
    """Compute x ** exponent for positive x, as exp(exponent * log x).

    XLA moves log x out of the sampler's loop, which makes it twice as fast.

    Parameters
    ----------
    x : float or array
        Base, positive.
    exponent : float or array
        Exponent; both broadcast.

    Returns
    -------
    jax.Array in the unit of x ** exponent
    """
    import jax.numpy as jnp

    return jnp.exp(exponent * jnp.log(x))
