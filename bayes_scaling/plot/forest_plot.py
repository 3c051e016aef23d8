"""The forest plot: intervals of parameters, one row for each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.law.law import Law
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.group_selection import (
    GroupedFits,
    all_groups,
    compared_fit,
    level_name,
)
from bayes_scaling.plot.legends import MAX_GROUP_NAME, legend_columns, plain_text
from bayes_scaling.plot.style import line_style, shorten, style
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONG_TAIL = 30  # ratio of the ends of an axis from which it is logarithmic


@dataclass(frozen=True, eq=False)
class _Rows:
    """Where each group stands: ``labels`` of rows by key, groups of one row ``gap`` apart."""

    labels: dict[Any, Any]
    groups: list[Any]
    crossed: bool
    gap: float

    def key(self, side: Side) -> Any:
        return level_name(side) if self.crossed else side.name

    def height(self, side: Side) -> float:
        """The vertical position of a group."""
        offset = self.groups.index(side.name) - (len(self.groups) - 1) / 2
        return list(self.labels).index(self.key(side)) + self.gap * offset


def forest(
    fit: GroupedFits,
    names: str | Sequence[str] | None = None,
    *,
    across: str | None = None,
    prob: float = 0.9,
) -> list["Axes"]:
    """Plot intervals of parameters, one row for each group.

    With crossed columns of groups, each level of the other columns has a row, and "all", their
    mean, has one too.

    Parameters
    ----------
    fit : PooledFit, Fits, or dict of Fit, Chain or group
        What is compared; of chains the parameters of the first law.
    names : str or sequence of str, optional
        Published parameters; by default those without a unit, which are the exponents.
    across : str, optional
        With crossed columns, the one whose values differ in color; the first by default.
    prob : float
        Probability of the thin bars, in (0, 1); the thick bars hold half.

    Returns
    -------
    list of matplotlib Axes
        One for each parameter.

    Raises
    ------
    InputError
        If the fits cannot be compared, if there is no such parameter or column, or if ``prob``
        is invalid.
    """
    import matplotlib.pyplot as plt

    sides, prob = all_groups(fit, across), check_prob(prob)
    law, names = sides[0].parts[0].law, _names(sides[0], names)
    fits = compared_fit(fit)
    y = (fits if isinstance(fits, PooledFit) else fits[next(iter(fits))]).outcome_name
    units = {q.name: law.rename_units(q.unit, y) for q in law.parameters if q.unit not in ("", "1")}
    rows = _rows(sides)
    width, row_height = 1.6 + 3.4 * len(names), max(0.34, 0.1 * len(rows.groups) * rows.crossed)
    size = (width, 1.3 + row_height * len(rows.labels))
    markers: dict[Any, Any] = {}
    with style():
        figure, grid = plt.subplots(1, len(names), figsize=size, sharey=True, squeeze=False)
        axes = list(grid.flat)
        for ax, name in zip(axes, names):
            markers |= _draw_parameter(ax, sides, name, rows, prob)
            label = f"{name}, {units[name]}" if name in units else name
            ax.set_xlabel(shorten(label, 40), parse_math=False)
            labels = [shorten(label, MAX_GROUP_NAME) for label in rows.labels.values()]
            ax.set_yticks(range(len(labels)), labels, parse_math=False)
        axes[0].set_ylim(len(rows.labels) - 0.5, -0.5)
        axes[0].set_title(f"{law.name}: 50% and {percent(prob)} intervals")
        if rows.crossed:
            plain_text(
                figure.legend(
                    markers.values(),
                    [shorten(name, MAX_GROUP_NAME) for name in markers],
                    loc="outside lower center",
                    ncols=legend_columns(list(markers), width),
                    fontsize=9,
                )
            )
        set_alt_text(axes[0], _alt_text(sides, names, units, prob))
    return axes


def _names(side: Side, names: str | Sequence[str] | None) -> list[str]:
    """Names of the parameters to plot, refused where there is no such parameter."""
    law: Law = side.parts[0].law
    if names is None:
        return [q.name for q in law.parameters if q.unit == "1" and q.name in side.parameters]
    names = [names] if isinstance(names, str) else list(names)
    for name in names:
        if name not in side.parameters:
            raise InputError(
                f"{law.name} has no parameter {name!r}{did_you_mean(name, side.parameters)}; "
                f"it has {shorten_list(side.parameters)}"
            )
    return names


def _rows(sides: list[Side]) -> _Rows:
    groups = list(dict.fromkeys(side.name for side in sides))
    if not sides[0].context:
        return _Rows(dict(zip(groups, groups)), groups, False, 0)
    labels = {}
    for side in sides:
        level = level_name(side)
        labels[level] = side.context_prefix.removesuffix(": ") if level == "all" else level
    return _Rows(labels, groups, True, min(0.22, 0.8 / len(groups)))


def _draw_parameter(
    ax: "Axes", sides: list[Side], name: str, rows: _Rows, prob: float
) -> dict[Any, Any]:
    """Draw the intervals of one parameter; returns the marker of each group."""
    markers = {}
    for side in sides:
        height, draws = rows.height(side), side.parameters[name]
        color, _, marker = line_style(rows.groups.index(side.name))
        ends = [height, height]
        ax.plot(interval(draws, prob), ends, color=color, lw=1.3)
        ax.plot(interval(draws, 0.5), ends, color=color, lw=3.4, solid_capstyle="butt")
        (markers[side.name],) = ax.plot(
            np.median(draws), height, marker, color=color, mec="white", mew=0.6, ms=6
        )
    limits = np.array([interval(side.parameters[name], prob) for side in sides])
    if limits.min() > 0 and limits.max() / limits.min() > _LONG_TAIL:
        ax.set_xscale("log")
        space_log_ticks(ax.xaxis)
    return markers


def _alt_text(sides: list[Side], names: list[str], units: dict[str, str], prob: float) -> str:
    parameters = ", ".join(f"{name} ({units[name]})" if name in units else name for name in names)
    medians = []
    for side in sides:
        if side.context == sides[-1].context:
            values = (f"{name} {np.median(side.parameters[name]):.3g}" for name in names)
            medians.append(f"{side.name} {', '.join(values)}")
    return (
        f"Posterior of {parameters} by group, 50% and {percent(prob)} intervals; "
        f"medians: {sides[-1].context_prefix}{'; '.join(medians)}."
    )
