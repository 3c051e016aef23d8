"""Compiled programs over rows: data sets stacked on a leading axis, padded to one capacity."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

Device = Any  # a jax.Device, which type checkers take for a variable


def map_rows(function: Callable[[Any], Any], count: Any, rows: Any, vectorized: bool) -> Any:
    """Apply ``function`` to the first ``count`` rows: in turn, or (on accelerators) all at once."""
    if vectorized:
        return jax.vmap(function)(rows)
    function = jax.jit(function)  # traced once, for its output shapes and for the loop

    def row(i: Any) -> Any:
        return jax.tree.map(lambda a: a[i], rows)

    length = jax.tree.leaves(rows)[0].shape[0]
    blank = jax.tree.map(
        lambda a: jnp.zeros((length, *a.shape), a.dtype), jax.eval_shape(function, row(0))
    )
    # the loop ends with the rows in use: a chunk that is not full costs only what it holds
    return lax.fori_loop(
        0,
        count,
        lambda i, out: jax.tree.map(lambda o, a: o.at[i].set(a), out, function(row(i))),
        blank,
    )


class ProgramRunner:
    """Runs compiled programs on rows of one padded number, on one device.

    Parameters
    ----------
    capacity : int
        Rows that programs are compiled for.
    device : jax.Device or None
        The device; the first one if None. Each device runs the same program, so that the draws
        are the same on any.
    """

    def __init__(self, capacity: int, device: Device | None = None) -> None:
        self.capacity, self.device = capacity, device or jax.local_devices()[0]
        # on a CPU, chains in lockstep wait for the longest tree
        self.vectorized = self.device.platform != "cpu"

    def pad[T](self, items: Sequence[T]) -> list[T]:
        """Repeat the first item up to the capacity."""
        return [*items, *[items[0]] * (self.capacity - len(items))]

    def run(
        self, program: Callable[..., Any], count: int, rows: Any, **options: Any
    ) -> list[np.ndarray]:
        """Run a program on padded rows and return the results of the first ``count`` of them."""
        placed = jax.device_put(
            (np.int64(count), rows), jax.sharding.SingleDeviceSharding(self.device)
        )
        results = program(*placed, vectorized=self.vectorized, **options)
        return [np.asarray(a)[:count] for a in results]
