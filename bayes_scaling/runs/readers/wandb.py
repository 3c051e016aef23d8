"""Tables that Weights & Biases exports: runs, charts and histories."""

import re
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import plural, shorten_list

TITLE = "export of Weights & Biases"
_OF_A_RUN = {"Name", "State"}  # columns of every exported table of runs
_CHART = re.compile(r"(?P<run>.+) - (?P<metric>[^ ].*?)(?P<part>__MIN|__MAX)?")
_STEPS = ("Step", "_step")
_X_AXES = (*_STEPS, "Relative Time (Process)", "Relative Time (Wall)", "Wall Time")
_UNFINISHED = ("running", "crashed", "failed", "killed", "pending", "preempting", "preempted")


def matches(table: pd.DataFrame) -> bool:
    """Whether a CSV table is one that the web interface or the client writes."""
    names = [str(name) for name in table.columns]
    is_history = "_step" in names and bool({"_runtime", "_timestamp"} & set(names))
    has_axis = len(names) > 1 and pd.api.types.is_numeric_dtype(table[table.columns[0]])
    return set(names) >= _OF_A_RUN or is_history or (has_axis and is_chart(names))


def is_chart(names: list[str]) -> bool:
    """Whether columns are those of a chart: an axis, then "run - metric" of every run."""
    return (
        len(names) > 1
        and not _CHART.fullmatch(names[0])
        and all(name in _X_AXES or _CHART.fullmatch(name) for name in names[1:])
        and any(_CHART.fullmatch(name) for name in names)
    )


def read(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Bring an export to one row a run, or a run and step.

    Parameters
    ----------
    path : pathlib.Path
        The file, which names the run of a history.
    table : DataFrame
        As read from the CSV file.

    Returns
    -------
    DataFrame
        Columns run, step where there is one, and the metrics by their own names.

    Raises
    ------
    InputError
        An unfinished export, or a chart without values.

    Warns
    -----
    RunsWarning
        Some runs did not finish.
    """
    names = [str(name) for name in table.columns]
    if is_chart(names):
        return _long(path, table)
    if set(names) >= _OF_A_RUN:
        _warn_of_unfinished(path, table)
        return table if "run" in names else _with_unique_names(table)
    table = table.rename(columns={"_step": "step"} if "step" not in names else {})
    if "run" not in table:
        table.insert(0, "run", history_name(path))
    return table


def _with_unique_names(table: pd.DataFrame) -> pd.DataFrame:
    """A table of runs with their names as the column run, numbered where runs share one."""
    names = table["Name"].astype(object)
    again = names.groupby(names, dropna=False).cumcount()
    names = names.where(again == 0, names.astype(str) + " (" + (again + 1).astype(str) + ")")
    return table.assign(Name=names).rename(columns={"Name": "run"})


def history_name(path: Path) -> str:
    """The run of a history file, by its name or that of its folder."""
    name = path.name.split(".")[0]
    return path.resolve().parent.name if name in ("history", "wandb-history") else name


def _warn_of_unfinished(path: Path, table: pd.DataFrame) -> None:
    """Warn of runs that crashed or are still running."""
    unfinished = table["State"].astype(str).str.lower().isin(_UNFINISHED)
    if unfinished.any():
        names = table.loc[unfinished, "Name"].astype(str)
        count = int(unfinished.sum())
        warn(
            f"{path}: {plural(count, 'run')} did not finish ({shorten_list(names, 3)}), so that the"
            ' last values are not those of the end; leave them out with where="State =='
            " 'finished'\"",
            RunsWarning,
        )


def _long(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """A chart's columns "run - metric" as one row a run and step."""
    axis = str(table.columns[0])
    parts: dict[str, dict[str, pd.Series]] = {}
    for name in table.columns:
        found = _CHART.fullmatch(str(name))
        if found and not found["part"]:
            parts.setdefault(found["run"], {})[found["metric"]] = table[name]
    pieces = []
    for run, metrics in parts.items():
        piece = pd.DataFrame(metrics).dropna(how="all")
        piece.insert(0, "run", run)
        piece.insert(1, "step" if axis in _STEPS else axis, table.loc[piece.index, axis])
        pieces.append(piece)
    joined = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    if joined.empty:
        raise InputError(f"{path} is a chart without values; export it with its runs selected")
    return joined
