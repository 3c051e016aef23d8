"""The ridge plot: densities of each group's ratio to a reference group."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.group_selection import GroupedFits, groups_at_level
from bayes_scaling.plot.legends import MAX_GROUP_NAME
from bayes_scaling.plot.style import COLORS, INK, shorten, style
from bayes_scaling.results.intervals import interval
from bayes_scaling.runs.targets import as_targets

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class _Ridge(NamedTuple):
    """One density: a group, its target ("" for a parameter), its draws, and its color."""

    group: Any
    target: str
    ratio: np.ndarray
    color: str

    @property
    def direction(self) -> tuple[str, float]:
        """The likelier direction, and its probability."""
        p = (self.ratio > 1).mean()
        return ("above", p) if p >= 0.5 else ("below", 1 - p)

    @property
    def words(self) -> str:
        direction, p = self.direction
        name = f"{self.group} {self.target}".strip()
        return f"{name} {np.median(self.ratio):.3g} times, {direction} with probability {p:.2f}"


def ridge(
    fit: GroupedFits,
    parameter: str | None = None,
    *,
    at: Any = None,
    reference: object = None,
    across: str | None = None,
    where: object = None,
    prob: float = 0.9,
) -> "Axes":
    """Plot densities of each group's ratio to a reference group.

    The ratios are of a parameter, or of the law's curve at each target.

    Parameters
    ----------
    fit : PooledFit, Fits, or dict of Fit, Chain or group
        What is compared.
    parameter : str, optional
        A published parameter; leave it out where ``at`` is given.
    at : DataFrame or dict, optional
        Targets.
    reference : object, optional
        The group that the others are compared with; the first by default.
    across : str, optional
        With crossed columns, the one whose values are compared; the first by default.
    where : object, optional
        With crossed columns, the level of the others; the mean over all by default.
    prob : float
        Probability of the bar under each density, in (0, 1).

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.

    Raises
    ------
    InputError
        If the fits cannot be compared, if there is no such group, level or parameter, if not
        exactly one of ``parameter`` and ``at`` is given, if all groups have one value of the
        parameter, or if targets or ``prob`` are invalid.
    """
    import matplotlib.pyplot as plt

    if isinstance(fit, Comparison) and parameter is None and at is None:
        at = fit.targets
    sides, level, _ = groups_at_level(fit, across, where)
    names, prob = [side.name for side in sides], check_prob(prob)
    reference = names[0] if reference is None else reference
    if reference not in names:
        raise InputError(
            f"the reference {reference!r} is no group; groups are {shorten_list(names)}"
        )
    _check_quantity(sides, parameter, at)
    targets = None if at is None else as_targets(at)
    quantity, ridges = (
        parameter or _curve_words(targets),
        _ridges(sides, reference, parameter, targets),
    )
    with style():
        _, ax = plt.subplots(figsize=(7, 1.4 + 0.62 * len(ridges)))
        for row, one in enumerate(ridges):
            _draw_ridge(ax, one, row, prob)
        ax.axvline(1, color=INK, lw=1, ls=":")
        ax.set_yticks(
            [-row for row in range(len(ridges))],
            [f"{shorten(one.group, MAX_GROUP_NAME)}  {one.target}".rstrip() for one in ridges],
            parse_math=False,
        )
        ax.set_xlabel(
            f"{quantity} over that of {shorten(reference, MAX_GROUP_NAME)}", parse_math=False
        )
        first_line = f"{level.removesuffix(': ')}\n" if level else ""
        title = f"bars hold {percent(prob)}; at the right: probability of the direction"
        ax.set_title(first_line + title, parse_math=False, wrap=True)
        words = "; ".join(one.words for one in ridges)
        set_alt_text(ax, f"{level}{quantity} over that of {reference}: {words}.")
    return ax


def _check_quantity(sides: list[Side], parameter: str | None, at: Any) -> None:
    """Refuse a request for no quantity or two, or for one that is equal in all groups."""
    known = sides[0].parameters
    if (parameter is None) == (at is None):
        raise InputError(
            "a ridge is of one parameter or of the curve at targets; "
            "give parameter='eta' or at=targets"
        )
    if parameter is None:
        return
    if parameter not in known:
        raise InputError(
            f"there is no parameter {parameter!r}{did_you_mean(parameter, known)}; "
            f"there are {shorten_list(known)}"
        )
    if all(np.array_equal(side.parameters[parameter], known[parameter]) for side in sides):
        raise InputError(
            f"{parameter} has one value for all groups, which leaves nothing to compare; "
            "name another parameter"
        )


def _ridges(
    sides: list[Side], reference: object, parameter: str | None, targets: pd.DataFrame | None
) -> list[_Ridge]:
    """Every group but the reference at every target."""
    names = [side.name for side in sides]
    if targets is None:
        assert parameter is not None  # _check_quantity refuses neither and both
        labels = [""]
        draws = {side.name: side.parameters[parameter][:, None] for side in sides}
    else:
        labels = _target_labels(targets)
        draws = {side.name: side.curve_at(targets) for side in sides}
    return [
        _Ridge(
            name,
            label,
            draws[name][:, i] / draws[reference][:, i],
            COLORS[names.index(name) % len(COLORS)],
        )
        for i, label in enumerate(labels)
        for name in names
        if name != reference
    ]


def _draw_ridge(ax: "Axes", one: _Ridge, row: int, prob: float) -> None:
    """Draw a smoothed histogram, the interval below it and the probability beside it."""
    low, high = np.quantile(one.ratio, [0.002, 0.998])
    density, edges = np.histogram(one.ratio, bins=np.linspace(low, high, 61), density=True)
    kernel = np.array([1, 6, 15, 20, 15, 6, 1]) / 64
    smooth = np.convolve(np.pad(density, 3, mode="edge"), kernel, mode="valid")
    centers, top = (edges[1:] + edges[:-1]) / 2, 0.85 * smooth / smooth.max() - row
    ax.fill_between(centers, -row, top, color=one.color, alpha=0.45, lw=0)
    bar = interval(one.ratio, prob)
    ax.plot(bar, [-row, -row], color=one.color, lw=3, solid_capstyle="butt")
    direction, p = one.direction
    text = f"{direction}: {p:.2f}"
    ax.text(1.01, -row + 0.2, text, transform=ax.get_yaxis_transform(), fontsize=9)


def _curve_words(targets: pd.DataFrame | None) -> str:
    """What a ridge of the curve is of."""
    ratios = () if targets is None else targets.get("M", pd.Series()).unique()
    return f"curve at M = {ratios[0]:.3g}" if len(ratios) == 1 else "curve"


def _target_labels(targets: pd.DataFrame) -> list[str]:
    """A short label for each target: what differs between them."""
    if "C" not in targets.columns:
        return [f"target {i}" for i in targets.index]
    several = "M" in targets.columns and targets["M"].nunique() > 1
    ratios = [f", M = {m:.3g}" for m in targets["M"]] if several else [""] * len(targets)
    return [f"C = {c:.1e}{ratio}" for c, ratio in zip(targets["C"], ratios)]
