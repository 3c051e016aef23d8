"""A law's log density at many points of many data sets at once, each in a lane of its own."""

from typing import Any

import jax

from bayes_scaling.inference.density import Density
from bayes_scaling.law.prior_draws import biject_to


def log_of_lanes(density: Density, theta: jax.Array, data: dict[str, Any]) -> jax.Array:
    """As ``Density.log`` in every lane: (lanes,).

    The functions of laws and likelihoods work elementwise, so that they take lanes as they are;
    ``jax.vmap`` would put them first, where a processor cannot use them.

    Parameters
    ----------
    density : Density
        The density, of a law without vector inputs and outcomes that are independent.
    theta : array (size, lanes)
        A point in each lane.
    data : dict
        As ``bayes_scaling.inference.design`` makes it, each array with the lanes last.

    Returns
    -------
    jax.Array (lanes,)
    """
    from bayes_scaling.law.likelihoods.scaled import sum_log_prob_over_runs

    law = density.law
    p = {
        name: biject_to(prior.support)(theta[i])
        for i, (name, prior) in enumerate(density.priors(data).items())
    }
    mean = law.function(data["x"], **law.publish(p, data["ref"]))
    outcome = law.noise.distribution(mean, p, data["u"])
    return density.log_prior_of(theta, p, data) + sum_log_prob_over_runs(
        outcome, data["z"], data["mask"]
    )
