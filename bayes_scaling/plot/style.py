"""Colors, dashes and markers of every figure, and the matplotlib style."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

INK, GRAY, LIGHT_GRAY, LIGHT_BLUE = "#222222", "#767676", "#999999", "#9DB8CC"
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
MARKERS = ("D", "s", "^", "v", "P", "X")
COMPUTE_LABEL = "training compute C = 6ND, FLOPs"

_STYLE: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "figure.dpi": 110,
    "savefig.dpi": 160,
    "savefig.bbox": "tight",
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "bayes_scaling",
    "svg.fonttype": "path",
}


@contextmanager
def style() -> Iterator[None]:
    """Apply the project's matplotlib style within a context: ``with bs.plot.style(): ...``."""
    # importing pyplot sets up a notebook's backend, so that only our own keys may be restored
    import matplotlib.pyplot as plt

    before = {key: plt.rcParams[key] for key in _STYLE}
    plt.rcParams.update(_STYLE)
    try:
        yield
    finally:
        plt.rcParams.update(before)


def line_style(i: int) -> tuple[str, Any, str]:
    """Color, dash and marker of the i-th line; colors repeat with other dashes and markers."""
    turn = (i + i // len(COLORS)) % len(DASHES)
    return COLORS[i % len(COLORS)], DASHES[turn], MARKERS[turn]


def one_per_color(values: Sequence[float]) -> list[float]:
    """At most as many of the values as there are colors, evenly spaced from lowest to highest."""
    if len(values) <= len(COLORS):
        return list(values)
    positions = np.linspace(0, len(values) - 1, len(COLORS)).round().astype(int)
    return [sorted(values)[i] for i in positions]


def shorten(text: object, most: int = 70) -> str:
    """One line of text of at most ``most`` letters; dots replace the rest."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else line[: most - 3] + "..."
