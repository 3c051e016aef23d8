"""Posteriors of all tasks, by the law that is named or that ``law="auto"`` chooses for each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling.results.choose_law import choose_law

CHAINS, DRAWS = 2, 250
KEPT = 500  # draws of each target
_LENGTHS = (12, 32, 96)  # few programs serve tables of all lengths


@dataclass(frozen=True, eq=False)
class Posteriors:
    """One row a held-out run.

    Parameters
    ----------
    runs : pandas.DataFrame
        source, series, task, kind, the inputs, y, z (y on the link's scale), law, distance and unit
        (sd of the drift for each unit of distance where g is 1).
    center, sd : array (runs, draws)
        New runs without the drift: Normal on the link's scale.
    own : dict
        {task: what the table's own held-out runs say of g, or None}.
    grid : array
        Values of g at which ``own`` is.
    """

    runs: pd.DataFrame
    center: np.ndarray
    sd: np.ndarray
    own: dict[str, Any]
    grid: np.ndarray


def posteriors(
    train: pd.DataFrame,
    held: pd.DataFrame,
    law: str = "auto",
    inputs: tuple[str, ...] = ("N", "D"),
) -> Posteriors:
    """Fit every task, and place its held-out runs."""
    rows, centers, sds, own, grid = [], [], [], {}, np.zeros(0)
    for name, tasks in _by_law_and_length(train, law):
        part = train[train["task"].isin(tasks)]
        length = int(part.groupby("task").size().max())
        fits = bs.fit_many(
            name,
            part,
            "y",
            by="task",
            chains=CHAINS,
            draws=DRAWS,
            length=length,
            on_error="skip",
            progress=False,
        )
        for task in fits:
            fit, targets = fits[task], held[held["task"] == task]
            x = fit.inputs(bs.targets(**{c: targets[c].to_numpy(float) for c in inputs}))
            center, sd, distance = fit.scatter_at(x)
            drift = fit.drift_draws
            thin = np.linspace(0, len(center) - 1, KEPT).astype(int)
            centers.append(center[thin].T)
            sds.append(sd[thin].T)
            own[task], grid = drift.own, fit.law.noise.drift.grid
            z = fit.law.noise.forward(targets["y"].to_numpy(float))
            of_fit = {"law": name, "unit": drift.unit, "fitted": drift.count, "z": z}
            rows.append(targets.assign(distance=distance.ravel(), **of_fit))
    runs = pd.concat(rows, ignore_index=True)
    return Posteriors(runs, np.concatenate(centers), np.concatenate(sds), own, grid)


def _by_law_and_length(train: pd.DataFrame, law: str) -> list[tuple[str, list[str]]]:
    """(law, tasks) of similar length."""
    chosen: dict[tuple[str, int], list[str]] = {}
    for task, runs in train.groupby("task", sort=False):
        name = law
        if law == "auto":
            name = choose_law(bs.load_runs(runs[["N", "D", "y"]]), "y", {}).name
        length = next(length for length in _LENGTHS if len(runs) <= length)
        chosen.setdefault((name, length), []).append(str(task))
    return [(name, tasks) for (name, _), tasks in chosen.items()]
