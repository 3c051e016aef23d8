"""The plan of one forecaster for several budgets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import RunsWarning, warn
from bayes_scaling.analysis.plan.budget_path import BudgetPath
from bayes_scaling.analysis.plan.forecasters import Plannable, has_one_ratio, laws_of, runs_of
from bayes_scaling.analysis.plan.path_sentences import describe_choice
from bayes_scaling.analysis.plan.path_tables import best_rows, choice_row, curve_table
from bayes_scaling.analysis.plan.split_options import SplitOptions
from bayes_scaling.results.verdict import Verdict


@dataclass(frozen=True)
class GroupPlan:
    """The plan of one forecaster for all budgets.

    Parameters
    ----------
    label : dict of column to value
        The group's columns; {} without groups.
    choice, best : list of dict
        Rows of ``Allocation.choice`` and ``Allocation.best``.
    curves : list of pd.DataFrame
        Parts of ``Allocation.curves``.
    sentences : list of str
        The answer in words.
    reach : Verdict
        How far the training runs determine the answer.
    ratios : list of float
        Smallest and largest tokens per parameter of the runs, or NaN.
    """

    label: dict[str, Any]
    choice: list[dict[str, Any]]
    best: list[dict[str, Any]]
    curves: list[pd.DataFrame]
    sentences: list[str]
    reach: Verdict
    ratios: list[float]


def plan_group(
    label: dict[str, Any],
    forecaster: Plannable,
    budgets: Sequence[float],
    options: SplitOptions,
    prob: float,
    of: str = "run",
    seed: int = 0,
) -> GroupPlan:
    """Plan all budgets for one forecaster.

    Parameters
    ----------
    label : dict of column to value
        The group's columns.
    forecaster : Fit, Group, Average, Chain or Mean
        The forecaster.
    budgets : sequence of float
        Budgets in FLOPs.
    options : SplitOptions
        How budgets are split.
    prob : float
        Probability of the intervals.
    of : {"run", "mean"}
        Whether the outcome of the run to train is that of a new run, or the law's curve.
    seed : int
        Seed of the noise of new runs.

    Returns
    -------
    GroupPlan
    """
    prefix = f"{' / '.join(map(str, label.values()))}: " if label else ""
    paths = [BudgetPath(forecaster, budget, options) for budget in budgets]
    outcomes = _outcomes(forecaster, paths, of, seed)
    choice = [{**label, **choice_row(path, prob, outcomes.get(path.budget))} for path in paths]
    runs = runs_of(forecaster)
    return GroupPlan(
        label=label,
        choice=choice,
        best=[
            {**label, "C": path.budget, **row} for path in paths for row in best_rows(path, prob)
        ],
        curves=[curve_table(path, prob).assign(**label) for path in paths],
        sentences=[
            prefix + describe_choice(path, row, prob, of) for path, row in zip(paths, choice)
        ],
        reach=_reach(forecaster, paths, prefix),
        ratios=[runs["M"].min(), runs["M"].max()] if "M" in runs else [np.nan],
    )


def _chosen_targets(paths: Sequence[BudgetPath]) -> pd.DataFrame:
    """The runs to train, of the paths that have one."""
    return pd.concat([path.targets(np.exp(path.chosen_log_m)) for path in paths])


def _outcomes(
    forecaster: Plannable, paths: Sequence[BudgetPath], of: str, seed: int
) -> dict[float, np.ndarray]:
    """Draws of the outcome of each run to train, by budget.

    They are joint over the budgets, as a forecast of the plan's targets is.
    """
    chosen = [path for path in paths if path.has_choice]
    if not chosen:
        return {}
    targets = _chosen_targets(chosen).reset_index(drop=True)
    draws = forecaster.draws(targets, of=of, seed=seed)
    return {path.budget: draws[:, i] for i, path in enumerate(chosen)}


def _reach(forecaster: Plannable, paths: Sequence[BudgetPath], prefix: str) -> Verdict:
    """The verdict on the runs to train: what the runs show of M, how N is counted, distance."""
    problems, cautions = [], list(_cautions(forecaster))
    if chosen := [path for path in paths if path.has_choice]:
        targets = _chosen_targets(chosen)
        labels = [f"{path.budget:.3g} FLOPs" for path in chosen]
        found = forecaster.check_targets(targets.set_axis(labels))
        problems += found.reach.problems
        cautions += found.reach.cautions
    named = [tuple(prefix + text for text in texts) for texts in (problems, cautions)]
    return Verdict("Reach", named[0], named[1])


def _cautions(forecaster: Plannable) -> Iterator[str]:
    """Cautions on what the runs show of M, and on how N is counted."""
    runs = runs_of(forecaster)
    if has_one_ratio(runs):
        text = (
            f"every run has M = {runs['M'].iloc[0]:.3g} tokens per parameter: "
            "the best M depends on the prior alone; add runs that vary it"
        )
        warn(text, RunsWarning)
        yield text
    for law in laws_of(forecaster):
        if law.inputs.get("N", "parameters") != "parameters":
            yield f"C = 6 N D is computed with N as {law.name} counts it, {law.inputs['N']}"
