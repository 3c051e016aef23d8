"""Coordinates of a hierarchy: quantities that are normal given their group sds.

With a log likelihood that is quadratic in the quantities t of each cell, and group sds tau,
everything is normal and in closed form:

    y = mean + root v_y         mu, and the z of every crossed column
    z = mean(y) + root v_z      the z of the cells

with standard normal v. ``layout`` explains y and z.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling.inference.hierarchical.layout import BlockLayout
from bayes_scaling.inference.hierarchical.linear_algebra import (
    inverse_root,
    partitioned_inverse_root,
)

PriorMoments = tuple[jax.Array, jax.Array]  # center and width of each quantity's own prior


class Layer(NamedTuple):
    """Normal vectors (blocks, n), each given a vector y.

    z = root' (offset - slope y + v) with standard normal v.
    """

    root: jax.Array
    offset: jax.Array
    slope: jax.Array

    def transform(self, y: jax.Array, v: jax.Array) -> jax.Array:
        """Map v to z, one block a row."""
        return jnp.einsum(
            "bji,bj->bi", self.root, self.offset - jnp.einsum("bij,bj->bi", self.slope, y) + v
        )


class Layers(NamedTuple):
    """The layer of y, and that of the cells' z."""

    levels: Layer
    cells: Layer


class Unfolded(NamedTuple):
    """A block at one point: its unknowns, and what they were computed with.

    Attributes
    ----------
    tau, y, z : jax.Array
        As laid out by ``BlockLayout``.
    t : jax.Array
        Unconstrained quantities, (cells, quantities).
    """

    tau: jax.Array
    layers: Layers
    moments: PriorMoments
    y: jax.Array
    z: jax.Array
    t: jax.Array


class _Scales(NamedTuple):
    """Scale of the cells' z (per_cell,), base of free quantities (quantities,), scale of y."""

    cell: jax.Array
    base: jax.Array
    grid: jax.Array


def _scales(layout: BlockLayout, tau: jax.Array, moments: PriorMoments) -> _Scales:
    (center, width), free, partial = moments, layout.free, layout.partial
    count = len(layout.quantities)
    cell = jnp.zeros(count).at[free].set(width[free])
    grid = jnp.ones(layout.grid_mask.shape)
    if layout.nested:
        cell = cell.at[partial].set(tau[-1])
    if layout.level_counts:
        rows = [
            jnp.broadcast_to(tau[j], (levels, len(partial)))
            for j, levels in enumerate(layout.level_counts)
        ]
        grid = grid.at[1:, partial].set(jnp.concatenate(rows))
    base = jnp.zeros(count).at[free].set(center[free])
    return _Scales(cell[layout.per_cell], base, grid)


def conditional_layers(
    layout: BlockLayout,
    tau: jax.Array,
    curvature: jax.Array,
    slope: jax.Array,
    moments: PriorMoments,
) -> Layers:
    """Compute the layers of y and of the cells' z given tau.

    Parameters
    ----------
    layout : BlockLayout
        The block.
    tau : jax.Array
        Group sds, (components, partial quantities).
    curvature, slope : jax.Array
        Of the log likelihood slope t - t' curvature t / 2 of each cell, (cells, quantities,
        quantities) and (cells, quantities).
    moments : (jax.Array, jax.Array)
        Center and width of each quantity's own prior, unconstrained.
    """
    scales, per_cell = _scales(layout, tau, moments), layout.per_cell
    scale = scales.cell
    cross = scale[:, None] * curvature[:, per_cell, :]
    root = inverse_root(jnp.eye(len(per_cell)) + cross[:, :, per_cell] * scale)
    cells = Layer(root, jnp.einsum("bij,bj->bi", root, scale * slope[:, per_cell]), root @ cross)
    # curvature and slope of a cell's quantities, its own z integrated out
    left = curvature - cells.slope.mT @ cells.slope
    rest = (
        slope
        - jnp.einsum("bik,bi->bk", cells.slope, cells.offset)
        - jnp.einsum("bkl,l->bk", left, scales.base)
    )
    return Layers(_level_layer(layout, scales.grid, left, rest, moments), cells)


def _level_layer(
    layout: BlockLayout,
    scale: jax.Array,
    curvature: jax.Array,
    slope: jax.Array,
    moments: PriorMoments,
) -> Layer:
    """Layer of y, whose scale on its grid is given."""
    (center, width), mean, mask = moments, layout.with_mean, layout.grid_mask
    (levels, count), kept = mask.shape, np.flatnonzero(mask)
    pairs = np.einsum("ib,jb->ijb", layout.membership, layout.membership)
    precision = (
        (pairs.reshape(-1, layout.cells) @ curvature.reshape(layout.cells, count**2))
        .reshape(levels, levels, count, count)
        .swapaxes(1, 2)
        .reshape(mask.size, mask.size)
    )
    prior_precision = jnp.ones(len(kept)).at[: len(mean)].set(1 / width[mean] ** 2)
    offset = (
        jnp.zeros(len(kept)).at[: len(mean)].set(center[mean] / width[mean] ** 2)
        + (scale * (layout.membership @ slope))[mask]
    )
    root = partitioned_inverse_root(
        jnp.diag(prior_precision) + scale[mask][:, None] * precision[kept][:, kept] * scale[mask],
        layout.y_parts,
        layout.y_rest,
    )[None]
    return Layer(root, root @ offset, jnp.zeros((1, len(kept), 1)))


def unfold(
    layout: BlockLayout,
    tau: jax.Array,
    layers: Layers,
    moments: PriorMoments,
    v_y: jax.Array,
    v_z: jax.Array,
) -> Unfolded:
    """Compute the block at standard normal v."""
    y = layers.levels.transform(jnp.zeros((1, 1)), v_y[None])[0]
    rest = unconstrained(layout, tau, moments, y)
    z = layers.cells.transform(rest, v_z)
    t = rest.at[:, layout.per_cell].add(_scales(layout, tau, moments).cell * z)
    return Unfolded(tau, layers, moments, y, z, t)


def unconstrained(
    layout: BlockLayout,
    tau: jax.Array,
    moments: PriorMoments,
    y: jax.Array,
    z: jax.Array | None = None,
) -> jax.Array:
    """Compute unconstrained quantities (cells, quantities); without the cells' z if it is None."""
    scales = _scales(layout, tau, moments)
    t = scales.base + layout.membership.T @ (scales.grid * on_grid(layout, y))
    return t if z is None else t.at[:, layout.per_cell].add(scales.cell * z)


def on_grid(layout: BlockLayout, y: jax.Array) -> jax.Array:
    """Put y on its grid (levels, quantities), 0 where it has no entry."""
    return jnp.zeros(layout.grid_mask.shape).at[layout.grid_mask].set(y)
