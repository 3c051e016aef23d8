"""Figures: a law with its band, training runs and targets; posteriors beside published values.

Every function returns the matplotlib Axes that it drew on; ``alt`` says in a sentence what is on them. Lines
differ in dash and lightness as well as in colour, so that a figure says the same in grey, and are labelled
where they end. ``style`` is the look of them all, for figures of your own too.
"""

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_kind, check_of, check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import percent
from bayes_scaling.plot.style import (
    COLOURS,
    DASHES,
    GREY,
    INK,
    MANY,
    MARKERS,
    asked,
    plain_log,
    shade_bar,
    shades_of,
    short,
    spaced,
    style,
    verbatim,
)
from bayes_scaling.results.forecast_table import interval
from bayes_scaling.runs.sizes import SIZES, derive
from bayes_scaling.runs.targets import as_targets


def curve(
    forecaster, to=None, *, prob=0.9, of="run", kind="eti", measured=None, ax=None, points=80
):
    """An outcome against compute (or against the law's own input) with the law's band, training runs and targets.

    Parameters
    ----------
    forecaster : Fit, Chain, Average, Mean or a group of a PooledFit.
    to : targets, drawn with their interval; one band for each of their tokens-per-parameter, at most six.
    prob, of, kind : probability and kind of the intervals and what they are of: see ``Forecaster.forecast``.
    measured : values that were measured at the targets, one each.
    ax : matplotlib Axes to draw on.
    points : points of each curve.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError : a bad ``prob``, ``of`` or ``kind``, bad targets, ``measured`` without targets or not one for each, or
        neither runs nor targets have what is drawn along.
    """
    import matplotlib.pyplot as plt

    runs, y, prob = forecaster.training, forecaster.outcome_name, check_prob(prob)
    check_of(of), check_kind(kind)
    sized = set(forecaster.input_names) <= set(SIZES)
    x = "C" if sized else forecaster.input_names[0]
    table = None if to is None else forecaster.forecast(to, prob=prob, of=of, kind=kind)
    to = None if to is None else as_targets(to)
    if measured is not None:
        if table is None:
            raise InputError("measured values need the targets they were measured at; give both")
        table.against(measured)
    with style():
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4.6))
        if sized:
            ax.set_xscale("log")
            ax.set_yscale("log")
        if x in runs:  # runs of a second law may have no compute
            _training(ax, runs, x, y)
        paths = list(_paths(runs, to, x, sized, points))
        ends = []
        for i, (ratio, at) in enumerate(paths):
            colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
            draws = forecaster.draws(at, of="mean")
            (lower, upper), middle = interval(draws, prob, kind), np.median(draws, axis=0)
            ax.fill_between(at[x], lower, upper, color=colour, alpha=0.18, lw=0)
            ax.plot(
                at[x],
                middle,
                ls=dash,
                color=colour,
                lw=1.6,
                label=f"law, {percent(prob)} band" if i == 0 else None,
                zorder=2,
            )
            ends += [(at[x].iloc[-1], middle[-1], f"M = {ratio:.3g}", colour)] if ratio else []
        if to is not None:
            _targets(
                ax,
                to,
                table,
                x,
                [ratio for ratio, _ in paths],
                f"forecast of {'a run' if of == 'run' else 'the curve'}, {percent(prob)}",
                measured,
            )
        if sized:
            plain_log(ax)
            _label_ends(ax, ends)
        ax.set_xlabel(
            short({"C": "training compute C = 6ND, FLOPs"}.get(x, forecaster.law.inputs.get(x, x))),
            parse_math=False,
        )
        ax.set_ylabel(short(f"{y}, {forecaster.unit}", 50), parse_math=False)
        across = spec.get_gridspec().ncols if (spec := ax.get_subplotspec()) else 1
        room = int(9.5 * ax.figure.get_figwidth() / across)
        ax.set_title(
            forecaster.title
            if len(forecaster.title) <= room
            else short(forecaster.title.split(":")[0], room),
            parse_math=False,
        )
        _legend(ax)
    ax.alt_text = _told(
        forecaster, runs, x, y, prob, of, [ratio for ratio, _ in paths], table, measured
    )
    return ax


def _told(forecaster, runs, x, y, prob, of, ratios, table, measured):
    """The alt text of a curve."""
    law = "the law's curve" + (
        f" at M = {' and '.join(f'{ratio:.3g}' for ratio in ratios)} tokens per parameter"
        if ratios[0]
        else ""
    )
    text = f"{short(y)} in {forecaster.unit} against {x}: {len(runs)} training runs, {law} with its {percent(prob)} band"
    if table is None:
        return f"{text}."
    said = [
        f"{row['median']:.4g} ({row['lower']:.4g} to {row['upper']:.4g}) at {x} = {row[x]:.3g}"
        for _, row in table.iloc[:3].iterrows()
    ]
    more = f" and {len(table) - 3} more" if len(table) > 3 else ""
    beside = ", with what was measured" if measured is not None else ""
    return f"{text}, and forecasts of {'runs' if of == 'run' else 'the curve'}: {'; '.join(said)}{more}{beside}."


def _training(ax, runs, x, y):
    """Training runs; darker the more tokens per parameter, where that varies."""
    label = f"training runs ({len(runs)})"
    if x != "C" or "M" not in runs or runs["M"].nunique() == 1:
        ax.plot(
            runs[x],
            runs[y],
            "o",
            ms=4.5,
            mfc="white",
            mec=GREY,
            mew=1,
            ls="none",
            label=label,
            zorder=3,
        )
        return
    shades = shades_of(runs["M"])
    ax.scatter(
        runs[x],
        runs[y],
        c=runs["M"],
        cmap=shades.cmap,
        norm=shades.norm,
        edgecolor=GREY,
        lw=0.8,
        s=24,
        label=label,
        zorder=3,
    )
    shade_bar(shades, ax, runs["M"], "tokens per parameter M of a training run")


def _targets(ax, to, table, x, ratios, label, measured):
    """Every target with its interval, in the colour of its curve, ink where there is none for it, and what was measured there."""
    size, width = (6, 1.6) if len(to) <= MANY else (max(1.5, 42 / len(to)), 0.8)
    places = spaced(
        ax,
        table.assign(
            x=to[x], measured=table["median"] if measured is None else np.asarray(measured, float)
        ),
    )
    for i, (_, row) in enumerate(table.iterrows()):
        own = (
            0
            if ratios[0] is None
            else next(
                (j for j, ratio in enumerate(ratios) if np.isclose(ratio, to["M"].iloc[i])), None
            )
        )
        ax.errorbar(
            row[x], row["median"], yerr=[[row["median"] - row["lower"]], [row["upper"] - row["median"]]], color=INK if own is None else COLOURS[own],
            fmt="o" if own is None else MARKERS[own], ms=size, capsize=size * 0.7 if len(to) <= MANY else 0, lw=width, alpha=1 if len(to) <= MANY else 0.7, zorder=4, label=label if i == 0 else None, transform=places[i],
        )  # fmt: skip
        if measured is not None:
            ax.plot(
                row[x],
                np.asarray(measured, float)[i],
                "*",
                ms=8 if len(to) <= MANY else 5,
                color=INK,
                mec="white",
                mew=0.7,
                ls="none",
                zorder=5,
                label="measured" if i == 0 else None,
                transform=places[i],
            )


def _label_ends(ax, ends):
    """A name where each curve ends, moved apart where they would overlap, and room for them."""
    if not ends:
        return
    (left, right), points = ax.get_xlim(), 72 / ax.figure.dpi
    share = (9 + 5.3 * max(len(text) for _, _, text, _ in ends)) / (
        0.85 * points * ax.get_window_extent().width
    )  # the layout leaves some 85%
    ax.set_xlim(left, right * (right / left) ** max(0.13, share / (1 - share) - 0.05))
    order = sorted(ends, key=lambda end: end[1])
    natural = [points * ax.transData.transform((x, y))[1] for x, y, *_ in order]
    heights = list(natural)
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + 1.5 * 8.5)
    over = max(0.0, heights[-1] + 8.5 - points * ax.get_window_extent().y1)
    for (x, y, text, colour), was, height in zip(order, natural, heights):
        ax.annotate(
            text,
            (x, y),
            (9, height - over - was),
            textcoords="offset points",
            color=colour,
            fontsize=8.5,
            va="center",
            annotation_clip=True,
        )


def _legend(ax):
    """Legend in the order a reader asks: runs, law, forecast, measured; under the axes where these are alone, so that it covers nothing."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.transforms import ScaledTranslation

    look, figure = (
        {"fontsize": 8.5, "frameon": True, "framealpha": 0.85, "edgecolor": "none"},
        ax.figure,
    )
    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine) and [
        other for other in figure.axes if other.get_label() != "<colorbar>"
    ] == [ax]:
        below = ax.transAxes + ScaledTranslation(0, -39 / 72, figure.dpi_scale_trans)
        look |= {
            "loc": "upper left",
            "bbox_to_anchor": (0, 0),
            "bbox_transform": below,
            "borderaxespad": 0,
            "borderpad": 0,
            "ncols": 2,
        }
    verbatim(ax.legend(*asked(ax), **look))


def _paths(runs, to, x, sized, points):
    """(tokens per parameter or None, targets along a curve): one for each ratio of the targets, or one along the law's input."""
    known = [table[x] for table in (runs, to) if table is not None and x in table]
    if not known:
        raise InputError(f"there is no {x} to draw against; give targets, or runs with N and D")
    ends = pd.concat(known)
    if not sized:
        yield None, pd.DataFrame({x: np.linspace(ends.min(), ends.max(), points)})
        return
    grid = np.geomspace(ends.min(), ends.max() * 1.3, points)
    if to is None and "M" not in runs or to is not None and "M" not in to:
        yield None, pd.DataFrame({x: grid})
        return
    ratios = (
        list(pd.unique(to["M"].round(6)))
        if to is not None
        else [float(np.exp(np.log(runs["M"]).median()))]
    )
    if len(ratios) > len(COLOURS):  # a few that span them all
        ratios = [
            sorted(ratios)[i]
            for i in np.linspace(0, len(ratios) - 1, len(COLOURS)).round().astype(int)
        ]
    for ratio in ratios:
        yield float(ratio), pd.DataFrame(derive({"C": grid, "M": np.full(points, float(ratio))}))
