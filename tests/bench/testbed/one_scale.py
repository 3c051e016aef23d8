"""Series along one coordinate: losses along compute, and errors along the loss.

Rules, fixed before anything was scored. Along compute: the 25 corpora of magnusson2025 (D/N is
about the same for all runs), the mean of seeds; the lowest loss of each budget of porian2024 and
grattafiori2024; the runs of gadre2024 of at most 411M parameters with M = 20 or 40. Along the loss:
the mean errors over 17 and 46 tasks of the same runs of gadre2024, and over all tasks, MMLU and the
others of the ladder of bhagia2024.

A series is cut at its largest compute over 3, 8 and 30, and its runs above half of the largest are
predicted; along the loss at 0.2, 0.4 and 0.8 nats above the lowest, and the runs within 0.1 nats of
the lowest, two at least, are predicted.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

import bayes_scaling as bs
from testbed.tasks import FEWEST, MOST


def along_compute() -> pd.DataFrame:
    """One row a run: source, series, C, y."""
    parts = []
    for corpus, runs in bs.load_runs("magnusson2025").groupby("corpus"):
        parts.append(("magnusson2025", str(corpus), runs.rename(columns={"nll": "y"}), "size"))
    for name in ("porian2024", "grattafiori2024"):
        runs = bs.load_runs(name).rename(columns={"loss": "y"})
        keys = ["dataset", "setting"] if name == "porian2024" else None
        groups = runs.groupby(keys) if keys else [("all", runs)]
        for label, part in groups:
            best = part.loc[part.groupby("C")["y"].idxmin()]
            parts.append((name, str(label), best, "C"))
    gadre = bs.load_runs("gadre2024").query("N < 4.2e8 and 19 < M < 41")
    for corpus, runs in gadre.groupby("dataset"):
        for y in ("loss_c4", "loss_ptb"):
            parts.append(("gadre2024", f"{corpus} {y}", runs.assign(y=runs[y]), "C"))
    return pd.concat(
        [
            runs.groupby(by)[["C", "y"]].mean().assign(source=source, series=f"{source}/{label}")
            for source, label, runs, by in parts
        ],
        ignore_index=True,
    )


def along_loss() -> pd.DataFrame:
    """One row a run: source, series, C, L, y."""
    gadre = bs.load_runs("gadre2024").query("N < 4.2e8")
    parts = [
        ("gadre2024", f"{corpus} {y}", runs["C"], runs["loss_c4"], runs[y])
        for corpus, runs in gadre.groupby("dataset")
        for y in ("error_17", "error_46")
    ]
    ladder = bs.load_runs("bhagia2024").query("role == 'train'")
    every = [c for c in ladder.columns if c.startswith("accuracy_")]
    of_mmlu = [c for c in every if "mmlu" in c]
    tasks = {"all": every, "mmlu": of_mmlu, "others": [c for c in every if c not in of_mmlu]}
    for label, columns in tasks.items():
        error = 1 - ladder[columns].mean(axis=1)
        compute = 6 * ladder["N"].astype(float) * ladder["D"]
        parts.append(("bhagia2024", label, compute, ladder["loss_c4"], error))
    return pd.concat(
        [
            pd.DataFrame({"C": compute, "L": loss, "y": error}).assign(
                source=source, series=f"{source}/{label}"
            )
            for source, label, compute, loss, error in parts
        ],
        ignore_index=True,
    )


def tasks_along(series: pd.DataFrame, column: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs to fit and runs to predict, each with the columns ``task`` and ``kind``."""
    train, held = [], []
    for name, runs in series.groupby("series", sort=False):
        for kind, fitted, targets in _cut(runs, column):
            if len(fitted) >= FEWEST and len(targets):
                label = {"task": f"{name}#{kind}", "kind": kind}
                train.append(fitted.assign(**label))
                held.append(targets.sort_values(column).tail(MOST).assign(**label))
    return pd.concat(train, ignore_index=True), pd.concat(held, ignore_index=True)


def _cut(runs: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """(kind, runs to fit, runs to predict) of one series."""
    if column == "C":
        top = runs[runs["C"] > runs["C"].max() / 2]
        for cut in (3, 8, 30):
            yield f"C{cut}", runs[runs["C"] <= runs["C"].max() / cut], top
        return
    above = runs["L"] - runs["L"].min()
    top = runs[above <= max(0.1, np.sort(above)[1])]
    for cut in (0.2, 0.4, 0.8):
        fitted = runs[above >= cut]
        yield f"L{cut}", fitted, top[~top.index.isin(fitted.index)]
