"""The design on which tables are simulated: the user's inputs, and a range of the outcome."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.design_columns import check_outcome
from bayes_scaling.law.law import Law
from bayes_scaling.results.adapt_law import load_table
from bayes_scaling.runs.columns import numbers


def simulation_design(
    law: Law,
    runs: Any,
    y: str | None,
    between: tuple[float, float] | None,
    se: str | None,
    columns: dict[str, Any],
) -> tuple[dict[str, Any], int]:
    """The data of a design, with a placeholder outcome where the runs have none.

    Parameters
    ----------
    law : Law
        The law.
    runs, y, between, se, columns
        As in ``calibrate``.

    Returns
    -------
    dict, int
        The data, as ``design`` returns it, and the number of runs.

    Raises
    ------
    InputError
        A column or a value is invalid, or the range of the outcome is unknown.
    """
    table, columns = load_table(runs, columns)
    if y is not None and between is None:
        check_outcome(law, table, y)
    y = law.outcome if y is None else y
    if between is None and y in table.columns:
        return conditioned(law, table, y, se, columns), len(table)
    if between is None:
        between = _published_range(law, table, columns)
    low, high = _check_range(between)
    table = table.assign(**{y: np.linspace(low, high, len(table))})
    with warnings.catch_warnings():
        # placeholders of fractions are not fractions of whole counts
        warnings.simplefilter("ignore", RunsWarning)
        return conditioned(law, table, y, se, columns), len(table)


def _check_range(between: Any) -> tuple[float, float]:
    """The smallest and largest outcome that are expected."""
    try:
        low, high = (float(value) for value in between)
    except (TypeError, ValueError):
        raise InputError(
            f"between is {between!r}; give the smallest and the largest outcome that you expect, "
            "such as (2.0, 4.0)"
        ) from None
    if not low < high:
        raise InputError(
            f"between is {between!r}; give the smallest outcome first and a larger one second"
        )
    return low, high


def _published_range(law: Law, table: pd.DataFrame, columns: dict[str, Any]) -> tuple[float, float]:
    """Smallest and largest outcome of the law on a design, at its first published values."""
    if law.published:
        inputs, values = _inputs(law, table, columns), next(iter(law.published.values())).values
        try:
            mean = np.asarray(law.mean(inputs, **values), float)
        except InputError:
            mean = np.full(2, np.nan)
        if np.isfinite(mean).all() and np.ptp(mean) > 0 and not law.noise.outside(mean).any():
            return float(mean.min()), float(mean.max())
    raise InputError(
        f"the runs have no column of the outcome, and the published values of {law.name} give no "
        "range of it; give between=(smallest, largest) outcome that you expect"
    )


def _inputs(law: Law, table: pd.DataFrame, columns: dict[str, Any]) -> dict[str, np.ndarray]:
    """Those inputs of the law that the design has."""
    inputs = {}
    for name in law.inputs:
        column = columns.get(name, name)
        if not isinstance(column, str):
            inputs[name] = np.full(len(table), float(column))
        elif name not in law.vectors and column in table:
            inputs[name] = numbers(table, column)
    for vector in law.vectors:
        for name in table.columns:
            if str(name).startswith(f"{vector}_"):
                inputs[str(name)] = numbers(table, name)
    return inputs
