"""Checks for input errors: invalid inputs, swapped sizes, an outcome that goes the wrong way."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.law.law import Law
from bayes_scaling.runs.columns import numbers, row_name
from bayes_scaling.runs.size_doubts import swapped_sizes
from bayes_scaling.runs.sizes import SIZES

_RISING = 0.5  # rank correlation of outcome and scale above which an outcome rises


def check_sign(
    law: Law,
    table: pd.DataFrame,
    x: Mapping[str, Any],
    columns: Mapping[str, Any] | None = None,
    target: bool = False,
) -> None:
    """Refuse inputs at 0 or below, unless the law's ``example`` holds such values.

    Parameters
    ----------
    law : Law
        The law.
    table : pd.DataFrame
        Runs, or targets.
    x : dict of str to array
        Inputs, whose last axis is over the rows of the table.
    columns : dict of str to str, optional
        {input: column}, for the message.
    target : bool
        Whether the table holds targets.

    Raises
    ------
    InputError
        An input is invalid.
    """
    for name in law.inputs:
        if name in (*law.known, *law.vectors, *SIZES):
            continue
        values, smallest = np.asarray(x[name]).reshape(-1), np.min(law.example.get(name, 1.0))
        if smallest < 0:
            continue
        bad = values < 0 if smallest == 0 else values <= 0
        if not bad.any():
            continue
        position = int(bad.argmax())
        if target:
            row, remedy = f"target {table.index[position]}", "give another"
        else:
            row, remedy = row_name(table, position), "fix it or leave the row out"
        if name not in law.example:
            remedy += (
                f", or give the law an example that holds it, example={{{name!r}: (0.0, 1.0)}}"
            )
        raise InputError(
            f"{row}: {(columns or {}).get(name, name)} is {values[position]:g}, and {law.name} "
            f"takes {name} {'from' if smallest == 0 else 'above'} 0; {remedy}"
        )


def warn_of_input_errors(law: Law, runs: pd.DataFrame, y: str, u: np.ndarray) -> bool:
    """Warn of sizes that are likely swapped, and of a loss or an error that rises with scale.

    Parameters
    ----------
    law : Law
        The law.
    runs : pd.DataFrame
        Validated runs.
    y : str
        Column of the outcome.
    u : np.ndarray
        Log distance of each run below the largest scale, (runs,).

    Returns
    -------
    bool
        Whether there was a warning.
    """
    counts_tokens = any("token" in unit for unit in law.inputs.values())
    ratio = runs["M"].to_numpy(float) if counts_tokens and "M" in runs else np.ones(1)
    for doubt in swapped_sizes(ratio):
        warn(doubt, RunsWarning)
    rises = _outcome_rises(law, numbers(runs, y), u)
    if rises:
        warn(
            f"{y} rises with the size of the runs, and the {law.outcome} of {law.name} falls: is "
            f"it an accuracy or a score, or a task at chance? Of an accuracy give 1 - {y}",
            RunsWarning,
        )
    return rises or bool((ratio < 1).all())


def _outcome_rises(law: Law, outcome: np.ndarray, u: np.ndarray) -> bool:
    if law.scale is None or not law.outcome.startswith(("loss", "error")):
        return False
    if len(u) < 5 or not (np.ptp(u) > 0 and np.ptp(outcome) > 0):
        return False
    ranks = (pd.Series(-u).rank(), pd.Series(outcome).rank())
    return bool(ranks[0].corr(ranks[1]) > _RISING)  # Spearman's; pandas takes SciPy's


def check_options(
    function: Callable[..., Any], columns: Iterable[str], accepted: Iterable[str]
) -> None:
    """Refuse a keyword that is closer to an option of the function than to any input.

    Parameters
    ----------
    function : callable
        The function whose options are meant.
    columns : iterable of str
        Keywords that were taken for columns of inputs.
    accepted : iterable of str
        Names of inputs.

    Raises
    ------
    InputError
        A keyword is a misspelled option.
    """
    options = [
        name
        for name, option in inspect.signature(function).parameters.items()
        if option.kind is not option.VAR_KEYWORD
    ]
    for name in columns:
        hint = did_you_mean(name, [*accepted, *SIZES, *options], cutoff=0.7)
        if (
            name not in (*accepted, *SIZES)
            and hint
            and hint == did_you_mean(name, options, cutoff=0.7)
        ):
            raise InputError(f"there is no option {name}{hint}")
