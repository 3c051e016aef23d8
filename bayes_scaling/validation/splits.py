"""Splits of a table into runs to fit and runs to forecast: what every split has, and holdouts."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.runs.columns import check_present, positive_numbers


@dataclass(frozen=True)
class Split:
    """One training table and the runs to forecast from it.

    Parameters
    ----------
    series : tuple
        Values of the columns that identify the series.
    origin : float or object
        The cutoff, or the group that is left out.
    train, test : numpy.ndarray (runs,) of int
        Positions of rows in the table of all runs.
    extrapolation : numpy.ndarray (test,)
        Size of each test run over the largest training size.
    below : numpy.ndarray (test,) of bool
        Whether a test run is smaller than every training run.
    """

    series: tuple
    origin: Any
    train: np.ndarray
    test: np.ndarray
    extrapolation: np.ndarray
    below: np.ndarray

    @classmethod
    def from_sizes(
        cls, series: tuple, origin: Any, train: np.ndarray, test: np.ndarray, sizes: np.ndarray
    ) -> Self:
        """The split of a table whose rows have these ``sizes``.

        Parameters
        ----------
        series, origin, train, test
            As in ``Split``.
        sizes : numpy.ndarray (rows of the table,)
            Size of every run, such as its compute.

        Returns
        -------
        Split
        """
        fitted = sizes[train]
        extrapolation, below = sizes[test] / fitted.max(), sizes[test] < fitted.min()
        return cls(series, origin, train, test, extrapolation, below)

    @property
    def name(self) -> str:
        """The name of the split, from which its seed is made."""
        return repr((*self.series, self.origin))


class Skipped(NamedTuple):
    """A split that is impossible, and why."""

    series: tuple
    origin: Any
    reason: str


Splits = tuple[list[Split], list[Skipped]]


def check_column(table: pd.DataFrame, option: str, name: Any) -> None:
    """Refuse an option that names no column of the table.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    option : str
        The option, for the message.
    name : object
        What the option names.

    Raises
    ------
    InputError
        There is no such column.
    """
    if name not in table.columns:
        raise InputError(
            f"{option} is {name!r}, and the runs have no such column"
            f"{did_you_mean(name, table.columns)}; name one of {shorten_list(table.columns)}"
        )


def rows_by_series(table: pd.DataFrame, group: list[str]) -> dict[tuple, np.ndarray]:
    """Group the rows of a table by series.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    group : list of str
        Columns that identify the series; one series where there are none.

    Returns
    -------
    dict of tuple to numpy.ndarray of int
        Values of the columns -> positions of the rows, in the table's order.
    """
    if not group:
        return {(): np.arange(len(table))}
    for column in group:
        check_column(table, "group", column)
        check_present(table, column, "name the group")
    positions = table.groupby(list(group), sort=False).indices
    return {
        tuple(map(to_python, key if isinstance(key, tuple) else (key,))): np.sort(rows)
        for key, rows in positions.items()
    }


def to_python(value: Any) -> Any:
    """The Python object of a table's value.

    Parameters
    ----------
    value : object
        A NumPy scalar, or an object that is returned as it is.

    Returns
    -------
    object
    """
    return value.item() if isinstance(value, np.generic) else value


def leave_one_group_out(table: pd.DataFrame, group: list[str], by: str, leave: str) -> Splits:
    """Splits that fit all groups of a series but one, and forecast that one.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    group : list of str
        Columns that identify the series.
    by : str
        Column of the runs' sizes, if the table has it.
    leave : str
        Column whose values are the groups to leave out.

    Returns
    -------
    list of Split, list of Skipped
    """
    check_column(table, "leave", leave)
    sizes = positive_numbers(table, by) if by in table.columns else np.full(len(table), np.nan)
    check_present(table, leave, "fill it in")
    check_present(table, leave, "name the group")
    splits, skipped, groups = [], [], table[leave].to_numpy()
    for series, rows in rows_by_series(table, group).items():
        kinds = list(dict.fromkeys(map(to_python, groups[rows])))
        if len(kinds) < 2:
            reason = f"all runs have {leave} = {kinds[0]}: there is nothing else to fit"
            skipped.append(Skipped(series, kinds[0], reason))
            continue
        for kind in kinds:
            held_out = np.array([to_python(value) == kind for value in groups[rows]])
            splits.append(Split.from_sizes(series, kind, rows[~held_out], rows[held_out], sizes))
    return splits, skipped
