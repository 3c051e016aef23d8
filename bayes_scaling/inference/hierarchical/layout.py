"""Which unknowns a block of pooled quantities has, and where each of them stands.

A block is the quantities of a law, or those of its noise, in all cells. A quantity of a cell is

    t = mu + the deviations of the levels that the cell belongs to + the cell's own deviation

with deviations tau z. The unknowns are tau; y, which holds mu and the z of every crossed column;
and z, the cells' own. y stands on a grid of levels (the first is mu) and quantities, where it has
entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.pool import Pool
from bayes_scaling.law.prior import Prior

Component = tuple[str, int, np.ndarray]  # ending of its names, count of z, the z of each cell


@dataclass(frozen=True, eq=False)
class BlockLayout:
    """Shapes and index arrays of a block. It holds no draws.

    Parameters
    ----------
    quantities : tuple of Parameter
        The law's, or the noise's.
    modes : tuple of str
        How each is pooled: "partial", "shared" or "free".
    cells : int
        Number of cells.
    components : tuple of Component
        What a partial quantity is the sum of, the cells' own deviations last where there are any.
    nested : bool
        Whether cells have deviations of their own.
    membership : np.ndarray
        Whether a cell belongs to a level of y, (levels, cells).
    grid_mask : np.ndarray
        Entries of y on its grid, (levels, quantities).
    y_parts, y_rest : np.ndarray
        Indices into y: the levels of the longest column, (levels, partial), which are coupled only
        through the rest.
    group_sd_priors : tuple of Prior
        Prior of tau of each partial quantity.
    """

    quantities: tuple[Parameter, ...]
    modes: tuple[str, ...]
    cells: int
    components: tuple[Component, ...]
    nested: bool
    membership: np.ndarray
    grid_mask: np.ndarray
    y_parts: np.ndarray
    y_rest: np.ndarray
    group_sd_priors: tuple[Prior, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Sampled names of the quantities."""
        return tuple(q.sampled for q in self.quantities)

    @property
    def partial(self) -> np.ndarray:
        """Indices of the partially pooled quantities."""
        return _where(self.modes, "partial")

    @property
    def free(self) -> np.ndarray:
        """Indices of the quantities that each cell has on its own."""
        return _where(self.modes, "free")

    @property
    def with_mean(self) -> np.ndarray:
        """Indices of the quantities that have a mu."""
        return _where(self.modes, "partial", "shared")

    @property
    def per_cell(self) -> np.ndarray:
        """Indices of the quantities with a z of each cell."""
        return _where(self.modes, "partial", "free") if self.nested else self.free

    @property
    def partial_per_cell(self) -> np.ndarray:
        """Where the partial quantities stand among ``per_cell``, if nested."""
        return np.searchsorted(self.per_cell, self.partial)

    @property
    def level_counts(self) -> list[int]:
        """Number of levels of each crossed column."""
        return [count for _, count, _ in _crossed(self.components)]

    @property
    def tau_shape(self) -> tuple[int, int]:
        """(components, partial quantities)."""
        return len(self.components), len(self.partial)

    @property
    def y_shape(self) -> tuple[int]:
        """(entries on the grid,)."""
        return (int(self.grid_mask.sum()),)

    @property
    def z_shape(self) -> tuple[int, int]:
        """(cells, quantities with a z of each cell)."""
        return self.cells, len(self.per_cell)


def block_layout(pool: Pool, quantities: Sequence[Parameter]) -> BlockLayout:
    """Lay out some of a pool's quantities: all of its law, or all of its noise."""
    names = [q.sampled for q in quantities]
    modes, components = tuple(pool.modes[name] for name in names), pool.components_of(*names)
    cells, partial = len(pool.cells), _where(modes, "partial")
    crossed = _crossed(components)
    membership = np.concatenate(
        [np.ones((1, cells)), *(np.eye(count)[level].T for _, count, level in crossed)]
    )
    grid_mask = np.zeros((len(membership), len(names)), bool)
    grid_mask[0, _where(modes, "partial", "shared")], grid_mask[1:, partial] = True, True
    y_parts = _longest_column(grid_mask, partial, [count for _, count, _ in crossed])
    return BlockLayout(
        quantities=tuple(quantities),
        modes=modes,
        cells=cells,
        components=components,
        nested=len(crossed) < len(components),
        membership=membership,
        grid_mask=grid_mask,
        y_parts=y_parts,
        y_rest=np.setdiff1d(np.arange(grid_mask.sum()), y_parts),
        group_sd_priors=tuple(pool.spreads[names[q]] for q in partial),
    )


def _where(modes: Sequence[str], *wanted: str) -> np.ndarray:
    return np.array([i for i, mode in enumerate(modes) if mode in wanted], int)


def _crossed(components: Sequence[Component]) -> Sequence[Component]:
    """Components of the crossed columns, without the cells' own."""
    return components[:-1] if components[-1][0] == "" else components


def _longest_column(
    grid_mask: np.ndarray, partial: np.ndarray, level_counts: Sequence[int]
) -> np.ndarray:
    """Find the levels of the longest column among y: (levels, partial quantities)."""
    if not level_counts:
        return np.zeros((0, 0), int)
    index = np.cumsum(grid_mask).reshape(grid_mask.shape) - 1
    ends, longest = np.cumsum([1, *level_counts]), int(np.argmax(level_counts))
    return index[ends[longest] : ends[longest + 1], partial]
