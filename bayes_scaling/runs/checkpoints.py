"""The ends of runs, chosen among their checkpoints."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import plural
from bayes_scaling.runs.find_checkpoints import (
    Checkpoints,
    find_checkpoints,
    nameless_checkpoints,
)

MODES = ("last", "all")
GIVEN = "given"  # rows of a table that was loaded before
RUN_OF_ROW = "run_of_checkpoint"  # in a table's attrs: the column that names each row's run
_STALE = 0.05  # fraction of a run before its end from which a value is not of its end
_RATES = ("lr", "learning_rate", "train/lr", "train/learning_rate", "optim/learning_rate")
_COOLED = 0.11  # learning rate at an end, as a fraction of the largest before it


def check_mode(mode: str | None) -> None:
    """Refuse a choice of checkpoints that there is not."""
    if mode not in (None, *MODES):
        raise InputError(f"checkpoints is {mode!r}; use 'last' or 'all'")


def select_checkpoints(runs: pd.DataFrame, mode: str | None, label: str) -> pd.DataFrame:
    """Keep the ends of each run, with a notice, or all rows.

    An end is a run's last checkpoint. Where a column has the learning rate, it is each checkpoint
    at which that has come down to about a tenth of its maximum, and does not fall further.

    Parameters
    ----------
    runs : DataFrame
        The table.
    mode : {"last", "all", "given"} or None
        What to keep; None is "last", and "given" keeps all without a word. With "all" the table
        has the column that names each row's run in its ``attrs``, so that a fit gives each run an
        effect of its own.
    label : str
        What the table is called in messages.

    Returns
    -------
    DataFrame
        One row an end. A value that was logged shortly before stands in its row.
    """
    found = None if mode == GIVEN else find_checkpoints(runs)
    if mode in (None, "last"):
        for doubt in nameless_checkpoints(runs):
            warn(f"{label}: {doubt}", RunsWarning)
    if found is None:
        return runs
    if mode == "all":
        return _with_run_of_row(runs, found)
    place = runs[found.order].to_numpy(float)
    ordered = runs.iloc[np.argsort(place, kind="stable")]
    labels = found.labels.iloc[np.argsort(place, kind="stable")]
    ordered = _filled(ordered, labels, found.order)
    ends, cooled = _ends(ordered, labels)
    kept = ordered[ends]
    kept = kept.loc[kept.index.isin(runs.index)].sort_index() if runs.index.is_unique else kept
    which = (
        f"where the learning rate has come down by the column {cooled}" if cooled else "the last"
    )
    warn(
        f"{label} has {len(runs)} checkpoints of {plural(labels.nunique(), 'run')} (by the column"
        f" {found.run}), which are no runs of their own: {which} of each is kept (by"
        f" {found.order}); checkpoints='all' keeps every row, and gives each run an effect",
        RunsWarning,
    )
    return kept


def _with_run_of_row(runs: pd.DataFrame, found: Checkpoints) -> pd.DataFrame:
    """All rows, with the column that names their run on record."""
    name = found.run
    if not found.labels.equals(runs[name].astype(object)):  # names that end in a step
        name = RUN_OF_ROW
        runs = runs.assign(**{name: found.labels})
    kept = runs.copy(deep=False)
    kept.attrs = {**runs.attrs, RUN_OF_ROW: name}
    return kept


def _ends(ordered: pd.DataFrame, labels: "pd.Series[Any]") -> tuple[NDArray[np.bool_], str]:
    """Which rows, in order, are ends of their run, and the column of learning rates or ""."""
    last = ~labels.duplicated(keep="last").to_numpy()
    name = next((one for one in _RATES if one in ordered), None)
    if name is None or not pd.api.types.is_numeric_dtype(ordered[name]):
        return last, ""
    table = pd.DataFrame({"run": labels.to_numpy(), "rate": ordered[name].to_numpy(float)})
    table["rate"] = table.groupby("run")["rate"].ffill()
    groups = table.groupby("run")["rate"]
    is_low = table["rate"] <= _COOLED * groups.cummax()
    table["end"] = is_low & ~(groups.shift(-1) <= table["rate"])
    has_end = table.groupby("run")["end"].transform("any")
    ends: NDArray[np.bool_] = np.where(has_end, table["end"], last)
    return (ends, name) if (ends != last).any() else (last, "")


def _filled(ordered: pd.DataFrame, labels: "pd.Series[Any]", order: str) -> pd.DataFrame:
    """Rows in order, in which a missing value is that of shortly before."""
    names = [str(name) for name in ordered.columns[ordered.isna().any().to_numpy()]]
    if not names:
        return ordered
    runs = pd.Series(labels.to_numpy(), index=ordered.index, name=None)
    filled = ordered[names].groupby(runs, dropna=False).ffill()
    place = ordered[order].astype(float)
    for name in names:
        missing = ordered[name].isna()
        logged = place.where(~missing).groupby(runs, dropna=False).ffill()
        fresh = (place - logged) <= _STALE * place.abs()
        ordered = ordered.assign(**{name: np.where(missing & fresh, filled[name], ordered[name])})
    return ordered.infer_objects()
