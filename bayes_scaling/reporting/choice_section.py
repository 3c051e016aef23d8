"""The section on which group to choose, of a report on groups."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import describe_run, format_to_width, percent
from bayes_scaling._core.messages import plural
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.reporting.blocks import Block, Items, Picture, Rows, Section, Text
from bayes_scaling.reporting.evidence_tables import MAX_ROWS, given
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.reporting.pictures import closed_picture
from bayes_scaling.results.pooled_fit import PooledFit

TITLE = "Which to choose"
_FEW = 3  # targets in the answer, and with a figure
_OF_TABLE = ("group", "median", "lower", "upper", "p_best", "regret", "in_set", "choice")
_HEADERS = {
    "p_never": "P(never)",
    "p_none": "P(no crossing)",
    "p_better_beyond": "P(group better beyond)",
    "from_C": "searched from C",
    "to_C": "to C",
    "multiplier": "times the compute",
}


def choice_section(facts: Facts) -> Section | None:
    """Return the section on the choice between groups, None if no groups were compared."""
    comparison = _compared(facts)
    return None if comparison is None else Section(TITLE, tuple(_blocks(facts, comparison)))


def choice_in_words(facts: Facts) -> Iterator[Text]:
    """Yield the choice at the first few targets, the answer of a report on groups."""
    comparison = _compared(facts)
    if comparison is None or facts.inputs.plan:
        return
    sentences = comparison.decision.sentences
    yield from (Text(sentence, "answer") for sentence in sentences[:_FEW])
    if len(sentences) > _FEW:
        yield Text(f'"{TITLE}" has {plural(len(sentences) - _FEW, "more choice")}.', "note")


def order_of_interest(facts: Facts) -> list[int]:
    """Return the places of the targets, of groups the better choice at each target first."""
    places, comparison = list(range(len(facts.targets))), _compared(facts)
    if comparison is None or not isinstance(facts.forecaster, PooledFit) or facts.inputs.plan:
        return places
    table = _ranked(comparison)
    own = [name for name in facts.forecaster.group_columns if name not in table]
    table = table.rename(columns=dict(zip(["group"], own)))
    shared = [name for name in facts.targets.columns if name in table]
    found = table[shared].merge(facts.targets.assign(place=places), on=shared)["place"].tolist()
    return found if sorted(found) == places else places


def _compared(facts: Facts) -> Comparison | None:
    """Return the comparison of the report's groups, if there is a choice between them."""
    comparison = facts.comparison
    if not isinstance(comparison, Comparison) or not len(comparison.decision):
        return None
    return comparison


def _sizes(comparison: Comparison) -> list[str]:
    """Columns of the decision that are a target's, or a context's."""
    return [name for name in comparison.decision.columns if name not in _OF_TABLE]


def _ranked(comparison: Comparison) -> pd.DataFrame:
    """Return the decision's rows, at each target the group of least expected regret first."""
    table = pd.DataFrame(comparison.decision)
    size = table.groupby(_sizes(comparison), sort=False).ngroup()
    return table.iloc[np.lexsort((table["regret"], size))]


def _blocks(facts: Facts, comparison: Comparison) -> Iterator[Block]:
    """Yield the choice in words, as a table and as figures, and what a better group is worth."""
    if rest := comparison.decision.sentences[_FEW:MAX_ROWS]:
        yield Items(tuple(rest))
    yield from _figures(comparison)
    yield _table(comparison)
    of = "a new run" if comparison.of == "run" else "the curve"
    yield Text(
        f"P(best) is of {of}. The expected regret is how far the {comparison.outcome} of a group "
        "lies, on average over the posterior, from that of the group that is best: what a mistake "
        "costs.",
        "note",
    )
    tables = {
        "how much more compute": comparison.about_the_choice(comparison.multipliers),
        "where curves cross": comparison.about_the_choice(comparison.crossovers),
    }
    renamed = {label: one.rename(columns=_HEADERS) for label, one in tables.items() if len(one)}
    yield from given("comparison", "Groups compared", renamed, facts.targets, facts.names)
    if comparison.caution:
        yield Text(comparison.caution)
    if comparison.diagnosis.problems:
        yield Items(tuple(comparison.diagnosis.problems))


def _table(comparison: Comparison) -> Rows:
    """Return the groups at each target, the one to choose first."""
    sizes = _sizes(comparison)
    table = _ranked(comparison)
    shown = table.head(MAX_ROWS)
    lines = tuple(_line(row, _at(row[sizes])) for _, row in shown.iterrows())
    more = f"; the first {MAX_ROWS} of {len(table)} rows" if len(table) > MAX_ROWS else ""
    header = (
        "group",
        "at",
        comparison.outcome,
        f"{percent(comparison.prob)} interval",
        "P(best)",
        "expected regret",
        f"may be best at a risk of {percent(comparison.risk)}",
    )
    return Rows("choice", f"the groups, the one to choose first{more}", header, lines)


def _at(row: pd.Series) -> str:
    """Name a target, with its context."""
    context = [str(value) for value in row if isinstance(value, str)]
    numbers = row[[not isinstance(value, str) for value in row]]
    return ", ".join([*context, describe_run(numbers)])


def _line(row: pd.Series, at: str) -> tuple[str, ...]:
    """Return one group at one target."""
    ends = [row["median"], row["lower"], row["upper"]]
    median, *interval = format_to_width(ends, row["upper"] - row["lower"])
    return (
        str(row["group"]),
        at,
        median,
        " to ".join(interval),
        f"{row['p_best']:.2f}",
        f"{row['regret']:#.2g}",
        "yes" if row["in_set"] else "no",
    )


def _figures(comparison: Comparison) -> Iterator[Picture]:
    """Draw the choice at the first few targets, unless groups have contexts."""
    if set(_sizes(comparison)) - set(comparison.targets.columns):
        return
    for target in range(min(len(comparison.targets), _FEW)):
        figure = comparison.plot(target=target).figure
        width, height = figure.get_size_inches()
        figure.set_size_inches(min(width, 5.6), np.ceil(height))
        yield closed_picture(figure)
