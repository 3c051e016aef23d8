"""One panel of a plan's figure: a curve for each budget, and the best sizes below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_count, percent
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.plot.legends import plain_text
from bayes_scaling.plot.style import COLORS, DASHES, GRAY, INK, one_per_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEP = 0.045  # vertical distance of the bars below the curves, in heights of the curves


def draw_panel(
    ax: "Axes",
    plan: Allocation,
    curves: pd.DataFrame,
    choice: pd.DataFrame,
    best: pd.DataFrame,
    x: str,
    top: float,
) -> list[float]:
    """Draw the budgets of one group; returns the ends of the visible parts of their curves."""
    budgets, ends = one_per_color(list(choice["C"])), []
    for i, budget in enumerate(budgets):
        curve, row = curves[curves["C"] == budget], choice[choice["C"] == budget].iloc[0]
        _draw_curve(ax, curve, row, x, i)
        size = best[(best["C"] == budget) & (best["quantity"] == x)].iloc[0]
        _draw_best(ax, size, row, x, -(i + 1.2) * (_STEP * top), COLORS[i])
        visible = curve.loc[curve["median"] <= top, x]
        ends += [visible.min(), visible.max()] if len(visible) else []
    ax.axhline(100 * plan.tolerance, color=GRAY, lw=0.8, ls=":")
    ax.axhline(0, color=INK, lw=0.6)
    ax.set_xscale("log")
    ax.set_ylim(-(len(budgets) + 0.9) * (_STEP * top), top)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
    if x == "M" and np.isfinite(plan.ratios).all():
        ax.axvspan(*plan.ratios, color=GRAY, alpha=0.1, lw=0, zorder=0)
    _add_legend(ax, _note(plan, x))
    return ends


def _draw_curve(ax: "Axes", curve: pd.DataFrame, row: pd.Series, x: str, i: int) -> None:
    """Draw the median and the band of one budget, labeled with its run to train."""
    words = "no best inside the search: percent above the lowest in it"
    if np.isfinite(row["N"]):
        words = f"{format_count(row['N'])} parameters on {format_count(row['D'])} tokens"
    label = f"{row['C']:.3g} FLOPs: {words}"
    ax.fill_between(curve[x], curve["lower"], curve["upper"], color=COLORS[i], alpha=0.18, lw=0)
    ax.plot(curve[x], curve["median"], ls=DASHES[i], color=COLORS[i], lw=1.6, label=label)


def _draw_best(
    ax: "Axes", size: pd.Series, row: pd.Series, x: str, height: float, color: str
) -> None:
    """Draw the interval of the best size as a bar, and the run to train as a diamond."""
    ends = [size["lower"], size["upper"]]
    if np.isfinite(ends).all():
        bar = {"lw": 3.5, "solid_capstyle": "butt", "zorder": 3}
        ax.plot(ends, [height, height], color=color, **bar)
    if np.isfinite(row["N"]):
        ax.plot(row[x], height, "D", color=color, mec="white", mew=0.8, ms=7, zorder=4)


def _note(plan: Allocation, x: str) -> str:
    """What the marks of a panel mean."""
    note = (
        f"curves: median and {percent(plan.prob)} of the draws\n"
        f"bars: where the best lies ({percent(plan.prob)})\n"
        f"diamonds: the run to train; dotted: {percent(plan.tolerance)}"
    )
    if x == "M" and np.isfinite(plan.ratios).all():
        note += "; gray: M of the runs"
    if plan.serve:
        note += f"\n{format_count(plan.serve)} tokens of serving paid for"
    return note


def _add_legend(ax: "Axes", note: str) -> None:
    from matplotlib.transforms import ScaledTranslation

    figure: Any = ax.figure
    legend = ax.legend(
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -39 / 72, figure.dpi_scale_trans),
        fontsize=8.5,
        title=note,
        title_fontsize=8.5,
        alignment="left",
    )
    plain_text(legend)


def format_size_axis(axes: Sequence["Axes"], x: str, low: float, high: float) -> None:
    """Set the ends of the horizontal axes, with a few plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    if high < 100 * low:
        steps = (1.0, 2.0, 5.0)
    else:
        steps = (1.0, 3.0) if high < 1e4 * low else (1.0,)
    for ax in axes:
        ax.set_xlim(low, high)
        ax.xaxis.set_major_locator(LogLocator(subs=steps))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: format_count(value) if x == "N" else f"{value:g}")
        )
