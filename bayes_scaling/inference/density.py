"""A law's NumPyro model as a density of one flat, unconstrained vector."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import key_words, split
from bayes_scaling.law.law import Law
from bayes_scaling.law.prior_draws import biject_to, draw_unconstrained

if TYPE_CHECKING:  # NumPyro is imported for programs that are traced
    from numpyro.distributions import Distribution

Named = dict[str, Any]  # arrays by name


class Density:
    """log p(theta | data) of a law, theta in R^size.

    Two densities are equal when one compiled program serves both: the numbers of priors and data
    are arguments, their forms are not.

    Parameters
    ----------
    law : Law
        The law, with its priors and its noise.
    """

    def __init__(self, law: Law) -> None:
        self.law, self.names, self.size = law, tuple(q.sampled for q in law.sites), len(law.sites)
        self._signature = law.signature

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides the compiled programs."""
        return self._signature

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Density) and self._signature == other._signature

    def __hash__(self) -> int:
        return hash(self._signature)

    def priors(self, data: dict[str, Any]) -> "dict[str, Distribution]":
        """Build the prior of each sampled quantity, with the numbers in ``data``."""
        given = data.get("priors", {})
        return {q.sampled: q.prior.dist(given.get(q.sampled)) for q in self.law.sites}

    def constrain(self, theta: jax.Array | np.ndarray, data: dict[str, Any]) -> Named:
        """Map theta, of shape (..., size), to sampled quantities by name."""
        return {
            name: biject_to(prior.support)(theta[..., i])
            for i, (name, prior) in enumerate(self.priors(data).items())
        }

    def log(self, theta: jax.Array, data: dict[str, Any]) -> Any:
        """Log joint density of theta, with the change of variables.

        That of ``law.model``, with no handlers in between.
        """
        from bayes_scaling.law.likelihoods.scaled import sum_log_prob

        p = self.constrain(theta, data)
        mean = self.law.function(data["x"], **self.law.publish(p, data["ref"]))
        return self.log_prior_of(theta, p, data) + sum_log_prob(
            self._outcome_distribution(mean, p, data), data["z"], data.get("mask", True)
        )

    def log_prior_of(self, theta: jax.Array, p: Named, data: dict[str, Any]) -> Any:
        """Log prior density of theta, whose sampled quantities are ``p``."""
        change = sum(
            biject_to(prior.support).log_abs_det_jacobian(theta[i], p[name])
            for i, (name, prior) in enumerate(self.priors(data).items())
        )
        return change + sum(self.log_prior(p, data).values())

    def _outcome_distribution(
        self, mean: jax.Array, p: Named, data: dict[str, Any]
    ) -> "Distribution":
        return self.law.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows"))

    def draw_prior(
        self, key: jax.Array | np.ndarray, data: dict[str, Any], count: int
    ) -> np.ndarray:
        """Draw from the prior, unconstrained: (count, size). Called outside compiled programs."""
        keys, given = split(key_words(key), self.size), data.get("priors", {})
        return np.stack(
            [
                draw_unconstrained(
                    q.prior.family, k, given.get(q.sampled, dict(q.prior.args)), count
                )
                for k, q in zip(keys, self.law.sites)
            ],
            axis=-1,
        )

    def published(self, theta: Any, data: dict[str, Any]) -> tuple[Named, Named]:
        """Map draws (k, size) to sampled quantities and published parameters, each (k,)."""
        p = self.constrain(theta, data)
        return p, {
            key: jnp.broadcast_to(value, theta.shape[:1])
            for key, value in self.law.publish(p, data["ref"]).items()
        }

    def log_prior(self, p: Named, data: dict[str, Any]) -> Named:
        """Log prior density of each sampled quantity."""
        return {name: prior.log_prob(p[name]) for name, prior in self.priors(data).items()}

    def log_likelihood(self, p: Named, published: Named, data: dict[str, Any]) -> jax.Array:
        """Pointwise log likelihood (k, runs) on the noise's scale.

        Of each run given all others, where the runs depend on one another.
        """

        def pointwise(p: Named, values: Named) -> Any:
            mean = self.law.function(data["x"], **values)
            return self.law.noise.pointwise(
                self._outcome_distribution(mean, p, data), data["z"], data.get("mask", True)
            )

        return jax.vmap(pointwise)(p, published)


def quantities(density: Density, theta: Any, data: dict[str, Any]) -> dict[str, jax.Array]:
    """{name: (draws,)} of draws (draws, size): published parameters and sampled quantities.

    They are those of the reference run and the priors in ``data``, however many runs it holds.
    """
    return _quantities(density, theta, _without_runs(data))


def quantities_of_many(
    density: Density, theta: Any, data: Sequence[dict[str, Any]]
) -> dict[str, jax.Array]:
    """{name: (tables, draws)} of the draws (tables, draws, size) of many tables."""
    rows = [_without_runs(one) for one in data]
    return _quantities_of_many(density, theta, jax.tree.map(lambda *a: np.stack(a), *rows))


def _without_runs(data: dict[str, Any]) -> dict[str, Any]:
    """What quantities depend on, so that one program serves tables of any length."""
    return {name: data[name] for name in ("ref", "priors") if name in data}


@stored_jit(static=("density",))
def _quantities(density: Density, theta: jax.Array, data: dict[str, Any]) -> dict[str, jax.Array]:
    sampled, published = density.published(theta, data)
    return published | sampled


@stored_jit(static=("density",))
def _quantities_of_many(
    density: Density, theta: jax.Array, data: dict[str, Any]
) -> dict[str, jax.Array]:
    return jax.vmap(partial(_quantities, density))(theta, data)
