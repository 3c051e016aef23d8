"""The groups of a table: which columns identify them, and their values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.runs.columns import check_present


@dataclass(frozen=True)
class GroupLevels:
    """The columns that identify groups and the groups that have runs.

    Parameters
    ----------
    by : tuple of str
        Names of the columns.
    levels : tuple of tuple
        The values of each column, in order of appearance.
    cells : tuple of tuple of int
        The groups that have runs: for each an index into the levels of every column.
    """

    by: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    cells: tuple[tuple[int, ...], ...]


def read_groups(table: pd.DataFrame, group: str | Sequence[str]) -> GroupLevels:
    """The groups of a table.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    group : str or sequence of str
        The columns that identify groups.

    Returns
    -------
    GroupLevels

    Raises
    ------
    InputError
        A column is missing, holds one value, or has another value for every run.
    """
    by = (group,) if isinstance(group, str) else tuple(group)
    _check_columns(table, by, group)
    keys = list(zip(*(table[column].tolist() for column in by)))
    levels = tuple(tuple(dict.fromkeys(column)) for column in zip(*keys))
    for column, values in zip(by, levels):
        _check_levels(column, values, len(keys))
    cells = tuple(
        tuple(values.index(label) for values, label in zip(levels, key))
        for key in dict.fromkeys(keys)
    )
    single = sum(count == 1 for count in Counter(keys).values())
    if 2 * single > len(cells):
        warn(
            f"{', '.join(by)} identifies {len(cells)} groups among {len(keys)} runs, "
            f"and {single} of them have one run: is that the column of the data set?",
            RunsWarning,
        )
    return GroupLevels(by, levels, cells)


def _check_columns(table: pd.DataFrame, by: tuple[str, ...], group: object) -> None:
    for column in by:
        if column not in table.columns:
            raise InputError(
                f"group is {column!r}, and the runs have no such column"
                f"{did_you_mean(column, table.columns)}; name one of {shorten_list(table.columns)}"
            )
        check_present(table, column, "name the group")
    if len(set(by)) < len(by) or not by:
        raise InputError(f"group is {group!r}; name one column, or several that differ")


def _check_levels(column: str, values: Sequence[Any], runs: int) -> None:
    if len(values) < 2:
        raise InputError(
            f"every run has {column} = {values[0]}: there is one group, and nothing to pool; "
            f"leave {column} out of group"
        )
    if len(values) == runs:
        raise InputError(
            f"{column} differs between all runs: it identifies no groups; "
            "name a column that several runs share, such as that of the data set"
        )
