"""Rolling origins: splits of every series at several cutoffs along a column, such as compute."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling.runs.columns import positive_numbers
from bayes_scaling.validation.splits import Skipped, Split, Splits, rows_by_series


def rolling_splits(
    table: pd.DataFrame, group: list[str], by: str, cutoffs: Any, min_runs: int, shares: Any = None
) -> Splits:
    """Splits of every series at several cutoffs.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    group : list of str
        Columns that identify the series.
    by : str
        Column of positive numbers along which the runs are cut, such as "C".
    cutoffs : int or sequence of float
        Values of ``by``, each the last that is fitted; or how many to choose, evenly in the
        logarithm, so that at least twice ``min_runs`` runs are fitted (``min_runs``, where a
        series has too few).
    min_runs : int
        Number of runs that the law with the most parameters needs.
    shares : sequence of float, optional
        In place of ``cutoffs``, fractions of each series' own largest value.

    Returns
    -------
    list of Split, list of Skipped
        The splits, and what could not be one.
    """
    sizes = positive_numbers(table, by)
    count = _cutoff_count(cutoffs, by) if shares is None else None
    fixed = _check_cutoffs(cutoffs, by) if shares is None and count is None else np.empty(0)
    fractions = np.empty(0) if shares is None else _check_shares(shares, by)
    splits, skipped = [], []
    for series, rows in rows_by_series(table, group).items():
        values = sizes[rows]
        if count is not None:
            chosen = _choose_cutoffs(values, count, min_runs)
        else:
            chosen = fixed if shares is None else fractions * values.max()
        if not len(chosen):
            skipped.append(Skipped(series, None, _no_cutoff(values, by, min_runs)))
        possible, impossible = _split_series(series, rows, sizes, chosen, by)
        splits += possible
        skipped += impossible
    return splits, skipped


def _cutoff_count(cutoffs: Any, by: str) -> int | None:
    """How many cutoffs to choose; None where their values are given."""
    if not isinstance(cutoffs, int | np.integer) or isinstance(cutoffs, bool):
        return None
    if cutoffs < 1:
        raise InputError(_bad_cutoffs(cutoffs, by))
    return int(cutoffs)


def _check_cutoffs(cutoffs: Any, by: str) -> np.ndarray:
    """Values of the cutoffs, ascending."""
    values = np.unique(np.asarray(cutoffs, float).ravel())
    if not (len(values) and np.all(values > 0)):
        raise InputError(_bad_cutoffs(cutoffs, by))
    return values


def _bad_cutoffs(cutoffs: Any, by: str) -> str:
    return f"cutoffs are {cutoffs!r}; give a number of origins, such as 6, or values of {by}"


def _check_shares(shares: Any, by: str) -> np.ndarray:
    """Fractions of the largest size, ascending."""
    values = np.unique(np.asarray(shares, float).ravel())
    if not (len(values) and ((values > 0) & (values < 1)).all()):
        raise InputError(
            f"shares are {shares!r}; give fractions of each series' largest {by}, between 0 and 1, "
            "such as (0.1, 0.3)"
        )
    return values


def _choose_cutoffs(values: np.ndarray, count: int, min_runs: int) -> np.ndarray:
    """Cutoffs among the values themselves, evenly in the logarithm."""
    distinct = np.unique(values)[:-1]
    fitted = np.searchsorted(np.sort(values), distinct, side="right")
    ample = fitted >= 2 * min_runs
    candidates = distinct[ample] if ample.any() else distinct[fitted >= min_runs]
    if not len(candidates):
        return candidates
    grid = np.linspace(np.log(candidates[0]), np.log(candidates[-1]), count)
    return candidates[np.unique(np.abs(np.log(candidates) - grid[:, None]).argmin(axis=1))]


def _no_cutoff(values: np.ndarray, by: str, min_runs: int) -> str:
    """Why a series has no cutoff."""
    return (
        f"{plural(len(values), 'run')} at {plural(len(np.unique(values)), 'value')} of {by} "
        f"{'leaves' if len(values) == 1 else 'leave'} no cutoff with "
        f"{plural(min_runs, 'run')} below it and one above"
    )


def _split_series(
    series: tuple, rows: np.ndarray, sizes: np.ndarray, cutoffs: np.ndarray, by: str
) -> Splits:
    """Splits of one series; a cutoff that splits the runs as an earlier one does is skipped."""
    splits, skipped, cutoff_of = [], [], {}
    values = sizes[rows]
    for cutoff in cutoffs:
        train, test = rows[values <= cutoff], rows[values > cutoff]
        if not len(test):
            reason = f"no run has {by} above {cutoff:.4g}: the largest is {values.max():.4g}"
        elif not len(train):
            reason = f"no run has {by} up to {cutoff:.4g}: the smallest is {values.min():.4g}"
        elif len(train) in cutoff_of:
            reason = f"it splits the runs as the cutoff {cutoff_of[len(train)]:g} does"
        else:
            cutoff_of[len(train)] = cutoff
            splits.append(Split.from_sizes(series, float(cutoff), train, test, sizes))
            continue
        skipped.append(Skipped(series, float(cutoff), reason))
    return splits, skipped
