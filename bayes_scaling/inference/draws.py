"""The draws of one posterior, with what the sampler recorded of them."""

from dataclasses import dataclass

import numpy as np

STATS = ("lp", "energy", "acceptance_rate", "n_steps", "diverging", "step_size")


@dataclass(frozen=True)
class Draws:
    """Posterior draws of one data set, as NumPy arrays.

    Parameters
    ----------
    theta : np.ndarray
        Unconstrained draws, (chains, draws, size).
    stats : dict of str to np.ndarray
        Sampler statistics of the draws in ``theta``, each (chains, draws), by the names in
        ``STATS``.
    health : dict
        Statistics over all draws of the last attempt, thinned out or not: ``made``, their count;
        ``diverging``, the number of divergences; ``bfmi``, the smallest E-BFMI of a chain;
        ``deepest``, the fraction that reached the maximum tree depth.
    modes : tuple of (float, float)
        (log density, fraction of the Laplace mass) of every mode found, best first.
    attempts : int
        How often the draws were assessed. Above 1, the first coordinates were poor.
    sampler : {"nuts", "hmc"}
        What made them.
    """

    theta: np.ndarray
    stats: dict[str, np.ndarray]
    health: dict[str, float]
    modes: tuple[tuple[float, float], ...]
    attempts: int
    sampler: str = "nuts"
