"""Small multiples of a pooled fit: one panel for each group."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import label_lowest_panels
from bayes_scaling.plot.compute_axis import POINTS, at_ratio, check_ratio
from bayes_scaling.plot.group_panel import PanelStyle, draw_panel
from bayes_scaling.plot.group_selection import compared_fit
from bayes_scaling.plot.legends import ordered_entries
from bayes_scaling.plot.ratio_shades import add_ratio_bar, ratio_shades
from bayes_scaling.plot.style import COMPUTE_LABEL, shorten, style
from bayes_scaling.results.forecast_table import Forecast
from bayes_scaling.results.pooled_fit import PooledFit


def curves(
    fit: PooledFit,
    to: Any = None,
    *,
    M: float = 20.0,
    measured: Any = None,
    prob: float = 0.9,
    of: str = "run",
) -> np.ndarray:
    """Plot small multiples of a pooled fit: a panel for each group.

    A panel has the group's runs, the law's band at M tokens per parameter, and the targets.
    Markers are darker for more tokens per parameter, where that varies.

    Parameters
    ----------
    fit : PooledFit or Comparison
        A pooled fit of a law of N, D, C or M, or a comparison of its groups at targets.
    to : DataFrame, dict or plan, optional
        Targets, with the groups' columns or for every group.
    M : float
        Tokens per parameter of the band.
    measured : sequence of float, optional
        Measured values at the targets, one for each row of ``fit.forecast(to)``.
    prob : float
        Probability of band and intervals, in (0, 1).
    of : {"run", "mean"}
        Whether the targets' intervals are of a new run or of the law's curve.

    Returns
    -------
    ndarray of matplotlib Axes
        The panels, with shape (rows, columns).

    Raises
    ------
    InputError
        If ``fit`` is not pooled, if its runs have no compute, if targets, ``M``, ``prob`` or
        ``of`` are invalid, or if ``measured`` has no targets or another number of values.
    """
    import matplotlib.pyplot as plt

    if isinstance(fit, Comparison):
        fit, to = compared_fit(fit), fit.targets if to is None else to
    _check(fit, M, prob, of)
    forecast = _forecast(fit, to, measured, prob, of)
    top = max(fit.training["C"].max(), forecast["C"].max() if forecast is not None else 0) * 1.3
    compute = np.geomspace(fit.training["C"].min(), top, POINTS)
    tables = [table for table in (fit.training, forecast) if table is not None and "M" in table]
    ratios = pd.concat([pd.Series(dtype=float), *(table["M"] for table in tables)])
    shades = ratio_shades(ratios) if ratios.max() > 1.01 * ratios.min() else None
    (rows, columns), cells = _layout(fit)
    size = (2.6 * columns, 2.2 * rows + 0.4)
    with style():
        figure, axes = plt.subplots(rows, columns, figsize=size, sharex=True, squeeze=False)
        for cell in sorted(cells):
            panel = PanelStyle(M, prob, of, shades)
            draw_panel(axes.flat[cell], fit, cells[cell], compute, forecast, panel)
        for cell in set(range(axes.size)) - cells.keys():
            axes.flat[cell].set_visible(False)
        label_lowest_panels(axes)
        figure.legend(
            *ordered_entries(*axes.flat),
            loc="outside upper center",
            ncols=min(columns, 3),
            fontsize=8.5,
        )
        if shades is not None:
            label = "tokens per parameter M"
            bar = add_ratio_bar(shades, axes, fit.training["M"], label, 30 * rows)
            bar.ax.tick_params(labelsize=7.5)
        figure.supxlabel(COMPUTE_LABEL, fontsize=9)
        figure.supylabel(shorten(f"{fit.y}, {fit.unit}", 50), fontsize=9, parse_math=False)
        text = _alt_text(fit, forecast, M, prob, of, None if shades is None else ratios)
        set_alt_text(axes.flat[0], text)
    return axes


def _check(fit: Any, M: float, prob: float, of: str) -> None:
    if not isinstance(fit, PooledFit):
        raise InputError(
            "small multiples are of a pooled fit, and this is of type "
            f"{type(fit).__name__}; give the fit that fit(..., group=...) returns"
        )
    if "C" not in fit.training.columns:
        raise InputError(
            "small multiples have compute on the horizontal axis, and the runs have none; "
            "plot from fit.forecast(targets)"
        )
    check_prob(prob)
    check_of(of)
    check_ratio(M)


def _forecast(fit: PooledFit, to: Any, measured: Any, prob: float, of: str) -> Forecast | None:
    """Forecasts of the targets, beside the measured values."""
    forecast = None if to is None else fit.forecast(to, prob=prob, of=of)
    if measured is None:
        return forecast
    if forecast is None:
        raise InputError("measured values need the targets they were measured at; give both")
    return forecast.against(measured)


def _layout(fit: PooledFit) -> tuple[tuple[int, int], dict[int, tuple]]:
    """Rows and columns of panels, and the group of each cell, counted row by row.

    With two crossed columns of groups, each level of the longer one has a row.
    """
    if len(fit.pool.by) != 2:
        keys = [fit.pool.key(group) for group in fit.groups]
        return (-(-len(keys) // 4), min(len(keys), 4)), dict(enumerate(keys))
    rows, columns = sorted(map(len, fit.pool.levels), reverse=True)
    longer = int(np.argmax([len(values) for values in fit.pool.levels]))
    cells = {
        levels[longer] * columns + levels[1 - longer]: fit.pool.key(group)
        for group, levels in zip(fit.groups, fit.pool.cells)
    }
    return (rows, columns), cells


def _alt_text(
    fit: PooledFit,
    forecast: Forecast | None,
    M: float,
    prob: float,
    of: str,
    ratios: pd.Series | None,
) -> str:
    text = f"{len(fit.groups)} panels of {fit.y} against compute, one for each group: runs"
    if ratios is not None:
        ends = f"from {ratios.min():.3g} to {ratios.max():.3g}"
        text += f" (darker for more tokens per parameter, {ends})"
    text += f", the law's {percent(prob)} band{at_ratio([fit.law], M)}"
    if forecast is not None:
        text += f", forecasts of {'runs' if of == 'run' else 'the curve'}"
        if "inside" in forecast:
            inside = (forecast["inside"] == "yes").sum()
            text += f"; {inside} of {len(forecast)} measured values lie inside their intervals"
    return f"{text}."
