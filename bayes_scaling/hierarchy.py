"""A Pool as a density for the sampler, in coordinates in which NUTS finds it easy.

Neither the centred nor the non-centred form suits groups of which some are well measured and some hardly: one has a
funnel where the data are few, the other where they are many, and neither has a mode near its mass. So the coordinates
follow the spreads: with the log likelihood of each group replaced by a quadratic (the *pilot*), everything but the
spreads tau is normal given tau, with a mean and a covariance in closed form, and theta = mean(tau) + root(tau) v.
In (log tau, v) the posterior is close to the marginal posterior of tau times a standard normal. This only sets
coordinates: with the change of variables what is sampled is exactly the model of ``Pool.model``.
"""

from functools import cached_property, partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import cho_solve, solve_triangular

from bayes_scaling.density import biject_to, log_density
from bayes_scaling.pool import Pool
from bayes_scaling.settings import float64

_STEPS = 40  # of the pilot
_FRACTIONS = (1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.0)  # of a Newton step, the best of which is taken


class Hierarchy:
    """log p(theta | data) of a pool, theta = (log tau, v) in R^size. Equal where one compiled program serves both."""

    def __init__(self, pool: Pool):
        self.pool, self._signature = pool, pool.signature
        self.names = tuple(q.sampled for q in pool.law.sites)
        self.partial = np.array([i for i, name in enumerate(self.names) if pool.modes[name] == "partial"], int)
        self.free = np.array([i for i, name in enumerate(self.names) if pool.modes[name] == "free"], int)
        self.own = np.array([i for i, name in enumerate(self.names) if pool.modes[name] != "shared"], int)  # with an entry for each cell
        self.central = np.array([i for i, name in enumerate(self.names) if pool.modes[name] != "free"], int)  # with a mu
        self.cells, self.main = len(pool.cells), pool.components[:-1]
        self.spreads = (len(pool.components), len(self.partial))
        self.top = len(self.central) + sum(count for _, count, _ in self.main) * len(self.partial)
        self.size = self.spreads[0] * self.spreads[1] + self.top + self.cells * len(self.own)

    def __eq__(self, other):
        return isinstance(other, Hierarchy) and self._signature == other._signature

    def __hash__(self):
        return hash(self._signature)

    @cached_property
    def _maps(self):
        """Which entries of the top vector (mu, then the z of each main component) move each quantity of each cell: 0 or 1."""
        quantities, at = len(self.names), len(self.central)
        mu = np.zeros((quantities, self.top))
        mu[self.central, np.arange(at)] = 1.0
        others = []
        for _, count, of in self.main:
            other = np.zeros((self.cells, quantities, self.top))
            for i, q in enumerate(self.partial):
                other[np.arange(self.cells), q, at + i * count + of] = 1.0
            others.append(other)
            at += count * len(self.partial)
        return mu, others

    def _parts(self, tau, data):
        """The linear map of the top vector to each cell (cells, quantities, top), the cells' own scales (own,), and what free quantities start from."""
        mu, others = self._maps
        wide = jnp.zeros((self.spreads[0], len(self.names))).at[:, self.partial].set(tau)
        linear = mu + sum((wide[j][:, None] * other for j, other in enumerate(others)), jnp.zeros((self.cells, 1, 1)))
        centre, width = data["moments"]
        scale = wide[-1].at[self.free].set(width[self.free])[self.own]
        return linear, scale, jnp.zeros(len(self.names)).at[self.free].set(centre[self.free])

    def _normal(self, tau, data, pilot):
        """The pilot's normal posterior given tau: mean and root of the top vector's precision, and a function from the top to the cells' own."""
        (slope, curve), (linear, scale, base), (centre, width) = pilot, self._parts(tau, data), data["moments"]
        cross = curve[:, :, self.own] * scale
        root = jnp.linalg.cholesky(jnp.eye(len(self.own)) + scale[:, None] * cross[:, self.own, :])
        half = solve_triangular(root, jnp.swapaxes(cross, 1, 2), lower=True)  # (cells, own, quantities)
        left = curve - jnp.einsum("cok,col->ckl", half, half)  # what a cell says of its mean, its own z integrated out
        first = solve_triangular(root, (scale * slope[:, self.own])[..., None], lower=True)[..., 0]
        said = slope - jnp.einsum("cok,co->ck", half, first) - left @ base
        weight = jnp.ones(self.top).at[: len(self.central)].set(1 / width[self.central] ** 2)
        prior = jnp.zeros(self.top).at[: len(self.central)].set(centre[self.central] / width[self.central] ** 2)
        top_root = jnp.linalg.cholesky(jnp.diag(weight) + jnp.einsum("ckt,ckl,cls->ts", linear, left, linear))
        mean = cho_solve((top_root, True), prior + jnp.einsum("ckt,ck->t", linear, said))

        def own(top):
            """Mean of the cells' own z given the top vector, and the quantities without them."""
            rest = base + linear @ top
            pull = scale * (slope - jnp.einsum("ckl,cl->ck", curve, rest))[:, self.own]
            return cho_solve((root, True), pull[..., None])[..., 0], rest

        return mean, top_root, root, own, scale

    def place(self, theta, data):
        """(tau, top vector, z of the cells, unconstrained quantities (cells, quantities), log |change of variables|)."""
        count = self.spreads[0] * self.spreads[1]
        tau = jnp.exp(theta[:count]).reshape(self.spreads)
        mean, top_root, root, own, scale = self._normal(tau, data, data["pilot"])
        top = mean + solve_triangular(top_root.T, theta[count : count + self.top], lower=False)
        centre, rest = own(top)
        v = theta[count + self.top :].reshape(self.cells, len(self.own))
        z = centre + solve_triangular(jnp.swapaxes(root, 1, 2), v[..., None], lower=False)[..., 0]
        log_roots = jnp.log(jnp.diagonal(top_root)).sum() + jnp.log(jnp.diagonal(root, axis1=1, axis2=2)).sum()
        return tau, top, z, rest.at[:, self.own].add(scale * z), theta[:count].sum() - log_roots

    def links(self, data):
        """Map of every quantity from the unconstrained scale."""
        return [biject_to(q.prior.dist(data["priors"][q.sampled]).support) for q in self.pool.law.sites]

    def sites(self, theta, data):
        """The model's own sites by name, the quantities of every cell by sampled name, and the log |change of variables|."""
        tau, top, z, t, log_change = self.place(theta, data)
        links, p, at = self.links(data), {}, len(self.central)
        for i, q in enumerate(self.central):
            name = self.names[q]
            p[name if self.pool.modes[name] == "shared" else f"mu_{name}"] = links[q](top[i])
            log_change += links[q].log_abs_det_jacobian(top[i], links[q](top[i]))
        for i, q in enumerate(self.partial):
            for j, (ending, *_) in enumerate(self.pool.components):
                p[f"tau_{self.names[q]}{ending}"] = tau[j, i]
        for ending, count, _ in self.main:
            for i, q in enumerate(self.partial):
                p[f"z_{self.names[q]}{ending}"] = top[at + i * count : at + (i + 1) * count]
            at += count * len(self.partial)
        for i, q in enumerate(self.own):
            if q in self.free:
                p[self.names[q]] = links[q](t[:, q])
                log_change += (links[q].log_abs_det_jacobian(t[:, q], p[self.names[q]]) + jnp.log(data["moments"][1][q])).sum()
            else:
                p[f"z_{self.names[q]}"] = z[:, i]
        return p, {name: link(t[:, q]) for q, (name, link) in enumerate(zip(self.names, links))}, log_change

    def log(self, theta, data):
        """log joint density of theta, the change of variables included."""
        p, _, log_change = self.sites(theta, data)
        joint, _ = log_density(self.pool.model, (data,), {}, p)
        return joint + log_change

    def draw_prior(self, key, data, count):
        """Places to start from, (count, size): spreads from their prior, the rest from the pilot's normal."""
        keys = jax.random.split(key, self.spreads[1] + 1)
        drawn = [jnp.log(self.pool.spreads[self.names[q]].dist(data["priors"][f"tau_{self.names[q]}"]).sample(k, (count, self.spreads[0]))) for q, k in zip(self.partial, keys)]
        tau = jnp.stack(drawn, axis=-1).reshape(count, -1) if drawn else jnp.zeros((count, 0))
        return jnp.concatenate([tau, jax.random.normal(keys[-1], (count, self.size - tau.shape[1]))], axis=1)

    def log_cells(self, t, data):
        """log likelihood of each cell's runs at unconstrained quantities t (cells, quantities), on the noise's scale."""
        return self.log_runs(t, data).sum(axis=1)

    def log_runs(self, t, data):
        """The same of each run, (cells, runs)."""
        law = self.pool.law
        p = {name: link(t[:, q])[:, None] for q, (name, link) in enumerate(zip(self.names, self.links(data)))}
        mean = law.function(data["x"], **law.publish(p, data["ref"]))
        return jnp.where(data["mask"], law.noise.distribution(mean, p, data["u"], data.get("se")).log_prob(data["z"]), 0.0)


def with_pilot(density, data):
    """The data with the pilot: slope and curvature of each cell's log likelihood near the mass of the posterior."""
    with float64():
        slope, curve = _pilot(density, data)
        return data | {"pilot": (np.asarray(slope), np.asarray(curve))}


@partial(jax.jit, static_argnums=0)
def _pilot(density, data):
    """Newton steps on everything but the spreads, and a step of expectation maximisation on these, in turn."""
    quantities, (centre, width) = len(density.names), data["moments"]
    scales = jnp.stack([jnp.broadcast_to(density.pool.spreads[density.names[q]].dist(data["priors"][f"tau_{density.names[q]}"]).mean, density.spreads[0]) for q in density.partial], axis=-1) if len(density.partial) else jnp.zeros(density.spreads)  # fmt: skip

    def quadratic(t, positive=jnp.abs):
        """The log likelihood about t as slope . t - t . curve . t / 2, the eigenvalues of its curvature made positive."""
        # one cell does not touch another: a tangent of ones in all cells gives every cell's own derivative
        gradient = jax.grad(lambda t: density.log_cells(t, data).sum())
        hessian = jax.vmap(lambda e: jax.jvp(gradient, (t,), (jnp.broadcast_to(e, t.shape),))[1])(jnp.eye(quantities))
        w, v = jnp.linalg.eigh(-jnp.moveaxis(hessian, 0, 2))
        curve = (v * positive(w)[:, None, :]) @ jnp.swapaxes(v, 1, 2)
        return gradient(t) + jnp.einsum("ckl,cl->ck", curve, t), curve

    def worth(tau, top, z):
        linear, scale, base = density._parts(tau, data)
        t = (base + linear @ top).at[:, density.own].add(scale * z)
        at, rest = top[: len(density.central)], top[len(density.central) :]
        value = density.log_cells(t, data).sum() - 0.5 * (((at - centre[density.central]) / width[density.central]) ** 2).sum() - 0.5 * (rest**2).sum() - 0.5 * (z**2).sum()
        return jnp.where(jnp.isfinite(value), value, -jnp.inf), t

    def step(_, carry):
        tau, top, z, t = carry
        mean, top_root, root, own, scale = density._normal(tau, data, quadratic(t))
        aim, _ = own(mean)
        tried = [(top + f * (mean - top), z + f * (aim - z)) for f in _FRACTIONS]
        best = jnp.argmax(jnp.stack([worth(tau, *place)[0] for place in tried]))
        top, z = (jnp.stack(parts)[best] for parts in zip(*tried))
        # E z^2 under the pilot; one pseudo-observation at the prior's mean keeps a spread off zero
        slack = jnp.diagonal(cho_solve((root, True), jnp.broadcast_to(jnp.eye(len(density.own)), root.shape)), axis1=1, axis2=2)
        loose = jnp.diagonal(cho_solve((top_root, True), jnp.eye(density.top)))
        squares, at = [], len(density.central)
        for _, count, _ in density.main:
            part = (top[at : at + count * len(density.partial)] ** 2 + loose[at : at + count * len(density.partial)]).reshape(-1, count)
            squares.append((part.sum(axis=1), count))
            at += count * len(density.partial)
        inner = np.searchsorted(density.own, density.partial)
        squares.append(((z**2 + slack)[:, inner].sum(axis=0), density.cells))
        new = jnp.stack([jnp.sqrt((tau[j] ** 2 * total + scales[j] ** 2) / (count + 1)) for j, (total, count) in enumerate(squares)])
        # the quantities stay where they are
        ratio, at = tau / new, len(density.central)
        for j, (_, count, _) in enumerate(density.main):
            top = top.at[at : at + count * len(density.partial)].multiply(jnp.repeat(ratio[j], count))
            at += count * len(density.partial)
        z = z.at[:, inner].multiply(ratio[-1])
        return new, top, z, worth(new, top, z)[1]

    tops = jnp.zeros((256, density.top)).at[:, : len(density.central)].set(
        centre[density.central] + width[density.central] * jax.random.normal(jax.random.key(0), (256, len(density.central)))
    )  # fmt: skip
    nothing = jnp.zeros((density.cells, len(density.own)))
    top = tops[jnp.argmax(jax.lax.map(lambda top: worth(scales, top, nothing)[0], tops))]
    *_, t = jax.lax.fori_loop(0, _STEPS, step, (scales, top, nothing, worth(scales, top, nothing)[1]))
    return quadratic(t, positive=jax.nn.relu)
