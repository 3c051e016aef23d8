"""Scores of forecasts against what was measured, and tables of them."""

import numpy as np
import pandas as pd

from testbed.tasks import KINDS

PROBS = (0.5, 0.8, 0.9, 0.95)


def scores(draws: np.ndarray, truth: np.ndarray) -> pd.DataFrame:
    """Scores of draws (runs, draws): percent of the truth, and which intervals hold it."""
    low, median, high = np.quantile(draws, [0.05, 0.5, 0.95], axis=1)
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    made = {
        "error": 100 * np.abs(median / truth - 1),
        "width": 100 * (high - low) / truth,
        "score": 100 * (high - low + 20 * outside) / truth,
    }
    for prob in PROBS:
        ends = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=1)
        made[f"in{prob:.0%}"[:-1]] = 100.0 * ((ends[0] <= truth) & (truth <= ends[1]))
    return pd.DataFrame(made)


def by_source(made: pd.DataFrame) -> pd.DataFrame:
    """Means of each source: its kinds count evenly, and the tasks of a kind."""
    columns = [c for c in made if c.startswith("in") or c in ("error", "width", "score")]
    tasks = made.groupby(["source", "kind", "task"])[columns].mean()
    return tasks.groupby(["source", "kind"]).mean().groupby("source").mean()


def over_all(made: pd.DataFrame) -> pd.Series:
    """Mean over sources, with the standard error of the share inside 90%, clustered by source."""
    sources = by_source(made)
    mean = sources.mean()
    mean["se"] = sources["in90"].std(ddof=1) / np.sqrt(len(sources))
    mean["median error"] = made["error"].median()
    return mean


def by_kind(made: pd.DataFrame) -> pd.DataFrame:
    """Means over all forecasts of a kind of task, those of few runs by their number."""
    label = [f"few runs: {kind[1:]}" if kind[0] == "F" else KINDS[kind[0]] for kind in made["kind"]]
    columns = [c for c in made if c.startswith("in") or c in ("error", "width", "score")]
    groups = made.assign(label=label).groupby("label")
    table = groups[columns].mean()
    table["median error"] = groups["error"].median()
    table.insert(0, "forecasts", groups.size())
    clusters = made.assign(label=label).groupby(["label", "task"])["in90"].mean()
    table["se"] = clusters.groupby("label").std(ddof=1) / np.sqrt(clusters.groupby("label").size())
    return table
