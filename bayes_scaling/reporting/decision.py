"""The first screen of a report: the numbers, the verdicts, and what would change the answer."""

from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.formatting import format_to_width
from bayes_scaling.reporting.blocks import Decision, Line
from bayes_scaling.reporting.facts import Facts

_FEW = 3  # targets with a bar
_MOVES = 0.1  # of the forecast's sd, from which a change is worth a sentence


def decision(facts: Facts) -> Decision:
    """Return the block of a report's first screen."""
    return Decision(tuple(_lines(facts)), facts.diagnosis.shown, tuple(_changes(facts)))


def _lines(facts: Facts) -> Iterator[Line]:
    """Yield the first few targets, their intervals on one scale."""
    ends = facts.last.intervals[["median", "lower", "upper"]].to_numpy()[:_FEW]
    low, high = ends.min(), ends.max()
    margin = 0.05 * (high - low) or 1.0
    low, high = low - margin, high + margin
    for name, row in zip(facts.names, ends):
        median, lower, upper = format_to_width(list(row), row[2] - row[1])
        middle, left, right = (1000 * (row - low) / (high - low)).round().astype(int)
        yield Line(name, median, lower, upper, int(left), int(right - left), int(middle))


def _changes(facts: Facts) -> Iterator[str]:
    """State what would move the first target: a run left out, other priors, a nearer run."""
    name, checks = facts.names[0], (facts.influence, facts.sensitivity)
    if checks[0] is not None and checks[0].tables:
        label, table = checks[0].tables[0]
        rows = table[table["target"] == 0] if "target" in table else table.iloc[:0]
        rows = rows[rows["shift_sd"].abs() > _MOVES] if len(rows) else rows
        if len(rows):
            first = rows.loc[rows["shift_sd"].abs().idxmax()]
            yield (
                f"Without the run {first['run']}, {name} would be predicted "
                f"{abs(first['shift_sd']):.2g} standard deviations "
                f"{'higher' if first['shift_sd'] > 0 else 'lower'}: check that run first"
            )
    if checks[1] is not None and checks[1].tables:
        label, table = checks[1].tables[0]
        if "forecast 0" in table.index:
            row = table.loc["forecast 0"]
            moves = row[["shift_halved", "shift_doubled"]].abs().astype(float)
            if np.isfinite(moves).all() and moves.max() > _MOVES:
                yield (
                    f"Priors half or twice as wide would move it by up to {moves.max():.2g} "
                    "standard deviations"
                )
    yield (
        "Larger runs, nearer to the target, narrow the interval; bs.plan.next_run states by how "
        "much, before they are trained"
    )
