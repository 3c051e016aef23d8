"""The retry policy: what a fit does after its draws were assessed. No arrays, no JAX."""

import subprocess
import sys

import pytest

from bayes_scaling.inference.retry_policy import (
    CAUTION_LEVELS,
    MAX_BLOCKS,
    MAX_BLOCKS_GIVEN,
    Assessment,
    Extend,
    Restart,
    Rewarp,
    Stop,
    coordinates_kept,
    first_caution,
    max_blocks,
    next_action,
)

LAST = len(CAUTION_LEVELS) - 1


def assessment(**changes):
    """Draws that pass every check, but for the changes."""
    passed = {
        "sampler_ok": True,
        "chains_agree": True,
        "enough_draws": True,
        "draws_vary": True,
        "blocks": 1,
        "caution": 0,
        "out_of_blocks": False,
        "coordinates_given": False,
    }
    return Assessment(**passed | changes)


ACTIONS = [
    ("all checks pass", {}, Stop()),
    ("all checks pass late", {"blocks": 8, "caution": 4}, Stop()),
    # few independent draws: twice as long, thinned
    ("few draws", {"enough_draws": False}, Rewarp(Extend(0, 1))),
    ("few draws of two blocks", {"enough_draws": False, "blocks": 2}, Rewarp(Extend(0, 2))),
    ("few draws, cautious", {"enough_draws": False, "caution": 3}, Rewarp(Extend(0, 1))),
    # disagreeing chains: the same, without the first half, before which they had not arrived
    ("chains disagree", {"chains_agree": False}, Rewarp(Extend(0, 1))),
    ("chains disagree after four", {"chains_agree": False, "blocks": 4}, Rewarp(Extend(2, 4))),
    ("chains disagree after three", {"chains_agree": False, "blocks": 3}, Rewarp(Extend(1, 3))),
    (
        "chains disagree, few draws",
        {"chains_agree": False, "enough_draws": False, "blocks": 2},
        Rewarp(Extend(1, 2)),
    ),
    # divergences or low E-BFMI: again, with smaller steps, whatever else passes
    ("sampler failed", {"sampler_ok": False}, Rewarp(Restart(1))),
    ("sampler failed again", {"sampler_ok": False, "caution": 1}, Rewarp(Restart(2))),
    ("sampler failed after four", {"sampler_ok": False, "blocks": 4}, Rewarp(Restart(1))),
    (
        "sampler failed, chains disagree",
        {"sampler_ok": False, "chains_agree": False, "enough_draws": False},
        Rewarp(Restart(1)),
    ),
    ("smallest steps failed", {"sampler_ok": False, "caution": LAST}, Rewarp(Restart(LAST))),
    # given coordinates: no warp is learned
    ("given, passed", {"coordinates_given": True}, Stop()),
    ("given, few draws", {"coordinates_given": True, "enough_draws": False}, Extend(0, 1)),
    (
        "given, chains disagree",
        {"coordinates_given": True, "chains_agree": False, "blocks": 2},
        Extend(1, 2),
    ),
    (
        "given, sampler failed",
        {"coordinates_given": True, "sampler_ok": False, "caution": 1},
        Restart(2),
    ),
    # the maximum of blocks: the draws stay as they are
    ("out of blocks", {"out_of_blocks": True, "enough_draws": False}, Stop()),
    ("out of blocks, failed", {"out_of_blocks": True, "sampler_ok": False}, Stop()),
    (
        "given, out of blocks",
        {"out_of_blocks": True, "coordinates_given": True, "chains_agree": False},
        Stop(),
    ),
    # draws that do not move: nothing can be learned from them
    ("stuck", {"draws_vary": False, "sampler_ok": False}, Stop()),
    (
        "given, stuck",
        {"draws_vary": False, "chains_agree": False, "coordinates_given": True},
        Stop(),
    ),
]


@pytest.mark.parametrize(
    ("changes", "action"), [row[1:] for row in ACTIONS], ids=[row[0] for row in ACTIONS]
)
def test_action(changes, action):
    assert next_action(assessment(**changes)) == action


def test_restarts_take_ever_smaller_steps_and_longer_attempts():
    targets = [level.target_acceptance for level in CAUTION_LEVELS]
    blocks = [level.blocks for level in CAUTION_LEVELS]
    assert targets == sorted(set(targets)) and blocks == sorted(blocks)


def test_given_coordinates_start_carefully_and_end_early():
    assert first_caution(True) > first_caution(False) == 0
    assert coordinates_kept(True, 65) and not coordinates_kept(True, 64)
    assert not coordinates_kept(False, 1000)
    assert max_blocks(True) == MAX_BLOCKS_GIVEN < max_blocks(False) == MAX_BLOCKS


def test_a_fit_that_always_fails_uses_its_blocks_at_the_smallest_steps():
    """Restarts alone: one block at each of the first levels, then two, then four at a time."""
    caution, sampled, attempts = 0, CAUTION_LEVELS[0].blocks, []
    while sampled < MAX_BLOCKS:
        action = next_action(assessment(sampler_ok=False, caution=caution, blocks=1))
        assert isinstance(action, Rewarp) and isinstance(action.then, Restart)
        caution = action.then.caution
        attempts.append(CAUTION_LEVELS[caution].blocks)
        sampled += attempts[-1]
    assert attempts[:4] == [1, 1, 2, 4] and set(attempts[4:]) == {4}


def test_the_policy_needs_no_jax():
    code = "import sys, bayes_scaling.inference.retry_policy; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
