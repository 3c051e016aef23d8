"""Options that select runs and sampling, read and checked."""

import math
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.runs.bundled import bundled_runs
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.mapping import is_expression
from bayes_scaling.runs.query import select
from bayes_scaling.runs.sizes import SIZES

type Columns = dict[str, Any]  # input: its column, or one number for all runs


def column_names(pairs: Iterable[str]) -> dict[str, str]:
    """Read {name: column} from NAME=COLUMN."""
    columns = {}
    for text in pairs:
        name, mark, column = text.partition("=")
        if not (name and mark and column):
            raise InputError(f"--column is {text!r}; write NAME=COLUMN, such as N=params")
        if name in columns:
            raise InputError(
                f"--column names {name} twice, {columns[name]} and {column}; give one of them"
            )
        columns[name] = column
    return columns


def size_columns(options: Namespace) -> dict[str, str]:
    """The columns of --column that hold sizes, or are computed from another."""
    columns = column_names(options.column)
    return {
        name: column for name, column in columns.items() if name in SIZES or is_expression(column)
    }


def load_options(options: Namespace) -> dict[str, Any]:
    """How the table of --runs is read."""
    return {
        "columns": size_columns(options),
        "format": options.runs_format,
        "checkpoints": options.checkpoints,
        "flops_per_nd": options.flops_per_nd,
    }


def read_runs(options: Namespace) -> tuple[pd.DataFrame, Columns]:
    """Load the runs of --runs and --where, and what --column gives for the law's own inputs."""
    if not options.runs:
        tables = ", ".join(bundled_runs())
        raise InputError(f"--runs is missing; give a file or a bundled table ({tables})")
    runs = load_runs(options.runs, where=options.where, **load_options(options))
    mapped = size_columns(options)
    return runs, {
        name: column_or_number(runs, text)
        for name, text in column_names(options.column).items()
        if name not in mapped
    }


def column_or_number(runs: pd.DataFrame, text: str) -> str | float:
    """A column's name or, where the runs have no such column, one number for all of them."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and text not in runs.columns else text


def select_rows(runs: pd.DataFrame, query: str | None) -> pd.DataFrame:
    """The rows that a query keeps; all without one."""
    return runs if query is None else select(runs, query)


def sampling_options(options: Namespace) -> dict[str, int]:
    """Length and seed of sampling, as far as they were given."""
    values = {name: vars(options)[name] for name in ("draws", "warmup", "chains", "seed")}
    return {name: value for name, value in values.items() if value is not None}
