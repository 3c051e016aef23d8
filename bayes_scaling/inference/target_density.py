"""What the sampler needs of a density: the protocols that every target of it meets."""

from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np


class TargetDensity(Protocol):
    """A log density over R^size. Hashable: equal densities share one compiled program.

    Attributes
    ----------
    size : int
        Number of unconstrained coordinates.
    """

    size: int

    def log(self, theta: jax.Array, data: Any) -> jax.Array:
        """Log density of ``theta``, of shape (size,), up to a constant."""
        ...

    def draw_prior(self, key: np.ndarray, data: Any, count: int) -> np.ndarray | jax.Array:
        """Draw starting points, (count, size). Called outside of compiled programs.

        ``key`` is the words of a random key, which ``jax.random`` takes.
        """
        ...


@runtime_checkable
class BlockedDensity(Protocol):
    """A density some of whose coordinates are correlated in small blocks.

    Attributes
    ----------
    blocks : np.ndarray
        Indices of the coordinates of each block, (blocks, coordinates of a block). Warm-up learns
        a covariance for each block.
    """

    blocks: np.ndarray
