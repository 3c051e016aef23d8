"""The table of a backtest: the columns that its laws and splits need, one row a run and outcome."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_names
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.inference.design_columns import check_outcome
from bayes_scaling.law.law import Law
from bayes_scaling.results.adapt_law import load_table
from bayes_scaling.runs.columns import numbers
from bayes_scaling.runs.find_checkpoints import find_checkpoints
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.validation.splits import check_column


@dataclass(frozen=True, eq=False)
class BacktestRuns:
    """The runs of a backtest.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a run and outcome; ``run`` holds the labels.
    y : str
        Column of the outcome.
    group : list of str
        Columns that identify the series.
    columns : dict
        {input: column} of all laws.
    se : str or None
        Column of the outcome's standard errors.
    """

    table: pd.DataFrame
    y: str
    group: list[str]
    columns: dict[str, Any]
    se: str | None

    def outcome_of(self, series: tuple) -> str:
        """The name of a series' outcome: of several outcomes, each is a series.

        Parameters
        ----------
        series : tuple
            Values of ``group``.

        Returns
        -------
        str
        """
        return series[-1] if self.y == "value" and self.group[-1:] == ["y"] else self.y

    def columns_of(self, law: Law) -> dict[str, Any]:
        """The columns that one law uses.

        Parameters
        ----------
        law : Law
            One of the laws.

        Returns
        -------
        dict
            {input: column}.
        """
        used = (*law.inputs, *law.noise.reads)
        return {name: column for name, column in self.columns.items() if name in used}

    def skipped_row(self, label: str, series: tuple, origin: Any, reason: str) -> dict[str, Any]:
        """One row of ``Backtest.skipped``.

        Parameters
        ----------
        label : str
            Label of the law.
        series : tuple
            Values of ``group``.
        origin : object
            The cutoff, or the group left out.
        reason : str
            Why the split could not be fitted.

        Returns
        -------
        dict
        """
        return {"law": label, **dict(zip(self.group, series)), "origin": origin, "reason": reason}


def read_backtest_runs(
    laws: dict[str, Law],
    runs: Any,
    y: str | list[str] | None,
    by: str,
    group: str | list[str] | None,
    leave: str | None,
    se: str | None,
    columns: dict[str, Any],
) -> BacktestRuns:
    """Read the runs and keep the columns that are needed.

    Parameters
    ----------
    laws : dict of str to Law
        The laws by their labels.
    runs, y, by, group, leave, se, columns
        As in ``backtest``.

    Returns
    -------
    BacktestRuns

    Raises
    ------
    InputError
        A column does not exist, or the outcome is ambiguous.
    """
    table, columns = load_table(runs, columns)
    outcome = _default_outcome(laws) if y is None else y
    group = [] if group in (None, []) else [*check_names("group", group)]
    _warn_of_checkpoints(table, {*group, leave})
    _check_inputs(laws, columns)
    if isinstance(outcome, str):
        check_outcome(next(iter(laws.values())), table, outcome)
    split_columns = [("by", by) if leave is None else ("leave", leave)]
    split_columns += [("group", name) for name in group]
    for option, name in split_columns + ([] if se is None else [("se", se)]):
        check_column(table, option, name)
    used = {by, leave, se, *group, *([outcome] if isinstance(outcome, str) else [])}
    kept = table[_needed_columns(laws, table, columns, used)]
    kept = kept.assign(run=np.asarray(_run_labels(table)).astype(str))
    if isinstance(outcome, str):
        return BacktestRuns(kept.reset_index(drop=True), outcome, group, columns, se)
    stacked = _stack_outcomes(table, kept, list(outcome), se)
    return BacktestRuns(stacked, "value", [*group, "y"], columns, se)


def _warn_of_checkpoints(table: pd.DataFrame, separate: set[str | None]) -> None:
    """Warn of checkpoints of one run, of which some are fitted and others held out."""
    found = find_checkpoints(table)
    if found is not None and found.run not in separate:
        warn(
            f"rows are checkpoints of one run (by the column {found.run}): some are fitted and"
            " others held out, so that forecasts seem better than those of new runs are; keep the"
            f" last of each, load_runs(..., checkpoints='last'), or hold runs out, as in"
            f" leave={found.run!r}",
            RunsWarning,
        )


def _default_outcome(laws: dict[str, Law]) -> str:
    """The outcome that all laws have."""
    outcomes = {law.outcome for law in laws.values()}
    if len(outcomes) > 1:
        raise InputError(
            f"the laws have the outcomes {', '.join(sorted(outcomes))}; name the column of the "
            "outcome as y"
        )
    return outcomes.pop()


def _check_inputs(laws: dict[str, Law], columns: dict[str, Any]) -> None:
    """Refuse a column for an input that no law has."""
    inputs = {name for law in laws.values() for name in (*law.inputs, *law.noise.reads)}
    for name in columns:
        if name not in inputs:
            raise InputError(
                f"{name} is no input of {shorten_list(laws)}; their inputs are "
                f"{shorten_list(sorted(inputs))}"
            )


def _needed_columns(
    laws: dict[str, Law], table: pd.DataFrame, columns: dict[str, Any], used: set[Any]
) -> list[str]:
    """Columns that a split, a law's input or a likelihood uses, in the table's order."""
    used = used | {*columns.values(), *SIZES}
    prefixes = []
    for law in laws.values():
        used |= {columns.get(name, name) for name in law.inputs}
        used |= {*law.noise.reads, *(getattr(law.noise, name) for name in law.noise.reads)}
        prefixes += [f"{columns.get(name, name)}_" for name in law.vectors]
    return [
        column
        for column in table.columns
        if column in used or str(column).startswith(tuple(prefixes))
    ]


def _run_labels(table: pd.DataFrame) -> Any:
    """Labels of the runs: the column ``run``, the index or the position, whichever is unique."""
    if "run" in table and table["run"].is_unique:
        return table["run"]
    return table.index if table.index.is_unique else np.arange(len(table))


def _stack_outcomes(
    table: pd.DataFrame, kept: pd.DataFrame, outcomes: list[str], se: str | None
) -> pd.DataFrame:
    """One row a run and outcome: its name in ``y``, its value in ``value``."""
    if not outcomes:
        raise InputError("y is empty; name the column of the outcome")
    if se is not None:
        raise InputError(
            "y names several outcomes, and se has the errors of one; give one outcome, or leave "
            "out se"
        )
    for name in ("y", "value"):
        if name in kept.columns:
            raise InputError(
                f"with several outcomes the table gets a column {name!r}, which the runs have "
                "already; rename that of the runs"
            )
    parts = [kept.assign(y=column, value=numbers(table, column)) for column in outcomes]
    return pd.concat(parts, ignore_index=True)
