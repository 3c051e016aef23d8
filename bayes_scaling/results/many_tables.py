"""A table split into groups, each with its design, for many fits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.inference.design import checked_design, padded
from bayes_scaling.law.law import Law
from bayes_scaling.runs.columns import row_name


@dataclass
class GroupedTables:
    """Groups that can be fitted, their runs and designs, and why others cannot."""

    groups: list[Any] = field(default_factory=list)
    tables: list[pd.DataFrame] = field(default_factory=list)
    designs: list[dict[str, Any]] = field(default_factory=list)
    skipped: dict[Any, str] = field(default_factory=dict)


def split_table(
    law: Law,
    table: pd.DataFrame,
    by: tuple[str, ...],
    y: str,
    se: str | None,
    columns: Mapping[str, Any],
    length: int,
) -> GroupedTables:
    """Split a validated table by columns, and design each part, padded to ``length`` or more."""
    for column in by:
        if column not in table.columns:
            raise InputError(
                f"by is {column!r}, and the runs have no such column"
                f"{did_you_mean(column, table.columns)}; name one of {shorten_list(table.columns)}"
            )
    split = GroupedTables()
    table = _with_labels(table, by, split)
    for key, part in table.groupby(list(by), sort=False):
        key = tuple(value.item() if isinstance(value, np.generic) else value for value in key)
        group = key if len(by) > 1 else key[0]
        try:
            design = padded(checked_design(law, part, y, se, columns), length)
        except InputError as error:
            split.skipped[group] = str(error)
            continue
        split.groups.append(group)
        split.tables.append(part)
        split.designs.append(design)
    return split


def _with_labels(table: pd.DataFrame, by: tuple[str, ...], split: GroupedTables) -> pd.DataFrame:
    """The rows of a known group; the others need not be of one, and are skipped."""
    missing = table[list(by)].isna().to_numpy()
    rows = missing.any(axis=1)
    if rows.any():
        row = int(rows.argmax())
        column = by[int(missing[row].argmax())]
        split.skipped[None] = (
            f"{row_name(table, row)}: {column} is missing; name the group or leave the row out"
        )
    return table[~rows]


def report_skipped(split: GroupedTables, on_error: str) -> None:
    """Refuse or warn where groups cannot be fitted."""
    skipped, groups = split.skipped, split.groups
    if not skipped:
        return
    (first, reason), count = next(iter(skipped.items())), len(skipped) + len(groups)
    if None in skipped and (on_error == "raise" or not groups):
        raise InputError(skipped[None])
    if on_error == "raise" or not groups:
        more = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
        remedy = "; or leave such groups out with on_error='skip'" if groups else ""
        raise InputError(f"group {first!r}{more} of {count}: {reason}{remedy}")
    warn(
        f"{len(skipped)} of {count} groups are left out ({shorten_list(skipped, 5)}): {reason};"
        " see .skipped",
        RunsWarning,
    )
