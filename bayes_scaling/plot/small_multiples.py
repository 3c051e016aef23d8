"""One panel a group: curves with intervals."""

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import percent
from bayes_scaling.plot.groups import _COMPUTE, _LONG, _POINTS, _check_ratio
from bayes_scaling.plot.style import (
    COLOURS,
    GREY,
    INK,
    asked,
    plain_log,
    shade_bar,
    shades_of,
    short,
    spaced,
    style,
    ticked,
)
from bayes_scaling.results.forecast_table import interval
from bayes_scaling.runs.sizes import derive


def curves(fit, to=None, *, M=20.0, measured=None, prob=0.9, of="run"):
    """Small multiples of a pooled fit: a panel for each group with its runs, the law's band at M tokens per parameter, and targets.

    Marks are darker the more tokens per parameter, where that varies.

    Parameters
    ----------
    fit : a pooled fit of a law of N, D, C, M.
    to : targets, with the groups' columns or for every group.
    M : tokens per parameter of the band.
    measured : values that were measured at the targets, one for each row of ``fit.forecast(to)``.
    prob, of : probability of band and intervals; what the intervals are of: "run" or "mean".

    Returns
    -------
    array (lines, columns) of matplotlib Axes

    Raises
    ------
    InputError : the runs have no compute, bad targets, ``prob`` or ``of``, or ``measured`` without targets or not one
        for each row.
    """
    import matplotlib.pyplot as plt

    if not hasattr(fit, "pool"):
        raise InputError(
            f"small multiples are of a pooled fit (fit(..., group=...)); {type(fit).__name__} is none"
        )
    if not {"C", "M"} <= set(fit.training.columns):
        raise InputError(
            "small multiples are drawn against compute, and the runs have none; draw from fit.forecast(targets)"
        )
    check_prob(prob), check_of(of), _check_ratio(M)
    table = None if to is None else fit.forecast(to, prob=prob, of=of)
    if measured is not None:
        if table is None:
            raise InputError("measured values need the targets they were measured at; give both")
        table = table.against(measured)
    by, groups = list(fit.pool.by), [fit.pool.key(group) for group in fit.groups]
    high = max(fit.training["C"].max(), table["C"].max() if table is not None else 0) * 1.3
    compute = np.geomspace(fit.training["C"].min(), high, _POINTS)
    ratios = pd.concat(
        [frame["M"] for frame in (fit.training, table) if frame is not None and "M" in frame]
    )
    shades = shades_of(ratios) if ratios.max() > 1.01 * ratios.min() else None
    lines, columns = (
        (-(-len(groups) // 4), min(len(groups), 4))
        if len(by) != 2
        else sorted(map(len, fit.pool.levels), reverse=True)
    )
    if len(by) == 2:  # a line for each level of the longer column
        longer = int(np.argmax([len(values) for values in fit.pool.levels]))
        places = {
            line * columns + column: fit.pool.key(group)
            for group, cell in zip(fit.groups, fit.pool.cells)
            for line, column in [(cell[longer], cell[1 - longer])]
        }
    else:
        places = dict(enumerate(groups))
    with style():
        _, axes = plt.subplots(
            lines, columns, figsize=(2.6 * columns, 2.2 * lines + 0.4), sharex=True, squeeze=False
        )
        for ax, key in ((axes.flat[place], places[place]) for place in sorted(places)):
            mine = (fit.training[by] == list(key)).all(axis=1)
            draws = fit.draws(
                pd.DataFrame(derive({"C": compute, "M": np.full(_POINTS, float(M))})).assign(
                    **dict(zip(by, key))
                ),
                of="mean",
            )
            ax.set(xscale="log", yscale="log")
            ax.fill_between(compute, *interval(draws, prob), color=COLOURS[0], alpha=0.25, lw=0)
            ax.plot(
                compute,
                np.median(draws, axis=0),
                color=COLOURS[0],
                lw=1.2,
                label=f"law at M = {M:g}, {percent(prob)}",
            )
            fill = "white" if shades is None else shades.to_rgba(fit.training["M"][mine])
            ax.scatter(
                fit.training["C"][mine],
                fit.training[fit.y][mine],
                s=12,
                c=fill,
                edgecolor=GREY,
                lw=0.8,
                zorder=3,
                label="training runs",
            )
            if table is not None:
                _foretold(
                    ax,
                    table[(table[by] == list(key)).all(axis=1)],
                    "a run" if of == "run" else "the curve",
                    prob,
                    shades,
                )
            plain_log(ax)
            ax.tick_params(labelsize=7.5)
            ax.set_title(short(fit.label(key), _LONG), fontsize=8.5, parse_math=False)
        for place in set(range(axes.size)) - places.keys():
            axes.flat[place].set_visible(False)
        ticked(axes)
        figure = axes.flat[0].figure
        figure.legend(
            *asked(*axes.flat),
            loc="outside upper center",
            ncols=columns if columns < 3 else 4,
            fontsize=8.5,
        )
        if shades is not None:
            shade_bar(
                shades, axes, fit.training["M"], "tokens per parameter M", 30 * lines
            ).ax.tick_params(labelsize=7.5)
        figure.supxlabel(_COMPUTE, fontsize=9)
        figure.supylabel(short(f"{fit.y}, {fit.unit}", 50), fontsize=9, parse_math=False)
        dark = (
            ""
            if shades is None
            else f" (darker the more tokens per parameter, from {ratios.min():.3g} to {ratios.max():.3g})"
        )
        foretold = (
            "" if table is None else f", forecasts of {'runs' if of == 'run' else 'the curve'}"
        )
        held = (
            ""
            if measured is None
            else f"; {(table['inside'] == 'yes').sum()} of {len(table)} measured values lie inside their intervals"
        )
        axes.flat[
            0
        ].alt_text = f"{len(groups)} panels of {fit.y} against compute, one a group: runs{dark}, the law's {percent(prob)} band at M = {M:g}{foretold}{held}."
    return axes


def _foretold(ax, rows, of, prob, shades):
    """The targets of one panel with their intervals, and what was measured there."""
    if rows.empty:
        return
    places = spaced(ax, rows.assign(x=rows["C"], measured=rows.get("measured", rows["median"])), 7)
    for i, (place, (_, row)) in enumerate(zip(places, rows.iterrows())):
        ends = [[row["median"] - row["lower"]], [row["upper"] - row["median"]]]
        fill = COLOURS[1] if shades is None or "M" not in row else shades.to_rgba(row["M"])
        ax.errorbar(
            row["C"],
            row["median"],
            yerr=ends,
            fmt="D",
            ms=4.2,
            mfc=fill,
            color=COLOURS[1],
            capsize=2.5,
            lw=1.2,
            transform=place,
            label=None if i else f"forecast of {of}, {percent(prob)}",
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
                transform=place,
                label=None if i else "measured",
            )
