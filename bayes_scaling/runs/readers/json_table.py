"""Plain tables in JSON: a list of runs, a run by its name, or columns."""

from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.runs.readers.json_text import Json, as_table, table_of_records

_KNOWN = {"N", "D", "C", "M", "loss"}  # names of columns, and of no run


def read(path: Path, document: Json) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    document : list or dict
        ``[{"N": 1e8, ...}, ...]``, ``{"runs": [...]}``, ``{"run a": {"N": 1e8, ...}, ...}``,
        ``{"N": [1e8, ...], ...}``, or what ``DataFrame.to_json`` writes.

    Returns
    -------
    DataFrame
        One row a run.

    Raises
    ------
    InputError
        The document is none of these.
    """
    if isinstance(document, list):
        return table_of_records(path, document)
    if not isinstance(document, dict) or not document:
        raise InputError(
            f'{path} holds no runs; write them as [{{"N": 1e8, "D": 2e9, "loss": 3.5}}, ...]'
        )
    if {"columns", "data"} <= document.keys():  # DataFrame.to_json(orient="split")
        return _from_rows(path, document["columns"], document["data"])
    values = list(document.values())
    lists = [one for one in values if isinstance(one, list)]
    records = [one for one in lists if one and all(isinstance(row, dict) for row in one)]
    if len(records) == 1:
        return table_of_records(path, records[0])
    if records:
        names = [name for name, one in document.items() if any(one is each for each in records)]
        raise InputError(
            f"{path} holds {len(names)} tables ({shorten_list(names, 4)}); give one of them a file"
            " of its own"
        )
    if len(lists) == len(values):
        return _from_columns(path, document)
    if all(isinstance(one, dict) for one in values):
        by_column = all(key.isdigit() for one in values for key in one) or document.keys() & _KNOWN
        if by_column:  # DataFrame.to_json()
            return _by_row(document)
        return table_of_records(path, [{"run": name} | one for name, one in document.items()])
    return table_of_records(path, [document])


def _from_rows(path: Path, columns: Any, rows: Any) -> pd.DataFrame:
    """A table of the names of its columns and its rows."""
    is_table = isinstance(columns, list) and isinstance(rows, list)
    if not is_table or not all(isinstance(r, list) and len(r) == len(columns) for r in rows):
        raise InputError(
            f"{path} has rows of another length than its columns; write the file again"
        )
    names = [str(name) for name in columns]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{path} has two columns {twice[0]!r}; drop or rename one")
    return as_table([dict(zip(names, row)) for row in rows])


def _from_columns(path: Path, document: dict[str, list[Any]]) -> pd.DataFrame:
    """A table of {column: values}."""
    lengths = {name: len(values) for name, values in document.items()}
    if len(set(lengths.values())) > 1:
        (first, one), (second, other) = next(
            ((a, lengths[a]), (b, lengths[b]))
            for a in lengths
            for b in lengths
            if lengths[a] != lengths[b]
        )
        raise InputError(
            f"{path}: {first} has {one} values and {second} {other}; give each run a value of both"
        )
    return as_table([dict(zip(document, row)) for row in zip(*document.values())])


def _by_row(document: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """A table of {column: {row: value}}, in which rows may have names."""
    labels = list(dict.fromkeys(key for one in document.values() for key in one))
    rows = [{name: one.get(label) for name, one in document.items()} for label in labels]
    if not all(label.isdigit() for label in labels) and "run" not in document:
        rows = [{"run": label} | row for label, row in zip(labels, rows)]
    return as_table(rows)
