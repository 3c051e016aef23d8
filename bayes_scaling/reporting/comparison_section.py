"""Other forecasts of the same targets."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_to_width, percent
from bayes_scaling._core.messages import join_words, shorten_list
from bayes_scaling.reporting.blocks import Block, Rows, Text
from bayes_scaling.reporting.evidence_tables import MAX_ROWS
from bayes_scaling.reporting.facts import Facts

_HERE = "this report"


def other_laws(facts: Facts) -> Iterator[Block]:
    """Yield what other laws, or fits of other data, predict at the same targets.

    Parameters
    ----------
    facts : Facts
        With the forecasts of others.

    Yields
    ------
    Block
    """
    assert facts.others is not None
    tables = {_HERE: facts.forecast, **facts.others}
    lines = [
        _line(name, label, table.iloc[i], facts.forecast.iloc[i])
        for i, name in enumerate(facts.names)
        for label, table in tables.items()
    ]
    prob = f"{percent(facts.prob)} interval"
    more = f"; the first {MAX_ROWS} of {len(lines)} rows" if len(lines) > MAX_ROWS else ""
    yield Text("Other laws and data", "heading")
    yield Text(_agreement(facts, facts.others))
    yield Rows(
        "comparison",
        f"{facts.forecaster.outcome_name}, {facts.forecaster.unit}, of a new run{more}",
        ("run", "by", "median", prob, "off this report's median"),
        tuple(lines[:MAX_ROWS]),
    )


def _line(name: str, label: str, row: pd.Series, here: pd.Series) -> tuple[str, ...]:
    """Return one forecast beside the report's own."""
    ends = [row["median"], row["lower"], row["upper"]]
    median, *interval = format_to_width(ends, row["upper"] - row["lower"])
    off = "" if label == _HERE else f"{100 * (row['median'] / here['median'] - 1):+.1f}%"
    return name, label, median, " to ".join(interval), off


def _agreement(facts: Facts, others: dict[str, pd.DataFrame]) -> str:
    """State which medians lie outside the report's intervals."""
    here, prob = facts.forecast, percent(facts.prob)
    outside, farthest = [], 0.0
    for i, name in enumerate(facts.names):
        row = here.iloc[i]
        for label, table in others.items():
            median = table.iloc[i]["median"]
            farthest = max(farthest, np.abs(median / row["median"] - 1))
            if not row["lower"] <= median <= row["upper"]:
                outside.append(f"{label} for {name}")
    if outside:
        return (
            f"The median of {shorten_list(outside, 4)} lies outside the {prob} interval of this "
            "report: the choice of law or data matters more than the interval shows."
        )
    return (
        f"The medians of {join_words(others)} all lie inside the {prob} interval of this report, "
        f"at most {farthest:.1%} from its median."
    )
