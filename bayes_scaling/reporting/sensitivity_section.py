"""How much of each forecast comes from the priors: halved and doubled in scale."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bayes_scaling._core.messages import shorten_list
from bayes_scaling.reporting.blocks import Block, Items, Rows, Text
from bayes_scaling.reporting.evidence import MAX_TARGETS, Checks
from bayes_scaling.results.chain import Chain
from bayes_scaling.validation.sensitivity_notes import MOVED, STIFF, width_response

_VERDICTS = {
    "mostly prior": "another prior would give another answer",
    "prior and data": "both shape it",
}
_HEADER = (
    "run",
    "forecast of",
    "width, priors halved",
    "width, priors doubled",
    "median moves by up to",
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
        largest = max(width_response(row) for *_, row in rows)
        yield Text(
            "The data determine every forecast more than the priors of its own law do: its width "
            f"responds to their scale by at most {max(largest, 0.0):.2g}, where 1 is in proportion."
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
        "Widths are those of the interval with all priors halved and doubled in scale, over that "
        "with the priors of this report; moves of the median are in sds of the forecast. The "
        "response of the width to the scale is log(doubled / halved) / log 4: 0 if it is the "
        f"data's, 1 if it is the priors'. A forecast rests on data if that is below {STIFF} and no "
        f"median moves by {MOVED} sd.{through_chain}"
    )


def _line(name: str, label: str, row: pd.Series) -> tuple[str, ...]:
    widths = [f"x{row[f'width_{how}']:.2f}" for how in ("halved", "doubled")]
    shift = max(row["shift_halved"], row["shift_doubled"], key=abs)
    return name, str(label), *widths, f"{shift:+.2f} sd", row["verdict"]
