"""How the NumPyro model of several groups samples one quantity."""

from collections.abc import Callable, Iterable
from typing import Any, cast

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions import biject_to

from bayes_scaling.law.array_types import Component, Numeric

# NumPyro leaves the types of its sites open
_sample = cast(Callable[..., Numeric], numpyro.sample)
_deterministic = cast(Callable[..., Numeric], numpyro.deterministic)


def sample_free(name: str, prior: dist.Distribution, cells: int) -> Numeric:
    """Sample a quantity with a value for each cell (cells, 1), each with the law's prior."""
    with numpyro.plate("group", cells):
        return _sample(name, prior)[:, None]


def sample_shared(name: str, prior: dist.Distribution) -> Numeric:
    """Sample a quantity with one value for all cells."""
    return _sample(name, prior)


def sample_partial(
    name: str,
    prior: dist.Distribution,
    tau_prior: dist.Distribution,
    components: Iterable[Component],
) -> Numeric:
    """Sample a partially pooled quantity, (cells, 1).

    Parameters
    ----------
    name : str
        Its sampled name.
    prior : numpyro.distributions.Distribution
        The law's prior, here of mu.
    tau_prior : numpyro.distributions.Distribution
        Prior of each of its group sds tau.
    components : iterable of Component
        What it is the sum of.

    Returns
    -------
    jax.Array (cells, 1)
    """
    link = cast(Any, biject_to(prior.support))
    theta = link.inv(_sample(f"mu_{name}", prior))
    for ending, count, z_of_cell in components:
        tau = _sample(f"tau_{name}{ending}", tau_prior)
        with numpyro.plate(f"level{ending}", count):
            z = _sample(f"z_{name}{ending}", dist.Normal(0.0, 1.0))
        theta = theta + tau * z[jnp.asarray(z_of_cell)]
    return link(_deterministic(f"theta_{name}", theta))[:, None]
