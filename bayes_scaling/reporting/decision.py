"""The first screen of a report: the numbers, the verdicts, and what would change the answer."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_to_width
from bayes_scaling.reporting.blocks import Decision, Line
from bayes_scaling.reporting.choice_section import order_of_interest
from bayes_scaling.reporting.evidence import Checks
from bayes_scaling.reporting.facts import Facts

_FEW = 3  # targets with a bar
_MOVES = 0.1  # of the forecast's sd, from which a change is worth a sentence


def decision(facts: Facts) -> Decision:
    """Return the block of a report's first screen."""
    return Decision(tuple(_lines(facts)), tuple(facts.diagnosis.shown), tuple(_changes(facts)))


def _lines(facts: Facts) -> Iterator[Line]:
    """Yield the first few targets, their intervals on one scale."""
    places = order_of_interest(facts)[:_FEW]
    ends = facts.last.intervals[["median", "lower", "upper"]].to_numpy()[places]
    low, high = ends.min(), ends.max()
    margin = 0.05 * (high - low) or 1.0
    low, high = low - margin, high + margin
    for name, row in zip([facts.names[i] for i in places], ends):
        median, lower, upper = format_to_width(list(row), row[2] - row[1])
        middle, left, right = (1000 * (row - low) / (high - low)).round().astype(int)
        yield Line(name, median, lower, upper, int(left), int(right - left), int(middle))


def _changes(facts: Facts) -> Iterator[str]:
    """State what would move the first target: a run left out, other priors, a nearer run."""
    if (table := _only(facts.influence)) is not None:
        yield from _run_that_moves(table, facts.names[0])
    if (table := _only(facts.sensitivity)) is not None:
        yield from _moves_by_priors(table, facts.names[0])
    yield (
        "Larger runs, nearer to the target, narrow the interval; bs.plan.next_run states by how "
        "much, before they are trained"
    )


def _only(checks: Checks | None) -> pd.DataFrame | None:
    """Return the table of a check of one fit; of several fits none is the forecast's alone."""
    return checks.tables[0][1] if checks is not None and len(checks.tables) == 1 else None


def _run_that_moves(table: pd.DataFrame, name: str) -> Iterator[str]:
    """State the run without which the first target would move most."""
    rows = table[(table["target"].astype(str) == "0") & (table["shift_sd"].abs() > _MOVES)]
    if len(rows):
        first = rows.iloc[int(rows["shift_sd"].abs().to_numpy().argmax())]
        direction = "higher" if first["shift_sd"] > 0 else "lower"
        yield (
            f"Without the run {first['run']}, {name} would be predicted "
            f"{abs(first['shift_sd']):.2g} standard deviations {direction}: check that run first"
        )


def _moves_by_priors(table: pd.DataFrame, name: str) -> Iterator[str]:
    """State how far other priors would move the first target."""
    if "forecast 0" not in table.index:
        return
    moves = np.abs(table.loc[["forecast 0"], ["shift_halved", "shift_doubled"]].to_numpy(float))
    if np.isfinite(moves).all() and moves.max() > _MOVES:
        yield (
            f"Priors half or twice as wide would move {name} by up to {moves.max():.2g} "
            "standard deviations"
        )
