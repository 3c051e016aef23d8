"""The sides of a pooled fit, whose groups may be crossed, such as corpus by validation set."""

from collections.abc import Sequence
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.analysis.contrast_side import GroupDraws, NewRuns, Side
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit

type Context = tuple[tuple[str, Any], ...]


def sides_of_pooled(fit: PooledFit, across: str | None) -> list[Side]:
    """Return the sides of a pooled fit.

    With crossed columns there is one side for each value of ``across`` at each level of the other
    columns, and one for its mean over the levels at which every value has runs.

    Parameters
    ----------
    fit : PooledFit
        The fit.
    across : str or None
        Column whose values are compared; the first of the groups' columns if None.

    Returns
    -------
    list of Side

    Raises
    ------
    InputError
        If ``across`` is no column of the groups.
    """
    columns = fit.pool.by
    across = columns[0] if across is None else across
    if across not in columns:
        raise InputError(f"across is {across!r}; the groups are identified by {', '.join(columns)}")
    position = columns.index(across)
    sides = []
    for i, group in enumerate(fit.groups):
        key = group if isinstance(group, tuple) else (group,)
        context = tuple(
            (column, value) for j, (column, value) in enumerate(zip(columns, key)) if j != position
        )
        sides.append(Side(key[position], context, (_draws_of_group(fit, i),)))
    return sides + _means_over_contexts(sides) if len(columns) > 1 else sides


def _draws_of_group(fit: PooledFit, i: int) -> GroupDraws:
    """The draws of the i-th group, and the means of what is known for its runs."""
    known = {
        name: float(fit.data["x"][name][fit.place][fit.place[0] == i].mean())
        for name in fit.law.known
    }
    group = fit.groups[i]
    runs = NewRuns(Group(fit, group if isinstance(group, tuple) else (group,)))
    return GroupDraws(fit.law, fit.published(group), known, runs=runs)


def _means_over_contexts(sides: Sequence[Side]) -> list[Side]:
    """Each name's mean over the contexts in which every name has runs, if there are two."""
    names = list(dict.fromkeys(side.name for side in sides))
    contexts = list(dict.fromkeys(side.context for side in sides))
    common = [
        context
        for context in contexts
        if sum(side.context == context for side in sides) == len(names)
    ]
    if len(common) < 2:
        return []
    mean_context = _mean_context(common, complete=len(common) == len(contexts))
    return [
        Side(
            name,
            mean_context,
            tuple(
                part
                for side in sides
                if side.name == name and side.context in common
                for part in side.parts
            ),
        )
        for name in names
    ]


def _mean_context(common: Sequence[Context], complete: bool) -> Context:
    """The context of a mean: "all" for every column, or the levels that it is over."""
    columns = [column for column, _ in common[0]]
    return tuple(
        (
            column,
            "all"
            if complete
            else f"mean of {shorten_list(dict.fromkeys(context[j][1] for context in common))}",
        )
        for j, column in enumerate(columns)
    )
