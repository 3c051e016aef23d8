"""Draws from priors, on the unconstrained scale."""

from typing import Any, cast

import jax

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import wrap
from bayes_scaling.law.array_types import Values
from bayes_scaling.law.prior import Prior, import_numpyro

PRIOR_DRAWS = 1000  # of each quantity, beside a fit's posterior


def biject_to(support: Any) -> Any:
    """NumPyro's map from the real numbers to a prior's support."""
    return import_numpyro().biject_to(support)


@stored_jit(static=("family", "count"), compiler_options={"xla_backend_optimization_level": 0})
def draw_unconstrained(family: str, words: Any, values: Values, count: int) -> jax.Array:
    """Draw from a prior, on the unconstrained scale.

    Called outside other programs it is a program of its own, which all laws with such a prior
    share: that of a Beta takes as long to compile as a law's density.

    Parameters
    ----------
    family : str
        Name of the prior's family in ``numpyro.distributions``.
    words : array (2,)
        Words of the random key: see ``bayes_scaling._core.threefry``.
    values : mapping of str to number
        The family's arguments.
    count : int
        Number of draws.

    Returns
    -------
    jax.Array (count,)
    """
    prior = Prior(family, ()).dist(values)
    return cast(jax.Array, biject_to(prior.support).inv(prior.sample(wrap(words), (count,))))
