"""Attempts of many fits by HMC: their chains fill the lanes of one program after another.

A short run in the coordinates of the Laplace approximation teaches the warped coordinates in
which draws are made: one such run of all costs less than a second attempt for most. Draws that fall
short go on as ``retry_policy`` decides, still in lanes; what falls short of the last attempt goes
on by NUTS. A fit's draws depend on its data and seed alone: the lanes of a program are as many
whatever the number of fits, and those that are left repeat the first.
"""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from bayes_scaling._core.progress import status
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.threefry import fold_in, seed_words, split
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.fit_state import FitState, assess
from bayes_scaling.inference.hmc import run_lanes
from bayes_scaling.inference.retry_policy import Stop, next_action
from bayes_scaling.inference.sampling_status import SamplingStatus
from bayes_scaling.inference.warping import Coordinates, learn_coordinates, powers

_ATTEMPTS = 7
_MAX_BLOCKS = 2**_ATTEMPTS  # more than they can come to
_FIRST_CAUTION = 1  # smaller steps than NUTS's: here they are cheap, and a restart is not
_FIRST_RUN = (100, 800)  # its warm-up, and that and its draws
_STREAMS = 2**16  # of a seed's keys: NUTS has the small numbers
_MAX_DRAWS = [4_096 * 4**i for i in range(12)]  # that programs are compiled for

_LENGTHS = (2, 4, 7, 11)  # leapfrog steps of trajectories, each as often
_LANES = 16  # two to four of a processor's vectors: more gain little, and fewer stay empty


def sample_in_lanes(
    density: Density,
    rows: Any,
    seeds: Sequence[int],
    fits: Sequence[FitState],
    shown: SamplingStatus,
    *,
    draws: int,
    warmup: int,
) -> None:
    """Sample fits by HMC; those that do not pass are left for NUTS to begin again.

    Parameters
    ----------
    density, rows, seeds, draws, warmup
        As in ``LaneSampler``.
    fits : sequence of FitState
        Their states before the first block.
    shown : SamplingStatus
        What the live line shows of them.
    """
    sampler = LaneSampler(density, rows, seeds, draws=draws, warmup=warmup)
    status("learning coordinates")
    sampler.learn(fits)
    for fit in fits:
        fit.sampler, fit.caution, fit.max_blocks = "hmc", _FIRST_CAUTION, _MAX_BLOCKS
    active, attempt = list(fits), 0
    while active and attempt < _ATTEMPTS:
        attempt += 1
        status(shown.before(active))
        sampler.extend(active, attempt)
        for fit in active:
            found = assess(fit)
            shown.assessed(fit, found)
            action = next_action(found)
            if isinstance(action, Stop) and not found.passed:  # such as chains that stand still
                fit.restart_by_nuts()
            else:
                fit.apply(action)
        active = [fit for fit in active if not fit.finished and fit.sampler == "hmc"]
    for fit in active:
        fit.restart_by_nuts()


class LaneSampler:
    """The data sets of one call of ``sample_many``, and the program that runs their chains.

    Parameters
    ----------
    density : Density
        The density of every data set.
    rows : pytree of arrays
        Their data, stacked on a leading axis.
    seeds : sequence of int
        One for each.
    draws, warmup : int
        Length of a block: its draws, and the warm-up of each run of blocks.
    """

    def __init__(
        self, density: Density, rows: Any, seeds: Sequence[int], *, draws: int, warmup: int
    ) -> None:
        self.density, self.rows = density, jax.tree.map(np.asarray, rows)
        self.seeds, self.draws, self.warmup = seeds, draws, warmup

    def learn(self, fits: Sequence[FitState]) -> None:
        """Run every fit for a while: its coordinates, and where its chains go on."""
        for batch in self._batches(fits):
            for fit, (theta, *_) in zip(batch, self._run(batch, _FIRST_RUN, 0)):
                fit.coordinates = learn_coordinates(theta) or fit.coordinates
                fit.positions, fit.jitter = theta[:, -1], 0.0

    def extend(self, fits: Sequence[FitState], attempt: int) -> None:
        """Sample the blocks that every fit wants, with a warm-up for those of one program."""
        for batch in self._batches(sorted(fits, key=_missing_blocks)):
            run = attempt * _MAX_BLOCKS
            while active := [fit for fit in batch if _missing_blocks(fit)]:
                self._add_blocks(active, run := run + 1)

    def _add_blocks(self, fits: list[FitState], run: int) -> None:
        """Sample as many blocks as one program serves, or as fits want."""
        most = min(max(map(_missing_blocks, fits)), max(1, _MAX_DRAWS[0] // self.draws))
        results = self._run(fits, (self.warmup, self.warmup + most * self.draws), run)
        for fit, parts in zip(fits, results):
            for block in zip(*(np.split(part, most, axis=1) for part in parts)):
                if _missing_blocks(fit):
                    fit.add_block(list(block))

    def _batches(self, fits: Sequence[FitState]) -> list[list[FitState]]:
        """Fits whose chains fill the lanes of a program."""
        chains = len(fits[0].positions)
        room = _lanes(chains) // chains
        return [list(fits[first : first + room]) for first in range(0, len(fits), room)]

    def _run(self, fits: list[FitState], span: tuple[int, int], run: int) -> list[list[np.ndarray]]:
        """Draws of each fit, and its statistics as in ``STATS``, each (chains, draws, ...)."""
        chains, size = fits[0].positions.shape
        lanes = _lanes(chains)
        # lanes that are left repeat the first fit
        owners = np.zeros(lanes, int)
        owners[: chains * len(fits)] = np.repeat(np.arange(len(fits)), chains)
        chain = np.arange(lanes) % chains

        def spread(items: Sequence[Any]) -> np.ndarray:
            return _lanes_last(np.stack(items)[owners])

        def of_chains(items: Sequence[np.ndarray]) -> np.ndarray:
            return _lanes_last(np.stack(items)[owners, chain])

        indices = np.array([fit.index for fit in fits])[owners]
        keys = [fold_in(seed_words(int(self.seeds[fit.index])), _STREAMS + run) for fit in fits]
        starts = of_chains([_warped(fit.coordinates, fit.positions) for fit in fits])
        jitter = np.broadcast_to(spread([fit.jitter for fit in fits]), starts.shape)
        count = span[1] - span[0]
        max_draws = next(limit for limit in _MAX_DRAWS if limit >= count)
        rows = run_lanes(
            self.density,
            of_chains([split(key, chains) for key in keys]),
            jax.tree.map(lambda a: _lanes_last(a[indices]), self.rows),
            *(spread(parts) for parts in zip(*(fit.coordinates for fit in fits))),
            np.stack([starts, jitter]),
            spread([fit.target_acceptance for fit in fits]),
            _lengths(span[1], 4 * max_draws),
            np.array(span),
            max_draws,
        )
        return _by_fit(np.asarray(rows)[:count, :, : chains * len(fits)], len(fits), size)


def _lanes(chains: int) -> int:
    """Lanes of a program, a multiple of 8: of the chains of a fit alone, not of how many fits."""
    return max(_LANES, -(-chains // 8) * 8)


def _missing_blocks(fit: FitState) -> int:
    """Blocks that a fit is to sample."""
    return fit.wanted - len(fit.blocks)


def _lanes_last(a: np.ndarray) -> np.ndarray:
    """Move the first axis to the end, in memory too."""
    return np.ascontiguousarray(np.moveaxis(a, 0, -1))


def _warped(coordinates: Coordinates, theta: np.ndarray) -> np.ndarray:
    """Points (chains, size) in warped coordinates."""
    center, root, warp = coordinates
    u = (theta - center) @ np.linalg.inv(root).T
    shift, log_scale = np.einsum("cp,kpi->kci", powers(u[:, 0], np), warp)
    return np.concatenate([u[:, :1], (u[:, 1:] - shift) * np.exp(-log_scale)], axis=1)


def _lengths(count: int, room: int) -> np.ndarray:
    """Leapfrog steps of each transition: every length equally often, in random order."""
    rng = generator(Stream.TRAJECTORY)
    blocks = [rng.permutation(_LENGTHS) for _ in range(count // len(_LENGTHS) + 1)]
    lengths = np.zeros(max(room, count), np.int32)
    lengths[:count] = np.concatenate(blocks)[:count]
    return lengths


def _by_fit(rows: np.ndarray, fits: int, size: int) -> list[list[np.ndarray]]:
    """What the program returned, of each fit: draws, then statistics."""
    draws = np.ascontiguousarray(np.moveaxis(rows, 2, 0)).reshape(fits, -1, *rows.shape[:2])
    theta, stats = draws[..., :size], np.moveaxis(draws[..., size:], -1, 0)
    log, energy, rate, steps, diverging, step_size = stats
    parts = (theta, log, energy, rate, steps.astype(int), diverging > 0, step_size)
    return [[part[i] for part in parts] for i in range(fits)]
