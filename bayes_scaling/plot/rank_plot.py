"""The figure of simulation-based calibration: ranks of true values among posterior draws."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import label_lowest_panels
from bayes_scaling.plot.legends import handles_by_label
from bayes_scaling.plot.style import COLORS, INK, LIGHT_BLUE, LIGHT_GRAY, shorten, style
from bayes_scaling.validation.calibration import Calibration
from bayes_scaling.validation.ecdf_uniformity import LEVELS, bands, counts_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_UNIFORM = "in line"  # verdict on a quantity whose ranks are uniform
_Y_LABEL = "ECDF less the uniform's"


def ranks(
    calibration: Calibration,
    *,
    names: Sequence[str] | None = None,
    axes: Sequence["Axes"] | None = None,
) -> list["Axes"]:
    """Plot the ECDF of the ranks of true values, minus that of a uniform distribution.

    The band is simultaneous, for all ranks of all quantities together.

    Parameters
    ----------
    calibration : Calibration
        Result of simulation-based calibration.
    names : sequence of str, optional
        Quantities to plot; all by default.
    axes : sequence of matplotlib Axes, optional
        One for each quantity; a new figure by default.

    Returns
    -------
    list of matplotlib Axes
        One for each quantity.

    Raises
    ------
    InputError
        If there is no such quantity.
    """
    verdicts = calibration.table["verdict"]
    names = list(names or verdicts.index)
    for name in names:
        if name not in verdicts.index:
            known = ", ".join(verdicts.index)
            raise InputError(f"there is no quantity {name!r}; there are {known}")
    figure = None
    with style():
        if axes is None:
            figure, axes, columns = _new_axes(len(names))
        axes = list(axes[: len(names)])
        for name, ax in zip(names, axes):
            _draw_ranks(ax, calibration, name, verdicts)
        if figure is not None:
            _label_figure(figure, axes, columns)
        else:
            for ax in axes:
                ax.set_xlabel("rank of the true value", fontsize=8.5)
            axes[0].set_ylabel(_Y_LABEL, fontsize=8.5)
        outside = [name for name in names if verdicts[name] != _UNIFORM]
        verdict = (
            f"outside the band for {shorten_list(outside)}"
            if outside
            else "inside the band for all"
        )
        set_alt_text(
            axes[0],
            f"Ranks of the true values of {', '.join(names)} among the posterior's draws, "
            f"less the uniform's: {verdict}.",
        )
    return axes


def _new_axes(count: int) -> tuple[Any, list["Axes"], int]:
    """A new figure, its Axes and the number of columns: the one with the fewest empty cells."""
    import matplotlib.pyplot as plt

    if count < 5:
        columns = min(count, 4)
    else:
        columns = 3 if -count % 3 < -count % 4 else 4
    rows = -(-count // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(2.7 * columns, 2 * rows + 0.8),
        squeeze=False,
        sharex=True,
        sharey=True,
    )
    axes = list(grid.flat)
    for unused in axes[count:]:
        unused.set_visible(False)
    label_lowest_panels(grid)
    return figure, axes, columns


def _draw_ranks(ax: "Axes", calibration: Calibration, name: str, verdicts: Any) -> None:
    """Draw the ranks of one quantity and their band."""
    table = calibration.ranks[calibration.ranks["sound"]]
    values = table.loc[table["quantity"] == name, "rank"].to_numpy()
    levels, count, verdict = np.arange(1, LEVELS) / LEVELS, len(values), verdicts[name]
    low, high = bands(count, LEVELS, calibration.size / len(verdicts))
    ax.fill_between(
        levels,
        low / count - levels,
        high / count - levels,
        color=LIGHT_BLUE,
        alpha=0.5,
        lw=0,
        step="mid",
        label=f"{percent(1 - calibration.size)} band, all quantities together",
    )
    uniform = verdict == _UNIFORM
    ax.step(
        levels,
        counts_below(values, LEVELS) / count - levels,
        where="mid",
        color=INK if uniform else COLORS[1],
        lw=1.4,
        label="true values" if uniform else "true values, out of line",
    )
    ax.axhline(0, color=LIGHT_GRAY, lw=0.8)
    ax.set_xticks([0, 0.5, 1])
    title = f"{shorten(name, 20)}: {verdict.removeprefix('posterior ')}"
    ax.set_title(title, fontsize=9.5, parse_math=False)


def _label_figure(figure: Any, axes: list["Axes"], columns: int) -> None:
    """Add the labels and the legend that all panels share."""
    figure.supxlabel("rank of the true value among the draws", fontsize=9)
    figure.supylabel(_Y_LABEL, fontsize=9)
    handles = handles_by_label(axes)
    figure.legend(
        handles.values(),
        handles,
        loc="outside upper left",
        ncols=len(handles) if columns > 2 else 1,
        fontsize=8.5,
    )
