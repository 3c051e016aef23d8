"""Tables of target runs."""

from collections.abc import Mapping
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.compute import check_flops_per_nd, in_six_nd
from bayes_scaling.runs.frames import as_frame, is_table
from bayes_scaling.runs.quantities import read_quantities
from bayes_scaling.runs.sizes import SIZES, check_sizes

_MAX_FACTOR = 1.02  # rounded counts may differ by that; more is a contradiction


@runtime_checkable
class HasTargets(Protocol):
    """An answer that names runs to train, such as a plan."""

    @property
    def targets(self) -> pd.DataFrame:
        """The runs to train."""
        ...


def as_targets(to: Any) -> pd.DataFrame:
    """A table of targets from a table, a mapping or a plan."""
    if isinstance(to, pd.DataFrame):
        return targets(to)
    if isinstance(to, HasTargets) and isinstance(to.targets, pd.DataFrame):
        return to.targets
    if _is_other_table(to):
        return targets(to)
    if not isinstance(to, dict):
        raise InputError(
            f"targets are {repr(to)[:80]}; "
            "give bayes_scaling.targets(N=[7e9], D=[140e9]) or a pandas DataFrame"
        )
    return targets(cast(dict[str, Any], to))


def targets(
    table: Any = None,
    /,
    *,
    flops_per_nd: float | None = None,
    **columns: Any,
) -> pd.DataFrame:
    """Runs to predict, by any two of N, D, C, M, or by other inputs of a law.

    Parameters
    ----------
    table : DataFrame, mapping or other table, optional
        Targets, whose row labels are kept, {column: values}, or a table as ``load_runs`` takes it;
        the columns are added to it.
    flops_per_nd : float, optional
        FLOPs per parameter and token by which C is counted, as in ``load_runs``; 6 where left out.
    **columns : number, str or list of them
        N parameters, D tokens, C FLOPs, M tokens per parameter, as numbers or such as "7B", or
        other inputs; one value serves every row.

    Returns
    -------
    DataFrame
        N, D, C, M as far as they follow, and the other columns as given.

    Raises
    ------
    InputError
        Nothing is given, lengths do not match, or a value of N, D, C, M is not a positive number,
        in other units, or more than 2% off what the others give.
    """
    check_flops_per_nd(flops_per_nd)
    if isinstance(table, Mapping):
        table, columns = None, {**table, **columns}
    elif _is_other_table(table):
        table = as_frame(table)
    if table is None:
        table = _from_columns(columns)
    elif isinstance(table, pd.DataFrame):
        table = _with_columns(table, columns)
    else:
        raise InputError(
            f"targets of type {type(table).__name__} are invalid; give N and D, such as"
            " targets(N=[7e9], D=[140e9]), or a pandas DataFrame"
        )
    if len(table) == 0:
        raise InputError("targets have no rows; give at least one run to predict")
    for name in SIZES:
        if name in table.columns and not pd.api.types.is_numeric_dtype(table[name]):
            table = table.assign(**{name: read_quantities(table[name], name)[0]})
    table = in_six_nd(table, flops_per_nd)
    sizes = check_sizes(table, _MAX_FACTOR)
    others = [name for name in table.columns if name not in SIZES]
    full = pd.DataFrame(
        {**sizes, **{name: table[name].to_numpy() for name in others}}, index=table.index
    )
    return full[[*(name for name in SIZES if name in sizes), *others]]


def _is_other_table(table: Any) -> bool:
    """Whether targets are a table of another library, or rows."""
    if isinstance(table, list | tuple):
        return all(isinstance(row, Mapping) for row in cast("list[object]", table))
    return is_table(table) and not isinstance(table, pd.DataFrame | Mapping)


def _with_columns(table: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    """The table with columns added; the labels of a Series do not count."""
    try:
        return table.assign(**{name: _without_labels(values) for name, values in columns.items()})
    except ValueError:
        raise InputError(
            f"targets have {len(table)} rows, and one of {', '.join(columns)} "
            f"has another number of values; give one or {len(table)}"
        ) from None


def _without_labels(values: Any) -> Any:
    """A Series as an array, so that its labels are not aligned with a table's; else the values."""
    return cast("pd.Series[Any]", values).to_numpy() if isinstance(values, pd.Series) else values


def _from_columns(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A table of columns, in which one value serves every row."""
    if not columns:
        raise InputError("targets need values; give N and D, such as targets(N=[7e9], D=[140e9])")
    arrays = {
        name: np.atleast_1d(np.asarray(value, dtype=object)) for name, value in columns.items()
    }
    length = max(len(array) for array in arrays.values())
    for name, array in arrays.items():
        if array.ndim > 1:
            raise InputError(
                f"targets have {array.ndim} dimensions in {name}; "
                "give a number or a list of numbers"
            )
        if len(array) not in (1, length):
            raise InputError(
                f"targets have {length} rows but {name} has {len(array)} values; "
                f"give one or {length}"
            )
    return pd.DataFrame(
        {name: np.broadcast_to(array, length) for name, array in arrays.items()}
    ).infer_objects()
