"""Where the sampling of one data set stands, and how an action changes it."""

from dataclasses import dataclass, field

import numpy as np

from bayes_scaling.inference.convergence import check_draws, sampler_health
from bayes_scaling.inference.draws import STATS, Draws
from bayes_scaling.inference.nuts import MAX_DOUBLINGS
from bayes_scaling.inference.retry_policy import (
    CAUTION_LEVELS,
    STRICT_LEVELS,
    Action,
    Assessment,
    Extend,
    Restart,
    Rewarp,
    Stop,
    max_blocks,
)
from bayes_scaling.inference.warping import Coordinates, draws_vary, learn_coordinates


@dataclass
class FitState:
    """The sampling of one data set, between blocks of draws.

    Parameters
    ----------
    index : int
        Row of the data set.
    modes : tuple of (float, float)
        As in ``Draws``.
    coordinates : Coordinates
        Coordinates of the next block.
    positions : np.ndarray
        Where its chains start, (chains, size).
    max_blocks : int
        Maximum number of blocks, over all attempts.
    coordinates_given : bool
        Whether the coordinates stay as they are.
    caution : int
        Index into ``CAUTION_LEVELS``.
    jitter : float
        Sd by which whitened starting points are perturbed.
    blocks : list
        Blocks of draws that are kept: each theta (chains, draws, size) and then one array
        (chains, draws) for each of ``STATS``.
    wanted : int
        Number of kept blocks at which the draws are assessed.
    sampled : int
        Blocks sampled so far, kept or not.
    attempts : int
        Assessments so far.
    draws : Draws or None
        The draws that were assessed last.
    finished : bool
        Whether ``draws`` are the result.
    sampler : {"nuts", "hmc"}
        What samples the blocks.
    """

    index: int
    modes: tuple[tuple[float, float], ...]
    coordinates: Coordinates
    positions: np.ndarray
    max_blocks: int
    coordinates_given: bool
    caution: int
    jitter: float = 1.0
    blocks: list[list[np.ndarray]] = field(default_factory=list)
    wanted: int = CAUTION_LEVELS[0].blocks
    sampled: int = 0
    attempts: int = 0
    draws: Draws | None = None
    finished: bool = False
    sampler: str = "nuts"

    @property
    def result(self) -> Draws:
        """The draws that were assessed last."""
        if self.draws is None:
            raise RuntimeError("the fit has not been assessed yet")
        return self.draws

    @property
    def target_acceptance(self) -> float:
        """Acceptance rate that warm-up aims at."""
        return CAUTION_LEVELS[self.caution].target_acceptance

    @property
    def due(self) -> bool:
        """Whether the draws are to be assessed."""
        return len(self.blocks) == self.wanted or self.sampled == self.max_blocks

    def add_block(self, block: list[np.ndarray]) -> None:
        """Keep a block of draws; the next one starts where its chains ended."""
        self.blocks.append(block)
        self.positions, self.jitter = block[0][:, -1], 0.0
        self.sampled += 1

    def collect(self) -> Draws:
        """Join and thin the kept blocks, and count the attempt."""
        count = len(self.blocks)
        theta, *stats = (np.concatenate(parts, axis=1)[:, ::count] for parts in zip(*self.blocks))
        health = sampler_health(
            [dict(zip(STATS, block[1:])) for block in self.blocks], 2**MAX_DOUBLINGS - 1
        )
        self.attempts += 1
        self.draws = Draws(
            theta,
            dict(zip(STATS, stats)),
            {name: value.item() for name, value in health.items()},
            self.modes,
            self.attempts,
            self.sampler,
        )
        return self.draws

    def restart_by_nuts(self) -> None:
        """Drop all blocks: those to come are NUTS's own, as many as a first attempt may have."""
        self.sampler, self.caution, self.sampled = "nuts", 1, 0
        self.blocks, self.wanted = [], CAUTION_LEVELS[self.caution].blocks
        self.max_blocks = max_blocks(self.coordinates_given)

    def apply(self, action: Action) -> None:
        """Do what ``next_action`` chose."""
        match action:
            case Stop():
                self.finished = True
            case Rewarp():
                self.coordinates = learn_coordinates(self.result.theta) or self.coordinates
                self.apply(action.then)
            case Extend():
                self.blocks = self.blocks[action.dropped_blocks :]
                self.wanted = len(self.blocks) + action.more_blocks
            case Restart():
                self.caution = action.caution
                self.blocks, self.wanted = [], CAUTION_LEVELS[action.caution].blocks


def assess(fit: FitState) -> Assessment:
    """Collect the draws of a fit and check them."""
    draws = fit.collect()
    checks = check_draws(
        draws.theta,
        draws.health,
        strict=fit.caution < STRICT_LEVELS and fit.sampler == "nuts",
        margin=not fit.coordinates_given,
    )
    return Assessment(
        *checks,
        draws_vary=all(checks) or draws_vary(draws.theta),
        blocks=len(fit.blocks),
        caution=fit.caution,
        out_of_blocks=fit.sampled == fit.max_blocks,
        coordinates_given=fit.coordinates_given,
    )
