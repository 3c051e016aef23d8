"""Tables read from files of several formats, and bundled tables, as they stand there."""

import os
import warnings
from importlib import resources
from pathlib import Path

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, first_line
from bayes_scaling.runs.bundled import bundled_runs, sources


def _read_csv(path: Path, separator: str = ",") -> pd.DataFrame:
    """A table of text; no column becomes the index where rows are longer than the header."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(path, sep=separator, index_col=False, skipinitialspace=True)


def _read_tsv(path: Path) -> pd.DataFrame:
    """A table of text with tabs between the cells."""
    return _read_csv(path, "\t")


def _read_jsonl(path: Path) -> pd.DataFrame:
    """A table with one JSON object a line; text stays text."""
    return pd.read_json(path, lines=True, dtype=False, precise_float=True)


_READERS = {
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".parquet": pd.read_parquet,
    ".jsonl": _read_jsonl,
}


def read_table(source: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a bundled table by its name, or a file by its path.

    Parameters
    ----------
    source : str or path-like
        Name of a bundled table of runs, or path of a .csv, .tsv, .parquet or .jsonl file.

    Returns
    -------
    DataFrame
        The table, without any check of its content.

    Raises
    ------
    InputError
        There is no such table or file, or it cannot be read as a table.
    """
    bundled = bundled_runs()
    if not isinstance(source, str | os.PathLike):
        raise InputError(
            f"runs of type {type(source).__name__} are invalid; "
            f"give a DataFrame, a path or one of {', '.join(bundled)}"
        )
    if str(source) in bundled:
        file = resources.files("bayes_scaling.data").joinpath(f"{source}.csv")
        with resources.as_file(file) as path:
            return _read_csv(path)
    if str(source) in sources():
        raise InputError(
            f"{source} is a bundled table of tasks and holds no runs; "
            f"give one of {', '.join(bundled)}"
        )
    return _read_file(Path(source), _file_format(source, bundled))


def _file_format(source: str | os.PathLike[str], bundled: list[str]) -> str:
    """The suffix by which a file is read; refuses a path that is no file of a known format."""
    path = Path(source)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if not str(source) or not os.path.exists(path):
        raise InputError(
            f"there is no file or bundled table {str(source)!r}"
            f"{did_you_mean(source, bundled)}; bundled are {', '.join(bundled)}"
        )
    if os.path.isdir(path):
        raise InputError(
            f"{path} is a folder; "
            f"give a file (.csv, .tsv, .parquet, .jsonl) or one of {', '.join(bundled)}"
        )
    if suffix not in _READERS:
        raise InputError(
            f"{path} ends in {path.suffix or 'nothing'}; give a .csv, .tsv, .parquet or .jsonl file"
        )
    if os.path.getsize(path) == 0:
        raise InputError(f"{path} is empty; give a table with a header and one row a run")
    return suffix


def _read_file(path: Path, suffix: str) -> pd.DataFrame:
    """A file's table; refuses what its reader does not take for one."""
    try:
        runs = _READERS[suffix](path)
    except PermissionError:
        raise InputError(f"{path} cannot be read; change its permissions") from None
    except Exception as error:  # readers raise errors of many kinds, for programmers
        raise InputError(
            f"{path} is not a {suffix[1:]} table ({first_line(error)}); check the file"
        ) from None
    plain_names = [str(name).isidentifier() for name in runs.columns]
    if plain_names in ([], [False]):  # no column, or one that holds the complete line
        raise InputError(
            f"{path} is not a {suffix[1:]} table with columns; check the separator and the header"
        )
    return runs
