"""Files that keep the results of chunks, so that an interrupted call goes on where it stopped."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import jax
import numpy as np

from bayes_scaling._core.files import write_atomically
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.threefry import seed_words
from bayes_scaling._core.versions import versions
from bayes_scaling.inference.density import Density
from bayes_scaling.law.law import Law


def chunk_file_name(law: Law, rows: Any, seeds: Sequence[int], options: dict[str, Any]) -> str:
    """Name of a chunk's file: a hash of what its draws depend on.

    The law's function is part of it by its values at a draw from the priors.
    """
    data = jax.tree.map(lambda a: a[0], rows)
    with float64():
        density = Density(law)
        theta = density.draw_prior(seed_words(0), data, 1)
        published = density.published(theta, data)[1]
        mean = np.asarray(
            law.function(data["x"], **{name: value[0] for name, value in published.items()})
        )
    text = [
        law.name,
        law.formula,
        [str(site.prior) for site in law.sites],
        str(law.noise),
        options,
        versions(),
        list(map(int, seeds)),
    ]
    digest = hashlib.sha256(json.dumps(text).encode())
    for array in (np.round(mean, 9), *jax.tree.leaves(rows)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"{digest.hexdigest()[:32]}.npz"


def write_chunk(path: Path, result: dict[str, Any]) -> None:
    """Write a result atomically."""
    about = np.frombuffer(json.dumps(result["about"]).encode(), np.uint8)

    def save(temporary: str) -> None:
        with open(temporary, "wb") as file:
            np.savez(file, **{**result, "about": about})

    write_atomically(path, save)


def read_chunk(path: Path) -> dict[str, Any] | None:
    """Read a result, or None where there is no complete file."""
    try:
        # NumPy leaves a broken file open
        with open(path, "rb") as opened, np.load(opened) as file:
            result: dict[str, Any] = {name: file[name] for name in file.files}
        return result | {"about": json.loads(result["about"].tobytes())}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
