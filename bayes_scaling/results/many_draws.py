"""Draws of many data sets, gathered from the chunks that they are sampled in."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_scaling._core.messages import plural
from bayes_scaling._core.progress import live, time_left
from bayes_scaling.inference.batch import run_chunks
from bayes_scaling.inference.draws import STATS
from bayes_scaling.law.law import Law

Task = tuple[dict[str, Any], Sequence[int]]  # stacked data sets, their seeds


def gather_draws(
    law: Law,
    tasks: Sequence[Task],
    members: list[list[int]],
    options: dict[str, Any],
    executor: Any = None,
    progress: bool | None = None,
    parts: list[Path] | None = None,
) -> tuple[np.ndarray, dict[str, np.ndarray], tuple[dict[str, Any], ...]]:
    """Run tasks and put their results in the order of the data sets.

    Parameters
    ----------
    law : Law
        The law.
    tasks : sequence
        Chunks of data sets, as in ``bayes_scaling.inference.batch.run_chunks``.
    members : list of list of int
        The data sets of each task.
    options : dict
        chains, draws, warmup, sampler.
    executor : Executor, optional
        As in ``fit_many``.
    progress : bool, optional
        As in ``fit_many``.
    parts : list of pathlib.Path, optional
        Files that keep the results of tasks.

    Returns
    -------
    theta : numpy.ndarray
        Shape (data sets, chains, draws, size).
    stats : {str: numpy.ndarray}
        Statistics of the sampler, shape (data sets, chains, draws).
    about : tuple of dict
        Health, modes, attempts and sampler of each data set.
    """
    count, shape = sum(map(len, members)), (options["chains"], options["draws"])
    theta, about = np.empty((count, *shape, len(law.sites))), [{} for _ in range(count)]
    stats: dict[str, np.ndarray] = {}
    results = run_chunks(law, tasks, options, executor, parts)
    done, start = 0, time.monotonic()
    with live(law.name, progress) as line:
        line.update(f"0 of {plural(count, 'fit')}")
        for task, result in results:
            positions = members[task]
            theta[positions] = result["theta"]
            for name in STATS:
                if name not in stats:
                    stats[name] = np.empty((count, *shape), result[name].dtype)
                stats[name][positions] = result[name]
            for i, entry in zip(positions, result["about"]):
                about[i] = entry
            done += len(positions)
            left = time_left(done, count, time.monotonic() - start)
            line.update(f"{done} of {plural(count, 'fit')}{left}")
    return theta, stats, tuple(about)
