"""The figure of residuals: what the law misses, against the sizes of the runs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling._core.arguments import check_prob, is_integer
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import join_words
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.style import COLORS, GRAY, INK, shorten, style
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.residuals import (
    Residuals,
    residuals_of_fit,
    residuals_of_pooled_fit,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORDS = {"N": "parameters N", "D": "training tokens D", "C": "training compute C, FLOPs"}
_MAX_PANELS = 4


def residuals(fit: Fit | PooledFit, *, prob: float = 0.9, columns: int = _MAX_PANELS) -> np.ndarray:
    """Plot residuals of the training runs against N, D, C and the law's inputs that vary.

    A residual is the outcome minus the law's curve, on the scale of the noise. The band is where
    a new outcome of each run would lie. Residuals that rise, fall or curve show what a law misses.

    Parameters
    ----------
    fit : Fit or PooledFit
        The fit.
    prob : float
        Probability inside the band, in (0, 1).
    columns : int
        Number of panels side by side, positive; 1 stacks them.

    Returns
    -------
    ndarray of matplotlib Axes
        The panels, shape (panels,).

    Raises
    ------
    InputError
        If ``fit`` is of another kind or has no residuals to plot, or ``prob`` or ``columns`` is
        invalid.
    """
    import matplotlib.pyplot as plt

    prob, found = check_prob(prob), _residuals_of(fit)
    if not is_integer(columns) or columns < 1:
        raise InputError(f"columns is {columns!r}; give an integer from 1")
    names = list(found.sizes)[:_MAX_PANELS]
    predicted = found.noise + found.curve - found.curve.mean(axis=0)
    lower, upper = np.quantile(predicted, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
    outside = (found.raw < lower) | (found.raw > upper)
    with style():
        columns = min(columns, len(names))
        rows = -(-len(names) // columns)
        figure, grid = plt.subplots(
            rows,
            columns,
            figsize=(1.2 + 2.7 * columns, 0.7 + 2.2 * rows),
            sharey=True,
            squeeze=False,
        )
        axes = grid.ravel()[: len(names)]
        for ax in grid.ravel()[len(names) :]:
            ax.remove()
        for ax, name in zip(axes, names):
            _draw_panel(ax, found, name, (lower, upper), outside)
        link = getattr(fit.law.noise, "link", "identity")
        scale = "" if link == "identity" else f", {link} scale"
        figure.supylabel(shorten(f"residual of {fit.y}{scale}", 50), fontsize=10, parse_math=False)
        figure.suptitle(
            f"{fit.law.name}: outcome minus curve, {percent(prob)} band of a new outcome",
            fontsize=10,
        )
    set_alt_text(
        axes[0],
        f"Residuals of {fit.y} about {fit.law.name} against {join_words(names)}: "
        f"{int(outside.sum())} of {len(outside)} runs lie outside the {percent(prob)} band of a new"
        f" outcome. {fit.diagnosis.fit.text}",
    )
    return axes


def _residuals_of(fit: Any) -> Residuals:
    """The residuals of a fit that has some."""
    if not isinstance(fit, Fit | PooledFit):
        raise InputError(
            f"residuals are of a fit, and this is of type {type(fit).__name__}; give a Fit or a"
            " PooledFit, such as a chain's .first or .second"
        )
    of_one = isinstance(fit, Fit)
    found = residuals_of_fit(fit) if of_one else residuals_of_pooled_fit(fit)
    if found is None:
        raise InputError(
            "residuals of censored outcomes, or about a smooth discrepancy of groups, cannot be"
            " plotted; see the fit's summary()"
        )
    if not found.sizes:
        raise InputError(
            "residuals are plotted against sizes, and no positive size of these runs varies; see"
            " the fit's summary()"
        )
    return found


def _draw_panel(
    ax: "Axes",
    found: Residuals,
    name: str,
    band: tuple[np.ndarray, np.ndarray],
    outside: np.ndarray,
) -> None:
    """Draw the residuals against one size, in orange those outside the band."""
    values = found.sizes[name]
    places = np.unique(values)
    lower = [band[0][values == place].min() for place in places]
    upper = [band[1][values == place].max() for place in places]
    ax.fill_between(places, lower, upper, color=COLORS[0], alpha=0.18, lw=0)
    ax.axhline(0.0, color=INK, lw=0.8)
    for mask, color, marker in ((~outside, GRAY, "o"), (outside, COLORS[1], "D")):
        ax.plot(values[mask], found.raw[mask], marker, ms=4, mfc="none", mec=color)
    if name in _WORDS or places[-1] > 20 * places[0]:
        ax.set_xscale("log")
        space_log_ticks(ax.xaxis)
    ax.set_xlabel(shorten(_WORDS.get(name, name), 40), parse_math=False)
