"""Coverage at fixed true values, each simulated table with its own smallest outcome.

Simulation-based calibration keeps the reference run of the given table, because priors that are
stated on it must not depend on the simulated outcomes. It cannot show what a prior does that
rests on the outcomes themselves, such as that of a floor near which the runs lie. Here the true
values are fixed, and the reference run of each simulated table has the smallest and largest
outcomes of that table, as in a fit. Ranks are then not uniform by theory: only the coverage of the
90% intervals is tested.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import Table
from bayes_scaling.inference.density import Density
from bayes_scaling.law.law import Law
from bayes_scaling.validation.ecdf_uniformity import LEVELS
from bayes_scaling.validation.sbc_simulation import Chunk, rank_rows

_CURVE = "curve at the largest run"


def read_values(law: Law, values: Any) -> dict[str, float]:
    """Read the true values of a law's published parameters and of its noise.

    Raises
    ------
    InputError
        A name is missing or unknown, or a value is not a finite number.
    """
    names = (*law.names, *(q.name for q in law.noise.parameters))
    if not isinstance(values, Mapping) or set(values) != set(names):
        raise InputError(
            f"at is {values!r}; give the true value of each of {', '.join(names)} of {law.name}, "
            "such as those of its published setting and a noise of your own"
        )
    numbers = {name: float(values[name]) for name in names}
    if bad := [name for name, value in numbers.items() if not np.isfinite(value)]:
        raise InputError(f"at has no finite number for {shorten_list(bad)}; give one")
    return numbers


def simulate_at(
    law: Law, data: dict[str, Any], values: Mapping[str, float], sims: int, seed: int
) -> tuple[list[dict[str, Any]], int]:
    """Simulate designs of tables with fixed true values.

    Parameters
    ----------
    law : Law
        The law.
    data : dict
        The design.
    values : mapping of str to float
        True values, from ``read_values``.
    sims : int
        Number of tables.
    seed : int
        Seed of the simulations.

    Returns
    -------
    designs : list of dict
        The design with the outcomes, and the reference run, of each table.
    refused : int
        Number of invalid tables.

    Raises
    ------
    InputError
        The curve leaves the domain of the outcome, or more tables are invalid than valid.
    """
    rows, rng = data.get("rows", {}), generator(Stream.SIMULATED_TABLE, seed, "fixed values")
    with float64():
        mean = np.asarray(law.mean(data["x"], **{name: values[name] for name in law.names}), float)
    if not np.isfinite(mean).all() or law.noise.outside(mean).any():
        raise InputError(
            "the curve at the values of at leaves the domain of the outcome on this design; give "
            "values that suit it"
        )
    noise = {q.name: np.full((2 * sims, 1), values[q.name]) for q in law.noise.parameters}
    outcomes = law.noise.draw(
        rng, np.broadcast_to(mean, (2 * sims, len(mean))), noise, data["u"], data.get("se"), rows
    )
    valid = [bool(np.isfinite(y).all() and not law.noise.check(y, rows)) for y in outcomes]
    kept = outcomes[valid][:sims]
    if len(kept) < sims:
        raise InputError(
            f"only {sum(valid)} of {2 * sims} tables simulated at the values of at are valid; give "
            "less noise"
        )
    designs = [
        data | {"z": np.asarray(law.noise.encode(y, rows), float), "ref": _reference(data, y)}
        for y in kept
    ]
    return designs, int(np.flatnonzero(valid)[sims - 1]) + 1 - sims


def _reference(data: dict[str, Any], outcome: np.ndarray) -> dict[str, Any]:
    """The reference run of a simulated table."""
    ref = data["ref"] | {"y_min": outcome.min(), "y_max": outcome.max()}
    if "y_last" in ref:
        ref["y_last"] = outcome[np.argmin(data["u"])]
    return {name: np.float64(value) for name, value in ref.items()}


def rank_fixed_values(
    law: Law,
    values: Mapping[str, float],
    theta: np.ndarray,
    chunks: list[Chunk],
    converged: np.ndarray,
) -> Table:
    """Rank the true values, and the curve at the largest run, among posterior draws.

    Parameters
    ----------
    law, values
        As in ``simulate_at``.
    theta : numpy.ndarray (sims, chains, draws, size)
        Posterior draws.
    chunks : list of (list of int, dict)
        Indices of the tables, and their stacked data.
    converged : numpy.ndarray (sims,) of bool
        Whether each fit has converged.

    Returns
    -------
    Table
        ``Calibration.ranks``.
    """
    draws = theta.reshape(len(theta), -1, theta.shape[-1])
    thinned = draws[:, np.linspace(0, draws.shape[1] - 1, LEVELS - 1).round().astype(int)]
    density, tables = Density(law), {}
    with float64():
        for indices, stack in chunks:
            for i, table in enumerate(indices):
                data = jax.tree.map(lambda a, i=i: a[i], stack)
                tables[table] = _quantities(density, thinned[table], data)
        data = jax.tree.map(lambda a: a[0], chunks[0][1])
        fixed = {name: jnp.full(1, values[name]) for name in law.names}
        true_values = dict(values) | {_CURVE: float(_curve(law, fixed, data)[0])}
    ranks = {
        name: np.array([(tables[i][name] < value).sum() for i in range(len(tables))])
        for name, value in true_values.items()
    }
    parts = [
        rank_rows(name, np.full(len(rank), true_values[name]), rank, converged)
        for name, rank in ranks.items()
    ]
    return Table(pd.concat(parts, ignore_index=True))


def _quantities(density: Density, theta: np.ndarray, data: dict[str, Any]) -> dict[str, np.ndarray]:
    """Published parameters, those of the noise, and the curve at the largest run: (draws,) each."""
    sampled, published = density.published(jnp.asarray(theta), data)
    noise = {q.name: sampled[q.name] for q in density.law.noise.parameters}
    found = published | noise | {_CURVE: _curve(density.law, published, data)}
    return {name: np.asarray(value) for name, value in found.items()}


def _curve(law: Law, published: Mapping[str, Any], data: dict[str, Any]) -> Any:
    """The law's mean (draws,) at the run of largest scale."""
    last = int(np.argmin(np.where(data["mask"], data["u"], np.inf)))
    x = {name: value[last][None] for name, value in data["x"].items()}
    return jax.vmap(lambda p: law.function(x, **p)[0])(dict(published))
