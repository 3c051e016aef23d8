"""Options that describe target runs, read and checked."""

import math
from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.run_options import size_columns
from bayes_scaling.runs.compute import STANDARD, check_flops_per_nd
from bayes_scaling.runs.load import load_targets
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import targets

type Values = dict[str, list[float]]

_EXAMPLES = {"at": "L=2.4,2.3", "candidates": "N=4e8,1e9"}


def read_values(
    texts: Iterable[str], option: str, known: Mapping[str, Any] | None = None
) -> Values:
    """Read {input: values} from NAME=VALUES of an option, added to those that are known."""
    values = dict(known or {})
    for text in texts:
        name, mark, numbers_text = text.partition("=")
        try:
            numbers = [float(number) for number in numbers_text.split(",")]
        except ValueError:
            numbers = []
        is_valid = bool(name and mark and numbers) and all(map(math.isfinite, numbers))
        if not is_valid or name in values:
            twice = f", and {name} has been given" if name in values else ""
            raise InputError(
                f"--{option} is {text!r}{twice}; write NAME=VALUE or NAME=VALUE,VALUE, "
                f"such as {_EXAMPLES[option]}"
            )
        values[name] = numbers
    return values


def target_values(options: Namespace) -> Values:
    """The values of --N, --D, --C, --M and --at."""
    sizes = {name: vars(options)[name] for name in SIZES if vars(options)[name]}
    check_flops_per_nd(options.flops_per_nd)
    if "C" in sizes and options.flops_per_nd is not None:
        sizes["C"] = [value * (STANDARD / options.flops_per_nd) for value in sizes["C"]]
    return read_values(options.at, "at", sizes)


def size_options(options: Namespace) -> list[str]:
    """Options that give the sizes of targets, as typed."""
    names = [name for name in (*SIZES, "targets") if vars(options)[name]]
    names += [f"at {name}" for name in SIZES if name in read_values(options.at, "at")]
    return [f"--{name}" for name in names]


def load_target_table(options: Namespace, source: str) -> pd.DataFrame:
    """A table of targets, whose columns have the names that --column gives for the runs."""
    columns = size_columns(options)
    return load_targets(source, columns, flops_per_nd=options.flops_per_nd)


def read_targets(options: Namespace) -> pd.DataFrame:
    """The targets of --targets, or of --N, --D, --C, --M and --at."""
    values = target_values(options)
    if options.targets is not None:
        if values:
            other = "at" if options.at else next(iter(values))
            raise InputError(f"give --targets or --{other}, not both")
        return targets(load_target_table(options, options.targets))
    if not values:
        raise InputError(
            "there is nothing to predict; give --N and --D, such as --N 7e9 --D 140e9, "
            "or other inputs of the law, such as --at L=2.4"
        )
    return targets(values)
