"""The figure of a plan: how far each split of a budget is from the best, and where the best lies."""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import amount, percent
from bayes_scaling.plot.style import COLOURS, DASHES, GREY, INK, short, style, ticked, verbatim

_LABELS = {"N": "parameters N", "M": "tokens per parameter M = D / N"}


_TOP = 10  # tolerances at the top of the axis, at least


def valley(plan, x="N", *, ax=None, columns=3):
    """How far from its own best the curve of each draw is along each budget, in percent: median and band, with the run to train and where the best lies.

    Parameters
    ----------
    plan : what ``bayes_scaling.plan.compute_optimal`` returned; of more budgets than colours those that span them.
    x : "N", parameters, or "M", tokens per parameter, along the axis.
    ax : matplotlib Axes to draw on, where there is one group.
    columns : panels side by side, at most.

    Returns
    -------
    matplotlib Axes, or a list of them, one for each group

    Raises
    ------
    InputError : another ``x``, or ``ax`` beside several groups.
    """
    import matplotlib.pyplot as plt

    if x not in _LABELS:
        raise InputError(f"x is {x!r}; use 'N' (parameters) or 'M' (tokens per parameter)")
    by = plan.groups
    groups = list(dict.fromkeys(plan.choice[by].itertuples(index=False, name=None))) if by else [()]
    if ax is not None and len(groups) > 1:
        raise InputError(f"there are {len(groups)} groups, and one ax; leave ax out")
    of = lambda table, key: table[(table[by] == list(key)).all(axis=1)] if by else table
    with style():
        if ax is None:
            columns = min(len(groups), columns)
            _, axes = plt.subplots(
                -(-len(groups) // columns),
                columns,
                figsize=(7 if columns == 1 else 4.2 * columns, 4.6 * -(-len(groups) // columns)),
                sharex=True,
                sharey=True,
                squeeze=False,
            )
            for spare in axes.flat[len(groups) :]:
                spare.set_visible(False)
            grid, axes = axes, list(axes.flat[: len(groups)])
        else:
            grid, axes = np.array([[ax]], object), [ax]
        top, ends = _top(plan), []
        for one, key in zip(axes, groups):
            ends += _panel(
                one, plan, of(plan.curves, key), of(plan.choice, key), of(plan.best, key), x, top
            )
            one.set_title(
                short(
                    " / ".join(map(str, key)) or f"What to train for the best {plan.y}",
                    60 if len(axes) == 1 else 34,
                ),
                parse_math=False,
            )
            one.set_xlabel(_LABELS[x])
            one.set_ylabel(
                short(f"{plan.y} {'above' if plan.better == 'lower' else 'below'} the best, %", 50)
                if one in list(grid[:, 0])
                else "",
                parse_math=False,
            )
            one.alt_text = (
                f"{plan.y} in percent {'above' if plan.better == 'lower' else 'below'} the best against {_LABELS[x]}, median and {percent(plan.prob)} band. "
                + " ".join(plan.sentences)
            )
        _along(axes, x, ends)
        ticked(grid)
    return axes[0] if len(axes) == 1 else axes


def _top(plan):
    """The top of the axis: what is close, and the bands at the runs to train, are well below it."""
    most = [_TOP * 100 * plan.tolerance]
    for _, row in plan.choice.dropna(subset=["M"]).iterrows():
        part = plan.curves[(plan.curves["C"] == row["C"]).to_numpy()]
        most.append(2.5 * part["upper"].iloc[int(np.abs(np.log(part["M"] / row["M"])).argmin())])
    return min(max(most), 100.0)


def _panel(ax, plan, curves, choice, best, x, top):
    """One group: a valley for each budget, bars below them, what is close in practice; returns the ends of what is seen."""
    budgets = list(choice["C"])
    if len(budgets) > len(COLOURS):  # a few that span them all
        budgets = [
            sorted(budgets)[i]
            for i in np.linspace(0, len(budgets) - 1, len(COLOURS)).round().astype(int)
        ]
    seen, step = [], 0.045 * top
    for i, budget in enumerate(budgets):
        colour, part, row = (
            COLOURS[i],
            curves[curves["C"] == budget],
            choice[choice["C"] == budget].iloc[0],
        )
        ends = best[(best["C"] == budget) & (best["quantity"] == x)].iloc[0]
        what = (
            f"{amount(row['N'])} parameters on {amount(row['D'])} tokens"
            if np.isfinite(row["N"])
            else "no best inside the search, and above the least of it"
        )
        ax.fill_between(part[x], part["lower"], part["upper"], color=colour, alpha=0.18, lw=0)
        ax.plot(
            part[x],
            part["median"],
            ls=DASHES[i],
            color=colour,
            lw=1.6,
            label=f"{budget:.3g} FLOPs: {what}",
        )
        low = -(i + 1.2) * step
        if np.isfinite([ends["lower"], ends["upper"]]).all():
            ax.plot(
                [ends["lower"], ends["upper"]],
                [low, low],
                color=colour,
                lw=3.5,
                solid_capstyle="butt",
                zorder=3,
            )
        if np.isfinite(row["N"]):
            ax.plot(row[x], low, "D", color=colour, mec="white", mew=0.8, ms=7, zorder=4)
        seen.append(part.loc[part["median"] <= top, x])
    ax.axhline(100 * plan.tolerance, color=GREY, lw=0.8, ls=":")
    ax.axhline(0, color=INK, lw=0.6)
    ax.set_xscale("log")
    ax.set_ylim(-(len(budgets) + 0.9) * step, top)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
    note = f"curves: median and {percent(plan.prob)} of the draws\nbars: where the best lies ({percent(plan.prob)})\ndiamonds: the run to train; dotted: {percent(plan.tolerance)}"
    if x == "M" and np.isfinite(plan.ratios).all():
        ax.axvspan(*plan.ratios, color=GREY, alpha=0.1, lw=0, zorder=0)
        note += "; grey: M of the runs"
    note += f"\n{amount(plan.serve)} tokens of serving paid for" if plan.serve else ""
    verbatim(
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(0, -0.16),
            fontsize=8.5,
            title=note,
            title_fontsize=8.5,
            alignment="left",
        )
    )
    return [end for part in seen if len(part) for end in (part.min(), part.max())]


def _along(axes, x, ends):
    """The horizontal axis of all panels, with a few plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    low, high = min(ends), max(ends)
    for ax in axes:
        ax.set_xlim(low, high)
        ax.xaxis.set_major_locator(
            LogLocator(
                subs=(1.0, 2.0, 5.0)
                if high < 100 * low
                else (1.0, 3.0)
                if high < 1e4 * low
                else (1.0,)
            )
        )
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: amount(value) if x == "N" else f"{value:g}")
        )
