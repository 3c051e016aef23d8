"""A table of runs as arrays in a saved file."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import xarray as xr

_COLUMN = "run "  # before the name of each column


def table_to_arrays(
    table: pd.DataFrame, by: Sequence[str], positions: np.ndarray
) -> dict[str, tuple[str, Any]]:
    """Arrays of a table's numeric columns, less ``by``, and of each row's name and group.

    Parameters
    ----------
    table : pandas.DataFrame
        The runs.
    by : sequence of str
        Columns that identify groups.
    positions : numpy.ndarray
        Position of each row's group among the groups.

    Returns
    -------
    {str: tuple}
        Variables of an xarray.Dataset with the dimension ``row``.
    """
    names = table["run"] if "run" in table else table.index
    arrays: dict[str, tuple[str, Any]] = {
        f"{_COLUMN}{name}": ("row", table[name].to_numpy(float))
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and name not in by
    }
    labels = {"row_group": ("row", positions), "row_name": ("row", [str(name) for name in names])}
    return arrays | labels


def table_from_arrays(
    dataset: "xr.Dataset", by: Sequence[str], groups: Sequence[Any]
) -> pd.DataFrame:
    """Restore a table from what ``table_to_arrays`` wrote, with each row's group.

    Parameters
    ----------
    dataset : xarray.Dataset
        The variables.
    by : sequence of str
        Columns that identify groups.
    groups : sequence
        The column's value of each group, or a tuple where there are several columns.

    Returns
    -------
    pandas.DataFrame
        The runs, by their names.
    """
    columns = {
        str(name).removeprefix(_COLUMN): values.values
        for name, values in dataset.data_vars.items()
        if str(name).startswith(_COLUMN)
    }
    table = pd.DataFrame(columns, index=dataset["row_name"].values.astype(str))
    keys = [group if isinstance(group, tuple) else (group,) for group in groups]
    rows = [keys[position] for position in dataset["row_group"].values]
    return table.assign(**dict(zip(by, zip(*rows))))
