"""The figure of a scaling curve: a law with its band, training runs and targets."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.formatting import percent
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.curve_data import CurveData, curve_data
from bayes_scaling.plot.curve_labels import CurveEnd, add_legend, label_curve_ends
from bayes_scaling.plot.curve_markers import draw_runs, draw_targets
from bayes_scaling.plot.run_curves import draw_run_curves
from bayes_scaling.plot.style import COLORS, COMPUTE_LABEL, DASHES, shorten, style
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.results.intervals import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LISTED = 3  # forecasts in the alternative text


def curve(
    forecaster: Forecaster,
    to: Any = None,
    *,
    prob: float = 0.9,
    of: str = "run",
    kind: str = "eti",
    measured: Any = None,
    ax: "Axes | None" = None,
    points: int = 80,
) -> "Axes":
    """Plot an outcome against compute, or against the law's own input.

    The figure has the law's band, the training runs and the targets.

    Parameters
    ----------
    forecaster : Fit, Chain, Average, Mean or a group of a PooledFit
        What predicts the outcome.
    to : DataFrame, dict or plan, optional
        Targets, shown with their intervals. Each of their values of tokens per parameter has its
        own line, six at most.
    prob : float
        Probability of the intervals, in (0, 1).
    of : {"run", "mean"}
        Whether the targets' intervals are of a new run or of the law's curve.
    kind : {"eti", "hdi"}
        Central or highest-density intervals.
    measured : sequence of float, optional
        Measured values at the targets, one each.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.
    points : int
        Points of each line.

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.

    Raises
    ------
    InputError
        If ``prob``, ``of`` or ``kind`` is invalid, if targets are invalid, if ``measured`` has no
        targets or another number of values, or if neither runs nor targets have the horizontal
        axis.
    """
    import matplotlib.pyplot as plt

    data = curve_data(forecaster, to, prob, of, kind, measured, points)
    with style():
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4.6))
        if data.is_compute:
            ax.set_xscale("log")
            ax.set_yscale("log")
        if data.x in forecaster.training:  # runs of a second law may have no compute
            draw_runs(ax, forecaster.training, data.x, forecaster.outcome_name)
        if data.is_compute:
            draw_run_curves(ax, forecaster.training, lambda at: forecaster.draws(at, of="mean"))
        ends = _draw_lines(ax, data)
        draw_targets(ax, data)
        if data.is_compute:
            space_log_ticks(ax.xaxis, ax.yaxis)
            label_curve_ends(ax, ends)
        _label_axes(ax, data)
        add_legend(ax)
    set_alt_text(ax, _alt_text(data))
    return ax


def _draw_lines(ax: "Axes", data: CurveData) -> list[CurveEnd]:
    """Draw the median and the band of each line; returns where labeled lines end."""
    ends = []
    for i, (ratio, grid) in enumerate(data.lines):
        color, dash = COLORS[i % len(COLORS)], DASHES[i % len(DASHES)]
        draws = data.forecaster.draws(grid, of="mean")
        (lower, upper), median = interval(draws, data.prob, data.kind), np.median(draws, axis=0)
        ax.fill_between(grid[data.x], lower, upper, color=color, alpha=0.18, lw=0)
        ax.plot(
            grid[data.x],
            median,
            ls=dash,
            color=color,
            lw=1.6,
            label=f"law, {percent(data.prob)} band" if i == 0 else None,
            zorder=2,
        )
        if ratio:
            ends.append(CurveEnd(grid[data.x].iloc[-1], median[-1], f"M = {ratio:.3g}", color))
    return ends


def _label_axes(ax: "Axes", data: CurveData) -> None:
    """Set the labels of both axes and the title."""
    forecaster = data.forecaster
    x_label = {"C": COMPUTE_LABEL}.get(data.x, forecaster.law.inputs.get(data.x, data.x))
    ax.set_xlabel(shorten(x_label), parse_math=False)
    y_label = f"{forecaster.outcome_name}, {forecaster.unit}"
    ax.set_ylabel(shorten(y_label, 50), parse_math=False)
    panels = spec.get_gridspec().ncols if (spec := ax.get_subplotspec()) else 1
    figure: Any = ax.figure
    most, title = int(9.5 * figure.get_figwidth() / panels), forecaster.title
    ax.set_title(
        title if len(title) <= most else shorten(title.split(":")[0], most),
        parse_math=False,
        wrap=True,
    )


def _alt_text(data: CurveData) -> str:
    forecaster, x, ratios = data.forecaster, data.x, data.ratios
    law = "the law's curve"
    if ratios[0]:
        law += f" at M = {' and '.join(f'{ratio:.3g}' for ratio in ratios)} tokens per parameter"
    text = (
        f"{shorten(forecaster.outcome_name)} in {forecaster.unit} against {x}: "
        f"{len(forecaster.training)} training runs, {law} with its {percent(data.prob)} band"
    )
    if data.forecast is None:
        return f"{text}."
    listed = [
        f"{row['median']:.4g} ({row['lower']:.4g} to {row['upper']:.4g}) at {x} = {row[x]:.3g}"
        for _, row in data.forecast.iloc[:_LISTED].iterrows()
    ]
    rest = len(data.forecast) - _LISTED
    more = f" and {rest} more" if rest > 0 else ""
    measured = ", with the measured values" if data.measured is not None else ""
    kind = "runs" if data.of == "run" else "the curve"
    return f"{text}, and forecasts of {kind}: {'; '.join(listed)}{more}{measured}."
