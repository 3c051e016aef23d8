"""Tables of training runs: loading, checking, selecting. One row a run.

N parameters (count), D training tokens, C = 6 N D training FLOPs, M = D / N tokens per parameter.
"""

import os
import warnings
from importlib import resources
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import _brief, meant, shown
from bayes_scaling.runs.bundled import sources, tables_of_runs
from bayes_scaling.runs.columns import row_name
from bayes_scaling.runs.query import select
from bayes_scaling.runs.sizes import _contradictions, _sizes


def _csv(path, sep=","):
    """A table of text; no column is taken for an index where rows are longer than the header."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(path, sep=sep, index_col=False, skipinitialspace=True)


_READERS = {
    ".csv": _csv,
    ".tsv": lambda path: _csv(path, "\t"),
    ".parquet": pd.read_parquet,
    ".jsonl": lambda path: pd.read_json(path, lines=True, dtype=False, precise_float=True),
}


def load_runs(source, *, columns=None, where=None):
    """A validated table of runs.

    Parameters
    ----------
    source : name of a bundled table, a path (.csv, .tsv, .jsonl, each also as .gz, or .parquet) or a DataFrame.
    columns : {name here: name in the table}, e.g. ``{"N": "params", "D": "tokens"}``. Columns are never guessed.
    where : query that keeps rows, e.g. ``"dataset == 'c4' and N < 5e8"``; a name with spaces stands in backticks.

    Returns
    -------
    DataFrame, with C = 6 N D and M = D / N (or D, N from them) added where they were absent.

    Raises
    ------
    InputError : in one sentence: what is wrong, where, and the mend.

    Warns
    -----
    RunsWarning : rows that stand twice, or C or M more than a tenth off 6 N D or D / N.
    """
    runs = source if isinstance(source, pd.DataFrame) else _read(source)
    runs = runs.set_axis(runs.index.to_flat_index(), axis=0).rename_axis(
        index=None
    )  # an index named N would make queries of N ambiguous
    label = "the table" if isinstance(source, pd.DataFrame) else str(source)
    if not runs.columns.is_unique:
        raise InputError(
            f"{label} has two columns {runs.columns[runs.columns.duplicated()][0]!r}; drop or rename one"
        )
    for given in (columns or {}).values():
        if given not in runs.columns:
            raise InputError(
                f"{label} has no column {given!r}{meant(given, runs.columns)}; it has {shown(runs.columns)}"
            )
    runs = runs.assign(**{name: runs[given] for name, given in (columns or {}).items()})
    if runs.empty:
        raise InputError(f"{label} has no rows; give a table with one row a run")
    full = _sizes(runs, most=10.0)
    for key, formula, _, at, given, value in _contradictions(full, 1.1):
        text = f"{key} is {given:.4g} and {formula} is {value:.4g}; targets are reckoned by {formula}, so leave the column {key} out unless it is meant so"
        warn(f"{row_name(runs, at)}: {text}", RunsWarning)
    runs = runs.assign(**full)
    if where is not None:
        runs = select(runs, where)
    twice = runs.astype(str).duplicated().to_numpy()
    if twice.sum() > runs.attrs.get(
        "twice", 0
    ):  # a table that was loaded before has been spoken of
        warn(
            f"{row_name(runs, int(twice.argmax()))} stands twice in {label}; drop the copy unless it is a repeated run ({int(twice.sum())} such rows)",
            RunsWarning,
        )
    runs.attrs["twice"] = int(twice.sum())
    return runs


def _read(source):
    """The raw table of a bundled name or a path."""
    bundled = tables_of_runs()
    if not isinstance(source, str | os.PathLike):
        raise InputError(
            f"runs can not be of type {type(source).__name__}; give a DataFrame, a path or one of {', '.join(bundled)}"
        )
    if str(source) in bundled:
        return _csv(resources.files("bayes_scaling.data").joinpath(f"{source}.csv"))
    if str(source) in sources():
        raise InputError(
            f"{source} is a bundled table of tasks and holds no runs; give one of {', '.join(bundled)}"
        )
    path = Path(source)
    kind = Path(path.name.lower().removesuffix(".gz")).suffix
    if not str(source) or not os.path.exists(path):
        raise InputError(
            f"there is no file or bundled table {str(source)!r}{meant(source, bundled)}; bundled are {', '.join(bundled)}"
        )
    if os.path.isdir(path):
        raise InputError(
            f"{path} is a folder; give a file (.csv, .tsv, .parquet, .jsonl) or one of {', '.join(bundled)}"
        )
    if kind not in _READERS:
        raise InputError(
            f"{path} ends in {path.suffix or 'nothing'}; give a .csv, .tsv, .parquet or .jsonl file"
        )
    if os.path.getsize(path) == 0:
        raise InputError(f"{path} is empty; give a table with a header and one row a run")
    try:
        runs = _READERS[kind](path)
    except PermissionError:
        raise InputError(f"{path} can not be read; mend its permissions") from None
    except (
        Exception
    ) as error:  # every reader has errors of its own; none of them is the user's language
        raise InputError(
            f"{path} is no {kind[1:]} table ({_brief(error)}); check the file"
        ) from None
    if not isinstance(runs, pd.DataFrame) or [
        str(name).isidentifier() for name in runs.columns
    ] in ([], [False]):
        raise InputError(
            f"{path} is no {kind[1:]} table with columns; check the separator and the header"
        )
    return runs
