"""Rows that are checkpoints of one run, and the last of each."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import plural

RUN_NAMES = ("run", "run_name", "run_id", "name", "model", "config")
_ORDERS = ("D", "step", "steps", "iteration", "global_step", "C")
MODES = ("last", "all")
_STALE = 0.05  # fraction of a run before its end from which a value is not of its end
_FEW = 3  # rows of one run from which they are taken for checkpoints


class Checkpoints(NamedTuple):
    """The columns that name runs and order their checkpoints."""

    run: str
    order: str


def find_checkpoints(runs: pd.DataFrame) -> Checkpoints | None:
    """Find how a table's rows are checkpoints of runs.

    Parameters
    ----------
    runs : DataFrame
        One row a run, or a checkpoint.

    Returns
    -------
    Checkpoints or None
        None where rows are runs: names are unique, or the rows of a name differ in N or do not
        grow.
    """
    name = next((one for one in RUN_NAMES if one in runs and not runs[one].is_unique), None)
    if name is None:
        return None
    order = next((one for one in _ORDERS if one in runs and _grows(runs, name, one)), None)
    if order is None:
        return None
    groups = runs.groupby(name, observed=True)
    same_size = "N" not in runs or (groups["N"].nunique() <= 1).all()
    several = groups.size() >= _FEW
    return Checkpoints(name, order) if same_size and several.any() else None


def _grows(runs: pd.DataFrame, name: str, order: str) -> bool:
    """Whether a column has another number in every row of a run."""
    if not pd.api.types.is_numeric_dtype(runs[order]) or runs[order].isna().any():
        return False
    return not runs.duplicated([name, order]).any()


def select_checkpoints(runs: pd.DataFrame, mode: str | None, label: str) -> pd.DataFrame:
    """Keep the last checkpoint of each run, with a notice, or all rows.

    Parameters
    ----------
    runs : DataFrame
        The table.
    mode : {"last", "all"} or None
        What to keep; None is "last".
    label : str
        What the table is called in messages.

    Returns
    -------
    DataFrame
        One row a run. A value that was logged shortly before the end stands in its last row.

    Raises
    ------
    InputError
        The mode is none.
    """
    if mode not in (None, *MODES):
        raise InputError(f"checkpoints is {mode!r}; use 'last' or 'all'")
    if mode == "all":
        return runs
    found = find_checkpoints(runs)
    if found is None:
        return runs
    ordered = runs.sort_values(found.order, kind="stable")
    last = _filled(ordered, found).groupby(found.run, observed=True, dropna=False).tail(1)
    kept = last.loc[last.index.isin(runs.index)].sort_index() if runs.index.is_unique else last
    warn(
        f"{label} has {len(runs)} checkpoints of {plural(len(kept), 'run')}, which are no runs of"
        f" their own: the last of each is kept (by {found.order}); checkpoints='all' keeps every"
        " row",
        RunsWarning,
    )
    return kept


def _filled(ordered: pd.DataFrame, found: Checkpoints) -> pd.DataFrame:
    """Rows in order, in which a missing value is that of shortly before."""
    groups = ordered.groupby(found.run, observed=True, dropna=False)
    filled = groups.ffill()
    place = ordered[found.order].astype(float)
    for name in filled.columns:
        missing = ordered[name].isna()
        if not missing.any():
            continue
        logged = place.where(~missing).groupby(ordered[found.run], dropna=False).ffill()
        fresh = (place - logged) <= _STALE * place.abs()
        ordered = ordered.assign(
            **{str(name): np.where(missing & fresh, filled[name], ordered[name])}
        )
    return ordered.infer_objects()
