"""The figure of a posterior, with published values marked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.law.law import Published
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.legends import handles_by_label, plain_text
from bayes_scaling.plot.style import COLORS, DASHES, GRAY, INK, LIGHT_BLUE, shorten, style
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.intervals import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS = 45
_LONG_TAIL = 30  # ratio of the ends of an axis from which it is logarithmic


def posterior(
    fit: Fit,
    published: str | Sequence[str] | None = None,
    *,
    prob: float = 0.9,
    names: str | Sequence[str] | None = None,
    columns: int | None = None,
) -> list["Axes"]:
    """Plot the posterior of parameters in their published form, with published values marked.

    Parameters
    ----------
    fit : Fit
        A fit of one law.
    published : str or sequence of str, optional
        Settings of ``fit.law.published`` to mark; all of them by default.
    prob : float
        Probability of the interval under each density, in (0, 1).
    names : str or sequence of str, optional
        Quantities to show, which may be sampled ones and the noise's too; by default the law's
        published parameters.
    columns : int, optional
        Panels in a row; by default three, or two for four panels.

    Returns
    -------
    list of matplotlib Axes
        One for each name.

    Raises
    ------
    InputError
        If ``prob`` is invalid, or if there is no such quantity or published setting.
    """
    import matplotlib.pyplot as plt

    prob, law = check_prob(prob), fit.law
    names = [names] if isinstance(names, str) else list(names or law.names)
    published = list(law.published) if published is None else published
    settings = [published] if isinstance(published, str) else list(published)
    units = {q.sampled: "" for q in law.parameters} | {q.name: q.unit for q in law.sites}
    _check_known(law.name, "parameter", names, units)
    _check_known(law.name, "published setting", settings, law.published)
    draws = fit.flat(*names)
    columns = min(columns or (2 if len(names) == 4 else 3), len(names))
    rows, legend_columns = -(-len(names) // columns), max(1, min(2, columns, len(settings)))
    size = (3.3 * columns, 2.3 * rows + 0.6)
    with style():
        figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
        axes = list(grid.flat)
        for ax, name in zip(axes, names):
            _draw_density(ax, draws[name], prob)
            _mark_published(ax, name, settings, law.published, 45 * columns // legend_columns)
            ax.set_title(shorten(name, 30), parse_math=False)
            unit = "" if units[name] == "1" else shorten(law.rename_units(units[name], fit.y), 50)
            ax.set_xlabel(unit, fontsize=8.5, parse_math=False)
        for ax in axes[len(names) :]:
            ax.set_visible(False)
        if settings:
            _add_legend(figure, axes, legend_columns)
        title = f"Posterior of {law.name}, {fit.y}; black bar: {percent(prob)} interval"
        title = shorten(title, 40 * columns)
        figure.suptitle(title, fontsize=10, x=0.01, ha="left", parse_math=False)
    text = _alt_text(fit, names, settings, prob)
    for ax in axes[: len(names)]:
        set_alt_text(ax, text)
    return axes[: len(names)]


def _check_known(law: str, kind: str, requested: Sequence[str], known: Mapping[str, Any]) -> None:
    """Refuse names that a law does not have."""
    for name in requested:
        if name not in known:
            raise InputError(
                f"{law} has no {kind} {name!r}{did_you_mean(name, known)}; "
                f"it has {', '.join(known) or 'none'}"
            )


def _draw_density(ax: "Axes", draws: np.ndarray, prob: float) -> None:
    """Draw a histogram with the central interval as a bar below; log axis for long tails."""
    low, high = np.quantile(draws, [0.002, 0.998])
    if low > 0 and high / low > _LONG_TAIL:
        bins = np.geomspace(low, high, _BINS)
        ax.set_xscale("log")
        space_log_ticks(ax.xaxis)
    else:
        bins = np.linspace(low, high, _BINS)
    ax.hist(draws, bins=bins, color=LIGHT_BLUE, lw=0)
    lower, upper = interval(draws, prob)
    ax.plot([lower, upper], [0, 0], color=INK, lw=4, solid_capstyle="butt", clip_on=False, zorder=5)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.margins(x=0.02)


def _mark_published(
    ax: "Axes",
    name: str,
    settings: Sequence[str],
    published: Mapping[str, Published],
    most: int,
) -> None:
    """Draw a line at each published value; settings beyond the number of colors are all gray."""
    colored = len(settings) if len(settings) <= len(COLORS) else len(COLORS) - 1
    for i, setting in enumerate(settings):
        if name not in published[setting].values:
            continue
        value = published[setting].values[name]
        if i < colored:
            label = shorten(f"{setting} ({published[setting].source})", most)
            color, dash = COLORS[(i + 1) % len(COLORS)], DASHES[(i + 1) % len(DASHES)]
            ax.axvline(value, label=label, color=color, ls=dash, lw=1.5)
        else:
            label = f"{len(settings) - colored} further settings"
            ax.axvline(value, label=label, color=GRAY, lw=0.7)


def _add_legend(figure: Any, axes: Sequence["Axes"], columns: int) -> None:
    handles = handles_by_label(axes)
    location = "outside lower center"
    legend = figure.legend(handles.values(), handles, loc=location, ncols=columns, fontsize=8.5)
    plain_text(legend)


def _alt_text(fit: Fit, names: Sequence[str], settings: Sequence[str], prob: float) -> str:
    text = (
        f"Posterior of {fit.law.name} given {shorten(fit.y)}: "
        f"densities of {', '.join(names)} with their {percent(prob)} intervals"
    )
    if settings:
        more = " and others" if len(settings) > 6 else ""
        text += f", beside the values published for {'; '.join(settings[:6])}{more}"
    return f"{text}."
