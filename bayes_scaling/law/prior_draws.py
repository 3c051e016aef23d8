"""Draws from priors, on the unconstrained scale."""

import warnings
from functools import partial

import jax

from bayes_scaling.law.prior import Prior

with warnings.catch_warnings():  # in a notebook without widgets, its progress bar warns of them
    warnings.simplefilter("ignore")
    from numpyro.distributions import biject_to as biject_to


@partial(jax.jit, static_argnums=(0, 3), compiler_options={"xla_backend_optimization_level": 0})
def drawn(family, key, values, count):
    """Unconstrained draws from a prior. Called outside other programs it is one of its own, which all laws with such a prior share:
    a Beta's takes as long to compile as a law's density."""
    prior = Prior(family, ()).dist(values)
    return biject_to(prior.support).inv(prior.sample(key, (count,)))
