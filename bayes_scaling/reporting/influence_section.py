"""How far the forecasts move without single runs: importance weights, without a new fit."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bayes_scaling._core.messages import shorten_list
from bayes_scaling.reporting.blocks import Block, Items, Rows, Text
from bayes_scaling.reporting.evidence import Checks
from bayes_scaling.reporting.sensitivity_section import first_targets_alone
from bayes_scaling.results.convergence_checks import LIMITS

_FEW = 3  # runs shown for each fit
_HEADER = (
    "without the run",
    "forecast of",
    "for",
    "the median moves by",
    "the interval is",
    "Pareto k",
)
_Row = tuple[str, str, Any]  # label of the fit, name of the target, row of the table


def single_runs(checks: Checks, names: list[str]) -> Iterator[Block]:
    """Yield the runs that move the forecasts most.

    Parameters
    ----------
    checks : Checks
        Tables by ``influence``.
    names : list of str
        What the report calls each target.

    Yields
    ------
    Block
    """
    rows: list[_Row] = [
        (label, names[int(row["target"])], row)
        for label, table in checks.tables
        for _, row in table.drop_duplicates("run").head(_FEW).iterrows()
    ]
    yield Text("Single runs", "heading")
    if rows:
        yield Text(_largest_move(rows))
        if text := _unreliable(rows):
            yield Text(text)
        part = first_targets_alone(names)
        yield Rows(
            "influence",
            f"the three runs that move each outcome's forecasts most{part}",
            _HEADER,
            tuple(_line(*row) for row in rows),
        )
    if checks.refusals:
        yield Items(tuple(checks.refusals))


def _largest_move(rows: list[_Row]) -> str:
    """Name the run with the largest influence."""
    label, name, row = max(rows, key=_size)
    return (
        f"Of all training runs {row['run']} moves a forecast most: without it the median of "
        f"{label} for {name} would move by {_move(row)}. This is from reweighted draws; with a "
        f"Pareto k above {LIMITS['pareto_k']} only a new fit can show it."
    )


def _size(row: _Row) -> float:
    return abs(row[2]["shift_sd"])


def _unreliable(rows: list[_Row]) -> str:
    """Name the runs whose importance weights are unreliable."""
    runs = [row["run"] for *_, row in rows if row["how"] != "weights"]
    if not runs:
        return ""
    which = "that row is" if len(runs) == 1 else "those rows are"
    return (
        f"Pareto k is above {LIMITS['pareto_k']} for {shorten_list(runs, 4)}: {which} unreliable; "
        "use bs.influence, which refits without such runs."
    )


def _move(row: pd.Series) -> str:
    return f"{row['shift']:+.2g}% ({row['shift_sd']:+.2f} sd)"


def _line(label: str, name: str, row: pd.Series) -> tuple[str, ...]:
    width, k = f"{row['width']:.2f} times as wide", f"{row['pareto_k']:.2f}"
    return row["run"], label, name, _move(row), width, k
