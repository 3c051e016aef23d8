"""Tables of several files as one: one run a name, and one row a model."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import RunsWarning, warn


def join_logs(tables: Sequence[pd.DataFrame], places: Sequence[Path]) -> pd.DataFrame:
    """Join logs of runs; a name that another log has too gets its place.

    Parameters
    ----------
    tables : sequence of DataFrame
        The rows of each log.
    places : sequence of pathlib.Path
        Where each was read.
    """
    taken: set[object] = set()
    named: list[pd.DataFrame] = []
    for table, place in zip(tables, places):
        runs = set(table["run"].unique()) if "run" in table else set[object]()
        if len(runs) == 1 and runs & taken:
            table = table.assign(run=f"{next(iter(runs))} ({place.as_posix()})")
        taken |= runs
        named.append(table)
    return pd.concat(named, ignore_index=True)


def join_evaluations(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join results of evaluations: the scores of one model stand in one row.

    Parameters
    ----------
    tables : sequence of DataFrame
        One row each, oldest first.

    Warns
    -----
    RunsWarning
        A model has several values of a score, of which the last is kept.
    """
    rows = pd.concat(tables, ignore_index=True)
    if rows["run"].is_unique:
        return rows
    groups = rows.groupby("run", sort=False)
    values = groups.nunique()
    for run, counts in values.iterrows():
        several = counts.index[counts > 1]
        if len(several):
            warn(
                f"{run} was evaluated more than once, and {several[0]} differs; the last file by"
                " name is used",
                RunsWarning,
            )
    return groups.last().reset_index()
