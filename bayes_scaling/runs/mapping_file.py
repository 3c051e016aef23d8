"""Mappings of columns on disk, which ``bayes-scaling import`` writes and ``load_runs`` reads."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import write_atomically


def read_mapping(path: str | os.PathLike[str]) -> dict[str, str | float]:
    """Read {name here: source} from a file.

    Parameters
    ----------
    path : str or path-like
        A JSON file, such as ``{"columns": {"N": "params"}}``.

    Raises
    ------
    InputError
        There is no such file, or it holds no mapping.
    """
    file = Path(os.path.expanduser(path))
    if not str(path) or not os.path.isfile(file):
        raise InputError(
            f"columns is {str(path)!r}, and there is no such file; give {{'N': 'params'}}, "
            "'propose' or the file of a mapping"
        )
    try:
        columns: Any = json.loads(file.read_text("utf-8-sig"))["columns"]
    except (ValueError, KeyError, TypeError, RecursionError):
        columns = None
    if not _is_mapping(columns):
        raise InputError(
            f'{file} is no mapping of columns; write it as {{"columns": {{"N": "params"}}}}'
        )
    return columns


def _is_mapping(columns: object) -> bool:
    """Whether an object holds names of columns or numbers."""
    return isinstance(columns, dict) and all(
        isinstance(value, str | float | int)
        for value in cast("dict[str, object]", columns).values()
    )


def write_mapping(path: str | os.PathLike[str], columns: Mapping[str, str | float]) -> None:
    """Write a mapping, completely or not at all.

    Parameters
    ----------
    path : str or path-like
        The file.
    columns : mapping
        {name here: source}, as ``load_runs`` takes it.
    """
    text = json.dumps({"columns": dict(columns)}, indent=2) + "\n"

    def write(part: str) -> None:
        Path(part).write_text(text, encoding="utf-8")

    write_atomically(path, write)
