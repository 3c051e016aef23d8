"""Markers of a scaling curve: training runs, targets with their intervals, measured values."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import percent
from bayes_scaling.plot.curve_data import CurveData
from bayes_scaling.plot.marker_offsets import MANY_MARKERS, offset_transforms
from bayes_scaling.plot.ratio_shades import add_ratio_bar, ratio_shades
from bayes_scaling.plot.style import COLORS, GRAY, INK, MARKERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_runs(ax: "Axes", runs: pd.DataFrame, x: str, y: str) -> None:
    """Draw training runs, darker for more tokens per parameter where that varies."""
    label = f"training runs ({len(runs)})"
    if x != "C" or "M" not in runs or runs["M"].nunique() == 1:
        white = {"ms": 4.5, "mfc": "white", "mec": GRAY, "mew": 1}
        ax.plot(runs[x], runs[y], "o", ls="none", label=label, zorder=3, **white)
        return
    shades: Any = ratio_shades(runs["M"])
    ax.scatter(
        runs[x],
        runs[y],
        c=runs["M"],
        cmap=shades.cmap,
        norm=shades.norm,
        edgecolor=GRAY,
        lw=0.8,
        s=24,
        label=label,
        zorder=3,
    )
    add_ratio_bar(shades, ax, runs["M"], "tokens per parameter M")


def draw_targets(ax: "Axes", data: CurveData) -> None:
    """Draw every target with its interval and its measured value, in the color of its line."""
    if data.targets is None or data.forecast is None:
        return
    forecast, many = data.forecast, len(data.targets) > MANY_MARKERS
    size = max(1.5, 42 / len(data.targets)) if many else 6
    measured = forecast["median"] if data.measured is None else data.measured
    transforms = offset_transforms(ax, forecast.assign(x=data.targets[data.x], measured=measured))
    label = f"forecast of {'a run' if data.of == 'run' else 'the curve'}, {percent(data.prob)}"
    for i, (_, row) in enumerate(forecast.iterrows()):
        line = _line_of(data, i)
        ax.errorbar(
            row[data.x],
            row["median"],
            yerr=[[row["median"] - row["lower"]], [row["upper"] - row["median"]]],
            color=INK if line is None else COLORS[line],
            fmt="o" if line is None else MARKERS[line],
            ms=size,
            capsize=0 if many else size * 0.7,
            lw=0.8 if many else 1.6,
            alpha=0.7 if many else 1,
            zorder=4,
            label=label if i == 0 else None,
            transform=transforms[i],
        )
        if data.measured is not None:
            ax.plot(
                row[data.x],
                data.measured[i],
                "*",
                ms=5 if many else 8,
                color=INK,
                mec="white",
                mew=0.7,
                ls="none",
                zorder=5,
                label="measured" if i == 0 else None,
                transform=transforms[i],
            )


def _line_of(data: CurveData, i: int) -> int | None:
    """The line on which the i-th target lies, or None."""
    if data.targets is None or data.ratios[0] is None:
        return 0
    ratio = data.targets["M"].iloc[i]
    matches = (j for j, known in enumerate(data.ratios) if np.isclose(known or np.nan, ratio))
    return next(matches, None)
