"""Figure of a posterior beside its prior."""

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, percent
from bayes_scaling.plot.style import COLOURS, DASHES, GREY, INK, short, style, verbatim
from bayes_scaling.results.forecast_table import interval


def posterior(fit, published=None, *, prob=0.9, names=None, columns=None):
    """Posterior of the published-form parameters, with published values marked.

    Parameters
    ----------
    fit : Fit.
    published : settings of ``fit.law.published`` to mark; all of them where left out.
    prob : probability of the interval under each density.
    names : quantity, or list of them, to show, sampled ones and the noise's too; the law's published form where left out.
    columns : panels in a row; three, or two where that leaves none empty.

    Returns
    -------
    list of matplotlib Axes, one for each name

    Raises
    ------
    InputError : a bad ``prob``, or no such quantity or published setting.
    """
    import matplotlib.pyplot as plt

    names, prob = (
        [names] if isinstance(names, str) else list(names or fit.law.names),
        check_prob(prob),
    )
    settings = (
        list(fit.law.published)
        if published is None
        else [published]
        if isinstance(published, str)
        else list(published)
    )
    units = {q.sampled: "" for q in fit.law.parameters} | {q.name: q.unit for q in fit.law.sites}
    for kind, given, known in (
        ("parameter", names, units),
        ("published setting", settings, fit.law.published),
    ):
        for name in given:
            if name not in known:
                raise InputError(
                    f"{fit.law.name} has no {kind} {name!r}{meant(name, known)}; it has {', '.join(known) or 'none'}"
                )
    draws = fit.flat(*names)
    with style():
        columns = min(columns or (2 if len(names) == 4 else 3), len(names))
        lines = -(-len(names) // columns)
        abreast = max(1, min(2, columns, len(settings)))
        most = 45 * columns // abreast  # letters of a published setting's label
        fig, axes = plt.subplots(
            lines, columns, figsize=(3.3 * columns, 2.3 * lines + 0.6), squeeze=False
        )
        for ax, name in zip(axes.flat, names):
            _density(ax, draws[name], prob)
            _marked(ax, name, settings, fit.law.published, most)
            ax.set_title(short(name, 30), parse_math=False)
            ax.set_xlabel(
                "" if units[name] == "1" else short(fit.law.worded(units[name], fit.y), 50),
                fontsize=8.5,
                parse_math=False,
            )
        for ax in axes.flat[len(names) :]:
            ax.set_visible(False)
        if settings:
            found = {
                label: handle
                for ax in axes.flat
                for handle, label in zip(*ax.get_legend_handles_labels())
            }
            verbatim(
                fig.legend(
                    found.values(), found, loc="outside lower center", ncols=abreast, fontsize=8.5
                )
            )
        fig.suptitle(
            short(
                f"Posterior of {fit.law.name}, {fit.y}; black bar: {percent(prob)} interval",
                40 * columns,
            ),
            fontsize=10,
            x=0.01,
            ha="left",
            parse_math=False,
        )
    beside = (
        f", beside the values published for {'; '.join(settings[:6])}{' and others' if len(settings) > 6 else ''}"
        if settings
        else ""
    )
    for ax in axes.flat[: len(names)]:
        ax.alt_text = f"Posterior of {fit.law.name} given {short(fit.y)}: densities of {', '.join(names)} with their {percent(prob)} intervals{beside}."
    return list(axes.flat[: len(names)])


def _marked(ax, name, settings, published, most):
    """A line at each published value; where there are more settings than colours, the later ones share one grey."""
    own = len(settings) if len(settings) <= len(COLOURS) else len(COLOURS) - 1
    for i, setting in enumerate(settings):
        if name not in published[setting].values:
            continue
        few = i < own
        label = (
            short(f"{setting} ({published[setting].source})", most)
            if few
            else f"{len(settings) - own} further settings"
        )
        look = (
            {
                "color": COLOURS[(i + 1) % len(COLOURS)],
                "ls": DASHES[(i + 1) % len(DASHES)],
                "lw": 1.5,
            }
            if few
            else {"color": GREY, "lw": 0.7}
        )
        ax.axvline(published[setting].values[name], label=label, **look)


def _density(ax, draws, prob):
    """Histogram of draws with its central interval as a bar below; long tails on a log axis."""
    low, high = np.quantile(draws, [0.002, 0.998])
    if low > 0 and high / low > 30:
        bins = np.geomspace(low, high, 45)
        ax.set_xscale("log")
    else:
        bins = np.linspace(low, high, 45)
    ax.hist(draws, bins=bins, color="#9DB8CC", lw=0)
    lower, upper = interval(draws, prob)
    ax.plot([lower, upper], [0, 0], color=INK, lw=4, solid_capstyle="butt", clip_on=False, zorder=5)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.margins(x=0.02)
