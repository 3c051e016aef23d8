"""One panel of small multiples: a group's runs, the law's band, and the targets."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import percent
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.compute_axis import at_ratio
from bayes_scaling.plot.legends import MAX_GROUP_NAME
from bayes_scaling.plot.marker_offsets import offset_transforms
from bayes_scaling.plot.run_curves import draw_run_curves
from bayes_scaling.plot.style import COLORS, GRAY, INK, shorten
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import derive_sizes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class PanelStyle(NamedTuple):
    """What all panels have in common."""

    ratio: float  # tokens per parameter of the band
    prob: float
    of: str
    shades: Any  # ScalarMappable, or None where all runs have one ratio


def draw_panel(
    ax: "Axes",
    fit: PooledFit,
    key: tuple,
    compute: np.ndarray,
    forecast: Forecast | None,
    panel: PanelStyle,
) -> None:
    """Draw the panel of one group."""
    by = list(fit.pool.by)
    runs = fit.training[(fit.training[by] == list(key)).all(axis=1)]
    ax.set(xscale="log", yscale="log")
    group = dict(zip(by, key))
    draw_run_curves(ax, runs, lambda at: fit.draws(at.assign(**group), of="mean"))
    _draw_band(ax, fit, key, compute, panel)
    shades = panel.shades
    ax.scatter(
        runs["C"],
        runs[fit.y],
        s=12,
        c="white" if shades is None else shades.to_rgba(runs["M"]),
        edgecolor=GRAY,
        lw=0.8,
        zorder=3,
        label="training runs",
    )
    if forecast is not None:
        _draw_targets(ax, forecast[(forecast[by] == list(key)).all(axis=1)], panel)
    space_log_ticks(ax.xaxis, ax.yaxis)
    ax.tick_params(labelsize=7.5)
    ax.set_title(shorten(fit.label(key), MAX_GROUP_NAME), fontsize=8.5, parse_math=False)


def _draw_band(
    ax: "Axes", fit: PooledFit, key: tuple, compute: np.ndarray, panel: PanelStyle
) -> None:
    """Draw the median and the band of the law's curve."""
    sizes = {"C": compute, "M": np.full(len(compute), float(panel.ratio))}
    grid = pd.DataFrame(derive_sizes(sizes)).assign(**dict(zip(fit.pool.by, key)))
    draws = fit.draws(grid, of="mean")
    ax.fill_between(compute, *interval(draws, panel.prob), color=COLORS[0], alpha=0.25, lw=0)
    label = f"law{at_ratio([fit.law], panel.ratio)}, {percent(panel.prob)}"
    ax.plot(compute, np.median(draws, axis=0), color=COLORS[0], lw=1.2, label=label)


def _draw_targets(ax: "Axes", rows: pd.DataFrame, panel: PanelStyle) -> None:
    """Draw targets with their intervals and measured values."""
    if rows.empty:
        return
    marks = rows.assign(x=rows["C"], measured=rows.get("measured", rows["median"]))
    label = f"forecast of {'a run' if panel.of == 'run' else 'the curve'}, {percent(panel.prob)}"
    for i, (transform, (_, row)) in enumerate(
        zip(offset_transforms(ax, marks, 7), rows.iterrows())
    ):
        fill = COLORS[1]
        if panel.shades is not None and "M" in row:
            fill = panel.shades.to_rgba(row["M"])
        ax.errorbar(
            row["C"],
            row["median"],
            yerr=[[row["median"] - row["lower"]], [row["upper"] - row["median"]]],
            fmt="D",
            ms=4.2,
            mfc=fill,
            color=COLORS[1],
            capsize=2.5,
            lw=1.2,
            transform=transform,
            label=None if i else label,
        )
        if "measured" in row:
            ax.plot(
                row["C"],
                row["measured"],
                "*",
                ms=6,
                color=INK,
                mec="white",
                mew=0.5,
                ls="none",
                zorder=5,
                transform=transform,
                label=None if i else "measured",
            )
