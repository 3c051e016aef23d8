"""Refusals that need no table, no law and nothing that takes long to import.

They check the paths and laws that options name, and the header of a CSV file. What they pass is
checked again, in full, when the table is loaded.
"""

import csv
import os
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, join_words, shorten_list
from bayes_scaling.runs.bundled import bundled_runs, no_such_table, sources
from bayes_scaling.runs.readers.names import FORMATS

_SIZES = ("N", "D", "C", "M")
_ADDED = ("run", "step", *_SIZES)  # columns that readers and load_runs add
_LONGEST = 1_000_000  # letters of a header
_COLUMNS = ("y", "se", "group")  # options that name columns


def check_early(options: Namespace) -> None:
    """Refuse files and columns that do not exist.

    Parameters
    ----------
    options : argparse.Namespace
        What the parser returned.

    Raises
    ------
    InputError
        As for the same fault when the table is loaded.
    """
    given = vars(options)
    if given.get("runs_format") not in (None, *FORMATS):
        raise InputError(
            f"--runs-format is {options.runs_format!r}{did_you_mean(options.runs_format, FORMATS)};"
            f" use {join_words(FORMATS, 'or')}"
        )
    if given.get("fit") is not None and not os.path.isfile(options.fit):
        raise InputError(f"there is no file {options.fit!r}; give one that Fit.save wrote")
    named = [given[name] for name in ("runs", "targets") if given.get(name)]
    for source in (*named, *(given.get("paths") or ())):
        _check_source(source)
    if given.get("runs"):
        names = _header(options)
        if names:
            _check_columns(options, names)
    _check_laws(given.get("law"))
    _check_numbers(given)


def _check_laws(given: str | Iterable[str] | None) -> None:
    """Refuse the name of a law that there is not; files of laws are run later."""
    from bayes_scaling.models import LAWS

    for name in _values(given):
        if name not in (*LAWS, "auto") and ".py" not in name:
            from bayes_scaling.models._registry import find_law

            find_law(name)


def _check_numbers(given: Mapping[str, Any]) -> None:
    """Refuse a probability and a convention of FLOPs that are none."""
    if given.get("prob") is not None:
        from bayes_scaling._core.arguments import check_prob

        check_prob(given["prob"])
    if given.get("flops_per_nd") is not None:
        from bayes_scaling.runs.compute import check_flops_per_nd

        check_flops_per_nd(given["flops_per_nd"])


def _check_source(source: str) -> None:
    """Refuse a table that is neither bundled nor a path."""
    known = source in sources() or source.startswith("wandb:")
    if known or os.path.exists(os.path.expanduser(source)):
        return
    raise no_such_table(source)


def _header(options: Namespace) -> list[str]:
    """The columns of a plain CSV file or a bundled table; none where that is not certain."""
    path = Path(os.path.expanduser(options.runs))
    if options.runs in bundled_runs():
        path = Path(str(resources.files("bayes_scaling.data").joinpath(f"{options.runs}.csv")))
    if path.suffix.lower() != ".csv" or options.runs_format not in (None, "csv"):
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline(_LONGEST)
        names = [name.strip() for name in next(csv.reader([line], skipinitialspace=True))]
    except (OSError, ValueError, csv.Error, StopIteration):
        return []
    is_plain = len(names) > 1 and not line.startswith("#") and len(set(names)) == len(names)
    is_export = any(" - " in name for name in names) or "Name" in names
    return names if is_plain and not is_export else []


def _check_columns(options: Namespace, names: list[str]) -> None:
    """Refuse columns of --column, --y, --se and --group that a header does not have."""
    mapped: list[str] = []
    for text in vars(options).get("column") or ():
        name, _, column = text.partition("=")
        mapped.append(name)
        is_plain = column.isidentifier() and name in _SIZES
        if is_plain and column not in names:
            raise InputError(
                f"{options.runs} has no column {column!r}{did_you_mean(column, names)}; "
                f"it has {shorten_list(names)}"
            )
    known = {*names, *mapped, *_ADDED}
    for option in _COLUMNS:
        for column in _values(vars(options).get(option)):
            if column not in known:
                raise InputError(
                    f"the runs have no column {column!r}{did_you_mean(column, names)}; "
                    f"give --{option}, one of {shorten_list(names)}"
                )

    _check_sizes(options, {*names, *mapped})
    queries = [vars(options).get(name) for name in ("where", "train")]
    if any(queries):
        from bayes_scaling.runs.query import check_names

        for query in filter(None, queries):
            check_names(query, dict.fromkeys([*names, *mapped, *_ADDED]))


def _check_sizes(options: Namespace, columns: set[str]) -> None:
    """Refuse runs without sizes where a law of a loss is to be chosen."""
    given, sizes = vars(options), columns & {*_SIZES}
    is_of_loss = str(given.get("y") or "loss").startswith("loss") and "L" not in columns
    if given.get("law") == ["auto"] and is_of_loss and "C" not in sizes and len(sizes) < 2:
        raise InputError(
            "no law can be chosen: the runs have neither compute C nor two of N, D and M; name"
            " their columns, as in --column C=flops or --column N=params, or a law"
        )


def _values(given: str | Iterable[str] | None) -> Iterator[str]:
    """The columns that an option names."""
    if isinstance(given, str):
        yield given
    elif given is not None:
        yield from given
