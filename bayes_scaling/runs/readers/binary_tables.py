"""Parquet files and Excel workbooks."""

import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line, shorten_list


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a parquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Raises
    ------
    InputError
        It is none.
    """
    try:
        return pd.read_parquet(path)
    except Exception as error:  # of many kinds, for programmers
        raise InputError(
            f"{path} is not a parquet table ({first_line(error)}); check the file"
        ) from None


def read_excel(path: Path, content: bytes) -> pd.DataFrame:
    """Read the one sheet with cells of a workbook (.xlsx), by the openpyxl package.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    content : bytes
        Its content.

    Raises
    ------
    InputError
        openpyxl is missing, or the workbook has no sheet, several, or columns of one name.
    """
    if find_spec("openpyxl") is None:
        raise InputError(
            f"{path} is read by openpyxl, which is not installed; install it, as in pip install"
            " 'bayes-scaling[excel]', or save the sheet as CSV"
        )
    try:
        sheets: dict[Any, pd.DataFrame] = pd.read_excel(
            io.BytesIO(content), sheet_name=None, header=None, keep_default_na=False, na_values=[""]
        )
    except Exception as error:  # of many kinds, for programmers
        raise InputError(
            f"{path} is not an Excel workbook ({first_line(error)}); check the file, or save the"
            " sheet as CSV"
        ) from None
    full = {name: sheet for name, sheet in sheets.items() if not sheet.dropna(how="all").empty}
    if len(full) != 1:
        what = f"{len(full)} sheets with cells ({shorten_list(full, 4)})" if full else "no cells"
        raise InputError(f"{path} has {what}; save the sheet with the runs as CSV, or alone")
    return _with_header(path, next(iter(full.values())))


def _with_header(path: Path, cells: pd.DataFrame) -> pd.DataFrame:
    """A sheet whose first row names the columns."""
    cells = cells.dropna(how="all").dropna(how="all", axis=1)
    given = [None if pd.isna(name) else str(name).strip() for name in cells.iloc[0].tolist()]
    if 2 * sum(name is None for name in given) > len(given):
        raise InputError(
            f"{path} names {sum(name is not None for name in given)} of {len(given)} columns in its"
            " first row; leave out what stands above the names of the columns"
        )
    names = [name or f"Unnamed: {position}" for position, name in enumerate(given)]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path} has two columns {name!r}; drop or rename one")
    table = cells.iloc[1:].set_axis(names, axis=1).dropna(how="all").reset_index(drop=True)
    return table.infer_objects()
