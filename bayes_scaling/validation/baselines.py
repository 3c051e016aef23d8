"""Forecasts as most papers make them, for comparison: a point fit, and a bootstrap of the runs.

Both predict a new run with Normal noise whose sd is that of the point fit's residuals. The
bootstrap refits resampled runs, starting from the point fit: see
``bayes_scaling.validation.point_fit``.
"""

from collections.abc import Iterator
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import ndtri

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.padding import pad_with_last, padded_length
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import seed_words
from bayes_scaling.inference.batch import stacked
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.laplace import draw_candidates
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.validation.point_fit import fit_points

BASELINES = ("point", "bootstrap")
DRAWS = 1000  # of a predictive, about
_BLOCK = 64  # tables fitted in one call

Prediction = tuple[np.ndarray, np.ndarray]  # draws, log densities: (draws, targets) each


def baseline_forecasts(
    law: Law,
    designs: list[dict[str, Any]],
    tests: list[np.ndarray],
    data: dict[str, Any],
    seeds: tuple[int, ...],
    refits: int,
) -> Iterator[tuple[int, dict[str, Prediction]]]:
    """Predictive draws and log densities of the point fit and the bootstrap, table by table.

    Parameters
    ----------
    law : Law
        The law.
    designs : list of dict
        Padded data of the training tables.
    tests : list of numpy.ndarray of int
        For each table, positions in ``data`` of the runs to forecast.
    data : dict
        The table of all runs, as ``design.measured`` returns it.
    seeds : tuple of int
        One for each table.
    refits : int
        Number of resamples; 0 makes the point fit alone.

    Yields
    ------
    index : int
        Index of the table.
    predictions : dict
        {"point": (draws, log density), "bootstrap": ...}; draws are (draws, targets) in the
        outcome's unit.
    """
    for (_, length), members in _by_shape(designs, tests).items():
        for start in range(0, len(members), _BLOCK):
            block = members[start : start + _BLOCK]
            rngs = [generator(Stream.BOOTSTRAP, seeds[i]) for i in block]
            rows = [_training_row(law, designs[i]) for i in block]
            counts = [_resample(rng, row["mask"], refits) for rng, row in zip(rngs, rows)]
            targets = [_target_row(row, data, tests[i], length) for i, row in zip(block, rows)]
            means, residuals = _fit_block(law, rows, targets, counts, [seeds[i] for i in block])
            for j, i in enumerate(block):
                sd = _residual_sd(residuals[j][rows[j]["mask"]], len(law.parameters))
                mean = np.broadcast_to(means[j], (refits + 1, length))[:, : len(tests[i])]
                yield i, _predict(law, mean, sd, data, tests[i], rngs[j])


def _by_shape(
    designs: list[dict[str, Any]], tests: list[np.ndarray]
) -> dict[tuple[int, int], list[int]]:
    """{(padded runs, padded targets): indices of the tables}: one program serves each shape."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for i, design in enumerate(designs):
        shapes.setdefault((len(design["mask"]), padded_length(len(tests[i]))), []).append(i)
    return shapes


def _training_row(law: Law, design: dict[str, Any]) -> dict[str, Any]:
    """What the fit needs of a table."""
    kept = {key: design[key] for key in ("x", "ref", "priors", "mask")}
    return kept | {"seen": _seen(law, design)}


def _seen(law: Law, design: dict[str, Any]) -> np.ndarray:
    """Outcomes on the scale of the residuals; of counts, the observed fractions."""
    if law.noise.takes_se:
        return design["z"]
    rows = design["rows"]
    if "items" in rows:
        return design["z"] / rows["items"]
    return rows["passes"] / (rows["passes"] + design["z"])


def _target_row(
    row: dict[str, Any], data: dict[str, Any], test: np.ndarray, length: int
) -> dict[str, Any]:
    """What the means of a table's targets need, padded to ``length`` targets."""
    x = {name: pad_with_last(values[test], length) for name, values in data["x"].items()}
    return {"x": x, "ref": row["ref"], "priors": row["priors"]}


def _resample(rng: np.random.Generator, mask: np.ndarray, refits: int) -> np.ndarray:
    """How often each run is in each resample (refits, runs)."""
    count = int(mask.sum())
    weights = np.zeros((refits, len(mask)))
    weights[:, :count] = rng.multinomial(count, np.full(count, 1 / count), refits)
    return weights


def _fit_block(
    law: Law,
    rows: list[dict[str, Any]],
    targets: list[dict[str, Any]],
    counts: list[np.ndarray],
    seeds: list[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Means (tables, fits, targets) on the noise's scale, and residuals (tables, runs)."""
    density = Density(law)
    with float64():
        keys = [seed_words(seed % 2**32) for seed in seeds]
        data = stacked(rows)
        candidates = draw_candidates(density, keys, data)
        points, residuals = fit_points(density, (candidates, data, np.stack(counts)))
        return np.asarray(_means(density, points, stacked(targets))), np.asarray(residuals)


@stored_jit(static=("density",))
def _means(density: Density, points: jax.Array, targets: dict[str, Any]) -> jax.Array:
    """Means on the noise's scale (tables, fits, targets)."""

    def means_of_table(theta: jax.Array, data: dict[str, Any]) -> jax.Array:
        _, published = density.published(theta, data)
        mean = density.law.function(
            {name: value[None] for name, value in data["x"].items()},
            **{name: value[:, None] for name, value in published.items()},
        )
        return density.law.noise.forward(mean, jnp) if density.law.noise.takes_se else mean

    return jax.vmap(means_of_table)(points, targets)


def _residual_sd(residuals: np.ndarray, parameters: int) -> float:
    """Sd of the residuals, with degrees of freedom for the parameters."""
    freedom = max(len(residuals) - parameters, 1)
    return max(np.sqrt((residuals**2).sum() / freedom), 1e-9)


def _predict(
    law: Law,
    means: np.ndarray,
    sd: float,
    data: dict[str, Any],
    test: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, Prediction]:
    """Draws and log densities of the point fit (the first row of means) and the bootstrap."""
    scale, observed, jacobian = _on_noise_scale(law, sd, data, test)

    def log_density(center: np.ndarray) -> np.ndarray:
        z = (observed - center) / scale
        return -0.5 * z**2 - np.log(scale) - 0.5 * np.log(2 * np.pi) + jacobian

    quantiles = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)[:, None]  # of the Normal
    point = _to_outcome(law, means[0] + scale * quantiles)
    predictions = {"point": (point, log_density(means[:1]))}
    if len(means) > 1:
        centers = np.repeat(means[1:], -(-DRAWS // (len(means) - 1)), axis=0)
        draws = _to_outcome(law, centers + scale * rng.standard_normal(centers.shape))
        predictions["bootstrap"] = (draws, log_density(means[1:]))
    return predictions


def _on_noise_scale(
    law: Law, sd: float, data: dict[str, Any], test: np.ndarray
) -> tuple[Any, np.ndarray, Any]:
    """Sd, observed outcomes and log Jacobian of the runs to forecast."""
    if not law.noise.takes_se:
        return sd, data["y"][test], np.nan  # a density is not comparable to a count's probability
    rows = {name: values[test] for name, values in data["rows"].items()}
    scale = np.hypot(sd, data["se"][test]) if "se" in data else sd
    return scale, data["z"][test], law.noise.log_jacobian(data["y"][test], rows)


def _to_outcome(law: Law, z: np.ndarray) -> np.ndarray:
    """Values on the noise's scale in the outcome's unit; fractions of counts as they are."""
    if not law.noise.takes_se:
        return z
    noise = law.noise.noise if isinstance(law.noise, Censored) else law.noise
    return cast(Noise, noise).backward(z)
