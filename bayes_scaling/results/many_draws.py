"""Draws of many data sets, gathered from the chunks that they are sampled in."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bayes_scaling.inference.batch import run_chunks
from bayes_scaling.inference.draws import STATS
from bayes_scaling.law.law import Law

Task = tuple[dict[str, Any], Sequence[int]]  # stacked data sets, their seeds


def gather_draws(
    law: Law,
    tasks: Sequence[Task],
    members: list[list[int]],
    options: dict[str, int],
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
        chains, draws, warmup.
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
        Health, modes and attempts of each data set.
    """
    count, shape = sum(map(len, members)), (options["chains"], options["draws"])
    theta, about = np.empty((count, *shape, len(law.sites))), [{} for _ in range(count)]
    stats: dict[str, np.ndarray] = {}
    results = run_chunks(law, tasks, options, executor, parts)
    for task, result in _with_progress(results, members, progress):
        positions = members[task]
        theta[positions] = result["theta"]
        for name in STATS:
            if name not in stats:
                stats[name] = np.empty((count, *shape), result[name].dtype)
            stats[name][positions] = result[name]
        for i, entry in zip(positions, result["about"]):
            about[i] = entry
    return theta, stats, tuple(about)


def _with_progress(
    results: Iterable[tuple[int, dict[str, Any]]],
    members: list[list[int]],
    progress: bool | None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The results, with a progress bar on stderr."""
    from tqdm import tqdm

    visible = sys.stderr.isatty() if progress is None else progress
    with tqdm(total=sum(map(len, members)), unit="fit", disable=not visible) as bar:
        for task, result in results:
            yield task, result
            bar.update(len(members[task]))
