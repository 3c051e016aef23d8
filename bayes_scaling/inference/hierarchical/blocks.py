"""Quantities of cells that are normal given their spreads: the coordinates in which a hierarchy is sampled.

For quantities t (cells, k) with t = mu + the deviations of the levels that a cell belongs to + its own, a log likelihood that
is quadratic in the t of each cell, and spreads tau, everything is normal and in closed form:

    y = mean + root v_y         mu, and the z of every crossed column
    z = mean(y) + root v_z      the z of the cells

with standard normal v. y stands on a grid of levels (the first is mu) and quantities, where it has entries.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

from bayes_scaling.inference.density import biject_to

_COLUMNS = 7  # solved for at once: from 8 on OpenBLAS starts threads, which costs a hundred times the work itself


@jax.custom_jvp
def inverse_root(a):
    """R, lower triangular, with R a R' = 1, of positive definite matrices (..., n, n)."""
    if not a.shape[-1]:
        return a
    root, one = jnp.linalg.cholesky(a), jnp.broadcast_to(jnp.eye(a.shape[-1]), a.shape)
    return jnp.concatenate(
        [
            solve_triangular(root, one[..., at : at + _COLUMNS], lower=True)
            for at in range(0, a.shape[-1], _COLUMNS)
        ],
        axis=-1,
    )


@inverse_root.defjvp
def _(primals, tangents):
    root = inverse_root(*primals)
    inner = jnp.tril(root @ tangents[0] @ root.mT)
    return root, -(inner - 0.5 * inner * jnp.eye(inner.shape[-1])) @ root


def parted_root(a, parts, rest):
    """The same of one matrix whose ``parts`` (parts, k) touch one another only by way of the ``rest``, two arrays of indices; lower triangular with the parts first."""
    own = inverse_root(a[parts[:, :, None], parts[:, None, :]])
    across = own @ a[parts[:, :, None], rest]
    last = inverse_root(a[rest[:, None], rest] - jnp.einsum("bkr,bks->rs", across, across))
    root = (
        jnp.zeros_like(a)
        .at[parts[:, :, None], parts[:, None, :]]
        .set(own)
        .at[rest[:, None], rest]
        .set(last)
    )
    return root.at[rest[None, :, None], parts[:, None, :]].set(-last @ (across.mT @ own))


class Layer(NamedTuple):
    """Normal vectors (blocks, n) given the vector y that each hangs on: z = root' (aim - pull y + v), v standard normal."""

    root: jax.Array
    aim: jax.Array
    pull: jax.Array

    def at(self, y, v):
        """z of v, one block a row."""
        return jnp.einsum(
            "bji,bj->bi", self.root, self.aim - jnp.einsum("bij,bj->bi", self.pull, y) + v
        )


class Block:
    """Some of a pool's quantities, in all cells.

    Parameters
    ----------
    pool : the Pool.
    quantities : Parameters.
    """

    def __init__(self, pool, quantities):
        self.names, self.modes = (
            tuple(q.sampled for q in quantities),
            [pool.modes[q.sampled] for q in quantities],
        )
        self.quantities, self.cells = tuple(quantities), len(pool.cells)
        self.components = pool.components_of(*self.names)
        nested = self.components[-1][0] == ""  # whether cells have deviations of their own
        main = self.components[:-1] if nested else self.components
        which = lambda *modes: np.array(
            [i for i, mode in enumerate(self.modes) if mode in modes], int
        )
        self.partial, self.free, self.central = (
            which("partial"),
            which("free"),
            which("partial", "shared"),
        )
        self.spreads = [pool.spreads[self.names[q]] for q in self.partial]
        self.own = which("partial", "free") if nested else self.free
        self.within = (
            np.searchsorted(self.own, self.partial) if nested else None
        )  # where the partial ones stand among those with a value of each cell
        self.member = np.concatenate(
            [np.ones((1, self.cells)), *(np.eye(count)[of].T for _, count, of in main)]
        )  # of cells in levels
        self.pairs = np.einsum("ib,jb->ijb", self.member, self.member).reshape(-1, self.cells)
        self.counts = [count for _, count, _ in main]
        self.keep = np.zeros(
            (len(self.member), len(self.names)), bool
        )  # the entries of y on its grid
        self.keep[0, self.central], self.keep[1:, self.partial] = True, True
        # the levels of one column touch one another only by way of the other columns: those of the longest are parted
        place, ends = (
            np.cumsum(self.keep).reshape(self.keep.shape) - 1,
            np.cumsum([1, *self.counts]),
        )
        longest = int(np.argmax(self.counts)) if self.counts else 0
        self.parts_of_y = (
            place[ends[longest] : ends[longest + 1], self.partial]
            if self.counts
            else np.zeros((0, 0), int)
        )
        self.rest_of_y = np.setdiff1d(np.arange(self.keep.sum()), self.parts_of_y)
        self.tau, self.y, self.z = (
            (len(self.components), len(self.partial)),
            (int(self.keep.sum()),),
            (self.cells, len(self.own)),
        )

    def parts(self, tau, moments):
        """Scale of the cells' own z (own,), what free quantities start from (quantities,), scale of y on its grid."""
        centre, width = moments
        scale, size = (
            jnp.zeros(len(self.names)).at[self.free].set(width[self.free]),
            jnp.ones(self.keep.shape),
        )
        if self.within is not None:
            scale = scale.at[self.partial].set(tau[-1])
        if self.counts:
            size = size.at[1:, self.partial].set(
                jnp.concatenate(
                    [
                        jnp.broadcast_to(tau[j], (count, len(self.partial)))
                        for j, count in enumerate(self.counts)
                    ]
                )
            )
        return (
            scale[self.own],
            jnp.zeros(len(self.names)).at[self.free].set(centre[self.free]),
            size,
        )

    def layers(self, tau, curve, slope, moments):
        """Layers of y and of the cells' z given tau, for log likelihoods slope t - t' curve t / 2 of cells (cells, k) and (cells, k, k)."""
        (scale, base, size), (centre, width), at = self.parts(tau, moments), moments, self.central
        cross = scale[:, None] * curve[:, self.own, :]
        root = inverse_root(jnp.eye(len(self.own)) + cross[:, :, self.own] * scale)
        cells = Layer(
            root, jnp.einsum("bij,bj->bi", root, scale * slope[:, self.own]), root @ cross
        )
        left = (
            curve - cells.pull.mT @ cells.pull
        )  # what a cell says of its quantities, its own z integrated out
        said = (
            slope
            - jnp.einsum("bik,bi->bk", cells.pull, cells.aim)
            - jnp.einsum("bkl,l->bk", left, base)
        )
        (levels, count), kept = self.keep.shape, np.flatnonzero(self.keep)
        seen = (
            (self.pairs @ left.reshape(self.cells, count**2))
            .reshape(levels, levels, count, count)
            .swapaxes(1, 2)
            .reshape(self.keep.size, self.keep.size)
        )
        trust = jnp.ones(len(kept)).at[: len(at)].set(1 / width[at] ** 2)
        hold = (
            jnp.zeros(len(kept)).at[: len(at)].set(centre[at] / width[at] ** 2)
            + (size * (self.member @ said))[self.keep]
        )
        root = parted_root(
            jnp.diag(trust) + size[self.keep][:, None] * seen[kept][:, kept] * size[self.keep],
            self.parts_of_y,
            self.rest_of_y,
        )[None]
        return Layer(root, root @ hold, jnp.zeros((1, len(kept), 1))), cells

    def unfold(self, tau, layers, moments, v_y, v_z):
        """(y, z, unconstrained quantities (cells, k)) of standard normal v."""
        first, cells = layers
        y = first.at(jnp.zeros((1, 1)), v_y[None])[0]
        rest = self.at(tau, moments, y)
        z = cells.at(rest, v_z)
        return y, z, rest.at[:, self.own].add(self.parts(tau, moments)[0] * z)

    def at(self, tau, moments, y, z=None):
        """Unconstrained quantities of the cells, without their own z where it is left out."""
        scale, base, size = self.parts(tau, moments)
        t = base + self.member.T @ (size * self.grid(y))
        return t if z is None else t.at[:, self.own].add(scale * z)

    def grid(self, y):
        """y on its grid (levels, quantities), 0 where it has no entry."""
        return jnp.zeros(self.keep.shape).at[self.keep].set(y)

    def links(self, data):
        """Map of every quantity from the unconstrained scale."""
        return [biject_to(q.prior.dist(data["priors"][q.sampled]).support) for q in self.quantities]

    def values(self, t, data):
        """Sampled quantities by name, each (cells, 1), of unconstrained ones."""
        return {
            name: link(t[:, i])[:, None]
            for i, (name, link) in enumerate(zip(self.names, self.links(data)))
        }

    def log_prior(self, tau, layers, moments, y, z, t, data):
        """log prior density of the model's own sites, the change of variables from (log tau, v) included."""
        made = jnp.log(tau).sum() + sum(
            jnp.log(jnp.diagonal(layer.root, axis1=1, axis2=2)).sum() for layer in layers
        )
        deviations = [y[len(self.central) :]] + (
            [z[:, self.within]] if self.within is not None else []
        )
        made -= 0.5 * sum((part**2 + jnp.log(2 * jnp.pi)).sum() for part in deviations)
        for i, q in enumerate(self.partial):
            made += (
                self.spreads[i]
                .dist(data["priors"][f"tau_{self.names[q]}"])
                .log_prob(tau[:, i])
                .sum()
            )
        for q, at in [
            *zip(self.central, y[: len(self.central)]),
            *((q, t[:, q]) for q in self.free),
        ]:
            prior = self.quantities[q].prior.dist(data["priors"][self.names[q]])
            link = biject_to(prior.support)
            value = link(at)
            made += (prior.log_prob(value) + link.log_abs_det_jacobian(at, value)).sum()
        return made + self.cells * jnp.log(moments[1][self.free]).sum()

    def sites(self, tau, y, z, t, data):
        """The model's own sites by name."""
        sites, links = {}, self.links(data)
        for i, q in enumerate(self.central):
            sites[self.names[q] if self.modes[q] == "shared" else f"mu_{self.names[q]}"] = links[q](
                y[i]
            )
        ends = np.cumsum([1, *self.counts])
        own = [self.grid(y)[start:end, self.partial] for start, end in zip(ends, ends[1:])] + (
            [z[:, self.within]] if self.within is not None else []
        )
        for j, (ending, *_) in enumerate(self.components):
            for i, q in enumerate(self.partial):
                sites[f"tau_{self.names[q]}{ending}"], sites[f"z_{self.names[q]}{ending}"] = (
                    tau[j, i],
                    own[j][:, i],
                )
        return sites | {self.names[q]: links[q](t[:, q]) for q in self.free}

    def away(self, y, z, moments):
        """Minus twice the log prior of y and z, but for a constant, with that of mu taken for normal."""
        (centre, width), at, lead = moments, self.central, len(self.central)
        return (
            (((y[:lead] - centre[at]) / width[at]) ** 2).sum()
            + (y[lead:] ** 2).sum()
            + (z**2).sum()
        )
