"""A block's quantities by name, and their log prior density."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bayes_scaling.inference.hierarchical.blocks import PriorMoments, Unfolded, on_grid
from bayes_scaling.inference.hierarchical.layout import BlockLayout
from bayes_scaling.law.prior_draws import biject_to


def _links(layout: BlockLayout, data: dict[str, Any]) -> list[Any]:
    """Map of every quantity from the unconstrained scale."""
    return [biject_to(q.prior.dist(data["priors"][q.sampled]).support) for q in layout.quantities]


def values(layout: BlockLayout, t: jax.Array, data: dict[str, Any]) -> dict[str, Any]:
    """Map unconstrained quantities (cells, quantities) to sampled ones by name, each (cells, 1)."""
    links = _links(layout, data)
    return {name: link(t[:, i])[:, None] for i, (name, link) in enumerate(zip(layout.names, links))}


def log_prior(layout: BlockLayout, block: Unfolded, data: dict[str, Any]) -> jax.Array:
    """Compute the log prior density of the model's sites, in the variables (log tau, v)."""
    tau, layers, moments, y, z, t = block
    total = jnp.log(tau).sum() + sum(
        jnp.log(jnp.diagonal(layer.root, axis1=1, axis2=2)).sum() for layer in layers
    )
    means = len(layout.with_mean)
    deviations = [y[means:]] + ([z[:, layout.partial_per_cell]] if layout.nested else [])
    total -= 0.5 * sum((part**2 + jnp.log(2 * jnp.pi)).sum() for part in deviations)
    for i, q in enumerate(layout.partial):
        prior = layout.group_sd_priors[i].dist(data["priors"][f"tau_{layout.names[q]}"])
        total += jnp.sum(prior.log_prob(tau[:, i]))
    own_priors = [*zip(layout.with_mean, y[:means]), *((q, t[:, q]) for q in layout.free)]
    for q, position in own_priors:
        prior = layout.quantities[q].prior.dist(data["priors"][layout.names[q]])
        link = biject_to(prior.support)
        value = link(position)
        total += (prior.log_prob(value) + link.log_abs_det_jacobian(position, value)).sum()
    return total + layout.cells * jnp.log(moments[1][layout.free]).sum()


def sites(layout: BlockLayout, block: Unfolded, data: dict[str, Any]) -> dict[str, Any]:
    """Name the model's own sites."""
    named, links, names = {}, _links(layout, data), layout.names
    for i, q in enumerate(layout.with_mean):
        name = names[q] if layout.modes[q] == "shared" else f"mu_{names[q]}"
        named[name] = links[q](block.y[i])
    ends, grid = np.cumsum([1, *layout.level_counts]), on_grid(layout, block.y)
    deviations = [grid[start:end, layout.partial] for start, end in zip(ends, ends[1:])]
    if layout.nested:
        deviations.append(block.z[:, layout.partial_per_cell])
    for j, (ending, *_) in enumerate(layout.components):
        for i, q in enumerate(layout.partial):
            named[f"tau_{names[q]}{ending}"] = block.tau[j, i]
            named[f"z_{names[q]}{ending}"] = deviations[j][:, i]
    return named | {names[q]: links[q](block.t[:, q]) for q in layout.free}


def normal_penalty(
    layout: BlockLayout, y: jax.Array, z: jax.Array, moments: PriorMoments
) -> jax.Array:
    """Minus twice the log prior of y and z, up to a constant, the priors of mu taken for normal."""
    (center, width), mean = moments, layout.with_mean
    return (
        (((y[: len(mean)] - center[mean]) / width[mean]) ** 2).sum()
        + (y[len(mean) :] ** 2).sum()
        + (z**2).sum()
    )
