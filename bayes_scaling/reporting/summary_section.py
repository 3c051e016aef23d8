"""The top of a report: what is wrong, the answer, what it rests on, how it was checked."""

import math
from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.formatting import format_to_width, percent
from bayes_scaling._core.messages import join_words, plural
from bayes_scaling.reporting.backtest_section import verdict
from bayes_scaling.reporting.blocks import Block, Items, Text
from bayes_scaling.reporting.choice_section import choice_in_words, order_of_interest
from bayes_scaling.reporting.data_section import meanings, rests_on
from bayes_scaling.reporting.decision import decision
from bayes_scaling.reporting.extrapolation import uncovered_link
from bayes_scaling.reporting.facts import Facts, Stage
from bayes_scaling.reporting.plan_section import advice
from bayes_scaling.reporting.reach import ratios_to_largest
from bayes_scaling.reporting.trust_section import TRUST
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit

_FEW = 3  # targets in a sentence
_MANY = 10  # measured values from which their coverage can be judged


def summary(facts: Facts) -> Iterator[Block]:
    """Yield the blocks before the first heading."""
    diagnosis, plan = facts.diagnosis, facts.inputs.plan
    if not diagnosis.ok:
        bad = join_words(verdict.key for verdict in diagnosis.verdicts if not verdict.ok)
        yield Text(f"Do not rely on this report: its verdict on {bad} is bad.", "warning")
        yield Items(diagnosis.problems)
    if plan:
        yield Text(advice(plan, facts.forecaster), "answer")
        yield from _cautions(plan.diagnosis.cautions, "What to train")
    chosen = tuple(choice_in_words(facts))
    yield from chosen
    yield Text(f"{_answer(facts, facts.last)}.", "" if chosen else "answer")
    if columns := meanings(facts.fits, facts.inputs.source):
        yield Text(f"{'; '.join(f'{column}: {text}' for column, text in columns.items())}.", "note")
    if len(facts.targets) == 2 and not plan:  # two budgets are no rivals
        yield Text(_difference(facts))
    yield decision(facts)
    for stage in facts.stages[:-1]:
        yield Text(f"Intermediate outcome: {_answer(facts, stage)}.")
    yield Text(_basis(facts))
    if text := uncovered_link(facts.forecaster, facts.link):
        yield Text(text)
    if text := verdict(facts.inputs.backtest, facts.forecaster, facts.targets, facts.names):
        yield Text(text)
    if facts.measured is not None:
        yield Text(_errors(facts, facts.measured))
    yield from _cautions(diagnosis.cautions, TRUST)


def _cautions(cautions: tuple[str, ...], title: str) -> Iterator[Text]:
    """Refer to the section that lists cautions."""
    if cautions:
        yield Text(f'See {plural(len(cautions), "caution")} in "{title}".', "note")


def _answer(facts: Facts, stage: Stage) -> str:
    """State the forecasts of the first few targets."""
    forecaster, prob = stage.forecaster, percent(facts.prob)
    intervals, parts = stage.intervals.to_dict("records"), []
    for place in order_of_interest(facts)[:_FEW]:
        name, row = facts.names[place], intervals[place]
        ends = [row["median"], row["lower"], row["upper"]]
        median, lower, upper = format_to_width(ends, row["upper"] - row["lower"])
        parts.append(f"{median} for {name} ({prob} interval {lower} to {upper})")
    rest = len(intervals) - _FEW
    more = f"; {plural(rest, 'more run')} in the table" if rest > 0 else ""
    outcome = f"{forecaster.outcome_name} ({forecaster.unit})"
    return f"{outcome} is predicted to be {join_words(parts)}{more}"


def _difference(facts: Facts) -> str:
    """Compare two targets draw by draw: a new run of each."""
    (one, two), draws, prob = facts.names, facts.last.run, facts.prob
    gap = draws[:, 0] - draws[:, 1]
    if (gap < 0).mean() < 0.5:
        one, two, gap = two, one, -gap
    lower, upper = interval(gap, prob)
    decimals = max(0, 2 - math.floor(math.log10(upper - lower))) if upper > lower else 3
    median, lower, upper = (f"{value:+.{decimals}f}" for value in (np.median(gap), lower, upper))
    y = facts.forecaster.outcome_name
    return (
        f"Of the two, {one} has the lower {y} with probability {(gap < 0).mean():.2f}; its {y} "
        f"minus that of {two} has a median of {median} ({percent(prob)} interval {lower} to "
        f"{upper})."
    )


def _basis(facts: Facts) -> str:
    """State the runs behind the forecast, and what its probability is conditional on."""
    laws = list(dict.fromkeys(fit.law.name for _, fit in facts.fits))
    return (
        f"It rests on {rests_on(facts.forecaster)}{_distance(facts)}. A new run falls inside its "
        f"interval with probability {percent(facts.prob)} if the data, "
        f"{'the law' if len(facts.fits) == 1 else 'the laws'} ({join_words(laws)}) and the priors "
        "in this report are right; what they leave out is not in the interval."
    )


def _distance(facts: Facts) -> str:
    """State how far the farthest target lies from the training runs."""
    compute, parameters = (_farthest(facts, column) for column in ("C", "N"))
    if not compute > 1:
        return ""
    first = facts.fits[0][1]
    if isinstance(first, PooledFit):
        largest = "run of its group"
    elif isinstance(facts.forecaster, Chain):
        largest = f"run for {first.outcome_name}"
    else:
        largest = "of them"
    size = (
        f", and the largest target has {parameters:.3g} times its parameters"
        if parameters > 1
        else ""
    )
    return (
        f"; the farthest target needs {compute:.3g} times the compute of the largest "
        f"{largest}{size}"
    )


def _farthest(facts: Facts, column: str) -> float:
    ratios = ratios_to_largest(facts.target_runs, facts.targets, column)
    return 0.0 if ratios is None else ratios.max()


def _errors(facts: Facts, measured: np.ndarray) -> str:
    """State how the forecasts compare with measured values."""
    columns = facts.last.intervals[["median", "lower", "upper"]].to_numpy()
    (median, lower, upper), count = columns.T, len(columns)
    inside = int(((lower <= measured) & (measured <= upper)).sum())
    shown = join_words(f"{100 * error:+.1f}%" for error in (median / measured - 1)[:_FEW])
    return (
        f"The measured {facts.forecaster.outcome_name} lies inside the {percent(facts.prob)} "
        f"interval at {inside} of {plural(count, 'target')}"
        f"{', too few to judge coverage' if count < _MANY else ''}; the error of the "
        f"{'medians' if count > 1 else 'median'} is {shown}{' and more' if count > _FEW else ''}."
    )
