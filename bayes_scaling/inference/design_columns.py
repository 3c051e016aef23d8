"""The columns of a table that a law and its likelihood read, checked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.inference.input_checks import check_sign
from bayes_scaling.law.law import Law
from bayes_scaling.runs.columns import (
    check_present,
    numbers,
    positive_numbers,
    row_name,
    stack_columns,
)
from bayes_scaling.runs.sizes import SIZES

Columns = Mapping[str, str | float]  # input -> its column, or one number for every run
Values = dict[str, np.ndarray]


def check_column_names(law: Law, y: str | None, se: str | None, columns: Columns) -> None:
    """Refuse columns that are no text, or no number where the law takes one."""
    for name, column in (("y", y), ("se", se), *columns.items()):
        is_number = isinstance(column, int | float) and not isinstance(column, bool)
        if is_number and name in (*law.known, *law.noise.reads):
            continue
        if column is not None and not isinstance(column, str):
            raise InputError(f"{name} is {column!r}; give the name of a column as text")


def read_inputs(law: Law, runs: pd.DataFrame, columns: Columns) -> Values:
    """Read a law's inputs: each (runs,), or (runs, pieces) of a vector."""
    accepted = (*law.inputs, *law.noise.reads)
    for name in columns:
        if name not in accepted:
            raise InputError(
                f"{name} is no input of {law.name}{did_you_mean(name, accepted)}; its inputs are "
                f"{', '.join(accepted)}"
            )
    x = {}
    for name, unit in law.inputs.items():
        column = columns.get(name, name)
        if name in law.vectors:
            x[name] = stack_columns(runs, str(column))
        elif not isinstance(column, str):
            x[name] = np.full(len(runs), float(column))
        elif column in runs.columns:
            x[name] = (positive_numbers if name in SIZES else numbers)(runs, column)
        else:
            raise InputError(
                f"{law.name} needs the input {name} ({unit}), and the runs have no column "
                f"{column!r}; {_column_hint(runs, name, unit)}"
            )
    check_sign(law, runs, x, columns)
    return x


def _column_hint(runs: pd.DataFrame, name: str, unit: str) -> str:
    """How to name the column of an input."""
    if name in SIZES:
        example = option("column", "N=params", "load_runs(..., columns={'N': 'params'})")
        return (
            f"the table needs two of N, D, C, M and has {shorten_list(runs.columns)}: name them, "
            f"as in {example}"
        )
    similar = [
        column
        for column in runs.columns
        if str(column).startswith(unit.split(",")[0]) and not str(column).endswith("_se")
    ]
    column = str((similar or list(runs.columns))[0])
    return f"name its column, such as {option('column', f'{name}={column}', f'{name}={column!r}')}"


def read_likelihood_columns(law: Law, runs: pd.DataFrame, columns: Columns) -> Values:
    """Read what the likelihood needs of each run: {name: (runs,)}.

    From a named column, from the likelihood's own number, or from the column of that name.
    """
    rows = {}
    for name, what in law.noise.reads.items():
        source = columns.get(name, getattr(law.noise, name))
        source = name if source is None else source
        if isinstance(source, str) and source not in runs.columns:
            by_column = option("column", f"{name}=COLUMN", f"{name}='...'")
            by_number = option("column", f"{name}=500", f"{name}=500")
            raise InputError(
                f"the likelihood of {law.name} needs {name} ({what}), and the runs have no column "
                f"{source!r}{did_you_mean(source, runs.columns)}; name its column, {by_column}, or "
                f"give one number, {by_number}"
            )
        if name in law.noise.labels and isinstance(source, str):
            check_present(runs, source, "name the run")
            rows[name] = np.unique(runs[source].astype(str), return_inverse=True)[1] + 1.0
            continue
        rows[name] = (
            numbers(runs, source) if isinstance(source, str) else np.full(len(runs), float(source))
        )
        bad = rows[name] < 1
        if name in ("items", "passes", "k") and bad.any():
            raise InputError(
                f"{row_name(runs, int(bad.argmax()))}: {name} is {rows[name][bad.argmax()]:g}; "
                "give a whole number of at least 1"
            )
    return rows


def check_outcome(law: Law, runs: pd.DataFrame, y: str) -> None:
    """Refuse an outcome that is no column of the runs."""
    if not isinstance(y, str):
        raise InputError(f"y is {y!r}; give the name of a column as text")
    if y not in runs.columns:
        similar = [
            column
            for column in runs.columns
            if str(column).startswith(law.outcome) and not str(column).endswith("_se")
        ]
        raise InputError(
            f"the runs have no column {y!r}{did_you_mean(y, runs.columns)}; give the outcome as y, "
            f"one of {shorten_list(similar or runs.columns)}"
        )


def read_outcome(
    law: Law, runs: pd.DataFrame, y: str, columns: Columns, rows: Values
) -> np.ndarray:
    """Read the outcome, (runs,), and refuse values outside the domain of the law's noise."""
    if y in (*law.inputs, *columns.values()) or (y in SIZES and y != law.outcome):
        raise InputError(f"y is {y}, an input of the law; give the column of the outcome")
    check_outcome(law, runs, y)
    outcome = numbers(runs, y)
    bad = law.noise.check(outcome, rows)
    if bad:
        position, requirement = bad
        value = outcome[position]
        raise InputError(
            f"{row_name(runs, position)}: {y} is {value:g}; it must be {requirement}: "
            f"{_outcome_remedy(law, outcome, float(value), rows)}"
        )
    if len(outcome) > 1 and np.ptp(outcome) == 0:
        raise InputError(
            f"every run has {y} = {outcome[0]:g}: there is nothing to fit; check the column"
        )
    return outcome


def _outcome_remedy(law: Law, outcome: np.ndarray, value: float, rows: Values) -> str:
    """Remedy of an invalid outcome, for its message."""

    def valid(value: float) -> bool:
        one_row = {name: values[:1] for name, values in rows.items()}
        return law.noise.check(np.array([value]), one_row) is None

    is_fraction = valid(0.5) and not valid(2.0)
    if is_fraction and outcome.max() > 1:
        counts = ", and where counts, by the items" if "items" in rows else ""
        return "fix it or leave the row out; where these are percent, divide by 100" + counts
    if is_fraction and value in (0, 1) and not law.noise.reads:
        return (
            "leave the row out, or fit counts of items by a binomial law (task_binomial), which "
            "takes them"
        )
    return "fix it or leave the row out"


def read_standard_errors(law: Law, runs: pd.DataFrame, outcome: np.ndarray, se: str) -> np.ndarray:
    """Read known standard errors and map them to the noise's scale, (runs,)."""
    if not law.noise.takes_se:
        raise InputError(
            f"se is {se}, and the likelihood is {law.noise}, which knows its own sampling error; "
            "leave se out"
        )
    if se in (*law.inputs, *SIZES):
        raise InputError(f"se is {se}, a size; give the column of the outcome's standard errors")
    error = positive_numbers(runs, se)
    if outcome.min() > 0 and np.median(error) >= np.median(outcome):
        raise InputError(
            f"standard errors {se} are as large as the outcome ({np.median(error):.3g} in the"
            " median row); give them in the unit of the outcome, or leave se out"
        )
    step = 1e-4 * error  # the link's slope, by a small step
    return np.abs(law.noise.forward(outcome + step) - law.noise.forward(outcome - step)) / 2e-4


def check_variety(law: Law, runs: pd.DataFrame, x: Mapping[str, np.ndarray]) -> None:
    """Refuse inputs that never vary. M alone may be constant: compute still identifies a law."""
    sizes = ("N", "D") if {"C", "M"} & set(law.inputs) and {"N", "D"} <= set(runs.columns) else ()
    for name in (*law.inputs, *sizes):
        values = np.asarray(x.get(name, runs.get(name)))
        if name in law.known or np.ptp(values, axis=0).max() != 0:
            continue
        constant = f"{name} = {values[0]:g}" if values.ndim == 1 else f"the same {name}"
        text = f"every run has {constant}: its effect on the outcome cannot be seen"
        if name != "M":
            raise InputError(f"{text}; add runs that vary it")
        warn(
            f"{text}; forecasts at another {name} rest on the prior: add runs that vary it",
            RunsWarning,
        )
