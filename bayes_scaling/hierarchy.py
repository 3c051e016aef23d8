"""A Pool as a density for the sampler, in coordinates in which NUTS finds it easy.

Neither the centred nor the non-centred form suits groups of which some are well measured and some hardly: one has a
funnel where the data are few, the other where they are many. So the coordinates follow the spreads and the noise: with
every run taken as a normal measurement of the law made straight at one place (the *pilot*), all of the law's quantities
are normal given the spreads tau and the noise, in closed form. What is sampled is log tau, the noise, and v, with

    y = mean + root v_y         mu, and the z of every crossed column
    z = mean(y) + root v_z      the z of the groups

and in them the posterior is close to the marginal posterior of tau and the noise times a standard normal (Laplace's
approximation, as in Rue et al. 2009). This only sets coordinates: with the change of variables what is sampled is
exactly ``Pool.model``.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

from bayes_scaling.density import biject_to, log_density
from bayes_scaling.pool import Pool
from bayes_scaling.residual import ScaledStudentT

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


def measures(made):
    """(location, variance) of what a distribution of outcomes measures; of a Student-t the variance of the normal that tells as much."""
    made = getattr(made, "base", made)
    if isinstance(made, ScaledStudentT):
        return made.loc, jnp.exp(2 * made.log_scale) * (made.df + 3) / (made.df + 1)
    return (made.loc, jnp.exp(2 * made.log_scale)) if hasattr(made, "log_scale") else (made.mean, made.variance)


class Layer(NamedTuple):
    """Normal vectors (blocks, n) given the vector y that each hangs on: z = root' (aim - pull y + v), v standard normal."""

    root: jax.Array
    aim: jax.Array
    pull: jax.Array

    def at(self, y, v):
        """z of v, one block a row."""
        return jnp.einsum("bji,bj->bi", self.root, self.aim - jnp.einsum("bij,bj->bi", self.pull, y) + v)


class Hierarchy:
    """log p(theta | data) of a pool, theta = (log tau, noise, v_y, v_z) in R^size. Equal where one compiled program serves both."""

    def __init__(self, pool: Pool):
        self.pool, self._signature = pool, pool.signature
        law, cells = pool.law, len(pool.cells)
        self.names = tuple(q.sampled for q in law.parameters)
        which = lambda *modes: np.array([i for i, name in enumerate(self.names) if pool.modes[name] in modes], int)
        self.partial, self.free, self.own, self.central = which("partial"), which("free"), which("partial", "free"), which("partial", "shared")
        self.within = np.searchsorted(self.own, self.partial)  # where the partial ones stand among those with a value for each cell
        levels = [count for _, count, _ in pool.components]
        noise = {"shared": 1, "free": cells, "partial": 1 + sum(1 + count for count in levels)}
        self.shapes = (
            (len(levels), len(self.partial)), (sum(noise[pool.modes[q.sampled]] for q in law.noise.parameters),),
            (len(self.central) + sum(levels[:-1]) * len(self.partial),), (cells, len(self.own)),
        )  # fmt: skip
        self.size = sum(int(np.prod(shape)) for shape in self.shapes)
        self.outer = sum(int(np.prod(shape)) for shape in self.shapes[:2])  # length of what v is normal given
        self._moves = self._map()

    def __eq__(self, other):
        return isinstance(other, Hierarchy) and self._signature == other._signature

    def __hash__(self):
        return hash(self._signature)

    def _map(self):
        """Which entry of y moves which quantity of which cell, 0 or 1: (cells, quantities, y)."""
        cells, at = len(self.pool.cells), len(self.central)
        moves = np.zeros((cells, len(self.names), *self.shapes[2]))
        moves[:, self.central, np.arange(at)] = 1.0
        for _, count, of in self.pool.components[:-1]:
            for i, q in enumerate(self.partial):
                moves[np.arange(cells), q, at + of * len(self.partial) + i] = 1.0
            at += count * len(self.partial)
        return moves

    def split(self, theta):
        """theta as (log tau, noise, v_y, v_z)."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        return [theta[end - int(np.prod(shape)) : end].reshape(shape) for shape, end in zip(self.shapes, ends)]

    def spread(self, name, data):
        """Prior of the tau of a quantity."""
        return self.pool.spreads[name].dist(data["priors"][f"tau_{name}"])

    def begin(self, data):
        """log tau and the noise at the middle of their priors: (outer,)."""
        low = lambda name: jnp.log(self.spread(name, data).mean)
        tau = [jnp.broadcast_to(low(self.names[q]), self.shapes[0][:1]) for q in self.partial]
        parts, places = [jnp.stack(tau, axis=-1).ravel()] if tau else [], dict(zip((q.sampled for q in self.pool.law.sites), data["moments"][0]))
        for q in self.pool.law.noise.parameters:
            mode = self.pool.modes[q.sampled]
            parts.append(jnp.full(len(self.pool.cells) if mode == "free" else 1, places[q.sampled]))
            if mode == "partial":
                parts += [part for _, count, _ in self.pool.components for part in (low(q.sampled)[None], jnp.zeros(count))]
        return jnp.concatenate(parts) if parts else jnp.zeros(0)

    def noise(self, flat, data):
        """The noise's own sites, its values (cells or 1, 1) by name, and the log |change of variables|: as the model has them."""
        sites, values, change, at = {}, {}, 0.0, 0
        for q in self.pool.law.noise.parameters:
            name, mode, link = q.sampled, self.pool.modes[q.sampled], biject_to(q.prior.dist(data["priors"][q.sampled]).support)
            count = len(self.pool.cells) if mode == "free" else 1
            place, at = flat[at : at + count], at + count
            value = link(place)
            change += link.log_abs_det_jacobian(place, value).sum()
            sites[f"mu_{name}" if mode == "partial" else name] = value if mode == "free" else value[0]
            if mode == "partial":
                for ending, count, of in self.pool.components:
                    log_tau, z, at = flat[at], flat[at + 1 : at + 1 + count], at + 1 + count
                    sites[f"tau_{name}{ending}"], sites[f"z_{name}{ending}"] = jnp.exp(log_tau), z
                    change, place = change + log_tau, place + jnp.exp(log_tau) * z[of]
                value = link(place)
            values[name] = value[:, None]
        return sites, values, change

    def _parts(self, tau, data):
        """Scale of the cells' own z (own,), what free quantities start from (quantities,), scale of every entry of y."""
        centre, width = (a[: len(self.names)] for a in data["moments"])
        scale = jnp.zeros(len(self.names)).at[self.partial].set(tau[-1]).at[self.free].set(width[self.free])[self.own]
        base = jnp.zeros(len(self.names)).at[self.free].set(centre[self.free])
        return scale, base, jnp.concatenate([jnp.ones(len(self.central)), *(jnp.tile(tau[j], count) for j, (_, count, _) in enumerate(self.pool.components[:-1]))])

    def layers(self, tau, noise, data):
        """The pilot's normal posterior given tau and the noise's values as Layers: y, the cells."""
        pilot, (centre, width), (scale, base, size) = data["pilot"], data["moments"], self._parts(tau, data)
        weight = jnp.where(data["mask"], 1 / measures(self.measured(pilot["mean"], noise, data))[1], 0.0)
        curve = jnp.einsum("brk,br,brl->bkl", pilot["slope"], weight, pilot["slope"])
        slope = jnp.einsum("brk,br->bk", pilot["slope"], weight * pilot["aim"])
        cross = scale[:, None] * curve[:, self.own, :]
        root = inverse_root(jnp.eye(len(self.own)) + cross[:, :, self.own] * scale)
        cells = Layer(root, jnp.einsum("bij,bj->bi", root, scale * slope[:, self.own]), root @ cross)
        left = curve - cells.pull.mT @ cells.pull  # what a cell says of its quantities, its own z integrated out
        said = slope - jnp.einsum("bik,bi->bk", cells.pull, cells.aim) - left @ base
        at, flat = self.central, self._moves.reshape(-1, len(size))
        trust = jnp.ones(len(size)).at[: len(at)].set(1 / width[at] ** 2)
        hold = jnp.zeros(len(size)).at[: len(at)].set(centre[at] / width[at] ** 2) + size * (flat.T @ said.ravel())
        root = inverse_root(jnp.diag(trust) + size[:, None] * (flat.T @ (left @ self._moves).reshape(flat.shape)) * size)[None]
        return Layer(root, root @ hold, jnp.zeros((1, len(size), 1))), cells

    def unfold(self, tau, layers, data, v):
        """(y, z, unconstrained quantities (cells, quantities)) of standard normal v = (v_y, v_z)."""
        first, cells = layers
        y = first.at(jnp.zeros((1, 1)), v[0][None])[0]
        rest = self.quantities(tau, data, y)
        z = cells.at(rest, v[1])
        return y, z, rest.at[:, self.own].add(self._parts(tau, data)[0] * z)

    def quantities(self, tau, data, y, z=None):
        """Unconstrained quantities of the cells, without their own z where it is left out."""
        scale, base, size = self._parts(tau, data)
        t = base + self._moves @ (size * y)
        return t if z is None else t.at[:, self.own].add(scale * z)

    def apart(self, y, z):
        """The z (levels, partial) of every component, in order."""
        at, made = len(self.central), []
        for _, count, _ in self.pool.components[:-1]:
            made.append(y[at : at + count * len(self.partial)].reshape(count, -1))
            at += count * len(self.partial)
        return [*made, z[:, self.within]]

    def links(self, data):
        """Map of every quantity of the law from the unconstrained scale."""
        return [biject_to(q.prior.dist(data["priors"][q.sampled]).support) for q in self.pool.law.parameters]

    def sites(self, theta, data):
        """The model's own sites by name, the value of every sampled quantity in every cell, and the log |change of variables|."""
        log_tau, flat, *v = self.split(theta)
        tau, (p, noise, change) = jnp.exp(log_tau), self.noise(flat, data)
        layers = self.layers(tau, noise, data)
        y, z, t = self.unfold(tau, layers, data, v)
        change += log_tau.sum() + sum(jnp.log(jnp.diagonal(layer.root, axis1=1, axis2=2)).sum() for layer in layers)
        links = self.links(data)
        for i, q in enumerate(self.central):
            name = self.names[q]
            value = p[name if self.pool.modes[name] == "shared" else f"mu_{name}"] = links[q](y[i])
            change += links[q].log_abs_det_jacobian(y[i], value)
        for j, ((ending, *_), own) in enumerate(zip(self.pool.components, self.apart(y, z))):
            for i, q in enumerate(self.partial):
                p[f"tau_{self.names[q]}{ending}"], p[f"z_{self.names[q]}{ending}"] = tau[j, i], own[:, i]
        for q in self.free:
            p[self.names[q]] = links[q](t[:, q])
            change += (links[q].log_abs_det_jacobian(t[:, q], p[self.names[q]]) + jnp.log(data["moments"][1][q])).sum()
        every = {name: link(t[:, q]) for q, (name, link) in enumerate(zip(self.names, links))}
        return p, every | {name: jnp.broadcast_to(value[:, 0], len(t)) for name, value in noise.items()}, change

    def log(self, theta, data):
        """log joint density of theta, the change of variables included."""
        p, _, change = self.sites(theta, data)
        joint, _ = log_density(self.pool.model, (data,), {}, p)
        return joint + change

    def mean(self, t, data):
        """The law's curve (cells, runs) at unconstrained quantities (cells, quantities)."""
        law = self.pool.law
        p = {name: link(t[:, q])[:, None] for q, (name, link) in enumerate(zip(self.names, self.links(data)))}
        return law.function(data["x"], **law.publish(p, data["ref"]))

    def measured(self, mean, noise, data):
        """Distribution of the outcomes (cells, runs) about a mean."""
        return self.pool.law.noise.distribution(mean, noise, data["u"], data.get("se"), data.get("rows"))
