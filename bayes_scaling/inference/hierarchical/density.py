"""A Pool as a density for the sampler, in coordinates in which NUTS finds it easy.

Neither the centered nor the non-centered form suits groups of which some are well measured and
some hardly: one has a funnel where the data are few, the other where they are many. So the
coordinates depend on the group sds and the noise. With every run taken as a normal measurement of
the linearized law, the law's quantities are normal given their group sds and the noise; and so are
the noise's given theirs, with a quadratic for the log likelihood of the runs. What is sampled is
log tau, its lower tail shortened, and the standard normal v of both (see ``blocks``). In them the
posterior is close to the marginal posterior of tau times a standard normal: Laplace's
approximation, as in Rue et al. 2009. This only sets coordinates: with the change of variables,
exactly ``Pool.model`` is sampled.
"""

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling.inference.hierarchical.block_prior import log_prior, sites, values
from bayes_scaling.inference.hierarchical.blocks import (
    PriorMoments,
    Unfolded,
    conditional_layers,
    unfold,
)
from bayes_scaling.inference.hierarchical.layout import block_layout
from bayes_scaling.inference.hierarchical.normal_approximation import outcome_normal, stretch_tail
from bayes_scaling.law.pool import Pool

if TYPE_CHECKING:  # NumPyro is imported where its warning is silenced
    from numpyro.distributions import Distribution

Named = dict[str, jax.Array]


class Hierarchy:
    """log p(theta | data) of a pool, theta in R^size.

    theta is log tau of the law and of the noise, as coordinates of ``stretch_tail``, v of the
    noise, v of the law. The first ``outer_size`` of it are what the law's quantities are normal
    given. Two hierarchies are equal where one compiled program serves both.

    Parameters
    ----------
    pool : Pool
        The law, its groups, and what they share.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool, self._signature = pool, pool.signature
        self.law = block_layout(pool, pool.law.parameters)
        self.noise = block_layout(pool, pool.law.noise.parameters)
        self.shapes = (
            self.law.tau_shape,
            self.noise.tau_shape,
            self.noise.y_shape,
            self.noise.z_shape,
            self.law.y_shape,
            self.law.z_shape,
        )
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        self._ends = np.cumsum(sizes)
        self.tau_size, self.outer_size, self.size = sum(sizes[:2]), sum(sizes[:4]), sum(sizes)
        # each cell's own v, of the noise and of the law: correlated where the linearization is poor
        noise_z, law_z = (
            self._ends[i] - sizes[i] + np.arange(sizes[i]).reshape(self.shapes[i]) for i in (3, 5)
        )
        self.blocks = np.concatenate([noise_z, law_z], axis=1)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides the compiled programs."""
        return self._signature

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hierarchy) and self._signature == other._signature

    def __hash__(self) -> int:
        return hash(self._signature)

    def draw_prior(self, key: np.ndarray, data: Any, count: int) -> np.ndarray:
        """Refuse: the coordinates of a hierarchy are given, and no mode is searched."""
        raise NotImplementedError("a hierarchy is sampled from given coordinates")

    def split(self, theta: jax.Array, data: dict[str, Any]) -> tuple[list[jax.Array], jax.Array]:
        """Split theta, or its outer part with v = 0.

        Returns
        -------
        parts : list of jax.Array
            tau of the law and of the noise; v_y and v_z of the noise; v_y and v_z of the law.
        log_jacobian : jax.Array
            Log slope of log tau in its coordinates.
        """
        log_tau, change = stretch_tail(theta[: self.tau_size], *data["stretch"])
        theta = jnp.concatenate(
            [jnp.exp(log_tau), theta[self.tau_size :], jnp.zeros(self.size - len(theta))]
        )
        return [
            theta[end - int(np.prod(shape)) : end].reshape(shape)
            for shape, end in zip(self.shapes, self._ends)
        ], change

    def moments(self, data: dict[str, Any]) -> tuple[PriorMoments, PriorMoments]:
        """Center and width of the priors of the law's quantities, and of the noise's."""
        (center, width), count = data["moments"], len(self.law.names)
        return (center[:count], width[:count]), (center[count:], width[count:])

    def initial_outer(self, data: dict[str, Any]) -> jax.Array:
        """Log tau at the mean of its prior, and v = 0 of the noise: (outer_size,)."""
        parts = []
        for layout in (self.law, self.noise):
            means = [
                jnp.log(prior.dist(data["priors"][f"tau_{layout.names[q]}"]).mean)
                for prior, q in zip(layout.group_sd_priors, layout.partial)
            ]
            if means:
                parts.append(jnp.broadcast_to(jnp.stack(means), layout.tau_shape).ravel())
        return jnp.concatenate([*parts, jnp.zeros(self.outer_size - self.tau_size)])

    def quadratic(self, noise: Named, data: dict[str, Any]) -> tuple[jax.Array, jax.Array]:
        """Curvature and slope, by the linearization, of every cell's log likelihood.

        In the law's quantities, given the values of the noise: (cells, quantities, quantities) and
        (cells, quantities).
        """
        law = data["linearization"]
        distribution = self.outcome_distribution(law["mean"], noise, data)
        variance = outcome_normal(distribution, data["z"])[1] + law["nonlinear_variance"]
        weight = jnp.where(data["mask"], law["weight"] / variance, 0.0)
        return jnp.einsum(
            "brk,brl->bkl", law["slope"] * weight[..., None], law["slope"]
        ), jnp.einsum("brk,br->bk", law["slope"], weight * law["target"])

    def unfold_noise(
        self, tau: jax.Array, v_y: jax.Array, v_z: jax.Array, data: dict[str, Any]
    ) -> tuple[Unfolded, Named]:
        """Compute the noise's block at tau and v, and the values of its quantities."""
        moments = self.moments(data)[1]
        curvature, slope = data["linearization"]["noise"]
        layers = conditional_layers(self.noise, tau, curvature, slope, moments)
        noise = unfold(self.noise, tau, layers, moments, v_y, v_z)
        return noise, values(self.noise, noise.t, data)

    def unfolded(self, theta: jax.Array, data: dict[str, Any]) -> tuple[Unfolded, Unfolded, Named]:
        """Compute the blocks of the noise and of the law, and the noise's values."""
        (tau, noise_tau, noise_v_y, noise_v_z, v_y, v_z), _ = self.split(theta, data)
        noise, noise_values = self.unfold_noise(noise_tau, noise_v_y, noise_v_z, data)
        moments = self.moments(data)[0]
        layers = conditional_layers(self.law, tau, *self.quadratic(noise_values, data), moments)
        return noise, unfold(self.law, tau, layers, moments, v_y, v_z), noise_values

    def sites(self, theta: jax.Array, data: dict[str, Any]) -> tuple[Named, Named]:
        """Name the model's own sites, and every sampled quantity's value in every cell."""
        noise, law, noise_values = self.unfolded(theta, data)
        own = sites(self.law, law, data) | sites(self.noise, noise, data)
        cell_values = values(self.law, law.t, data) | noise_values
        return own, {name: value[:, 0] for name, value in cell_values.items()}

    def log(self, theta: jax.Array, data: dict[str, Any]) -> jax.Array:
        """Log joint density of theta, with the change of variables.

        That of ``Pool.model``, with no handlers in between.
        """
        from bayes_scaling.law.likelihoods.scaled import sum_log_prob

        noise, law, noise_values = self.unfolded(theta, data)
        prior = log_prior(self.law, law, data) + log_prior(self.noise, noise, data)
        distribution = self.outcome_distribution(self.mean(law.t, data), noise_values, data)
        return (
            prior + self.split(theta, data)[1] + sum_log_prob(distribution, data["z"], data["mask"])
        )

    def mean(self, t: jax.Array, data: dict[str, Any]) -> jax.Array:
        """Evaluate the law's curve (cells, runs) at unconstrained quantities."""
        law = self.pool.law
        return law.function(data["x"], **law.publish(values(self.law, t, data), data["ref"]))

    def outcome_distribution(
        self, mean: jax.Array, noise: Named, data: dict[str, Any]
    ) -> "Distribution":
        """Distribution of the outcomes (cells, runs) around a mean."""
        return self.pool.law.noise.distribution(
            mean, noise, data["u"], data.get("se"), data.get("rows")
        )

    def log_runs(self, mean: jax.Array, noise: Named, data: dict[str, Any]) -> jax.Array:
        """Log likelihood of the runs (cells, runs) around a mean, 0 where there is none."""
        log = self.outcome_distribution(mean, noise, data).log_prob(data["z"])
        return jnp.where(data["mask"], log, 0.0)
