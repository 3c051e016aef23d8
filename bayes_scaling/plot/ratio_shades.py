"""Gray shades that show the tokens per parameter of runs and targets."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar


def ratio_shades(ratios: pd.Series) -> "ScalarMappable":
    """A map from tokens per parameter to grays, darker for more."""
    import matplotlib.pyplot as plt
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, LogNorm

    # without black, which would be lost on a dark background
    grays = ListedColormap(plt.get_cmap("Greys")(np.linspace(0, 0.8, 256)))  # codespell:ignore
    return ScalarMappable(LogNorm(ratios.min() / 2, ratios.max() * 2), grays)


def round_ratio(ratio: float) -> float:
    """Tokens per parameter to two digits, by which runs of like ratios are one."""
    return float(f"{ratio:.1e}")


def add_ratio_bar(
    shades: "ScalarMappable", axes: Any, ratios: pd.Series, label: str, aspect: float = 35
) -> "Colorbar":
    """Draw the color bar of such shades beside one or more Axes."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    from bayes_scaling.plot.log_ticks import SpacedLocator

    values = sorted({round_ratio(ratio) for ratio in ratios})
    thinned = [values[::step] for step in range(1, len(values) + 1)]
    figure = np.atleast_1d(axes).flat[0].figure
    bar = figure.colorbar(
        shades,
        ax=axes,
        pad=0.01,
        aspect=aspect,
        fraction=0.05,
        ticks=SpacedLocator(lambda low, high: thinned),
        format=FuncFormatter(lambda value, _: f"{value:.3g}"),
    )
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.set_label(label, fontsize=8.5)
    bar.outline.set_visible(False)
    return bar
