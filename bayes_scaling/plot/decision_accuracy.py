"""The figure of a decision backtest: accuracy against the compute that was spent."""

from typing import TYPE_CHECKING, Any

from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.axis_ticks import space_log_ticks
from bayes_scaling.plot.legends import plain_text
from bayes_scaling.plot.style import line_style, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def decisions(backtest: Any, *, ax: "Axes | None" = None) -> "Axes":
    """Plot how often pairs of groups were ranked right against the compute of the runs used.

    Parameters
    ----------
    backtest : DecisionBacktest
        From ``bayes_scaling.decision_backtest``.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.
    """
    import matplotlib.pyplot as plt

    table = backtest.decisions.groupby(["method", "compute"], sort=False)["accuracy"].mean()
    with style():
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        lines = []
        for i, method in enumerate(dict.fromkeys(backtest.decisions["method"])):
            accuracy = table[method].sort_index()
            color, dash, marker = line_style(i)
            ax.plot(accuracy.index, accuracy, ls=dash, marker=marker, color=color, label=method)
            lines.append(f"{method} {accuracy.iloc[0]:.2f} to {accuracy.iloc[-1]:.2f}")
        ax.set(xscale="log", xlabel="compute of the runs used, FLOPs (log scale)")
        space_log_ticks(ax.xaxis)
        ax.set(ylabel="pairs ranked right")
        ax.set_title(
            f"Decisions between groups ({backtest.group}) by {backtest.y}", parse_math=False
        )
        plain_text(ax.legend(fontsize=9))
        set_alt_text(
            ax,
            "Fraction of pairs of groups in the right order at larger sizes against the compute of"
            f" the runs used; from the smallest to the largest: {'; '.join(lines)}.",
        )
    return ax
