"""A Pool as a density for the sampler, in coordinates in which NUTS finds it easy.

Neither the centred nor the non-centred form suits groups of which some are well measured and some hardly: one has a
funnel where the data are few, the other where they are many. So the coordinates follow the spreads and the noise: with
every run taken as a normal measurement of the law made straight (the *pilot*), the law's quantities are normal given
their spreads and the noise; and so are the noise's given theirs, with a quadratic for what the runs say of them. What is
sampled is log tau, its lower tail drawn in, and the standard normal v of both (see ``bayes_scaling.inference.hierarchical.blocks``). In them the posterior is close to the
marginal posterior of tau times a standard normal: Laplace's approximation, as in Rue et al. 2009. This only sets
coordinates: with the change of variables what is sampled is exactly ``Pool.model``.
"""

import jax.numpy as jnp
import numpy as np

from bayes_scaling.inference.hierarchical.blocks import Block
from bayes_scaling.law.likelihoods.scaled import ScaledStudentT, total
from bayes_scaling.law.pooling import Pool


def measures(made, z):
    """What outcomes z say of a distribution's location, as of a normal's: the location, its variance, and how far each is trusted.

    Of a Student-t that is the normal that tells as much, and the trust falls with the distance: iterated, it leads to the mode.
    """
    made = getattr(made, "base", made)
    if isinstance(made, ScaledStudentT):
        return (
            made.loc,
            jnp.exp(2 * made.log_scale) * (made.df + 3) / (made.df + 1),
            (made.df + 3) / (made.df + made.residual(z) ** 2),
        )
    if hasattr(made, "log_scale"):
        return (
            made.loc,
            jnp.exp(2 * made.log_scale) + getattr(made, "tau", 0.0) ** 2,
            jnp.ones(jnp.shape(z)),
        )
    return (
        made.mean,
        jnp.maximum(made.variance, 0.25),
        jnp.ones(jnp.shape(z)),
    )  # no count is known better than to half of one


def hinge(above):
    """0 far above, minus ``above`` far below, smooth between."""
    return ((above**2 + 1) ** 0.5 - above) / 2


def stretched(x, middle, width, bend):
    """log tau at coordinates x, and the log of its slope: x itself but far below the middle, where it goes down faster.

    Where the data bear a spread of zero, the density of log tau falls no faster than tau: a long tail, on which NUTS walks slowly. In x
    it falls as a normal's does.
    """
    above = (x - middle) / width + 1
    short = hinge(above)
    return x - bend * short**2, jnp.log1p(
        2 * bend / width * short**2 / jnp.sqrt(above**2 + 1)
    ).sum()


class Hierarchy:
    """log p(theta | data) of a pool, theta in R^size. Equal where one compiled program serves both.

    theta is (what ``stretched`` makes log tau of, of the law and of the noise, v of the noise, v of the law); the first ``outer`` of it
    are those that the law's quantities are normal given.
    """

    def __init__(self, pool: Pool):
        self.pool, self._signature = pool, pool.signature
        self.law, self.noise = (
            Block(pool, pool.law.parameters),
            Block(pool, pool.law.noise.parameters),
        )
        self.shapes = (
            self.law.tau,
            self.noise.tau,
            self.noise.y,
            self.noise.z,
            self.law.y,
            self.law.z,
        )
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        self.spreads, self.outer, self.size = sum(sizes[:2]), sum(sizes[:4]), sum(sizes)
        own = [
            start + np.arange(size).reshape(shape)
            for start, size, shape in zip(np.cumsum([0, *sizes]), sizes, self.shapes)
            if len(shape) > 1
        ]
        self.blocks = np.concatenate(
            own[2:], axis=1
        )  # what is each cell's own, of the noise and of the law: correlated where the pilot misjudges it

    def __eq__(self, other):
        return isinstance(other, Hierarchy) and self._signature == other._signature

    def __hash__(self):
        return hash(self._signature)

    def split(self, theta, data):
        """theta, or its outer part with v = 0, as (tau, tau, v_y, v_z, v_y, v_z), and the log slope of log tau in its coordinates."""
        log_tau, change = stretched(theta[: self.spreads], *data["stretch"])
        theta = jnp.concatenate(
            [jnp.exp(log_tau), theta[self.spreads :], jnp.zeros(self.size - len(theta))]
        )
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        return [
            theta[end - int(np.prod(shape)) : end].reshape(shape)
            for shape, end in zip(self.shapes, ends)
        ], change

    def moments(self, data):
        """(centre, width) of the priors of the law's quantities, and of the noise's."""
        count = len(self.law.names)
        return tuple(a[:count] for a in data["moments"]), tuple(a[count:] for a in data["moments"])

    def begin(self, data):
        """log tau at the mean of its prior, and v = 0 of the noise: (outer,)."""
        parts = []
        for block in (self.law, self.noise):
            means = [
                jnp.log(spread.dist(data["priors"][f"tau_{block.names[q]}"]).mean)
                for spread, q in zip(block.spreads, block.partial)
            ]
            parts += [jnp.broadcast_to(jnp.stack(means), block.tau).ravel()] if means else []
        return jnp.concatenate([*parts, jnp.zeros(self.outer - self.spreads)])

    def said(self, noise, data):
        """What the runs say of the law's quantities by the pilot, given the noise's values: curvature and slope of every cell."""
        pilot = data["pilot"]
        variance = measures(self.measured(pilot["mean"], noise, data), data["z"])[1] + pilot["bent"]
        weight = jnp.where(data["mask"], pilot["trust"] / variance, 0.0)
        return jnp.einsum(
            "brk,brl->bkl", pilot["slope"] * weight[..., None], pilot["slope"]
        ), jnp.einsum("brk,br->bk", pilot["slope"], weight * pilot["aim"])

    def unfolded(self, theta, data):
        """(tau, layers, moments, y, z, t) of the noise and of the law, and the noise's values."""
        (tau, tau_noise, n_y, n_z, v_y, v_z), _ = self.split(theta, data)
        moments, moments_noise = self.moments(data)
        layers = self.noise.layers(tau_noise, *data["pilot"]["noise"], moments_noise)
        noise = (
            tau_noise,
            layers,
            moments_noise,
            *self.noise.unfold(tau_noise, layers, moments_noise, n_y, n_z),
        )
        values = self.noise.values(noise[-1], data)
        layers = self.law.layers(tau, *self.said(values, data), moments)
        return (
            noise,
            (tau, layers, moments, *self.law.unfold(tau, layers, moments, v_y, v_z)),
            values,
        )

    def sites(self, theta, data):
        """The model's own sites by name, and the value of every sampled quantity in every cell."""
        (tau_noise, _, _, *noise), (tau, _, _, *law), values = self.unfolded(theta, data)
        own = self.law.sites(tau, *law, data) | self.noise.sites(tau_noise, *noise, data)
        return own, {
            name: value[:, 0] for name, value in (self.law.values(law[-1], data) | values).items()
        }

    def log(self, theta, data):
        """log joint density of theta, the change of variables included: that of ``Pool.model``, with no handlers in between."""
        noise, law, values = self.unfolded(theta, data)
        prior = self.law.log_prior(*law, data) + self.noise.log_prior(*noise, data)
        return (
            prior
            + self.split(theta, data)[1]
            + total(self.measured(self.mean(law[-1], data), values, data), data["z"], data["mask"])
        )

    def mean(self, t, data):
        """The law's curve (cells, runs) at unconstrained quantities (cells, quantities)."""
        law = self.pool.law
        return law.function(data["x"], **law.publish(self.law.values(t, data), data["ref"]))

    def measured(self, mean, noise, data):
        """Distribution of the outcomes (cells, runs) about a mean."""
        return self.pool.law.noise.distribution(
            mean, noise, data["u"], data.get("se"), data.get("rows")
        )

    def log_runs(self, mean, noise, data):
        """log likelihood of the runs (cells, runs) about a mean, 0 where there is none."""
        return jnp.where(data["mask"], self.measured(mean, noise, data).log_prob(data["z"]), 0.0)
