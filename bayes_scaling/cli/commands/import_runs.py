"""``bayes-scaling import``: logs of runs as a tidy table."""

import os
from argparse import Namespace
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural, shorten_list
from bayes_scaling.cli.formats import as_json, as_text, csv_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import file_ending, write_answer
from bayes_scaling.cli.run_options import column_names
from bayes_scaling.runs.files import read_table
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.mapping_file import read_mapping, write_mapping
from bayes_scaling.runs.proposal import propose_columns
from bayes_scaling.runs.quantities import parse_quantity
from bayes_scaling.runs.readers.joined import join_logs
from bayes_scaling.runs.sizes import SIZES

_SHOWN = 20  # rows of a table in text


def import_runs(options: Namespace, log: Log) -> int:
    """Read logs, propose a mapping, and write a tidy table; returns the exit code."""
    mapping, each = _given_columns(options)
    tables = [read_table(path, options.runs_format) for path in options.paths]
    for number, table in enumerate(tables):
        tables[number] = table.assign(**{name: values[number] for name, values in each.items()})
    joined = join_logs(tables, [Path(path) for path in options.paths])
    known = joined.assign(**dict.fromkeys(mapping, 0.0))
    proposal = propose_columns(known)
    proposal.check(shorten_list(options.paths, 3))
    columns: dict[str, Any] = {**proposal.columns, **mapping}
    runs = load_runs(
        joined,
        columns=columns,
        where=options.where,
        checkpoints=options.checkpoints,
        flops_per_nd=options.flops_per_nd,
    )
    _report(options, log, joined, runs, proposal.columns)
    if options.mapping is not None and not os.path.exists(options.mapping):
        write_mapping(options.mapping, columns)
        log(f"the mapping is in {options.mapping}")
    tidy = _tidy(runs)
    write_answer(options, _text(options, tidy))
    return 0


def _given_columns(options: Namespace) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """The mapping that options state, and numbers for each path."""
    if options.mapping is not None and file_ending(options.mapping) != "json":
        raise InputError(f"--mapping is {options.mapping!r}; name a file that ends in .json")
    mapping: dict[str, Any] = {}
    if options.mapping is not None and os.path.exists(options.mapping):
        mapping = dict(read_mapping(options.mapping))
    each: dict[str, list[float]] = {}
    for name, text in column_names(options.column).items():
        values = [parse_quantity(part, name) for part in text.split(",")]
        numbers = [value for value in values if value is not None]
        if name not in SIZES or len(numbers) < len(values) or len(values) == 1:
            mapping[name] = text
        elif len(numbers) != len(options.paths):
            raise InputError(
                f"--column {name} has {plural(len(numbers), 'number')} for "
                f"{plural(len(options.paths), 'path')}; give one, or one for each"
            )
        else:
            each[name] = numbers
    return mapping, each


def _report(
    options: Namespace, log: Log, read: pd.DataFrame, runs: pd.DataFrame, proposed: dict[str, str]
) -> None:
    """Report what was read, what was proposed, and what is missing."""
    log(
        f"read {plural(len(read), 'row')} of {shorten_list(options.paths, 3)} with the columns "
        f"{shorten_list(read.columns, 20)}"
    )
    for name, source in proposed.items():
        log(f"proposed: {name} is {source}; give --column {name}=... if it is not")
    sizes = [name for name in SIZES if name in runs]
    if len(sizes) < 2:
        has = f"only {sizes[0]}" if sizes else "none of them"
        log(
            f"missing: a law of sizes needs two of N, D, C, M, and there is {has}; give one that "
            "is known, such as --column N=124m"
        )
    if "loss" not in runs:
        numbers = runs.select_dtypes("number").columns.difference([*SIZES, "step"], sort=False)
        log(f"no loss was recognized; name the outcome with --y, one of {shorten_list(numbers)}")


def _tidy(runs: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns of this package first."""
    first = [name for name in ("run", "step", *SIZES, "loss") if name in runs]
    return runs[[*first, *runs.columns.difference(first, sort=False)]]


def _text(options: Namespace, tidy: pd.DataFrame) -> str:
    """The table in the format of --format."""
    if options.format == "json":
        return as_json(tidy)
    if options.format == "csv":
        return csv_text(tidy)
    shown = tidy.iloc[:_SHOWN, :12]
    rest = f"{len(tidy) - len(shown)} more rows" if len(tidy) > len(shown) else ""
    text = as_text(shown, f"{plural(len(tidy), 'run')}, {len(tidy.columns)} columns")
    return f"{text}{rest}\n--output runs.csv writes all of it.\n"
