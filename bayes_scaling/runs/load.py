"""Tables of training runs, loaded and checked: one row a run.

N parameters (count), D training tokens, C = 6 N D training FLOPs, M = D / N tokens per parameter.
"""

import os
from collections.abc import Mapping

import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.runs.columns import row_name
from bayes_scaling.runs.files import read_table
from bayes_scaling.runs.query import select
from bayes_scaling.runs.sizes import check_sizes, size_contradictions

_MAX_FACTOR = 10.0  # a C or M further off 6 N D or D / N is in other units
_WARNING_FACTOR = 1.1


def load_runs(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    where: str | None = None,
) -> pd.DataFrame:
    """Load a table of runs and check it.

    Parameters
    ----------
    source : str, path-like or DataFrame
        Name of a bundled table, a path (.csv, .tsv, .jsonl, each also as .gz, or .parquet), or the
        table itself.
    columns : mapping, optional
        {name here: name in the table}, such as ``{"N": "params", "D": "tokens"}``. Columns are
        never guessed.
    where : str, optional
        Query that keeps rows, such as ``"dataset == 'c4' and N < 5e8"``; a name with spaces stands
        in backticks.

    Returns
    -------
    DataFrame
        The runs, with C = 6 N D and M = D / N (or D, N from them) added where they were absent.

    Raises
    ------
    InputError
        In one sentence: what is wrong, where, and the remedy.

    Warns
    -----
    RunsWarning
        Rows appear twice, or C or M is more than a tenth off 6 N D or D / N.
    """
    runs = source if isinstance(source, pd.DataFrame) else read_table(source)
    label = "the table" if isinstance(source, pd.DataFrame) else str(source)
    # an index named N would make queries of N ambiguous
    runs = runs.set_axis(runs.index.to_flat_index(), axis=0).rename_axis(index=None)
    runs = _rename_columns(runs, columns or {}, label)
    if runs.empty:
        raise InputError(f"{label} has no rows; give a table with one row a run")
    runs = _add_sizes(runs)
    if where is not None:
        runs = select(runs, where)
    _warn_of_duplicates(runs, label)
    return runs


def _rename_columns(runs: pd.DataFrame, columns: Mapping[str, str], label: str) -> pd.DataFrame:
    """The table with columns copied to the names that they have here."""
    if not runs.columns.is_unique:
        name = runs.columns[runs.columns.duplicated()][0]
        raise InputError(f"{label} has two columns {name!r}; drop or rename one")
    for given in columns.values():
        if given not in runs.columns:
            raise InputError(
                f"{label} has no column {given!r}{did_you_mean(given, runs.columns)}; "
                f"it has {shorten_list(runs.columns)}"
            )
    return runs.assign(**{name: runs[given] for name, given in columns.items()})


def _add_sizes(runs: pd.DataFrame) -> pd.DataFrame:
    """The table with N, D, C, M as far as they follow from one another."""
    sizes = check_sizes(runs, _MAX_FACTOR)
    for odd in size_contradictions(sizes, _WARNING_FACTOR):
        warn(
            f"{row_name(runs, odd.row)}: {odd.column} is {odd.given:.4g} "
            f"and {odd.formula} is {odd.value:.4g}; targets are computed by {odd.formula}, "
            f"so leave the column {odd.column} out unless this is intended",
            RunsWarning,
        )
    return runs.assign(**sizes)


def _warn_of_duplicates(runs: pd.DataFrame, label: str) -> None:
    """Warn of rows that appear twice, unless the same table was loaded and warned of before."""
    duplicates = runs.astype(str).duplicated().to_numpy()
    count = int(duplicates.sum())
    if count > runs.attrs.get("twice", 0):
        warn(
            f"{row_name(runs, int(duplicates.argmax()))} appears twice in {label}; "
            f"drop the copy unless it is a repeated run ({count} such rows)",
            RunsWarning,
        )
    runs.attrs["twice"] = count
