"""The arguments of a report, checked and completed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import describe_run
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.reporting.cached_draws import with_cached_draws
from bayes_scaling.reporting.plan_check import check_groups, check_values
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.load import load_given
from bayes_scaling.runs.targets import as_targets

FORMATS = {".html": "html", ".htm": "html", ".md": "markdown"}


@dataclass(frozen=True)
class Inputs:
    """What ``report`` was given: see its parameters. ``validate`` completes these values.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        After ``validate`` a copy that keeps its draws.
    targets : DataFrame
        After ``validate`` complete, and with the groups' columns for a pooled fit.
    plan : Allocation or None
        The plan that the targets come from.
    prob : float or None
        After ``validate`` a number.
    """

    forecaster: Any
    targets: Any
    plan: Allocation | None = None
    path: str | Path | None = None
    prob: Any = None
    measured: Any = None
    runs: Any = None
    why: str = ""
    backtest: Any = None
    sensitivity: Any = None
    influence: Any = None
    comparison: Any = None
    source: str | None = None
    seed: int = 0
    title: str | None = None
    command: str | None = None
    date: object = None


def validate(inputs: Inputs) -> Inputs:
    """Return complete arguments: targets, probability, runs, and a forecaster that keeps draws.

    Raises
    ------
    InputError
        An argument is invalid; the message names it.
    """
    forecaster, to, plan = with_cached_draws(inputs.forecaster), inputs.targets, None
    if isinstance(to, Allocation):
        plan = to
        check_groups(plan, forecaster)
        to = plan.targets
    to = as_targets(to)
    if plan:
        check_values(plan, forecaster, to)
    default = plan.prob if plan else 0.9
    prob = check_prob(default if inputs.prob is None else inputs.prob)
    if isinstance(forecaster, PooledFit):
        to = _labeled_by_group(forecaster, to)
    check_seed(inputs.seed)
    if inputs.path is not None:
        file_format(inputs.path)
    source, runs = inputs.source, inputs.runs
    if isinstance(runs, str | Path):
        source, runs = source or str(runs), load_given(runs)
    return replace(
        inputs,
        forecaster=forecaster,
        targets=to,
        plan=plan,
        prob=prob,
        source=source,
        runs=runs,
    )


def file_format(path: str | Path) -> str:
    """Return the format that a file's extension stands for: "html" or "markdown".

    Parameters
    ----------
    path : str or Path
        Name of a file.

    Returns
    -------
    str

    Raises
    ------
    InputError
        Another extension, or none.
    """
    suffix = Path(path).suffix
    if suffix.lower() not in FORMATS:
        raise InputError(
            f"the report's file {str(path)!r} ends in {suffix or 'nothing'}; "
            "give a .html or .md file"
        )
    return FORMATS[suffix.lower()]


def target_names(to: pd.DataFrame) -> list[str]:
    """Return what the report calls each target: its label if that is text, else its size."""
    return [
        label if isinstance(label, str) else describe_run(row)
        for label, (_, row) in zip(to.index, to.iterrows())
    ]


def _labeled_by_group(pooled: PooledFit, to: pd.DataFrame) -> pd.DataFrame:
    """Return targets with the groups' columns, labeled by group and size."""
    columns = list(pooled.group_columns)
    complete = pooled.of_every_group(to)
    if missing := [name for name in columns if name not in complete]:
        raise InputError(
            f"the targets have no column {missing[0]!r}; give each target's "
            f"{' and '.join(columns)}, or none of them for every group"
        )
    if set(columns) <= set(to) and all(isinstance(label, str) for label in to.index):
        return complete
    groups = complete[columns].astype(str).agg(" / ".join, axis=1)
    names = target_names(complete.drop(columns=columns))
    return complete.set_axis([f"{group}, {name}" for group, name in zip(groups, names)])
