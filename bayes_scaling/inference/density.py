"""A law's NumPyro model as a density of one flat, unconstrained vector: what the sampler samples."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling.law.law import Law
from bayes_scaling.law.prior_draws import biject_to, drawn

with warnings.catch_warnings():  # in a notebook without widgets, its progress bar complains of that
    warnings.simplefilter("ignore")
    from bayes_scaling.law.likelihoods.scaled import total


class Density:
    """log p(theta | data) of a law, theta in R^size.

    Two densities are equal when one compiled program serves both: the numbers of priors and data are
    arguments, the forms are not.
    """

    def __init__(self, law: Law):
        self.law, self.names, self.size = law, tuple(q.sampled for q in law.sites), len(law.sites)
        self._signature = law.signature

    def __eq__(self, other):
        return isinstance(other, Density) and self._signature == other._signature

    def __hash__(self):
        return hash(self._signature)

    def priors(self, data):
        """Sampled name -> NumPyro distribution, with the numbers that ``data`` brings."""
        given = data.get("priors", {})
        return {q.sampled: q.prior.dist(given.get(q.sampled)) for q in self.law.sites}

    def constrain(self, theta, data):
        """Sampled quantities by name from theta of shape (..., size)."""
        return {
            name: biject_to(prior.support)(theta[..., i])
            for i, (name, prior) in enumerate(self.priors(data).items())
        }

    def log(self, theta, data):
        """log joint density of theta, the change of variables included: that of ``law.model``, with no handlers in between."""
        p = self.constrain(theta, data)
        change = sum(
            biject_to(prior.support).log_abs_det_jacobian(theta[i], p[name])
            for i, (name, prior) in enumerate(self.priors(data).items())
        )
        mean = self.law.function(data["x"], **self.law.publish(p, data["ref"]))
        return (
            change
            + sum(self.log_prior(p, data).values())
            + total(self._scatter(mean, p, data), data["z"], data.get("mask", True))
        )

    def _scatter(self, mean, p, data):
        return self.law.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows"))

    def draw_prior(self, key, data, count):
        """Unconstrained draws from the prior, (count, size); called outside of compiled programs."""
        keys, given = jax.random.split(key, self.size), data.get("priors", {})
        return np.stack(
            [
                drawn(q.prior.family, k, given.get(q.sampled, dict(q.prior.args)), count)
                for k, q in zip(keys, self.law.sites)
            ],
            axis=-1,
        )

    def published(self, theta, data):
        """Sampled quantities and published parameters of draws (k, size), each by name as (k,)."""
        p = self.constrain(theta, data)
        return p, {
            key: jnp.broadcast_to(value, theta.shape[:1])
            for key, value in self.law.publish(p, data["ref"]).items()
        }

    def log_prior(self, p, data):
        """{sampled name: log prior density} of sampled quantities."""
        return {name: prior.log_prob(p[name]) for name, prior in self.priors(data).items()}

    def log_likelihood(self, p, published, data):
        """Pointwise log likelihood (k, runs) on the noise's scale: of each run given all others, where one tells of another."""

        def pointwise(one, values):
            mean = self.law.function(data["x"], **values)
            return self.law.noise.pointwise(
                self._scatter(mean, one, data), data["z"], data.get("mask", True)
            )

        return jax.vmap(pointwise)(p, published)
