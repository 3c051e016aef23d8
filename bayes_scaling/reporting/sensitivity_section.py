"""How much of each forecast comes from the prior: power-scaling, without a new fit."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import shorten_list
from bayes_scaling.reporting.blocks import Block, Items, Rows, Text
from bayes_scaling.reporting.evidence import MAX_TARGETS, Checks
from bayes_scaling.results.chain import Chain
from bayes_scaling.validation.sensitivity import SENSITIVE

_VERDICTS = {
    "mostly prior": "another prior would give another answer",
    "prior and data": "both shape it",
}
_HEADER = (
    "run",
    "forecast of",
    "to the priors",
    "to the data",
    "priors twice as strong",
    "rests on",
)
_Row = tuple[str, str, Any]  # name of the target, label of the fit, row of the table


def other_priors(checks: Checks, names: list[str], forecaster: Any) -> Iterator[Block]:
    """Yield the sensitivity of the forecasts to priors and to data.

    Parameters
    ----------
    checks : Checks
        Tables by ``sensitivity``.
    names : list of str
        What the report calls each target.
    forecaster : ForecasterProtocol
        The forecaster of the report.

    Yields
    ------
    Block
    """
    rows: list[_Row] = [
        (name, label, table.loc[f"forecast {i}"])
        for label, table in checks.tables
        for i, name in enumerate(names[:MAX_TARGETS])
    ]
    yield Text("Other priors", "heading")
    if rows:
        yield from _verdicts(rows)
        yield Text(_explanation(forecaster), "note")
        part = first_targets_alone(names)
        yield Rows(
            "sensitivity",
            f"sensitivity of the forecasts to priors and to data{part}",
            _HEADER,
            tuple(_line(*row) for row in rows),
        )
    if checks.refusals:
        yield Items(tuple(checks.refusals))


def first_targets_alone(names: list[str]) -> str:
    """Return the end of a caption if only the first targets were checked."""
    return f"; the first {MAX_TARGETS} targets alone" if len(names) > MAX_TARGETS else ""


def _verdicts(rows: list[_Row]) -> Iterator[Text]:
    """Name the forecasts that depend on their priors, by the table's verdicts."""
    for verdict, text in _VERDICTS.items():
        found = [f"{label} for {name}" for name, label, row in rows if row["verdict"] == verdict]
        if found:
            yield Text(f"{verdict.capitalize()}: the forecast of {shorten_list(found, 4)}; {text}.")
    if not any(row["verdict"] in _VERDICTS for *_, row in rows):
        largest = max(row["prior"] for *_, row in rows)
        yield Text(
            "No forecast is sensitive to the priors of its own law: the sensitivity is at most "
            f"{largest:.2g}."
        )


def _explanation(forecaster: Any) -> str:
    """Explain the table."""
    through_chain = (
        f" Each law is checked against its own priors alone: what moves "
        f"{forecaster.first.outcome_name} moves {forecaster.outcome_name} through it."
        if isinstance(forecaster, Chain)
        else ""
    )
    return (
        "Sensitivity is how far a forecast shifts when all priors are made slightly stronger or "
        f"weaker (arXiv 2107.14054); it matters from {SENSITIVE} on. The last column but one is "
        "how far the median would move if all priors were twice as strong (raised to the power "
        "2), in sds of the forecast. A forecast rests on data if the priors matter less than "
        f"that, firmly so if reweighting the data moves it as little.{through_chain}"
    )


def _line(name: str, label: str, row: pd.Series) -> tuple[str, ...]:
    doubled = "unknown" if np.isnan(row["doubled"]) else f"{row['doubled']:+.2f} sd"
    prior, likelihood = f"{row['prior']:.2g}", f"{row['likelihood']:.2g}"
    return name, str(label), prior, likelihood, doubled, row["verdict"]
