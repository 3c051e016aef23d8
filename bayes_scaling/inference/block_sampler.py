"""Runs the sampling programs for fits in any state: the search for modes, and blocks of draws."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import numpy as np

from bayes_scaling._core.threefry import fold_in, seed_words
from bayes_scaling.inference.fit_state import FitState
from bayes_scaling.inference.laplace import Modes, distinct_modes, draw_candidates, find_modes
from bayes_scaling.inference.nuts import run_chains
from bayes_scaling.inference.program_runner import ProgramRunner
from bayes_scaling.inference.retry_policy import coordinates_kept, first_caution, max_blocks
from bayes_scaling.inference.target_density import TargetDensity
from bayes_scaling.inference.warping import Coordinates, no_warp

# steps of a chain that programs are compiled for: one serves 2,000 draws with their warm-up, and
# all fewer
_MAX_STEPS = [2_400 * 4**i for i in range(12)]


def _keys(seeds: np.ndarray, stream: int) -> np.ndarray:
    """Words of each seed's key, (seeds, 2): for the search (stream 0), or a block (1, 2, ...)."""
    return np.stack([fold_in(seed_words(int(seed)), stream) for seed in seeds])


class BlockSampler:
    """The data sets of one call of ``sample_many``, and the programs that sample them.

    Parameters
    ----------
    density : TargetDensity
        The log density of every data set.
    rows : pytree of arrays
        The data, stacked on a leading axis.
    seeds : sequence of int
        One for each data set.
    draws, warmup : int
        Length of a block: its draws, and its warm-up.
    runner : ProgramRunner
        What pads rows and places them on a device.
    """

    def __init__(
        self,
        density: TargetDensity,
        rows: Any,
        seeds: Sequence[int],
        *,
        draws: int,
        warmup: int,
        runner: ProgramRunner,
    ) -> None:
        self.density, self.rows = density, jax.tree.map(np.asarray, rows)
        self.seeds = np.asarray(seeds, np.uint32)
        self.draws, self.warmup, self.runner = draws, warmup, runner

    def first_states(
        self, chains: int, start: tuple[np.ndarray, np.ndarray] | None
    ) -> list[FitState]:
        """States before the first block; ``start`` is as in ``sample_many``."""
        count, given = len(self.seeds), start is not None
        found = self._search_modes() if start is None else _given_modes(start, count)
        kept = coordinates_kept(given, self.density.size)
        return [
            _first_state(i, Modes(*(a[i] for a in found)), chains, kept, first_caution(given))
            for i in range(count)
        ]

    def extend(self, fits: list[FitState]) -> None:
        """Sample one more block for every fit; all of them have as many blocks behind them."""
        padded = self.runner.pad(fits)
        indices = [fit.index for fit in padded]
        rows = (
            _keys(self.seeds[indices], fits[0].sampled + 1),
            self._data(indices),
            *(np.stack(parts) for parts in zip(*(fit.coordinates for fit in padded))),
            np.stack([fit.positions for fit in padded]),
            np.array([fit.jitter for fit in padded]),
            np.array([fit.target_acceptance for fit in padded]),
        )
        total = self.warmup + self.draws
        results = self.runner.run(
            partial(run_chains, self.density),
            len(fits),
            rows,
            span=np.array([self.warmup, total]),
            max_steps=next(steps for steps in _MAX_STEPS if steps >= total),
        )
        kept = [part[:, :, self.warmup : total] for part in results]
        for row, fit in enumerate(fits):
            fit.add_block([part[row] for part in kept])

    def _data(self, indices: list[int]) -> Any:
        return jax.tree.map(lambda a: a[indices], self.rows)

    def _search_modes(self) -> Modes:
        """Modes of all data sets, each array with a leading axis over them."""
        candidates = draw_candidates(self.density, list(_keys(self.seeds, 0)), self.rows)
        indices = self.runner.pad(range(len(self.seeds)))
        rows = candidates[indices], self._data(indices)
        return Modes(*self.runner.run(partial(find_modes, self.density), len(self.seeds), rows))


def _given_modes(start: tuple[np.ndarray, np.ndarray], count: int) -> Modes:
    """Given coordinates as the one mode of every data set."""
    center, root = start
    return Modes(
        *(np.repeat(np.asarray(a, float)[None, None], count, 0) for a in (center, 0.0, root, 0.0))
    )


def _first_state(index: int, found: Modes, chains: int, kept: bool, caution: int) -> FitState:
    """State of a fit before its first block: whitened at the best mode, chains at all modes."""
    starts, modes = distinct_modes(found)
    best, size = starts[0], found.positions.shape[-1]
    return FitState(
        index,
        modes,
        Coordinates(found.positions[best], found.roots[best], no_warp(size)),
        found.positions[[starts[chain % len(starts)] for chain in range(chains)]],
        max_blocks(kept),
        kept,
        caution,
    )
