"""Formats of an answer: text, JSON and CSV."""

import io
import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayes_scaling._core.errors import printable

if TYPE_CHECKING:
    from bayes_scaling.results.diagnosis import Diagnosis

_WIDE = 10_000  # columns: no line is wrapped


def as_json(answer: Any) -> str:
    """JSON text, with tables as lists of rows; numbers that are not finite become null."""
    return json.dumps(_plain(answer), indent=2) + "\n"


def _plain(value: Any) -> Any:
    """A value of types that JSON has."""
    if isinstance(value, pd.DataFrame):
        value = value.to_dict("records")
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_csv(tables: Mapping[str, pd.DataFrame], diagnoses: "Mapping[str, Diagnosis]") -> str:
    """One CSV table from {name: table}.

    The first column names the table of each row, where there are several. The last ones have the
    verdicts on sampling, fit and reach in a word each, and whether the draws have converged.
    """
    parts = [
        pd.DataFrame(table).assign(
            table=name, **diagnoses[name].levels, converged=diagnoses[name].sampling.ok
        )
        for name, table in tables.items()
        if len(table)
    ]
    joined = pd.concat(parts)
    last = ["sampling", "fit", "reach", "converged"]
    rest = [column for column in joined if column not in ("table", *last)]
    first = ["table"] if len(tables) > 1 else []
    return csv_text(joined[[*first, *rest, *last]])


def csv_text(table: pd.DataFrame) -> str:
    """CSV text of a table, in which a spreadsheet runs no cell.

    Parameters
    ----------
    table : pandas.DataFrame
        The table. Text that starts like a formula gets an apostrophe in front.
    """
    safe = table.rename(columns=_no_formula)
    for name in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe = safe.assign(**{str(name): safe[name].map(_no_formula)})
    return safe.to_csv(index=False)


def _no_formula(cell: Any) -> Any:
    """A cell that a spreadsheet takes for text."""
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def as_text(table: pd.DataFrame, title: str) -> str:
    """A table as text: styled on a terminal, plain columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    styled = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    for column in table.columns:
        is_number = pd.api.types.is_numeric_dtype(table[column])
        styled.add_column(
            printable(column),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=is_number or not terminal,
        )
    for row in table.itertuples(index=False):
        styled.add_row(*map(_cell, row))
    text = io.StringIO()
    console = Console(
        file=text,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=terminal,
        width=None if terminal else _WIDE,
        color_system="standard" if terminal else None,
    )
    # wide enough that no number is cut
    wide = console.options.update(max_width=_WIDE)
    console.width = max(console.width, console.measure(styled, options=wide).minimum)
    console.print(printable(title), style="bold", soft_wrap=True)
    console.print(styled)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _cell(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else printable(value)
