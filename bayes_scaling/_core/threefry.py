"""Random keys of JAX computed with NumPy: Threefry-2x32 (Salmon et al. 2011).

Words of a key are the two uint32 numbers of ``jax.random.key_data``. Making, splitting and folding
keys takes three compiled programs in JAX; here it takes none.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

IMPLEMENTATION = "threefry2x32"
_PARITY = np.uint32(0x1BD11BDA)
_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))

Words = np.ndarray  # (2,), uint32


def seed_words(seed: int) -> Words:
    """The words of ``jax.random.key(seed)``.

    Parameters
    ----------
    seed : int
        From 0 to 2^32 - 1.

    Returns
    -------
    numpy.ndarray (2,)
    """
    return np.array([0, seed & 0xFFFFFFFF], np.uint32)


def fold_in(words: Words, number: int) -> Words:
    """The words of ``jax.random.fold_in(key, number)``, of a number from 0 to 2^32 - 1."""
    return np.stack(hash_counts(words, seed_words(number)[:1], seed_words(number)[1:]), axis=-1)[0]


def split(words: Words, count: int) -> np.ndarray:
    """The words of ``jax.random.split(key, count)``: (count, 2)."""
    counts = np.arange(count, dtype=np.uint32)
    made = np.empty((count, 2), np.uint32)
    made[:, 0], made[:, 1] = hash_counts(words, np.zeros_like(counts), counts)
    return made


def key_words(key: Any) -> Words:
    """Words of a JAX key; words are returned as they are."""
    is_key = jnp.issubdtype(key.dtype, jax.dtypes.prng_key)
    return np.asarray(random.key_data(key) if is_key else key)


def wrap(words: Any) -> jax.Array:
    """The JAX key of words, inside compiled programs too; a key is returned as it is."""
    if jnp.issubdtype(words.dtype, jax.dtypes.prng_key):
        return words
    return random.wrap_key_data(words, impl=IMPLEMENTATION)


def hash_counts(words: Any, high: Any, low: Any) -> tuple[Any, Any]:
    """Hash counts, each a high and a low word, under a key: 20 rounds.

    Parameters
    ----------
    words : array (2, ...)
        Words of a key, or of many keys side by side.
    high, low : array
        uint32; they broadcast against each word. NumPy or, inside compiled programs, JAX.

    Returns
    -------
    two arrays of uint32
    """
    keys = (words[0], words[1], words[0] ^ words[1] ^ _PARITY)
    first, second = high + keys[0], low + keys[1]  # arrays wrap around
    for block in range(5):
        for rotation in _ROTATIONS[block % 2]:
            first = first + second
            turned = (second << np.uint32(rotation)) | (second >> np.uint32(32 - rotation))
            second = first ^ turned
        first = first + keys[(block + 1) % 3]
        second = second + keys[(block + 2) % 3] + np.uint32(block + 1)
    return first, second
