"""Many fits as chunks of one shape: what runs in a program, in a thread, in a worker on another machine, or is on disk already.

A chunk is data sets padded to one length, stacked. Its result is a dict of arrays with a leading axis over
them; it depends on their data, priors and seeds alone, so that chunks can be made anywhere, in any order.
"""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from zipfile import BadZipFile

import jax
import numpy as np

from bayes_scaling._core.files import whole
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.sampler import STATS, Draws, sample_many

ROOM = (
    64  # data sets of a chunk: it bounds what is in memory at once, and what an interruption loses
)


_KEPT_AS = {
    "lp": np.float32,
    "energy": np.float32,
    "acceptance_rate": np.float32,
    "step_size": np.float32,
    "n_steps": np.uint16,
    "diverging": bool,
}


def chunks(designs):
    """Indices of data sets of one shape, at most ROOM together: [[index, ...], ...]."""
    shapes = {}
    for i, data in enumerate(designs):
        leaves, structure = jax.tree.flatten(data)
        shapes.setdefault((structure, tuple(map(np.shape, leaves))), []).append(i)
    return [
        members[at : at + ROOM]
        for members in shapes.values()
        for at in range(0, len(members), ROOM)
    ]


def stacked(designs):
    """Data sets of one shape on a leading axis."""
    return jax.tree.map(lambda *arrays: np.stack(arrays), *designs)


def work(law, rows, seeds, options, device=None):
    """The result of a chunk: arrays by name, and ``about``, JSON of what else is told of each fit."""
    law = _unpickled(law) if isinstance(law, bytes) else law
    drawn = sample_many(Density(law), rows, seeds, room=ROOM, device=device, **options)
    result = {"theta": np.stack([d.theta for d in drawn])}
    result |= {
        name: np.stack([d.stats[name] for d in drawn]).astype(_KEPT_AS[name]) for name in STATS
    }
    return result | {
        "about": [{"health": d.health, "modes": d.modes, "attempts": d.attempts} for d in drawn]
    }


def draws_of(result, i):
    """The engine's Draws of data set ``i`` of a result."""
    about = result["about"][i]
    return Draws(
        result["theta"][i],
        {name: result[name][i] for name in STATS},
        about["health"],
        tuple(map(tuple, about["modes"])),
        about["attempts"],
    )


@lru_cache(maxsize=8)
def _unpickled(blob):
    """A law that travelled: the same object for the same bytes, so that a worker compiles it once."""
    import cloudpickle

    return cloudpickle.loads(blob)


def part_files(law, tasks, options, folder):
    """Paths of the files in a folder in which results are kept, one for each task."""
    return [Path(folder, _digest(law, rows, seeds, options)) for rows, seeds in tasks]


def run(law, tasks, options, executor=None, parts=None):
    """Results of chunks as they come: yields (index of the task, result).

    Parameters
    ----------
    tasks : [(rows, seeds), ...].
    options : chains, draws, warmup.
    executor : of the ``concurrent.futures`` interface; threads of this process, shared out over its JAX devices, where left out.
    parts : the files in which results are kept, see ``part_files``; those already there are not made again.
    """
    todo = []
    for i in range(len(tasks)):
        result = _read(parts[i]) if parts else None
        if result is None:
            todo.append(i)
        else:
            yield i, result

    def collected(futures):
        """Results of {future: index of its task} as they come; what has not begun when the caller leaves is not made."""
        try:
            for future in as_completed(futures):
                i, result = futures.pop(future), future.result()
                if parts:
                    _write(parts[i], result)
                yield i, result
        finally:
            for future in futures:
                future.cancel()

    if executor is not None:
        import cloudpickle

        blob = cloudpickle.dumps(law)
        yield from collected({executor.submit(work, blob, *tasks[i], options): i for i in todo})
        return
    places = _places()
    free = SimpleQueue()
    for device in places:
        free.put(device)

    def here(i):
        device = free.get()
        try:
            return work(law, *tasks[i], options, device)
        finally:
            free.put(device)

    with ThreadPoolExecutor(len(places)) as threads:
        yield from collected({threads.submit(here, i): i for i in todo})


def _places():
    """JAX devices to run on, one for each program that runs at the same time."""
    devices = jax.local_devices()
    if devices[0].platform != "cpu":
        return devices
    # one program keeps one core busy, and programs in several threads several: the draws are the same
    return devices * max(1, (getattr(os, "process_cpu_count", os.cpu_count)() or 1) // len(devices))


def _digest(law, rows, seeds, options):
    """Name of a result's file: what the draws depend on, the law's function probed at a draw from the priors."""
    from bayes_scaling._core.versions import versions

    first = jax.tree.map(lambda a: a[0], rows)
    with float64():
        theta = Density(law).draw_prior(jax.random.key(0), first, 1)
        probe = np.asarray(
            law.function(
                first["x"],
                **{
                    name: value[0]
                    for name, value in Density(law).published(theta, first)[1].items()
                },
            )
        )
    about = [
        law.name,
        law.formula,
        [str(site.prior) for site in law.sites],
        str(law.noise),
        options,
        versions(),
        list(map(int, seeds)),
    ]
    digest = hashlib.sha256(json.dumps(about).encode())
    for array in (np.round(probe, 9), *jax.tree.leaves(rows)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"{digest.hexdigest()[:32]}.npz"


def _write(path, result):
    about = np.frombuffer(json.dumps(result["about"]).encode(), np.uint8)

    def save(part):
        with open(part, "wb") as file:
            np.savez(file, **{**result, "about": about})

    whole(path, save)


def _read(path):
    """A result on disk, or None where there is none that is whole."""
    try:
        with open(path, "rb") as opened, np.load(opened) as file:  # NumPy leaves a broken file open
            result = {name: file[name] for name in file.files}
        return result | {"about": json.loads(result["about"].tobytes())}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
