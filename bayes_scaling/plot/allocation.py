"""The figure of a plan: how far each split of a budget is from the best one."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.plot.allocation_panel import draw_panel, format_size_axis
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import label_lowest_panels
from bayes_scaling.plot.style import shorten, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS = {"N": "parameters N", "M": "tokens per parameter M = D / N"}
_MIN_TOP = 10  # tolerances at the top of the vertical axis, at least


class _Group(NamedTuple):
    """One group's part of a plan."""

    name: str
    curves: pd.DataFrame
    choice: pd.DataFrame
    best: pd.DataFrame


def valley(
    plan: Allocation, x: str = "N", *, ax: "Axes | None" = None, columns: int = 3
) -> "Axes | list[Axes]":
    """Plot how far the outcome along each budget is from its best, in percent.

    A curve has the median and the band over draws, each draw against its own best. Below the
    curves are the run to train and the interval of the best size.

    Parameters
    ----------
    plan : Allocation
        What ``bayes_scaling.plan.compute_optimal`` returned. Of more budgets than colors, the
        figure shows some that are evenly spaced.
    x : {"N", "M"}
        Horizontal axis: parameters, or tokens per parameter.
    ax : matplotlib Axes, optional
        Where to draw a plan of one group; a new figure by default.
    columns : int
        Maximum number of panels side by side.

    Returns
    -------
    matplotlib Axes or list of matplotlib Axes
        A list of one for each group where there are several.

    Raises
    ------
    InputError
        If ``x`` is invalid, or if ``ax`` is given for several groups.
    """
    if x not in _LABELS:
        raise InputError(f"x is {x!r}; use 'N' (parameters) or 'M' (tokens per parameter)")
    groups = _groups(plan)
    if ax is not None and len(groups) > 1:
        raise InputError(f"there are {len(groups)} groups, and one ax; leave ax out")
    with style():
        grid = np.array([[ax]], object) if ax is not None else _new_grid(len(groups), columns)
        axes, top = list(grid.flat[: len(groups)]), _top(plan)
        ends: list[float] = []
        for one, group in zip(axes, groups):
            ends += draw_panel(one, plan, group.curves, group.choice, group.best, x, top)
            _label_panel(one, plan, group, x, len(groups), one in list(grid[:, 0]))
        format_size_axis(axes, x, min(ends), max(ends))
        label_lowest_panels(grid)
    return axes[0] if len(axes) == 1 else axes


def _groups(plan: Allocation) -> list[_Group]:
    """The tables of each group; one group where the plan has no columns of groups."""
    by = plan.groups
    if not by:
        return [_Group("", plan.curves, plan.choice, plan.best)]
    groups = []
    for key in dict.fromkeys(plan.choice[by].itertuples(index=False, name=None)):
        tables = [
            table[(table[by] == list(key)).all(axis=1)]
            for table in (plan.curves, plan.choice, plan.best)
        ]
        groups.append(_Group(" / ".join(map(str, key)), *tables))
    return groups


def _new_grid(count: int, columns: int) -> Any:
    """Axes of a new figure, in rows of at most so many columns."""
    import matplotlib.pyplot as plt

    columns = min(count, columns)
    rows = -(-count // columns)
    size = (7 if columns == 1 else 4.2 * columns, 4.6 * rows)
    _, grid = plt.subplots(rows, columns, figsize=size, sharex=True, sharey=True, squeeze=False)
    for unused in grid.flat[count:]:
        unused.set_visible(False)
    return grid


def _top(plan: Allocation) -> float:
    """Upper end of the vertical axis: well above the tolerance and the bands at the choices."""
    heights = [_MIN_TOP * 100 * plan.tolerance]
    for _, row in plan.choice.dropna(subset=["M"]).iterrows():
        part = plan.curves[(plan.curves["C"] == row["C"]).to_numpy()]
        nearest = int(np.abs(np.log(part["M"] / row["M"])).argmin())
        heights.append(2.5 * part["upper"].iloc[nearest])
    return min(max(heights), 100.0)


def _label_panel(
    ax: "Axes", plan: Allocation, group: _Group, x: str, count: int, leftmost: bool
) -> None:
    """Set title, axis labels and alternative text of a panel."""
    title = shorten(group.name or f"What to train for the best {plan.y}", 60 if count == 1 else 34)
    distance = f"{'above' if plan.better == 'lower' else 'below'} the best"
    ax.set_title(title, parse_math=False)
    ax.set_xlabel(_LABELS[x])
    y_label = shorten(f"{plan.y} {distance}, %", 50) if leftmost else ""
    ax.set_ylabel(y_label, parse_math=False)
    set_alt_text(
        ax,
        f"{plan.y} in percent {distance} against {_LABELS[x]}, median and {percent(plan.prob)} "
        f"band. {' '.join(plan.sentences)}",
    )
