"""Figures: a law with its band, training runs and targets; posteriors beside published values.

Every function returns the matplotlib Axes that it drew on. Lines differ in dash and
lightness as well as in colour, so that a figure says the same in grey.
"""

from contextlib import contextmanager

import numpy as np
import pandas as pd

from bayes_scaling.diagnose import check_prob
from bayes_scaling.forecast import as_targets, interval
from bayes_scaling.runs import SIZES, InputError, derive, meant

INK = "#222222"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = ("D", "s", "^", "v", "P", "X")
_STYLE = {
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "font.size": 10, "axes.titlesize": 11, "axes.titlelocation": "left", "legend.frameon": False,
    "figure.dpi": 110, "savefig.dpi": 160, "savefig.bbox": "tight", "figure.constrained_layout.use": True,
}  # fmt: skip


@contextmanager
def style():
    """The project's matplotlib style as a context: ``with bs.plot.style(): ...``."""
    import matplotlib.pyplot as plt  # a notebook's backend sets itself up here: only our own keys may be put back

    before = {key: plt.rcParams[key] for key in _STYLE}
    plt.rcParams.update(_STYLE)
    try:
        yield
    finally:
        plt.rcParams.update(before)


def curve(forecaster, to=None, *, prob=0.9, of="run", kind="eti", measured=None, ax=None, points=80):
    """An outcome against compute (or against the law's own input) with the law's band, training runs and targets.

    Parameters
    ----------
    forecaster : Fit or Chain.
    to : targets, drawn with their interval; one band for each of their tokens-per-parameter, at most six.
    prob, of, kind : probability and kind of the intervals and what they are of: see ``Forecaster.forecast``.
    measured : values that were measured at the targets, one each.
    ax : matplotlib Axes to draw on.
    points : points of each curve.

    Returns
    -------
    matplotlib Axes
    """
    import matplotlib.pyplot as plt

    runs, y, prob = forecaster.training, forecaster.outcome_name, check_prob(prob)
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
        if x in runs:  # runs of a second law may have no compute
            _training(ax, runs, x, y)
        shown = [] if to is None else _rows(to, sized)
        for i, (label, at) in enumerate(_paths(runs, to, x, sized, points)):
            colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
            draws = forecaster.draws(at, of="mean")
            lower, upper = interval(draws, prob, kind)
            ax.fill_between(at[x], lower, upper, color=colour, alpha=0.18, lw=0)
            ax.plot(at[x], np.median(draws, axis=0), dash, color=colour, lw=1.6, label=f"{label}, {prob:.0%} band", zorder=2)
        if to is not None:
            for i, (_, row) in enumerate(table.iterrows()):
                colour = COLOURS[shown[i]] if shown[i] < len(COLOURS) else INK  # beyond six there is no curve to belong to
                ax.errorbar(
                    row[x], row["median"], yerr=[[row["median"] - row["lower"]], [row["upper"] - row["median"]]], color=colour,
                    fmt=MARKERS[shown[i] % len(MARKERS)], ms=7, capsize=5, lw=1.6, zorder=4, label=f"forecast of {'a run' if of == 'run' else 'the curve'}, {prob:.0%}" if i == 0 else None,
                )  # fmt: skip
            if measured is not None:
                ax.plot(to[x], measured, "*", ms=9, color=INK, mec="white", mew=0.7, ls="none", zorder=5, label="measured")
        if sized:
            ax.set_xscale("log")
            ax.set_yscale("log")
            _plain_log(ax)
        ax.set_xlabel({"C": "training compute C = 6ND, FLOPs"}.get(x, forecaster.law.inputs.get(x, x)))
        ax.set_ylabel(f"{y}, {forecaster.unit}")
        ax.set_title(forecaster.title)
        _legend(ax)
    return ax


def _training(ax, runs, x, y):
    """Training runs; darker the more tokens per parameter, where that varies."""
    label = f"training runs ({len(runs)})"
    if x != "C" or "M" not in runs or runs["M"].nunique() == 1:
        ax.plot(runs[x], runs[y], "o", ms=4.5, mfc="white", mec="#666666", mew=1, ls="none", label=label, zorder=3)
        return
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FuncFormatter, NullLocator

    drawn = ax.scatter(runs[x], runs[y], c=runs["M"], cmap="Greys", norm=LogNorm(runs["M"].min() / 2, runs["M"].max() * 2), edgecolor="#444444", lw=0.8, s=24, label=label, zorder=3)
    values = sorted(set(runs["M"].round(1)))
    bar = ax.figure.colorbar(drawn, ax=ax, pad=0.01, aspect=35, fraction=0.05, ticks=values[:: max(1, len(values) // 8)], format=FuncFormatter(lambda v, _: f"{v:g}"))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.set_label("tokens per parameter M of a training run", fontsize=8.5)
    bar.outline.set_visible(False)


def _legend(ax):
    """Legend in the order a reader asks: runs, law, forecast, measured."""
    rank = lambda text: ("training", "law", "forecast", "measured").index(text.split()[0].rstrip(","))
    pairs = sorted(zip(*ax.get_legend_handles_labels()), key=lambda pair: rank(pair[1]))
    ax.legend(*zip(*pairs), fontsize=8.5, frameon=True, framealpha=0.85, edgecolor="none")


def _rows(to, sized):
    """Which curve each target belongs to."""
    return list(pd.factorize(to["M"].round(6))[0]) if sized and "M" in to else [0] * len(to)


def _paths(runs, to, x, sized, points):
    """(label, targets along a curve): one for each tokens-per-parameter of the targets, or one along the law's input."""
    known = [table[x] for table in (runs, to) if table is not None and x in table]
    if not known:
        raise InputError(f"there is no {x} to draw against; give targets, or runs with N and D")
    ends = pd.concat(known)
    if not sized:
        yield "law", pd.DataFrame({x: np.linspace(ends.min(), ends.max(), points)})
        return
    grid = np.geomspace(ends.min(), ends.max() * 1.3, points)
    if to is None and "M" not in runs or to is not None and "M" not in to:
        yield "law", pd.DataFrame({x: grid})
        return
    ratios = pd.unique(to["M"].round(6)) if to is not None else [float(np.exp(np.log(runs["M"]).median()))]
    for ratio in ratios[: len(COLOURS)]:
        yield f"law at M = {ratio:.3g} tokens per parameter", pd.DataFrame(derive({"C": grid, "M": np.full(points, float(ratio))}))


def _plain_log(ax):
    """Ticks of a short log axis as plain numbers: 2, 2.5, 3, 4 and not 3 x 10^0."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    low, high = ax.get_ylim()
    steps = [m * 10.0**e for e in range(-4, 5) for m in (1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8)]
    ticks = [t for t in steps if low <= t <= high]
    ax.yaxis.set_major_locator(FixedLocator(ticks[:: max(1, len(ticks) // 7)]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))


def posterior(fit, published=None, *, prob=0.9, names=None):
    """Posterior of the published-form parameters, with published values marked.

    Parameters
    ----------
    fit : Fit.
    published : settings of ``fit.law.published`` to mark; all of them where left out.
    prob : probability of the interval under each density.
    names : quantities to show, sampled ones and the noise's too; the law's published form where left out.

    Returns
    -------
    list of matplotlib Axes, one for each name
    """
    import matplotlib.pyplot as plt

    names = list(names or fit.law.names)
    settings = list(fit.law.published) if published is None else [published] if isinstance(published, str) else list(published)
    units = {q.sampled: "" for q in fit.law.parameters} | {q.name: q.unit for q in fit.law.sites}
    for kind, given, known in (("parameter", names, units), ("published setting", settings, fit.law.published)):
        for name in given:
            if name not in known:
                raise InputError(f"{fit.law.name} has no {kind} {name!r}{meant(name, known)}; it has {', '.join(known) or 'none'}")
    draws = fit.flat(*names)
    with style():
        columns = 2 if len(names) == 4 else min(3, len(names))
        lines = -(-len(names) // columns)
        fig, axes = plt.subplots(lines, columns, figsize=(3.3 * columns, 2.3 * lines + 0.6), squeeze=False)
        for ax, name in zip(axes.flat, names):
            _density(ax, draws[name], prob)
            for i, setting in enumerate(settings):
                if name not in fit.law.published[setting].values:
                    continue
                ax.axvline(fit.law.published[setting].values[name], color=COLOURS[(i + 1) % len(COLOURS)], ls=DASHES[(i + 1) % len(DASHES)], lw=1.5, label=setting)
            ax.set_title(name)
            ax.set_xlabel("" if units[name] == "1" else units[name], fontsize=8.5)
        for ax in axes.flat[len(names) :]:
            ax.set_visible(False)
        if settings:
            handles, labels = axes.flat[0].get_legend_handles_labels()
            texts = [f"{label} ({fit.law.published[label].source})" for label in labels]
            fig.legend(handles, texts, loc="outside lower center", ncols=min(2, max(1, len(texts))), fontsize=8.5)
        fig.suptitle(f"Posterior of {fit.law.name}, {fit.y}; black bar: {prob:.0%} interval", fontsize=10, x=0.01, ha="left")
    return list(axes.flat[: len(names)])


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
