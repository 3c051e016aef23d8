"""What to do with a fit once its draws are assessed. Plain Python: no arrays, no JAX.

- The draws pass, or no more may be sampled, or they do not move: stop.
- The sampler failed (divergences, low E-BFMI): it misses a region of the posterior. Drop the
  draws and restart with smaller steps.
- Chains disagree, or there are few independent draws: sample as many again and thin. Where
  chains disagree, the first half goes: it holds those draws made before the chains arrived.
- In both cases learn warped coordinates from the draws first, unless given coordinates are kept:
  with hundreds of coordinates, draws yield a worse metric than the given one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CautionLevel:
    """How carefully to sample: the target acceptance rate, and the blocks before an assessment."""

    target_acceptance: float
    blocks: int


# each restart moves one level down the list, to smaller steps
CAUTION_LEVELS = (
    CautionLevel(0.85, 1),
    CautionLevel(0.9, 1),
    CautionLevel(0.93, 1),
    CautionLevel(0.97, 2),
    CautionLevel(0.99, 4),
)
STRICT_LEVELS = 3  # levels at which fewer divergences are tolerated: a restart is still cheap

MAX_BLOCKS = 24
MAX_BLOCKS_GIVEN = 3  # where given coordinates are kept: these densities are large, and slow
MAX_SIZE_LEARNED = 64  # coordinates of a density up to which draws give a better metric


def first_caution(coordinates_given: bool) -> int:
    """Caution level of a first attempt: densities with given coordinates start carefully."""
    return 1 if coordinates_given else 0


def coordinates_kept(coordinates_given: bool, size: int) -> bool:
    """Whether given coordinates stay: those of a small density are learned from its draws."""
    return coordinates_given and size > MAX_SIZE_LEARNED


def max_blocks(coordinates_given: bool) -> int:
    """Maximum number of blocks of one fit, over all its attempts."""
    return MAX_BLOCKS_GIVEN if coordinates_given else MAX_BLOCKS


@dataclass(frozen=True)
class Assessment:
    """Quality of a fit's draws, and how far sampling has come.

    Parameters
    ----------
    sampler_ok : bool
        Few divergences, and no low E-BFMI.
    chains_agree : bool
        R-hat is low.
    enough_draws : bool
        There are enough independent draws, in the tails too.
    draws_vary : bool
        The draws move in every direction, so that coordinates can be learned from them.
    blocks : int
        Blocks of draws that were assessed.
    caution : int
        Index into ``CAUTION_LEVELS``.
    out_of_blocks : bool
        The maximum number of blocks is reached.
    coordinates_given : bool
        The coordinates were given, and stay as they are: see ``coordinates_kept``.
    """

    sampler_ok: bool
    chains_agree: bool
    enough_draws: bool
    draws_vary: bool
    blocks: int
    caution: int
    out_of_blocks: bool
    coordinates_given: bool

    @property
    def passed(self) -> bool:
        """Whether the draws pass every check."""
        return self.sampler_ok and self.chains_agree and self.enough_draws


@dataclass(frozen=True)
class Stop:
    """Keep the draws as they are: the fit is finished."""


@dataclass(frozen=True)
class Extend:
    """Drop the first blocks, sample more, and thin."""

    dropped_blocks: int
    more_blocks: int


@dataclass(frozen=True)
class Restart:
    """Drop all draws and sample again at another caution level."""

    caution: int


@dataclass(frozen=True)
class Rewarp:
    """Learn warped coordinates from the draws, then extend or restart in them."""

    then: Extend | Restart


Action = Stop | Extend | Restart | Rewarp


def next_action(assessment: Assessment) -> Action:
    """Choose what a fit does next.

    Parameters
    ----------
    assessment : Assessment
        The state of its draws.

    Returns
    -------
    Stop, Extend, Restart or Rewarp
        The action; ``Rewarp`` holds the one that follows it.
    """
    if assessment.passed or assessment.out_of_blocks or not assessment.draws_vary:
        return Stop()
    if assessment.sampler_ok:
        dropped = 0 if assessment.chains_agree else assessment.blocks // 2
        action = Extend(dropped_blocks=dropped, more_blocks=assessment.blocks)
    else:
        action = Restart(caution=min(assessment.caution + 1, len(CAUTION_LEVELS) - 1))
    return action if assessment.coordinates_given else Rewarp(action)
