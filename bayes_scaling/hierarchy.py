"""A Pool as a density for the sampler, in coordinates in which NUTS finds it easy.

Neither the centred nor the non-centred form suits groups of which some are well measured and some hardly: one has a
funnel where the data are few, the other where they are many, and neither has a mode near its mass. So the coordinates
follow the spreads: with the log likelihood of each group replaced by a quadratic (the *pilot*), everything but the
spreads tau is normal given tau, in closed form. What is sampled is log tau and v, with

    y = mean + root v_y            mu, and the z of all crossed columns but the one with most levels
    z_h = mean(y) + root v_h       the z of that column, level by level
    z_c = mean(y, z_h) + root v_c  the z of the groups

and in them the posterior is close to the marginal posterior of tau times a standard normal. This only sets
coordinates: with the change of variables what is sampled is exactly ``Pool.model``.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

from bayes_scaling.density import biject_to, log_density
from bayes_scaling.pool import Pool

_COLUMNS = 7  # solved for at once: from 8 on OpenBLAS starts threads, which costs a hundred times the work itself


@jax.custom_jvp
def inverse_root(a):
    """R, lower triangular, with R a R' = 1, of positive definite matrices (..., n, n)."""
    if not a.shape[-1]:
        return a
    root, one = jnp.linalg.cholesky(a), jnp.broadcast_to(jnp.eye(a.shape[-1]), a.shape)
    return jnp.concatenate([solve_triangular(root, one[..., at : at + _COLUMNS], lower=True) for at in range(0, a.shape[-1], _COLUMNS)], axis=-1)


@inverse_root.defjvp
def _(primals, tangents):
    root = inverse_root(*primals)
    inner = jnp.tril(root @ tangents[0] @ root.mT)
    return root, -(inner - 0.5 * inner * jnp.eye(inner.shape[-1])) @ root


class Layer(NamedTuple):
    """A normal vector given the vector y that it hangs on: z = root' (aim - pull y + v), v standard normal."""

    root: jax.Array
    aim: jax.Array
    pull: jax.Array

    def at(self, y, v):
        """z of v, one block a row."""
        return jnp.einsum("bji,bj->bi", self.root, self.aim - jnp.einsum("bij,...j->bi" if y.ndim == 1 else "bij,bj->bi", self.pull, y) + v)


class Hierarchy:
    """log p(theta | data) of a pool, theta = (log tau, v) in R^size. Equal where one compiled program serves both."""

    def __init__(self, pool: Pool):
        self.pool, self._signature = pool, pool.signature
        self.names = tuple(q.sampled for q in pool.law.sites)
        which = lambda *modes: np.array([i for i, name in enumerate(self.names) if pool.modes[name] in modes], int)
        self.partial, self.free, self.own, self.central = which("partial"), which("free"), which("partial", "free"), which("partial", "shared")
        self.within = np.searchsorted(self.own, self.partial)  # where the partial ones stand among those with a value for each cell
        main = sorted(range(len(pool.components) - 1), key=lambda j: -pool.components[j][1])
        self.large, self.others = main[0] if main else None, main[1:]
        tau, cells, count = (len(pool.components), len(self.partial)), len(pool.cells), lambda j: pool.components[j][1]
        self.shapes = (tau, (len(self.central) + sum(map(count, self.others)) * len(self.partial),), (count(self.large) if main else 0, len(self.partial)), (cells, len(self.own)))
        self.size = sum(int(np.prod(shape)) for shape in self.shapes)
        self._mu, self._other = self._maps(cells, self.shapes[1][0])

    def __eq__(self, other):
        return isinstance(other, Hierarchy) and self._signature == other._signature

    def __hash__(self):
        return hash(self._signature)

    def _maps(self, cells, size):
        """Which entries of y move which quantity of which cell, 0 or 1: mu (quantities, y), then each other column (cells, quantities, y)."""
        at, mu, other = len(self.central), np.zeros((len(self.names), size)), {}
        mu[self.central, np.arange(at)] = 1.0
        for j in self.others:
            _, count, of = self.pool.components[j]
            other[j] = np.zeros((cells, len(self.names), size))
            for i, q in enumerate(self.partial):
                other[j][np.arange(cells), q, at + of * len(self.partial) + i] = 1.0
            at += count * len(self.partial)
        return mu, other

    def split(self, theta):
        """theta as (log tau, v_y, v_h, v_c)."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        return [theta[end - int(np.prod(shape)) : end].reshape(shape) for shape, end in zip(self.shapes, ends)]

    def _parts(self, tau, data):
        """Scale of the cells' own z (own,), what free quantities start from (quantities,), the linear map of y to each cell."""
        centre, width = data["moments"]
        scale = jnp.zeros(len(self.names)).at[self.partial].set(tau[-1]).at[self.free].set(width[self.free])[self.own]
        base = jnp.zeros(len(self.names)).at[self.free].set(centre[self.free])
        linear = jnp.broadcast_to(self._mu, (self.shapes[3][0], *self._mu.shape))
        for j in self.others:
            linear += jnp.zeros(len(self.names)).at[self.partial].set(tau[j])[:, None] * self._other[j]
        return scale, base, linear

    def layers(self, tau, data, pilot):
        """The pilot's normal posterior given tau as Layers: y, the large column (None where there is none), the cells."""
        (slope, curve), (centre, width), (scale, base, linear) = pilot, data["moments"], self._parts(tau, data)
        cross = scale[:, None] * curve[:, self.own, :]
        root = inverse_root(jnp.eye(len(self.own)) + cross[:, :, self.own] * scale)
        cells = Layer(root, jnp.einsum("bij,bj->bi", root, scale * slope[:, self.own]), root @ cross)
        left = curve - cells.pull.mT @ cells.pull  # what a cell says of its quantities, its own z integrated out
        said = slope - jnp.einsum("bik,bi->bk", cells.pull, cells.aim) - left @ base
        at, lead = self.central, len(self.central)
        weight = jnp.ones(linear.shape[-1]).at[:lead].set(1 / width[at] ** 2)
        hold = jnp.zeros(linear.shape[-1]).at[:lead].set(centre[at] / width[at] ** 2)
        seen = left @ linear
        precision, hold, large = jnp.diag(weight) + jnp.einsum("bkt,bks->ts", linear, seen), hold + jnp.einsum("bkt,bk->t", linear, said), None
        if self.large is not None:
            spread, p = tau[self.large], self.partial
            joined = np.eye(self.shapes[2][0])[self.pool.components[self.large][2]].T  # (levels, cells)
            gather = lambda a: jnp.tensordot(joined, a, 1)
            root = inverse_root(jnp.eye(len(p)) + spread[:, None] * gather(left[:, p][:, :, p]) * spread)
            large = Layer(root, jnp.einsum("bij,bj->bi", root, spread * gather(said[:, p])), root @ (spread[:, None] * gather(seen[:, p])))
            precision -= jnp.einsum("bit,bis->ts", large.pull, large.pull)
            hold -= jnp.einsum("bit,bi->t", large.pull, large.aim)
        root = inverse_root(precision)[None]
        return Layer(root, root @ hold, jnp.zeros((1, len(hold), 1))), large, cells

    def unfold(self, tau, layers, data, v):
        """(y, z_h, z_c, unconstrained quantities (cells, quantities)) of standard normal v = (v_y, v_h, v_c)."""
        first, large, cells = layers
        y = first.at(jnp.zeros(1), v[0][None])[0]
        h = large.at(y, v[1]) if large else v[1]
        rest = self.quantities(tau, data, y, h)
        z = cells.at(rest, v[2])
        return y, h, z, rest.at[:, self.own].add(self._parts(tau, data)[0] * z)

    def quantities(self, tau, data, y, h, z=None):
        """Unconstrained quantities of the cells, without their own z where it is left out."""
        scale, base, linear = self._parts(tau, data)
        t = base + linear @ y
        if self.large is not None:
            t = t.at[:, self.partial].add((tau[self.large] * h)[self.pool.components[self.large][2]])
        return t if z is None else t.at[:, self.own].add(scale * z)

    def apart(self, y, h, z):
        """The z (..., levels, partial) of every component, in order; leading axes are kept."""
        of, at = {len(self.pool.components) - 1: z[..., self.within], self.large: h}, len(self.central)
        for j in self.others:
            count = self.pool.components[j][1]
            of[j] = y[..., at : at + count * len(self.partial)].reshape(*y.shape[:-1], count, -1)
            at += count * len(self.partial)
        return [of[j] for j in range(len(self.pool.components))]

    def links(self, data):
        """Map of every quantity from the unconstrained scale."""
        return [biject_to(q.prior.dist(data["priors"][q.sampled]).support) for q in self.pool.law.sites]

    def sites(self, theta, data):
        """The model's own sites by name, the quantities of every cell by sampled name, and the log |change of variables|."""
        log_tau, *v = self.split(theta)
        tau = jnp.exp(log_tau)
        layers = self.layers(tau, data, data["pilot"])
        y, h, z, t = self.unfold(tau, layers, data, v)
        change = log_tau.sum() + sum(jnp.log(jnp.diagonal(layer.root, axis1=1, axis2=2)).sum() for layer in layers if layer)
        links, p, partials = self.links(data), {}, [self.names[q] for q in self.partial]
        for i, q in enumerate(self.central):
            name = self.names[q]
            value = p[name if self.pool.modes[name] == "shared" else f"mu_{name}"] = links[q](y[i])
            change += links[q].log_abs_det_jacobian(y[i], value)
        for j, ((ending, *_), own) in enumerate(zip(self.pool.components, self.apart(y, h, z))):
            for i, name in enumerate(partials):
                p[f"tau_{name}{ending}"], p[f"z_{name}{ending}"] = tau[j, i], own[:, i]
        for q in self.free:
            p[self.names[q]] = links[q](t[:, q])
            change += (links[q].log_abs_det_jacobian(t[:, q], p[self.names[q]]) + jnp.log(data["moments"][1][q])).sum()
        return p, {name: link(t[:, q]) for q, (name, link) in enumerate(zip(self.names, links))}, change

    def log(self, theta, data):
        """log joint density of theta, the change of variables included."""
        p, _, change = self.sites(theta, data)
        joint, _ = log_density(self.pool.model, (data,), {}, p)
        return joint + change

    def draw_prior(self, key, data, count):
        """Places to start from, (count, size): spreads from their prior, the rest from the pilot's normal."""
        keys = jax.random.split(key, len(self.partial) + 1)
        tau = [self.spread(q, data).sample(k, (count, self.shapes[0][0])) for q, k in zip(self.partial, keys)]
        tau = jnp.log(jnp.stack(tau, axis=-1)).reshape(count, -1) if tau else jnp.zeros((count, 0))
        return jnp.concatenate([tau, jax.random.normal(keys[-1], (count, self.size - tau.shape[1]))], axis=1)

    def spread(self, q, data):
        """Prior of the tau of a quantity."""
        return self.pool.spreads[self.names[q]].dist(data["priors"][f"tau_{self.names[q]}"])

    def log_runs(self, t, data):
        """log likelihood of the runs (cells, runs) at unconstrained quantities (cells, quantities), on the noise's scale."""
        law = self.pool.law
        p = {name: link(t[:, q])[:, None] for q, (name, link) in enumerate(zip(self.names, self.links(data)))}
        mean = law.function(data["x"], **law.publish(p, data["ref"]))
        return jnp.where(data["mask"], law.noise.distribution(mean, p, data["u"], data.get("se")).log_prob(data["z"]), 0.0)
