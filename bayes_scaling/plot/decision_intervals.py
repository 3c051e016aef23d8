"""The figure of a decision: the outcome of every group at a target, the one to choose first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import describe_run, percent
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.plot.alt_text import set_alt_text
from bayes_scaling.plot.style import COLORS, shorten, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _LONGEST = 0.27, 34  # inches for a group; characters of its name


def decision(
    comparison: Any,
    *,
    target: int = 0,
    where: object = None,
    measured: Mapping[Any, float] | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Plot each group's interval at a target, best first, with the probability that it is best.

    Groups that may be the best at the stated risk are filled, the others hollow.

    Parameters
    ----------
    comparison : Comparison
        From ``bayes_scaling.compare``.
    target : int
        Which of the targets, from 0.
    where : object, optional
        Which outcome, of a comparison on several, or level of other crossed columns; the first
        if left out.
    measured : mapping of group to float, optional
        Measured outcomes, drawn as crosses.
    ax : matplotlib Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib Axes
        The Axes with the figure.

    Raises
    ------
    InputError
        There is no such target, outcome or level.
    """
    import matplotlib.pyplot as plt

    rows, place = _rows_of_target(comparison, target, where)
    outcome = rows["outcome"].iloc[0] if "outcome" in rows else comparison.outcome
    with style():
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 1.2 + _ROW * len(rows)), layout="constrained")
        for y, row in enumerate(rows.to_dict("records")):
            color = COLORS[0] if row["in_set"] else "0.55"
            ax.plot([row["lower"], row["upper"]], [y, y], color=color, lw=1.6)
            fill = color if row["in_set"] else "white"
            ax.plot(row["median"], y, "o", ms=5, mec=color, mfc=fill)
            if measured is not None and row["group"] in measured:
                ax.plot(measured[row["group"]], y, "x", ms=6, mew=1.5, color=COLORS[1])
            chance = f"{row['p_best']:.2f}" if row["p_best"] >= 0.005 else "<0.01"
            ax.annotate(
                chance, (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8
            )
        ax.set_yticks(range(len(rows)), [shorten(name, _LONGEST) for name in rows["group"]])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlabel(
            f"{outcome}: median and {percent(comparison.prob)} interval; filled: may be"
            f" the best at a risk of {percent(comparison.risk)}",
            fontsize=9,
            parse_math=False,
        )
        ax.annotate("P(best)", (1.01, 1.01), xycoords="axes fraction", fontsize=8)
        ax.set_title(place, loc="left", parse_math=False)
        set_alt_text(ax, _alt_text(rows, outcome, place))
    return ax


def _rows_of_target(comparison: Any, target: int, where: object) -> tuple[pd.DataFrame, str]:
    """Rows of the decision at one target and level, best first, and the target in words."""
    table, count = pd.DataFrame(comparison.decision), len(comparison.targets)
    if isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < count:
        raise InputError(f"target is {target!r}; give its number, from 0 to {count - 1}")
    row = comparison.targets.iloc[target]
    columns = [name for name in comparison.targets.columns if name in table]
    rows = table[(table[columns] == row[columns]).all(axis=1)]
    levels = rows[[*table.columns[: list(table).index("group")]]]
    names = levels.astype(str).agg(" / ".join, axis=1) if len(levels.columns) else None
    if names is None and where is not None:
        raise InputError(f"where is {where!r}, and there is one outcome and level; leave it out")
    if names is None:
        return rows.sort_values("regret"), describe_run(row)
    level = names.iloc[0] if where is None else str(where)
    if level not in set(names):
        known = list(dict.fromkeys(names))
        raise InputError(
            f"where is {where!r}{did_you_mean(level, known)}; there are {shorten_list(known)}"
        )
    return rows[names == level].sort_values("regret"), f"{level}, {describe_run(row)}"


def _alt_text(rows: pd.DataFrame, outcome: str, where: str) -> str:
    first = "; ".join(
        f"{row['group']} {row['median']:.4g} ({row['lower']:.4g} to {row['upper']:.4g}), best with"
        f" probability {row['p_best']:.2f}"
        for row in rows.head(3).to_dict("records")
    )
    return f"{outcome} of {len(rows)} groups at {where}, best first: {first}."
