"""Tables read from a bundled name, a file or a folder, as they stand there."""

import os
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.bundled import bundled_runs, no_such_table, sources
from bayes_scaling.runs.frames import as_frame, is_table
from bayes_scaling.runs.readers.csv_table import read_csv
from bayes_scaling.runs.readers.folders import read_folder
from bayes_scaling.runs.readers.formats import check_format, read_file
from bayes_scaling.runs.readers.wandb import read
from bayes_scaling.runs.readers.wandb_api import PREFIX, read_project


def is_path(source: object) -> bool:
    """Whether a source is the name of a table, or a path."""
    return isinstance(source, str | os.PathLike)


def is_bundled(source: Any) -> bool:
    """Whether a source is the name of a bundled table."""
    return is_path(source) and str(source) in bundled_runs()


def read_table(source: Any, format: str | None = None) -> pd.DataFrame:
    """Read a bundled table by its name, a file or a folder by its path, or take a table.

    Parameters
    ----------
    source : str, path-like or table
        Name of a bundled table of runs, path of a file or folder, "wandb:ENTITY/PROJECT", or what
        ``bayes_scaling.runs.frames.as_frame`` takes.
    format : str, optional
        Format of the file, one of ``bayes_scaling.runs.readers.formats.FORMATS``.

    Returns
    -------
    DataFrame
        The table, without any check of its content.

    Raises
    ------
    InputError
        There is no such table or file, or it cannot be read as a table.
    """
    check_format(format)
    if is_table(source):
        return as_frame(source)
    bundled = bundled_runs()
    if not is_path(source):
        raise InputError(
            f"runs of type {type(source).__name__} are invalid; give a pandas DataFrame, such as "
            f"table.to_pandas(), a path or one of {', '.join(bundled)}"
        )
    if str(source) in bundled:
        file = resources.files("bayes_scaling.data").joinpath(f"{source}.csv")
        return read_csv(Path(f"{source}.csv"), file.read_bytes(), ",")
    if str(source) in sources():
        raise InputError(
            f"{source} is a bundled table of tasks and holds no runs; "
            f"give one of {', '.join(bundled)}"
        )
    if str(source).startswith(PREFIX):
        return read(Path(str(source)), read_project(str(source)))
    path = Path(os.path.expanduser(source))
    if not str(source) or not os.path.exists(path):
        raise no_such_table(source)
    if os.path.isdir(path):
        return as_frame(read_folder(path, format))
    if not os.path.isfile(path):
        raise InputError(f"{path} is no regular file; give a file or a folder of logs")
    return as_frame(read_file(path, format))
