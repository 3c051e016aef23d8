"""How far a report's targets lie from the training runs, and what is assumed out there."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_count, format_to_width
from bayes_scaling._core.messages import join_words
from bayes_scaling.reporting.backtest_section import held_out
from bayes_scaling.reporting.blocks import Block, Rows, Section, Text
from bayes_scaling.reporting.drift_notes import drift_sizes, drift_sources
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.reach import Link
from bayes_scaling.results.chain import Chain
from bayes_scaling.runs.sizes import SIZES

_HEADERS = {
    "C": "compute C, FLOPs",
    "N": "parameters N",
    "D": "tokens D",
    "M": "tokens per parameter M",
}
_SAME = 1e-4  # relative difference below which two sizes count as equal


def extrapolation_section(facts: Facts) -> Section:
    """Return the section on distance from the training runs and on the backtest."""
    backtest = facts.inputs.backtest
    if backtest is None:
        checked: Iterator[Block] = iter(
            [
                Text(
                    "No backtest was given, so this report does not show how such forecasts "
                    "performed at this distance.",
                    "note",
                )
            ]
        )
    else:
        checked = held_out(backtest, facts.forecaster, facts.targets, facts.names)
    return Section(
        "How far this extrapolates, and how it was checked",
        (*_distances(facts), *_assumptions(facts), *checked),
    )


def _distances(facts: Facts) -> Iterator[Block]:
    """Compare each target with the range of the training runs."""
    if table := distance_table(
        facts.target_runs, facts.targets, facts.names, facts.forecaster.input_names
    ):
        yield table
    if link := facts.link:
        first, medians = facts.stages[0].forecaster, link.predicted
        more = ", and more" if len(medians) > 6 else ""
        yield Text(
            f"The second law was fitted at {first.outcome_name} from {link.low:.4g} to "
            f"{link.high:.4g}; at the targets the law's curve predicts "
            f"{join_words(format_to_width(medians[:6], 0))}{more}."
        )


def distance_table(
    runs: list[pd.DataFrame], to: pd.DataFrame, names: list[str], inputs: tuple[str, ...]
) -> Rows | None:
    """Return the table of targets beside the range of their training runs.

    Parameters
    ----------
    runs : list of DataFrame
        The training runs that each target is compared with.
    to : DataFrame
        Complete targets.
    names : list of str
        What the report calls each target.
    inputs : tuple of str
        Inputs of the law.

    Returns
    -------
    Rows, or None if targets and runs have no column in common
    """
    columns = [name for name in dict.fromkeys((*SIZES, *inputs)) if name in to and name in runs[0]]
    if not columns:
        return None
    lines = []
    for label, (_, row), table in zip(names, to.iterrows(), runs):
        cells = (_beside(row[name], table[name].min(), table[name].max()) for name in columns)
        lines.append((label, *cells))
    grouped = any(table is not runs[0] for table in runs)
    return Rows(
        "extrapolation",
        "targets compared with the range of the training runs"
        f"{' of their groups' if grouped else ''}",
        ("run", *(_HEADERS.get(name, name) for name in columns)),
        tuple(lines),
    )


def _beside(value: float, low: float, high: float) -> str:
    """Compare a value with a range."""
    text = format_count(value)
    if not np.isfinite(high):
        return f"{text}, no runs to compare with"
    if value > high * (1 + _SAME):
        if high > 0:
            return f"{text}, {value / high:.3g} times the largest"
        return f"{text}, above the largest ({high:.3g})"
    if value < low * (1 - _SAME):
        if low > 0:
            return f"{text}, {value / low:.3g} of the smallest"
        return f"{text}, below the smallest ({low:.3g})"
    return f"{text}, inside"


def _assumptions(facts: Facts) -> Iterator[Block]:
    """State what is assumed beyond the training runs, and the size of the drift there."""
    yield Text(
        "Beyond the training runs the forecast assumes that the law keeps its form. A fit cannot "
        "test that; forecasts of runs held out at a similar distance can."
    )
    if facts.note:
        yield Text(f"{facts.note}.{drift_sizes(facts)}")
        if text := drift_sources(facts.note, facts.inputs.source):
            yield Text(text, "note")


def uncovered_link(forecaster: Any, link: Link | None) -> str:
    """Return a warning that a chain's second law extrapolates without a drift.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        What predicts.
    link : Link or None
        Range of the chain's link.

    Returns
    -------
    str, empty if the link stays in its range or a drift covers it
    """
    if not isinstance(forecaster, Chain) or link is None:
        return ""
    second, medians = forecaster.second.law, link.predicted
    covered = second.along_loss and bool(second.noise.drift)  # it drifts on both sides
    outside = medians[(medians < link.low) | (medians > link.high)]
    if covered or not len(outside):
        return ""
    more = " and more" if len(outside) > 3 else ""
    return (
        f"The law of {forecaster.outcome_name} was fitted at {forecaster.first.outcome_name} "
        f"from {link.low:.4g} to {link.high:.4g} and is used outside that range, at "
        f"{join_words(format_to_width(outside[:3], 0))}{more} (medians of the law's curve): the "
        "intervals include no drift of it there."
    )
