"""Series of runs from the bundled tables: one recipe, one outcome each.

Rules, fixed before anything was scored. A source is a publication; a series is one of its recipes
and outcomes. Runs of one (N, D) in a series are one run: the mean of seeds, the best of a sweep of
learning rates. Of gadre2024 only runs of at most 411M parameters take part: ``forecasts.py``
predicts its larger ones. ``li2026_data_constrained`` repeats the runs of muennighoff2023 and is
left out.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

import bayes_scaling as bs

MIXTURES = 8  # of shukor2025, spread over its 61


def all_series() -> pd.DataFrame:
    """One row a run: source, series, N, D, y."""
    parts = [
        runs[["N", "D", "y"]]
        .astype(float)
        .dropna()
        .assign(source=source, series=f"{source}/{name}")
        for source, make in SOURCES.items()
        for name, runs in make()
    ]
    return pd.concat(parts, ignore_index=True)


def hoffmann() -> Iterator[tuple[str, pd.DataFrame]]:
    """Chinchilla's runs, less the five highest losses, as in the replication."""
    yield "all", bs.load_runs("hoffmann2022").nsmallest(240, "loss").rename(columns={"loss": "y"})


def porian() -> Iterator[tuple[str, pd.DataFrame]]:
    """IsoFLOP sweeps of two corpora in several settings."""
    runs = bs.load_runs("porian2024").rename(columns={"loss": "y"})
    for (dataset, setting), part in runs.groupby(["dataset", "setting"], sort=False):
        yield f"{dataset} {setting}", part


def muennighoff() -> Iterator[tuple[str, pd.DataFrame]]:
    """Runs on data seen once, the mean of seeds."""
    runs = bs.load_runs("muennighoff2023").query("epochs <= 1 and tags == 'plain'")
    yield (
        "plain",
        runs.groupby(["N", "D"], as_index=False)["loss"].mean().rename(columns={"loss": "y"}),
    )


def bhagia() -> Iterator[tuple[str, pd.DataFrame]]:
    """The ladder of small models, on four validation sets."""
    runs = bs.load_runs("bhagia2024").query("role == 'train'")
    for name in ("loss_c4", "loss_pes2o", "loss_stack", "loss_wiki"):
        yield name, runs.assign(y=runs[name])


def gadre() -> Iterator[tuple[str, pd.DataFrame]]:
    """Small runs of three corpora on four validation sets."""
    runs = bs.load_runs("gadre2024").query("N < 4.2e8")
    for name in ("loss_c4", "loss_redpajama", "loss_ptb", "loss_code"):
        for corpus, part in runs.groupby("dataset"):
            yield f"{corpus} {name}", part.assign(y=part[name])


def farseer() -> Iterator[tuple[str, pd.DataFrame]]:
    """A grid over N and D; bits per character."""
    yield (
        "all",
        bs.load_runs("li2026_farseer").query("role == 'train'").rename(columns={"loss": "y"}),
    )


def misfitting() -> Iterator[tuple[str, pd.DataFrame]]:
    """The best of a sweep of learning rates."""
    runs = bs.load_runs("li2025")
    yield (
        "best",
        runs.groupby(["N", "D"], as_index=False)["loss"].min().rename(columns={"loss": "y"}),
    )


def llama3() -> Iterator[tuple[str, pd.DataFrame]]:
    """IsoFLOP sweeps read off a figure."""
    yield "all", bs.load_runs("grattafiori2024").rename(columns={"loss": "y"})


def shukor() -> Iterator[tuple[str, pd.DataFrame]]:
    """Mixtures of seven domains: those with three sizes and 30 runs or more, two losses."""
    runs = bs.load_runs("shukor2025")
    full = [
        part
        for _, part in runs.groupby("mixture", sort=True)
        if part["N"].nunique() == 3 and len(part) >= 30
    ]
    for i in np.linspace(0, len(full) - 1, MIXTURES).round().astype(int):
        for name in ("loss_c4", "loss_stackexchange"):
            yield f"mixture {i} {name}", full[i].assign(y=full[i][name])


SOURCES = {
    "hoffmann2022": hoffmann,
    "porian2024": porian,
    "muennighoff2023": muennighoff,
    "bhagia2024": bhagia,
    "gadre2024": gadre,
    "li2026_farseer": farseer,
    "li2025": misfitting,
    "grattafiori2024": llama3,
    "shukor2025": shukor,
}
