"""The figure of a crossover: the gap between two groups against compute."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.crossings import crossing
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.compute_axis import (
    POINTS,
    check_ratio,
    compute_limits,
    mark_training_end,
    training_compute,
)
from bayes_scaling.plot.group_selection import GroupedFits, groups_at_level
from bayes_scaling.plot.legends import MAX_GROUP_NAME
from bayes_scaling.plot.style import COLORS, COMPUTE_LABEL, INK, shorten, style
from bayes_scaling.results.intervals import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def crossover(
    fit: GroupedFits,
    one: object,
    two: object,
    *,
    M: float = 20.0,
    within: Any = None,
    across: str | None = None,
    where: object = None,
    prob: float = 0.9,
) -> "Axes":
    """Plot how far one group's curve is above another's against compute, and where they cross.

    Parameters
    ----------
    fit : PooledFit, Fits, or dict of Fit, Chain or group
        What is compared.
    one, two : object
        Names of the two groups.
    M : float
        Tokens per parameter.
    within : pair of float, optional
        Smallest and largest compute in FLOPs; by default from the smallest training run to a
        hundred times the largest.
    across : str, optional
        With crossed columns, the one whose values are compared; the first by default.
    where : object, optional
        With crossed columns, the level of the others; the mean over all by default.
    prob : float
        Probability of the band and of the interval, in (0, 1).

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.

    Raises
    ------
    InputError
        If the fits cannot be compared, if there is no such group, column or level, if both groups
        are the same, if ``M``, ``within`` or ``prob`` is invalid, or if the runs or the law have
        no compute.
    """
    import matplotlib.pyplot as plt

    sides, level, runs = groups_at_level(fit, across, where)
    prob = check_prob(prob)
    first, second = _pair(sides, one, two)
    check_ratio(M)
    training = training_compute(runs)
    low, high = compute_limits(sides, training, within)
    compute = np.geomspace(low, high, POINTS)
    gap = 100 * (first.curve_along(compute[None], M) / second.curve_along(compute[None], M) - 1)
    found = crossing(first, second, M, low, high, prob, "lower")
    p, median = f"{1 - found['p_none']:.2f}", np.median(gap, axis=0)
    with style():
        figure, ax = plt.subplots(figsize=(7, 4))
        band = {"color": COLORS[0], "alpha": 0.2, "lw": 0, "label": f"{percent(prob)} band"}
        ax.fill_between(compute, *interval(gap, prob), **band)
        ax.plot(compute, median, color=COLORS[0], lw=1.6)
        ax.axhline(0, color=INK, lw=1)
        if found["p_none"] < 0.5:
            _mark_crossing(ax, found, prob)
        mark_training_end(ax, training)
        ax.set(xscale="log", xlabel=COMPUTE_LABEL)
        space_log_ticks(ax.xaxis)
        names = [shorten(name, MAX_GROUP_NAME) for name in (one, two)]
        ax.set_ylabel(f"{names[0]} above {names[1]}, %", parse_math=False)
        title = f"{level}M = {M:g}; they cross in the range with probability {p}"
        ax.set_title(title, parse_math=False)
        figure.legend(loc="outside lower center", ncols=2, fontsize=9)
        set_alt_text(
            ax,
            f"{level}{one} above {two} against compute, from {median[0]:+.2g}% at {low:.1e} "
            f"to {median[-1]:+.2g}% at {high:.1e} FLOPs; they cross with probability {p}.",
        )
    return ax


def _pair(sides: list[Side], one: object, two: object) -> tuple[Side, Side]:
    """The two groups of these names."""
    by_name = {side.name: side for side in sides}
    for name in (one, two):
        if name not in by_name:
            raise InputError(
                f"{name!r} is no group{did_you_mean(str(name), map(str, by_name))}; "
                f"groups are {shorten_list(by_name)}"
            )
    if one == two:
        raise InputError(f"one and two are both {one!r}; give two groups")
    return by_name[one], by_name[two]


def _mark_crossing(ax: "Axes", found: dict[str, float], prob: float) -> None:
    """Draw the crossover with its interval."""
    ax.errorbar(
        found["C"],
        0,
        xerr=[[found["C"] - found["lower"]], [found["upper"] - found["C"]]],
        fmt="D",
        color=COLORS[1],
        capsize=4,
        lw=1.8,
        zorder=4,
        label=f"crossover, {percent(prob)}",
    )
