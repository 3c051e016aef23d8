"""The look of every figure: colours, dashes and marks, shades for tokens per parameter, plain numbers on axes, names in full or short."""

from contextlib import contextmanager

import numpy as np

INK, GREY = "#222222", "#767676"


COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")


DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))


MARKERS = ("D", "s", "^", "v", "P", "X")


MANY = 12  # marks beyond which they are drawn smaller


_APART = 11  # points between two marks


_STYLE = {
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "font.size": 10, "axes.titlesize": 11, "axes.titlelocation": "left", "legend.frameon": False,
    "figure.dpi": 110, "savefig.dpi": 160, "savefig.bbox": "tight", "figure.constrained_layout.use": True,
    "svg.hashsalt": "bayes_scaling", "svg.fonttype": "path",
}  # fmt: skip


def look_of(i):
    """(colour, dash, marker) of one of many: from the seventh on the colours come again with other dashes and markers."""
    turn = (i + i // len(COLOURS)) % len(DASHES)
    return COLOURS[i % len(COLOURS)], DASHES[turn], MARKERS[turn]


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


def short(text, most=70):
    """A text that fits beside an axis.

    Parameters
    ----------
    text : anything that ``str`` takes.
    most : letters at most; what is longer ends in dots.

    Returns
    -------
    str in one line
    """
    text = " ".join(str(text).split())
    return text if len(text) <= most else text[: most - 3] + "..."


def shades_of(ratios):
    """Greys of tokens per parameter, darker the more."""
    import matplotlib.pyplot as plt
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, LogNorm

    greys = ListedColormap(
        plt.get_cmap("Greys")(np.linspace(0, 0.8, 256))
    )  # no black: it would be lost on a dark page
    return ScalarMappable(LogNorm(ratios.min() / 2, ratios.max() * 2), greys)


def shade_bar(shades, axes, ratios, label, aspect=35):
    """The bar of such greys beside axes."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    values = sorted(set(ratios.round(1)))
    figure = np.atleast_1d(axes).flat[0].figure
    bar = figure.colorbar(
        shades,
        ax=axes,
        pad=0.01,
        aspect=aspect,
        fraction=0.05,
        ticks=values[:: max(1, -(-len(values) // 8))],
        format=FuncFormatter(lambda v, _: f"{v:.3g}"),
    )
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.set_label(label, fontsize=8.5)
    bar.outline.set_visible(False)
    return bar


def spaced(ax, marks, least=_APART):
    """A transform for each row of marks (x, lower, upper, measured): that of the data, moved aside by a few points where some would lie on others."""
    from matplotlib.transforms import ScaledTranslation

    x, points = marks["x"].to_numpy(float), 72 / ax.figure.dpi
    for name in ("lower", "upper", "measured"):
        ax.update_datalim(
            np.column_stack([x, marks[name]])
        )  # what is moved aside settles no limits of its own
    if len(marks) > MANY:
        return [ax.transData] * len(marks)
    ax.autoscale_view()
    at, made = (
        points * ax.transData.transform(np.column_stack([x, np.ones(len(x))]))[:, 0],
        [ax.transData] * len(x),
    )
    order = np.argsort(at, kind="stable")
    for crowd in np.split(order, np.flatnonzero(np.diff(at[order]) >= least) + 1):
        for j, i in enumerate(crowd):
            aside = at[crowd].mean() + (j - (len(crowd) - 1) / 2) * least - at[i]
            made[i] = ax.transData + ScaledTranslation(aside / 72, 0, ax.figure.dpi_scale_trans)
    return made


def asked(*axes):
    """(handles, labels) of one legend of all these Axes in the order a reader asks."""
    rank = lambda text: ("training", "law", "forecast", "measured").index(
        text.split()[0].rstrip(",")
    )
    found = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels())}
    labels = sorted(found, key=rank)
    return [found[label] for label in labels], labels


def verbatim(legend):
    """Have the texts of a legend drawn as the data has them: a dollar begins no formula.

    Parameters
    ----------
    legend : matplotlib Legend, which is changed.
    """
    for text in legend.get_texts():
        text.set_parse_math(False)


def ticked(grid):
    """Numbers under the last panel that is seen in each column of a grid with one x axis."""
    for column in grid.T:
        seen = [ax for ax in column if ax.get_visible()]
        if seen:
            seen[-1].xaxis.set_tick_params(labelbottom=True)


def plain_log(ax):
    """Ticks of a log axis as plain numbers: 2, 2.5, 3, 4 and not 3 x 10^0; evenly spaced ones where it is so short that fewer than three of these are on it."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    low, high = ax.get_ylim()
    for steps in ((1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8), (1, 2, 5), (1,)):
        ticks = [
            tick for e in range(-12, 13) for m in steps if low <= (tick := m * 10.0**e) <= high
        ]
        if len(ticks) <= 10:
            break
    ax.yaxis.set_major_locator(FixedLocator(ticks) if len(ticks) > 2 else MaxNLocator(5))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
