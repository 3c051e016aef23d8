"""Runs of the showcase, all from Gadre et al. 2024 (arXiv 2403.08540)."""

import pandas as pd

from bayes_scaling.runs.load import load_runs
from bayes_scaling.validation.backtest import backtest
from bayes_scaling.validation.backtest_result import Backtest

_SMALL = 5e8  # parameters; the small runs have at most 411M


def corpus(name: str = "redpajama") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Runs of one corpus: all of at most 411M parameters, and the two large runs to predict."""
    runs = load_runs("gadre2024", where=f"dataset == '{name}'")
    small, large = runs[runs["N"] < _SMALL], runs[runs["N"] > 1e9]
    return small, large[(large["M"] > 21) | (large["N"] > 5e9)]


def paper_points(name: str = "redpajama") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The paper's own training runs: five for the loss; for the error also 1.4B at M = 20."""
    runs = load_runs("gadre2024", where=f"dataset == '{name}'")
    ratio = runs["M"].round()
    five = (runs["N"] < _SMALL) & ((ratio == 20) | ((ratio == 320) & (runs["N"] < 2e7)))
    sixth = (runs["N"].between(1e9, 2e9)) & (ratio == 20)
    return runs[five], runs[five | sixth]


def backtest_other_corpora() -> Backtest:
    """Backtest the over-training law on the other two corpora and eight validation sets.

    The cutoffs are the largest compute of RedPajama's small runs, and a tenth of it.
    """
    runs, small = load_runs("gadre2024", where="dataset != 'redpajama'"), corpus()[0]
    names = map(str, runs.columns)
    losses = [name for name in names if name.startswith("loss_") and not name.endswith("_se")]
    largest = small["C"].max() * 1.01
    cutoffs = [largest / 10, largest]
    return backtest("over_training", runs, losses, by="C", group="dataset", cutoffs=cutoffs)
