"""Tables of other libraries, and plain rows and columns, as pandas DataFrames."""

from collections.abc import Mapping
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line
from bayes_scaling.runs.readers.json_text import as_table


@runtime_checkable
class ArrowTable(Protocol):
    """A table that hands out its columns in Arrow's format, as those of polars and pyarrow do."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a stream of its columns."""
        ...


@runtime_checkable
class LazyTable(Protocol):
    """A table that is computed on demand, such as polars.LazyFrame."""

    def collect_schema(self) -> object:
        """Return the names and types of its columns."""
        ...

    def collect(self) -> object:
        """Return the table."""
        ...


def is_table(source: object) -> bool:
    """Whether an object holds rows, in contrast to the name of a table."""
    if isinstance(source, pd.Series):  # which has the methods of a table
        return False
    return isinstance(source, pd.DataFrame | Mapping | list | tuple | ArrowTable | LazyTable)


def as_frame(source: Any) -> pd.DataFrame:
    """A DataFrame with one level of columns, each of one name.

    Parameters
    ----------
    source : table
        A DataFrame of pandas, a table of polars or pyarrow, a list of rows (dicts) or a dict of
        columns.

    Returns
    -------
    DataFrame
        The table. Named levels of the index become columns; names of two levels are joined, such as
        loss_mean.

    Raises
    ------
    InputError
        It is no table, or has two columns of one name.
    """
    if isinstance(source, LazyTable):
        source = source.collect()
    if isinstance(source, pd.DataFrame):
        table = source
    elif isinstance(source, ArrowTable):
        import pyarrow

        table = cast(pd.DataFrame, cast(Any, pyarrow).table(source).to_pandas())
    elif isinstance(source, Mapping):
        table = _from_columns(cast("Mapping[str, Any]", source))
    else:
        table = _from_rows(source)
    return _with_plain_index(_with_plain_names(table))


def _from_columns(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A table of {column: values}, or of {run: {column: value}}."""
    values = list(columns.values())
    if values and all(isinstance(one, Mapping) for one in values):
        return as_table([{"run": str(name)} | dict(row) for name, row in columns.items()])
    try:
        return pd.DataFrame(dict(columns))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"columns of runs are no table ({first_line(error)}); give each a list with one value "
            "a run, or a pandas DataFrame"
        ) from None


def _from_rows(rows: Any) -> pd.DataFrame:
    """A table of rows."""
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InputError(
                f"runs of type {type(rows).__name__} are invalid, as row {number} is "
                f"{repr(row)[:40]}; give a pandas DataFrame, or rows such as "
                '{"N": 1e8, "D": 2e9, "loss": 3.5}'
            )
    return as_table([dict(row) for row in rows])


def _with_plain_names(table: pd.DataFrame) -> pd.DataFrame:
    """The table with columns of one level, whose names are text without outer spaces."""
    columns = table.columns
    if isinstance(columns, pd.MultiIndex):
        names = ["_".join(str(part) for part in name if str(part)) for name in columns]
    else:
        names = [
            str(name).strip() if isinstance(name, str | int | np.integer) else name
            for name in columns
        ]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"the table has two columns {twice!r}; drop or rename one")
    return table if list(columns) == names else table.set_axis(names, axis=1)


def _with_plain_index(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an unnamed index of one level; named levels are columns too."""
    index = table.index
    levels = {
        name: index.get_level_values(position)
        for position, name in enumerate(index.names)
        if name is not None and name not in table.columns
    }
    if levels:
        table = table.assign(**{str(name): level.to_numpy() for name, level in levels.items()})
    # an index named N would make queries of N ambiguous
    return table.set_axis(index.to_flat_index(), axis=0).rename_axis(index=None)
