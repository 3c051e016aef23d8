"""Many fits as chunks of one shape, run in this process or on other machines, or read from disk.

A chunk is data sets padded to one length, stacked. Its result is a dict of arrays with a leading
axis over them. It depends on their data, priors and seeds alone, so that chunks can be sampled
anywhere, in any order.
"""

import os
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import closing
from contextvars import copy_context
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import jax
import numpy as np

from bayes_scaling.inference.chunk_files import chunk_file_name, read_chunk, write_chunk
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.draws import STATS, Draws
from bayes_scaling.inference.program_runner import Device
from bayes_scaling.inference.sampler import sample_many
from bayes_scaling.law.law import Law

Chunk = tuple[Any, Sequence[int]]  # (data stacked on a leading axis, a seed for each)
Results = Generator[tuple[int, dict[str, Any]]]  # (index of a chunk, its result)

CHUNK_SIZE = 64  # data sets at most: it bounds memory, and what an interruption loses

_STORED_AS = {
    "lp": np.float32,
    "energy": np.float32,
    "acceptance_rate": np.float32,
    "step_size": np.float32,
    "n_steps": np.uint16,
    "diverging": bool,
}


def chunks(designs: Sequence[Any]) -> list[list[int]]:
    """Group data sets of one shape: their indices, at most ``CHUNK_SIZE`` in a chunk."""
    shapes: dict[Any, list[int]] = {}
    for i, data in enumerate(designs):
        leaves, structure = jax.tree.flatten(data)
        shapes.setdefault((structure, tuple(map(np.shape, leaves))), []).append(i)
    return [
        members[first : first + CHUNK_SIZE]
        for members in shapes.values()
        for first in range(0, len(members), CHUNK_SIZE)
    ]


def stacked(designs: Sequence[Any]) -> Any:
    """Stack data sets of one shape on a leading axis."""
    return jax.tree.map(lambda *arrays: np.stack(arrays), *designs)


def sample_chunk(
    law: Law | bytes,
    rows: Any,
    seeds: Sequence[int],
    options: dict[str, Any],
    device: Device | None = None,
) -> dict[str, Any]:
    """Sample the data sets of a chunk.

    Parameters
    ----------
    law : Law or bytes
        The law, or its pickle.
    rows, seeds : Chunk
        Stacked data, and a seed for each data set.
    options : dict
        ``chains``, ``draws``, ``warmup``, and ``sampler``: "nuts", the default, or "auto" for HMC
        in lockstep where it is calibrated.
    device : jax.Device, optional
        As in ``sample_many``.

    Returns
    -------
    dict
        ``theta`` and the statistics in ``STATS`` as arrays, and ``about``: for each data set a
        dict of its health, modes, attempts and sampler.
    """
    law = _unpickled(law) if isinstance(law, bytes) else law
    how = {name: value for name, value in options.items() if name != "sampler"}
    hmc = options.get("sampler") == "auto"
    fits = sample_many(
        Density(law), rows, seeds, capacity=CHUNK_SIZE, device=device, hmc=hmc, **how
    )
    result: dict[str, Any] = {"theta": np.stack([fit.theta for fit in fits])}
    for name in STATS:
        result[name] = np.stack([fit.stats[name] for fit in fits]).astype(_STORED_AS[name])
    result["about"] = [
        {
            "health": fit.health,
            "modes": fit.modes,
            "attempts": fit.attempts,
            "sampler": fit.sampler,
        }
        for fit in fits
    ]
    return result


def draws_of(result: dict[str, Any], i: int) -> Draws:
    """Draws of data set ``i`` of a chunk's result."""
    about = result["about"][i]
    return Draws(
        result["theta"][i],
        {name: result[name][i] for name in STATS},
        about["health"],
        tuple(map(tuple, about["modes"])),
        about["attempts"],
        about.get("sampler", "nuts"),  # saved by a version that had no other
    )


@lru_cache(maxsize=8)
def _unpickled(pickle: bytes) -> Law:
    """One law object for the same bytes, so that a worker compiles it once."""
    import cloudpickle

    return cloudpickle.loads(pickle)


def chunk_paths(
    law: Law, tasks: Sequence[Chunk], options: dict[str, Any], folder: str | Path
) -> list[Path]:
    """Paths of the files in a folder in which the results of chunks are kept."""
    return [Path(folder, chunk_file_name(law, rows, seeds, options)) for rows, seeds in tasks]


def run_chunks(
    law: Law,
    tasks: Sequence[Chunk],
    options: dict[str, Any],
    executor: Executor | None = None,
    paths: Sequence[Path] | None = None,
) -> Results:
    """Yield the results of chunks as they are completed.

    Parameters
    ----------
    law : Law
        The law of all data sets.
    tasks : sequence of Chunk
        The chunks.
    options : dict
        As in ``sample_chunk``.
    executor : concurrent.futures.Executor, optional
        Where chunks are sampled; by default in threads of this process, over its JAX devices.
    paths : sequence of Path, optional
        The files in which results are kept: see ``chunk_paths``. Those on disk are not sampled
        again.

    Yields
    ------
    (int, dict)
        Index of the chunk, and its result.
    """
    todo = []
    for i in range(len(tasks)):
        result = read_chunk(paths[i]) if paths else None
        if result is None:
            todo.append(i)
        else:
            yield i, result
    if executor is None:
        completed = _run_here(law, tasks, options, todo)
    else:
        completed = _run_on(executor, law, tasks, options, todo)
    with closing(completed):  # where the caller leaves, no further chunk begins
        for i, result in completed:
            if paths:
                write_chunk(paths[i], result)
            yield i, result


def _run_on(
    executor: Executor,
    law: Law,
    tasks: Sequence[Chunk],
    options: dict[str, Any],
    todo: Sequence[int],
) -> Results:
    """Run chunks on an executor."""
    import cloudpickle

    pickle = cloudpickle.dumps(law)
    yield from _completed(
        {executor.submit(sample_chunk, pickle, *tasks[i], options): i for i in todo}
    )


def _run_here(
    law: Law, tasks: Sequence[Chunk], options: dict[str, Any], todo: Sequence[int]
) -> Results:
    """Run chunks in threads of this process, one for each device."""
    devices = program_devices()
    free: SimpleQueue[Device] = SimpleQueue()
    for device in devices:
        free.put(device)

    def sample_on_free_device(i: int) -> dict[str, Any]:
        device = free.get()
        try:
            return sample_chunk(law, *tasks[i], options, device)
        finally:
            free.put(device)

    with ThreadPoolExecutor(len(devices)) as threads:
        # each with the context of this call, to whose live line it adds
        yield from _completed(
            {threads.submit(copy_context().run, sample_on_free_device, i): i for i in todo}
        )


def _completed(futures: dict[Future, int]) -> Results:
    """Results of futures as they come; those not begun when the caller leaves are canceled."""
    try:
        for future in as_completed(futures):
            i, result = futures.pop(future), future.result()
            yield i, result
    finally:
        for future in futures:
            future.cancel()


def program_devices() -> list[Device]:
    """JAX devices to run on, one for each program that runs at the same time."""
    devices = jax.local_devices()
    if devices[0].platform != "cpu":
        return devices
    # one program keeps one core busy, several threads run several; the draws are the same
    cores = getattr(os, "process_cpu_count", os.cpu_count)() or 1
    return devices * max(1, cores // len(devices))
