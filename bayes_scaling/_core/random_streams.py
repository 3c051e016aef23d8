"""Named random streams: each use of random numbers has a name, and so numbers of its own.

A stream is identified by its purpose and by whatever else sets it apart: a user's seed, a law and
the hash of its data, the hash of the inputs that are predicted. All of it goes into one SHA-256
digest.
Lists of integers would not do as seeds: NumPy pads them with zeros, so that ``[s, 4]`` and
``[s, 4, 0]`` are the same stream.

Two fits of other laws or data, or two calls for other targets, therefore draw independent noise,
while the targets of one call are drawn jointly. All calls of one fit and seed share the drift, so
that targets asked for one at a time drift together. The same call repeated gives the same draws.
"""

import hashlib
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np


class Stream(Enum):
    """What random numbers are for."""

    NEW_RUN = "noise of new runs"
    PAIRING = "order in which the draws of two posteriors are paired"
    NEW_GROUP = "parameters of a group without runs"
    PRIOR = "draws from a law's prior, beside its posterior"
    PRIOR_PREDICTIVE = "tables that the priors predict"
    SIMULATED_TABLE = "tables simulated for calibration"
    SIMULATED_FIT = "seeds of the fits to simulated tables"
    UNIFORM_RANKS = "ranks of a calibrated model"
    DRIFT = "drift of new runs off the law"
    OWN_RUNS = "density of a table's own held-out runs"
    HELD_OUT_RUN = "noise of held-out runs"
    HELD_OUT_DENSITY = "log densities of held-out outcomes"
    HELD_OUT_SCORE = "ranks of held-out outcomes among draws"
    BOOTSTRAP = "runs resampled for point fits"
    INFLUENCE = "drift of forecasts made without one training run"
    COMPARISON = "draws of each fit of a comparison"
    MIXTURE = "which law of an average gives which draw"
    LAW_WEIGHTS = "resampled scores behind the weights of laws"
    FIT_CHECK = "outcomes replicated to check whether a law fits"
    GROUP_PATHS = "paths of groups about the curve that they share"
    TRAJECTORY = "order of the lengths of HMC's trajectories"
    SCORE_FACTORS = "draws of a factor model of scores"
    NEW_SCORES = "measurements of scores that are missing"
    PREPOSTERIOR = "outcomes that a candidate run could have"


def entropy(purpose: Stream, *parts: int | str) -> int:
    """128 bits that belong to a purpose and its parts alone."""
    text = repr((purpose.name, *(part if isinstance(part, str) else int(part) for part in parts)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])


def generator(purpose: Stream, *parts: int | str) -> np.random.Generator:
    """NumPy generator of a named stream.

    Parameters
    ----------
    purpose : Stream
        What the numbers are for.
    *parts : int or str
        What sets this stream apart from others of the same purpose, such as a seed or a data hash.

    Returns
    -------
    numpy.random.Generator
        The same purpose and parts give the same numbers.
    """
    return np.random.default_rng(entropy(purpose, *parts))


def key(purpose: Stream, *parts: int | str) -> np.ndarray:
    """Words of the JAX key of a named stream: its seed is the last 32 bits of `generator`'s."""
    from bayes_scaling._core.threefry import seed_words

    return seed_words(entropy(purpose, *parts) % 2**32)


def fingerprint(arrays: Mapping[str, Any]) -> str:
    """SHA-256 of named arrays: their names, shapes and numbers as float64."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name], float)
        digest.update(repr((name, array.shape)).encode() + array.tobytes())
    return digest.hexdigest()
