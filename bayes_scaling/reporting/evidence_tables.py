"""Tables that were given to a report as evidence, with the names that the report uses."""

import re
from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import format_cells
from bayes_scaling._core.table import Table
from bayes_scaling.reporting.blocks import Block, Rows, Text

MAX_ROWS = 30  # rows of a table in the report
_MAX_SENTENCES = 8  # sentences above it


@runtime_checkable
class _Summarized(Protocol):
    """What can be shown as its summary."""

    def summary(self) -> pd.DataFrame: ...


def given(
    kind: str, heading: str, evidence: Any, to: pd.DataFrame, names: list[str]
) -> Iterator[Block]:
    """Yield a heading, the sentences of a table if it has any, and the table.

    Parameters
    ----------
    kind : str
        Argument of ``report``, and id of the table.
    heading : str
        Heading.
    evidence : DataFrame, object with a summary() or dict
        The table; a dict has several, each under its own label.
    to : DataFrame
        Targets, whose labels are replaced by their names.
    names : list of str
        What the report calls each target.

    Yields
    ------
    Block

    Raises
    ------
    InputError
        The evidence is no table.
    """
    labeled = evidence.items() if isinstance(evidence, dict) else [("", evidence)]
    known = dict(zip(map(str, to.index), names))
    for i, (label, one) in enumerate(labeled, 1):
        table = _table(kind, one)
        title = f"{heading}: {label}" if label else heading
        yield Text(title, "heading")
        header, lines = format_cells(table)
        yield from _sentences(one, len(lines), known)
        more = f"; the first {MAX_ROWS} of {len(lines)} rows" if len(lines) > MAX_ROWS else ""
        yield Rows(
            f"{kind}-{i}" if label else kind,
            f"{heading.lower()}{more}",
            header,
            tuple(_renamed(line, header, known) for line in lines[:MAX_ROWS]),
        )


def _table(kind: str, evidence: Any) -> pd.DataFrame:
    """Return the evidence as a DataFrame, or refuse it."""
    if isinstance(evidence, _Summarized) and not isinstance(evidence, pd.DataFrame):
        evidence = evidence.summary()
    if not isinstance(evidence, pd.DataFrame):
        raise InputError(
            f"{kind} is of type {type(evidence).__name__}; give a DataFrame, or an object whose "
            "summary() is one"
        )
    return evidence


def _sentences(evidence: Any, rows: int, known: dict[str, str]) -> Iterator[Text]:
    """Yield the first sentences below a table of this package."""
    foot = evidence._foot() if isinstance(evidence, Table) else ""
    lines = [line.removeprefix("- ") for line in foot.splitlines() if line.strip()]
    yield from (Text(_with_names(line, known)) for line in lines[:_MAX_SENTENCES])
    if len(lines) > _MAX_SENTENCES:
        shown = f", of which the first {MAX_ROWS} rows are shown" if rows > MAX_ROWS else ""
        yield Text(f"... and {len(lines) - _MAX_SENTENCES} more in the table{shown}.")


def _renamed(
    line: tuple[str, ...], header: tuple[str, ...], known: dict[str, str]
) -> tuple[str, ...]:
    """Return a row with the names of the targets in place of their labels."""
    target = header.index("target") if "target" in header else None
    return tuple(
        known.get(cell, cell) if i == target else _with_names(cell, known)
        for i, cell in enumerate(line)
    )


def _with_names(text: str, known: dict[str, str]) -> str:
    """Replace "forecast 0" by "forecast for" the target's name."""
    return re.sub(
        r"\b(forecast|target) (\d+)\b",
        lambda found: f"{found[1]} for {known.get(found[2], found[2])}",
        text,
    )
