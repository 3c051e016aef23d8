"""The figure of the best group: its probability against compute."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_scaling.analysis.compare import outcome_of
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.contrasts import probability_best
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.compute_axis import (
    POINTS,
    at_ratio,
    check_ratio,
    compute_limits,
    mark_training_end,
    training_compute,
)
from bayes_scaling.plot.group_selection import GroupedFits, compared_fit, groups_at_level
from bayes_scaling.plot.legends import MAX_GROUP_NAME, legend_columns, plain_text
from bayes_scaling.plot.style import COMPUTE_LABEL, line_style, shorten, style
from bayes_scaling.results.direction import direction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = 7  # inches


def best(
    fit: GroupedFits,
    *,
    M: float = 20.0,
    within: Any = None,
    across: str | None = None,
    where: object = None,
    better: str | None = None,
) -> "Axes":
    """Plot the probability that each group is best against compute.

    Parameters
    ----------
    fit : PooledFit, Fits, or dict of Fit, Chain or group
        What is compared.
    M : float
        Tokens per parameter.
    within : pair of float, optional
        Smallest and largest compute in FLOPs; by default from the smallest training run to a
        hundred times the largest.
    across : str, optional
        With crossed columns, the one whose values are compared; the first by default.
    where : object, optional
        With crossed columns, the level of the others; the mean over all by default.
    better : str, optional
        "lower" for losses and errors, "higher" for accuracies, by the outcome's name by default.

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.

    Raises
    ------
    InputError
        If the fits cannot be compared, if there is no such column or level, if ``M``, ``within``
        or ``better`` is invalid, or if the runs or the law have no compute.
    """
    import matplotlib.pyplot as plt

    sides, level, runs = groups_at_level(fit, across, where)
    better = direction(better, outcome_of(compared_fit(fit)))
    check_ratio(M)
    training = training_compute(runs)
    compute = np.geomspace(*compute_limits(sides, training, within), POINTS)
    curves = np.stack([side.curve_along(compute[None], M) for side in sides])
    probabilities = probability_best(curves, better)
    with style():
        figure, ax = plt.subplots(figsize=(_WIDTH, 4))
        for i, side in enumerate(sides):
            color, dash, _ = line_style(i)
            label = shorten(side.name, MAX_GROUP_NAME)
            ax.plot(compute, probabilities[i], ls=dash, color=color, lw=1.8, label=label)
        mark_training_end(ax, training)
        ax.set(xscale="log", ylim=(-0.02, 1.12), yticks=np.linspace(0, 1, 6))
        space_log_ticks(ax.xaxis)
        ax.set(xlabel=COMPUTE_LABEL, ylabel="probability of being best")
        ratio = at_ratio((law for side in sides for part in side.parts for law in part.laws), M)
        title = f"{level}M = {M:g} tokens per parameter" if ratio else level.rstrip(", ")
        ax.set_title(title, parse_math=False)
        columns = legend_columns([side.name for side in sides], _WIDTH)
        legend = figure.legend(loc="outside lower center", ncols=columns, fontsize=9)
        plain_text(legend)
        set_alt_text(ax, level + _alt_text(sides, compute, probabilities, ratio))
    return ax


def _alt_text(sides: list[Side], compute: np.ndarray, probabilities: np.ndarray, ratio: str) -> str:
    ends = "; ".join(
        f"{side.name} {line[0]:.2f} and {line[-1]:.2f}" for side, line in zip(sides, probabilities)
    )
    return (
        f"Probability of being best against compute{ratio}; "
        f"at {compute[0]:.1e} and at {compute[-1]:.1e} FLOPs: {ends}."
    )
