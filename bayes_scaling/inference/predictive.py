"""Tables simulated from the prior on a design."""

from typing import Any

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.stored_programs import stored_jit
from bayes_scaling._core.threefry import seed_words
from bayes_scaling.inference.density import Density
from bayes_scaling.law.law import Law


@stored_jit(static=("density",))
def _means(density: Density, theta: jax.Array, data: dict[str, Any]) -> tuple[Any, jax.Array]:
    """Compute sampled quantities of draws (draws, size), and the law's means (draws, runs)."""
    sampled, published = density.published(theta, data)
    return sampled, jax.vmap(lambda p: density.law.function(data["x"], **p))(published)


def prior_tables(
    law: Law, data: dict[str, Any], count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simulate tables from the prior on a design.

    Parameters
    ----------
    law : Law
        The law.
    data : dict
        As ``design`` returns it.
    count : int
        Number of tables.
    rng : numpy.random.Generator
        Source of the random numbers.

    Returns
    -------
    theta : np.ndarray
        Unconstrained parameters, (count, size).
    outcomes : np.ndarray
        (count, runs), in the outcome's unit.
    valid : np.ndarray
        Whether each table is a valid one, (count,): finite, in the domain of the outcome, not all
        the same.
    """
    rows = data.get("rows", {})
    with float64():
        theta = Density(law).draw_prior(seed_words(int(rng.integers(2**32))), data, count)
        theta, (sampled, mean) = jax.tree.map(
            np.asarray, (theta, _means(Density(law), theta, data))
        )
    p = {q.sampled: sampled[q.sampled][:, None] for q in law.sites}
    with np.errstate(all="ignore"):  # a table that overflows is invalid
        outcomes = law.noise.draw(
            rng, np.broadcast_to(mean, (count, len(data["u"]))), p, data["u"], data.get("se"), rows
        )
    valid = [
        bool(np.isfinite(y).all() and not law.noise.check(y, rows) and np.ptp(y) > 0)
        for y in outcomes
    ]
    return theta, outcomes, np.array(valid)
