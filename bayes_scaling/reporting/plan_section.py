"""The section on what to train for a budget."""

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_count, format_to_width, percent
from bayes_scaling._core.messages import join_words, plural
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.analysis.plan.forecasters import laws_of
from bayes_scaling.analysis.plan.split_options import describe_inputs
from bayes_scaling.reporting.blocks import Block, Items, Picture, Rows, Section, Text
from bayes_scaling.reporting.evidence import OtherPlans
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.pictures import closed_picture

_FEW = 3  # budgets in a sentence
_UNKNOWN = "not obtained"
_QUOTED = {"run": "a new run", "mean": "the law's curve"}


def plan_section(facts: Facts, plan: Allocation) -> Section:
    """Return the section on the plan of a report."""
    return Section("What to train", tuple(_blocks(facts, plan)))


def advice(plan: Allocation, forecaster: Any) -> str:
    """State what to train in one sentence, and the laws that it depends on.

    Parameters
    ----------
    plan : Allocation
        What to train.
    forecaster : ForecasterProtocol
        What the plan was made with.

    Returns
    -------
    str
    """
    serving = f" with {format_count(plan.serve)} tokens of serving" if plan.serve else ""
    runs = [
        f"{_group(plan, row)}{format_count(row['N'])} parameters on "
        f"{format_count(row['D'])} tokens ({row['C']:.3g} FLOPs{serving})"
        for _, row in plan.choice.head(_FEW).iterrows()
    ]
    rest = len(plan.choice) - _FEW
    more = f"; {plural(rest, 'more run')} in the table" if rest > 0 else ""
    laws = join_words(dict.fromkeys(law.name for law in laws_of(forecaster)))
    return (
        f"By {laws}{describe_inputs(plan.inputs)}, the {_best(plan)} is that of "
        f"{join_words(runs)}{more}. Another law may have its optimum elsewhere."
    )


def _group(plan: Allocation, row: pd.Series) -> str:
    """Name the group of a row, if there are groups."""
    if not plan.groups:
        return ""
    return f"{' / '.join(str(row[name]) for name in plan.groups)}: "


def _best(plan: Allocation) -> str:
    return f"{'lowest' if plan.better == 'lower' else 'highest'} expected {plan.y}"


def _blocks(facts: Facts, plan: Allocation) -> Iterator[Block]:
    """Yield the plan in words, the runs to train, the figure, and what other laws would train."""
    yield from (Text(text) for text in plan.sentences)
    yield _table(plan, facts.names)
    if plan.diagnosis.cautions:
        yield Items(plan.diagnosis.cautions)
    yield _figure(plan)
    pays = f", and serving {format_count(plan.serve)} tokens 2 N each" if plan.serve else ""
    yield Text(
        f"Training takes 6 N D FLOPs{pays}. Each draw of the law has its own optimal split; the "
        f"run to train is that of the {_best(plan)} over all draws. The draws also show how far "
        "it is from the optimum.",
        "note",
    )
    if facts.other_plans is not None:
        yield from _others(plan, facts.other_plans)


def _table(plan: Allocation, names: list[str]) -> Rows:
    """Return the run to train for each budget, with its expected regret."""
    tolerance, prob = percent(plan.tolerance), percent(plan.prob)
    header = (
        "run",
        "parameters N",
        "tokens D",
        "D / N",
        f"{plan.y}, {_QUOTED[plan.of]}",
        prob,
        "expected off the best",
        f"P(within {tolerance} of it)",
        f"N within {tolerance} with {prob}",
    )
    lines = tuple(_line(plan, *pair) for pair in zip(names, plan.choice.iterrows()))
    return Rows("plan", f"the run of {_best(plan)} for each budget", header, lines)


def _line(plan: Allocation, name: str, labeled: tuple[Hashable, pd.Series]) -> tuple[str, ...]:
    """Return one row of the table."""
    _, row = labeled
    known = np.isfinite(row["excess"])
    ends = [row["median"], row["lower"], row["upper"]]
    median, *interval = format_to_width(ends, row["upper"] - row["lower"])
    return (
        name,
        format_count(row["N"]),
        format_count(row["D"]),
        f"{row['M']:.3g}",
        median,
        " to ".join(interval),
        f"{row['excess']:.2g} {plan.unit}" if known else _UNKNOWN,
        f"{row['close']:.2f}" if known else _UNKNOWN,
        _close_runs(plan, row),
    )


def _close_runs(plan: Allocation, row: pd.Series) -> str:
    """State the range of parameters that is as good in practice."""
    ends = [
        f"{word} {format_count(row[column])}"
        for word, column in (("from", "N_least"), ("up to", "N_most"))
        if np.isfinite(row[column])
    ]
    if ends:
        return " ".join(ends)
    if not np.isfinite(row["excess"]):
        return _UNKNOWN
    return "every run searched" if row["close"] >= plan.prob else "no run"


def _figure(plan: Allocation) -> Picture:
    """Draw the valley of each group, small enough that its text can be read on a phone."""
    figure = np.atleast_1d(plan.plot(columns=1))[0].figure
    groups = plan.choice.groupby(plan.groups).ngroups if plan.groups else 1
    figure.set_size_inches(5.2, 3.9 * max(1, groups))
    return closed_picture(figure)


def _others(plan: Allocation, others: OtherPlans) -> Iterator[Block]:
    """Yield what other laws would train."""
    lines = tuple(line for label, one in others.plans for line in _other_lines(label, one))
    header = (
        "by",
        "budget, FLOPs",
        "parameters N",
        "tokens D",
        "D / N",
        f"the best N, {percent(plan.prob)}",
    )
    if lines:
        yield Text("What other laws would train", "heading")
        caption = "by other laws: the run for each budget, and where the optimum lies"
        yield Rows("plan-others", caption, header, lines)
    if others.refusals:
        yield Items(tuple(others.refusals))


def _other_lines(label: str, plan: Allocation) -> Iterator[tuple[str, ...]]:
    """Yield one row per budget."""
    ranges = plan.best[plan.best["quantity"] == "N"]
    for (_, row), (_, ends) in zip(plan.choice.iterrows(), ranges.iterrows()):
        low, high = _amount(ends["lower"]), _amount(ends["upper"])
        yield (
            label,
            f"{row['C']:.3g}",
            _amount(row["N"]),
            _amount(row["D"]),
            f"{row['M']:.3g}" if np.isfinite(row["M"]) else _UNKNOWN,
            " to ".join(dict.fromkeys((low, high))),
        )


def _amount(value: float) -> str:
    return format_count(value) if np.isfinite(value) else _UNKNOWN
