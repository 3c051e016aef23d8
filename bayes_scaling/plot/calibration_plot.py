"""The figure of a backtest's calibration: coverage of intervals and histograms of the PIT."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.calibration_layout import CalibrationLayout, calibration_layout
from bayes_scaling.plot.calibration_panels import (
    draw_coverage,
    draw_histogram,
    set_up_coverage,
)
from bayes_scaling.plot.legends import handles_by_label, plain_text
from bayes_scaling.plot.style import INK, line_style, shorten, style
from bayes_scaling.validation.backtest_result import Backtest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HISTOGRAMS = "Histograms of the PIT: flat at 1 where intervals are as wide as they should be."


def calibration(
    backtest: Backtest, *, most: int = 12, bins: int = 10, axes: Sequence["Axes"] | None = None
) -> list["Axes"]:
    """Plot nominal against actual coverage, and the histogram of the PIT of each law and method.

    Bars and bands are two standard errors, and forecasts of one series (or fit) count as
    dependent. Calibrated intervals lie on the diagonal and have a histogram that is flat at 1.
    Intervals that are too narrow lie below the diagonal and have high ends; a sloped histogram is
    a bias. Several methods of several laws have a row of panels for each law.

    Parameters
    ----------
    backtest : Backtest
        Held-out forecasts and their scores.
    most : int
        Maximum number of laws and methods in the figure, which states how many it omits.
    bins : int
        Bins of a histogram.
    axes : sequence of matplotlib Axes, optional
        One for each coverage, then one for each histogram; a new figure by default.

    Returns
    -------
    list of matplotlib Axes
        Those of coverage, then those of histograms.

    Raises
    ------
    InputError
        If there are too few ``axes``.
    """
    every = list(backtest.forecasts.groupby(["law", "method"], sort=False))
    parts = every[:most]
    layout = calibration_layout([key for key, _ in parts])
    figure = None
    with style():
        if axes is None:
            figure, axes = layout.new_axes()
        _check_axes(axes, layout)
        omitted = f" ({len(every) - most} more are not drawn)" if len(every) > most else ""
        outcomes = shorten_list(backtest.outcomes, 3)
        covers, panels = axes[: layout.covers], axes[layout.covers :]
        for law, ax in zip(layout.laws, covers):
            short_outcomes = "forecasts" if len(outcomes) > 20 else outcomes
            title = f"Coverage of held-out {short_outcomes}"
            by_law = shorten(f"{law}: coverage of {short_outcomes}", 40)
            set_up_coverage(ax, by_law if layout.by_law else title)
        words = []
        for i, ((key, part), ax) in enumerate(zip(parts, panels)):
            words.append(_draw_part(backtest, layout, i, key, part, covers, ax, bins))
            if figure is not None and layout.cells[i][1]:
                ax.set_ylabel("")
            set_alt_text(ax, _HISTOGRAMS)
        title = f"{len(parts)} of {len(every)} laws and methods" if omitted else None
        _add_legend(figure, covers, layout, title)
        set_alt_text(
            axes[0],
            f"Nominal against actual coverage of held-out {outcomes}, on the diagonal where "
            f"intervals are as wide as they should be; {'; '.join(words)}{omitted}.",
        )
    return list(axes[: layout.covers + len(parts)])


def _check_axes(axes: Sequence["Axes"], layout: CalibrationLayout) -> None:
    needed = layout.covers + len(layout.cells)
    if len(axes) < needed:
        raise InputError(
            f"axes has {len(axes)} Axes; give {needed}, one for the coverage"
            f"{' of each law' if layout.by_law else ''} and one for each law and method"
        )


def _draw_part(
    backtest: Backtest,
    layout: CalibrationLayout,
    i: int,
    key: Any,
    part: pd.DataFrame,
    covers: Sequence["Axes"],
    ax: "Axes",
    bins: int,
) -> str:
    """Draw coverage and histogram of one law and method; returns its coverage in words."""
    (law, method), (row, column) = key, layout.cells[i]
    clusters = part.groupby(backtest.clusters, sort=False, dropna=False).ngroup().to_numpy()
    pit, name = part["pit"].to_numpy(), law if method == "posterior" else f"{law}, {method}"
    name = shorten(name, 28)
    look, cover = line_style(column if layout.by_law else i), covers[row if layout.by_law else 0]
    draw_coverage(cover, pit, clusters, look, method if layout.by_law else name)
    draw_histogram(ax, pit, clusters, bins, look[0])
    ax.set_title(f"{name} ({len(part)})", fontsize=9.5, parse_math=False)
    return (
        f"{name}: {part['in_50'].mean():.0%} of 50% and {part['in_90'].mean():.0%} of 90% "
        f"intervals held {len(part)} observed values"
    )


def _add_legend(
    figure: Any, covers: Sequence["Axes"], layout: CalibrationLayout, title: str | None
) -> None:
    """Add one legend for all coverages: below a figure of our own, else on the first Axes."""
    handles = handles_by_label(covers)
    handles["two standard errors"] = covers[0].fill_between([], [], color=INK, alpha=0.12, lw=0)
    if figure is None:
        plain_text(covers[0].legend(handles.values(), handles, fontsize=8))
        return
    legend = figure.legend(
        handles.values(),
        handles,
        loc="outside lower center",
        ncols=2 + layout.columns,
        fontsize=8.5,
        title=title,
    )
    plain_text(legend)
