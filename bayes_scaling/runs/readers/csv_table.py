"""Tables of text: cells between commas, semicolons or tabs, whose text stays text."""

import csv
import io
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import first_line, plural

# what logs write where a number is missing; in a column of text these are labels
MISSING = frozenset({"", "na", "n/a", "nan", "none", "null", "-nan", "<na>", "#n/a"})
_INFINITE = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity"})
_TRUTHS = {"true": True, "false": False}
_LONGEST_HEADER = 1_000_000  # bytes
_CHUNK = 1 << 24  # bytes that are searched at once
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
# columns whose values are names, also where these are made of digits
_LABELS = frozenset(
    "run run_name run_id experiment name id label hash commit dataset corpus recipe family".split()
)


def read_csv(path: Path, content: bytes, separator: str | None = None) -> pd.DataFrame:
    """Read a table of text.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    content : bytes
        Its text, in UTF-8.
    separator : str, optional
        What stands between cells; found in the header where left out.

    Returns
    -------
    DataFrame
        Numbers where every cell of a column is one or is missing, else text, as it is written but
        for spaces at its ends.

    Raises
    ------
    InputError
        The text is no table with unique names of columns.
    """
    content = _without_comments(content)
    start = content[:_LONGEST_HEADER].decode("utf-8", errors="ignore")
    separator = separator or _separator(start)
    kind = "tsv" if separator == "\t" else "csv"
    names = _header(path, start, separator, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            table = _parse(content, separator, names)
    except pd.errors.ParserWarning:
        raise InputError(
            f"{path} has rows with more cells than its first line has names; name every column"
            " there (R leaves out that of the rows' names)"
        ) from None
    except Exception as error:  # pandas raises errors of many kinds, for programmers
        raise InputError(
            f"{path} is not a {kind} table ({first_line(error)}); check the file"
        ) from None
    if separator == ";":
        table = _with_decimal_commas(path, table)
    return table


def _parse(content: bytes, separator: str, names: list[str]) -> pd.DataFrame:
    """The cells; only columns that are not plain numbers are treated cell by cell."""

    def parse(**options: object) -> pd.DataFrame:
        table = pd.read_csv(  # pyright: ignore[reportCallIssue]
            io.BytesIO(content),
            sep=separator,
            index_col=False,
            skipinitialspace=True,
            keep_default_na=False,
            na_values=[""],
            low_memory=True,
            **options,  # pyright: ignore[reportArgumentType]
        )
        return table

    table = parse()
    columns = [str(name) for name in table.columns]
    as_text = [name for name in columns if name.strip().lower() in _LABELS]
    # pandas parses a large file in parts, of which one may have text where others have numbers
    again = [name for name in columns if table[name].dtype == object]
    if _may_have_leading_zeros(content):  # such as 001, which is a label
        cells = parse(dtype=str)
        as_text += [name for name in columns if _has_leading_zeros(cells[name])]
        again += as_text
    else:
        again += [name for name in as_text if pd.api.types.is_float_dtype(table[name])]
        cells = parse(dtype=dict.fromkeys(again, str)) if again else table
    table = table.assign(**{name: cells[name] for name in again})
    for name in columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            table[name] = _typed(table[name], keep=name in as_text)
    return table.set_axis(names[: len(columns)], axis=1)


def _may_have_leading_zeros(content: bytes) -> bool:
    """Whether a cell may start with 0 and another digit."""
    starts = np.zeros(256, bool)
    starts[list(b'\n,;\t" ')] = True
    for start in range(0, len(content), _CHUNK):
        part = np.frombuffer(content[max(start - 2, 0) : start + _CHUNK], np.uint8)
        zeros = np.flatnonzero(part[1:-1] == ord("0")) + 1
        zeros = zeros[starts[part[zeros - 1]]]
        after = part[zeros + 1]
        if ((after >= ord("0")) & (after <= ord("9"))).any():
            return True
    return False


def _has_leading_zeros(cells: pd.Series) -> bool:
    """Whether a column has a whole number that starts with 0, such as 007."""
    return bool(cells.dropna().str.strip().str.fullmatch(r"[-+]?0\d+").any())


def _typed(cells: pd.Series, keep: bool) -> pd.Series:
    """A column of text as numbers or Booleans where all of it is; else without outer spaces."""
    if not pd.api.types.is_string_dtype(cells.dtype) and cells.dtype != object:
        return cells
    if cells.dtype == object and not all(isinstance(cell, str) for cell in cells.dropna()):
        cells = cells.map(lambda cell: cell if pd.isna(cell) else str(cell))
    stripped = cells.str.strip()
    unique = {str(cell).lower() for cell in stripped.dropna().unique()}
    stripped = stripped.mask(stripped == "")
    if keep:
        return stripped
    words = unique - MISSING
    if words and words <= _TRUTHS.keys() and not unique & MISSING:
        return stripped.str.lower().map(_TRUTHS)
    numbers = pd.to_numeric(
        stripped.mask(stripped.str.lower().isin(MISSING)), errors="coerce"
    ).astype(float)
    is_missing = stripped.isna() | stripped.str.lower().isin(MISSING)
    is_infinite = stripped.str.lower().isin(_INFINITE)
    if not words or not (numbers.isna() & ~is_missing & ~is_infinite).any():
        return numbers.mask(is_missing, np.nan) if words else stripped.astype(object)
    return stripped


def _without_comments(content: bytes) -> bytes:
    """The text from its header on: lines before it that start with # are comments."""
    content = content.lstrip(b"\r\n")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")  # as spreadsheets of an old Mac end lines
    while content.startswith(b"#") and b"\n" in content:
        content = content[content.index(b"\n") + 1 :]
    return content


def _separator(start: str) -> str:
    """What stands between the names of the header."""
    header = start.split("\n", 1)[0]
    return max(",;\t", key=lambda mark: (header.count(mark), mark == ","))


def _header(path: Path, start: str, separator: str, kind: str) -> list[str]:
    """The names of the columns, without outer spaces; refused where two are equal."""
    try:
        names = next(csv.reader(io.StringIO(start), delimiter=separator, skipinitialspace=True))
    except (csv.Error, StopIteration) as error:
        raise InputError(
            f"{path} is not a {kind} table ({first_line(error)}); check the file"
        ) from None
    names = [name.strip() for name in names]
    given = [name for name in names if name]
    for name in given:
        if given.count(name) > 1:
            raise InputError(f"{path} has two columns {name!r}; drop or rename one")
    if len(given) < 2 and not (given and given[0].isidentifier()):
        raise InputError(
            f"{path} is not a {kind} table with columns; check the separator and the header"
        )
    if 2 * sum(map(_is_number, given)) > len(given):
        raise InputError(
            f"{path} is not a {kind} table with a header: its first line holds numbers; write the"
            " names of the columns there, such as N,D,loss"
        )
    return [name or f"Unnamed: {position}" for position, name in enumerate(names)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _with_decimal_commas(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Read 3,14 as 3.14 in a table of cells between semicolons, with a notice."""
    changed = []
    for name in table.columns:
        cells = table[name]
        if pd.api.types.is_numeric_dtype(cells):
            continue
        kept = cells.dropna().astype(str)
        kept = kept[~kept.str.lower().isin(MISSING)]
        commas = kept.str.fullmatch(_DECIMAL_COMMA)
        plain = pd.to_numeric(kept, errors="coerce").notna() & ~kept.str.contains(".", regex=False)
        if len(kept) and commas.any() and (commas | plain).all():
            numbers = kept.str.replace(",", ".", regex=False).astype(float)
            table = table.assign(**{name: numbers.reindex(table.index)})
            changed.append((str(name), str(kept[commas].iloc[0])))
    if changed:
        name, cell = changed[0]
        others = f" and {plural(len(changed) - 1, 'more column')}" if len(changed) > 1 else ""
        warn(
            f"{path} separates cells by semicolons, so that the comma is taken for the decimal"
            f" mark: {name}{others}, where {cell} is read as {cell.replace(',', '.')}; write a "
            "decimal point where it separates thousands",
            RunsWarning,
        )
    return table
