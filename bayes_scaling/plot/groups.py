"""Figures of groups: parameters by corpus, contrasts, which is best at which compute, crossovers, small multiples of fits.

As in ``bayes_scaling.plot``, every function returns the matplotlib Axes that it drew on, and ``plot.alt`` says what is on them. All take a pooled fit or {name: Fit}.
"""

from numbers import Real

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_better, check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, percent, shown
from bayes_scaling.analysis.compare import span
from bayes_scaling.analysis.contrasts import best_shares, crossing
from bayes_scaling.analysis.sides import sides_of
from bayes_scaling.plot.style import COLOURS, INK, look_of, short, style, verbatim
from bayes_scaling.results.forecast_table import interval
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets

_POINTS = 80


_COMPUTE = "training compute C = 6ND, FLOPs"


_LONG = 34  # letters of a group's name that are shown


def forest(fit, names=None, *, across=None, prob=0.9):
    """Intervals of parameters, a row for each group; with crossed columns a row for each level of the others, and "all", their mean.

    Parameters
    ----------
    fit : a pooled fit, Fits, or {name: Fit, Chain or group}; of chains the parameters of the first law.
    names : published parameters; those without a unit, which are the exponents, where left out.
    across : with crossed columns, the one whose values are told apart by colour; the first where left out.
    prob : probability inside the thin bars; the thick ones hold half.

    Returns
    -------
    list of matplotlib Axes, one for each name

    Raises
    ------
    InputError : fits that can not be compared, no such parameter or column, or a bad ``prob``.
    """
    import matplotlib.pyplot as plt

    sides, prob = sides_of(fit, across)[0], check_prob(prob)
    law, y = (
        sides[0].parts[0].law,
        (fit if hasattr(fit, "outcome_name") else fit[next(iter(fit))]).outcome_name,
    )
    names = (
        [q.name for q in law.parameters if q.unit == "1" and q.name in sides[0].parameters]
        if names is None
        else [names]
        if isinstance(names, str)
        else list(names)
    )
    for name in names:
        if name not in sides[0].parameters:
            raise InputError(
                f"{law.name} has no parameter {name!r}{meant(name, sides[0].parameters)}; it has {shown(sides[0].parameters)}"
            )
    crossed = bool(sides[0].context)
    groups = list(dict.fromkeys(side.name for side in sides))
    rows = (
        {
            _words(side): side.where.removesuffix(": ") if _words(side) == "all" else _words(side)
            for side in sides
        }
        if crossed
        else dict(zip(groups, groups))
    )
    units = {q.name: law.worded(q.unit, y) for q in law.parameters if q.unit not in ("", "1")}
    apart = min(0.22, 0.8 / len(groups)) if crossed else 0
    width, height, marks = 1.6 + 3.4 * len(names), max(0.34, 0.1 * len(groups) * crossed), {}
    with style():
        _, axes = plt.subplots(
            1, len(names), figsize=(width, 1.3 + height * len(rows)), sharey=True, squeeze=False
        )
        for ax, name in zip(axes.flat, names):
            for side in sides:
                i = groups.index(side.name)
                at = list(rows).index(_words(side) if crossed else side.name) + apart * (
                    i - (len(groups) - 1) / 2
                )
                draws, (colour, _, marker) = side.parameters[name], look_of(i)
                ax.plot(interval(draws, prob), [at, at], color=colour, lw=1.3)
                ax.plot(interval(draws, 0.5), [at, at], color=colour, lw=3.4, solid_capstyle="butt")
                marks[side.name] = ax.plot(
                    np.median(draws), at, marker, color=colour, mec="white", mew=0.6, ms=6
                )[0]
            ends = np.array([interval(side.parameters[name], prob) for side in sides])
            if ends.min() > 0 and ends.max() / ends.min() > 30:
                ax.set_xscale("log")
            ax.set_xlabel(
                short(f"{name}, {units[name]}" if name in units else name, 40), parse_math=False
            )
            ax.set_yticks(
                range(len(rows)), [short(row, _LONG) for row in rows.values()], parse_math=False
            )
        axes.flat[0].set_ylim(len(rows) - 0.5, -0.5)
        axes.flat[0].set_title(f"{law.name}: 50% and {percent(prob)} intervals")
        if crossed:
            verbatim(
                axes.flat[0].figure.legend(
                    marks.values(),
                    [short(name, _LONG) for name in marks],
                    loc="outside lower center",
                    ncols=_abreast(marks, width),
                    fontsize=9,
                )
            )
        middle = lambda side: (
            str(side.name)
            + " "
            + ", ".join(f"{name} {np.median(side.parameters[name]):.3g}" for name in names)
        )
        told = "; ".join(middle(side) for side in sides if side.context == sides[-1].context)
        what = ", ".join(f"{name} ({units[name]})" if name in units else name for name in names)
        axes.flat[
            0
        ].alt_text = f"Posterior of {what} by group, 50% and {percent(prob)} intervals; medians: {sides[-1].where}{told}."
    return list(axes.flat)


def ridge(fit, parameter=None, *, at=None, reference=None, across=None, where=None, prob=0.9):
    """Densities of how every group compares with a reference: ratios of a parameter, or of the law's curve at each target.

    Parameters
    ----------
    fit, across : see ``forest``.
    parameter : a published parameter; left out where ``at`` is given.
    at : targets.
    reference : the group that the others are compared with; the first where left out.
    where : with crossed columns, the level of the others; the mean over all where left out.
    prob : probability inside the interval under each density.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError : as ``forest``, no such group or level, both of ``parameter`` and ``at`` or neither, a parameter that all groups share, or
        bad targets.
    """
    import matplotlib.pyplot as plt

    sides, context, _ = _at(fit, across, where)
    names, prob = [side.name for side in sides], check_prob(prob)
    reference = names[0] if reference is None else reference
    if reference not in names:
        raise InputError(f"the reference {reference!r} is no group; groups are {shown(names)}")
    if (parameter is None) == (at is None):
        raise InputError(
            "a ridge is of one parameter or of the curve at targets; give parameter='eta' or at=targets"
        )
    if parameter is not None and parameter not in sides[0].parameters:
        raise InputError(
            f"there is no parameter {parameter!r}{meant(parameter, sides[0].parameters)}; there are {shown(sides[0].parameters)}"
        )
    if parameter is not None and all(
        np.array_equal(side.parameters[parameter], sides[0].parameters[parameter]) for side in sides
    ):
        raise InputError(f"{parameter} has one value for all groups: there is nothing to compare")
    to = None if at is None else as_targets(at)
    draws = {
        side.name: side.parameters[parameter][:, None] if to is None else side.at(to)
        for side in sides
    }
    labels, ratios = ([""], ()) if to is None else (_labels(to), to.get("M", pd.Series()).unique())
    what = parameter or f"curve{f' at M = {ratios[0]:.3g}' if len(ratios) == 1 else ''}"
    rows, told = [(name, i) for i in range(len(labels)) for name in names if name != reference], []
    with style():
        _, ax = plt.subplots(figsize=(7, 1.4 + 0.62 * len(rows)))
        for row, (name, i) in enumerate(rows):
            ratio, colour = (
                draws[name][:, i] / draws[reference][:, i],
                COLOURS[names.index(name) % len(COLOURS)],
            )
            density, edges = np.histogram(
                ratio, bins=np.linspace(*np.quantile(ratio, [0.002, 0.998]), 61), density=True
            )
            smooth = np.convolve(
                np.pad(density, 3, mode="edge"),
                np.array([1, 6, 15, 20, 15, 6, 1]) / 64,
                mode="valid",
            )
            ax.fill_between(
                (edges[1:] + edges[:-1]) / 2,
                -row,
                0.85 * smooth / smooth.max() - row,
                color=colour,
                alpha=0.45,
                lw=0,
            )
            ax.plot(interval(ratio, prob), [-row, -row], color=colour, lw=3, solid_capstyle="butt")
            p = (ratio > 1).mean()
            told.append(
                f"{name} {labels[i]}".strip()
                + f" {np.median(ratio):.3g} times, {'above' if p >= 0.5 else 'below'} with probability {max(p, 1 - p):.2f}"
            )
            ax.text(
                1.01,
                -row + 0.2,
                f"{'above' if p >= 0.5 else 'below'}: {max(p, 1 - p):.2f}",
                transform=ax.get_yaxis_transform(),
                fontsize=9,
            )
        ax.axvline(1, color=INK, lw=1, ls=":")
        ax.set_yticks(
            [-row for row in range(len(rows))],
            [f"{short(name, _LONG)}  {labels[i]}".rstrip() for name, i in rows],
            parse_math=False,
        )
        ax.set_xlabel(f"{what} over that of {short(reference, _LONG)}", parse_math=False)
        lead = f"{context.removesuffix(': ')}\n" if context else ""
        ax.set_title(
            f"{lead}bars hold {percent(prob)}; probability of the direction at the right",
            parse_math=False,
        )
        ax.alt_text = f"{context}{what} over that of {reference}: {'; '.join(told)}."
    return ax


def best(fit, *, M=20.0, within=None, across=None, where=None, better="lower"):
    """Probability that each group is best against compute, at M tokens per parameter.

    Parameters
    ----------
    fit, across, where : see ``ridge``.
    M : tokens per parameter.
    within : (least, largest) compute in FLOPs; from the least training run to a hundred times the largest where left out.
    better : "lower" for losses and errors, "higher" for accuracies.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError : fits that can not be compared, no such column or level, a bad ``within`` or ``better``, or runs or a law without compute.
    """
    import matplotlib.pyplot as plt

    sides, context, runs = _at(fit, across, where)
    check_better(better), _check_ratio(M)
    seen = _computes(runs)
    compute = np.geomspace(*_span(sides, seen, within), _POINTS)
    stack = np.stack([side.along(compute[None], M) for side in sides])
    shares = best_shares(stack, better)
    with style():
        _, ax = plt.subplots(figsize=(7, 4))
        for i, side in enumerate(sides):
            colour, dash, _ = look_of(i)
            ax.plot(
                compute, shares[i], ls=dash, color=colour, lw=1.8, label=short(side.name, _LONG)
            )
        _seen(ax, seen)
        ax.set(
            xscale="log",
            ylim=(-0.02, 1.12),
            yticks=np.linspace(0, 1, 6),
            xlabel=_COMPUTE,
            ylabel="probability of being best",
        )
        ax.set_title(f"{context}M = {M:g} tokens per parameter", parse_math=False)
        verbatim(
            ax.figure.legend(
                loc="outside lower center",
                ncols=_abreast([side.name for side in sides], 7),
                fontsize=9,
            )
        )
        ends = "; ".join(
            f"{side.name} {shares[i, 0]:.2f} and {shares[i, -1]:.2f}"
            for i, side in enumerate(sides)
        )
        ax.alt_text = f"{context}Probability of being best against compute at M = {M:g}; at {compute[0]:.1e} and at {compute[-1]:.1e} FLOPs: {ends}."
    return ax


def crossover(fit, one, two, *, M=20.0, within=None, across=None, where=None, prob=0.9):
    """How much higher one group's curve is than another's against compute, and where they cross.

    Parameters
    ----------
    fit, across, where, within : see ``best``.
    one, two : names of two groups.
    M : tokens per parameter.
    prob : probability inside the band and the interval.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError : as ``best``, no such group, one group twice, or a bad ``prob``.
    """
    import matplotlib.pyplot as plt

    sides, context, runs = _at(fit, across, where)
    named, prob = {side.name: side for side in sides}, check_prob(prob)
    for name in (one, two):
        if name not in named:
            raise InputError(
                f"{name!r} is no group{meant(str(name), map(str, named))}; groups are {shown(named)}"
            )
    _check_ratio(M)
    if one == two:
        raise InputError(f"one and two are both {one!r}; give two groups")
    seen = _computes(runs)
    low, high = _span(sides, seen, within)
    compute = np.geomspace(low, high, _POINTS)
    gap = 100 * (named[one].along(compute[None], M) / named[two].along(compute[None], M) - 1)
    found = crossing(named[one], named[two], M, low, high, prob, "lower")
    with style():
        _, ax = plt.subplots(figsize=(7, 4))
        ax.fill_between(
            compute,
            *interval(gap, prob),
            color=COLOURS[0],
            alpha=0.2,
            lw=0,
            label=f"{percent(prob)} band",
        )
        ax.plot(compute, np.median(gap, axis=0), color=COLOURS[0], lw=1.6)
        ax.axhline(0, color=INK, lw=1)
        if found["p_none"] < 0.5:
            ax.errorbar(
                found["C"],
                0,
                xerr=[[found["C"] - found["lower"]], [found["upper"] - found["C"]]],
                fmt="D",
                color=COLOURS[1],
                capsize=4,
                lw=1.8,
                zorder=4,
                label=f"crossover, {percent(prob)}",
            )
        _seen(ax, seen)
        ax.set(xscale="log", xlabel=_COMPUTE)
        ax.set_ylabel(f"{short(one, _LONG)} above {short(two, _LONG)}, %", parse_math=False)
        ax.set_title(
            f"{context}M = {M:g}; they cross in the range with probability {1 - found['p_none']:.2f}",
            parse_math=False,
        )
        ax.figure.legend(loc="outside lower center", ncols=2, fontsize=9)
        middle = np.median(gap, axis=0)
        ax.alt_text = f"{context}{one} above {two} against compute, from {middle[0]:+.2g}% at {low:.1e} to {middle[-1]:+.2g}% at {high:.1e} FLOPs; they cross with probability {1 - found['p_none']:.2f}."
    return ax


def _abreast(names, width):
    """Columns of a legend of groups in a figure so many inches wide."""
    return max(
        1,
        min(
            len(names), int(72 * width / (45 + 5 * max(len(short(name, _LONG)) for name in names)))
        ),
    )


def _labels(at):
    """Targets in a word or two: what differs between them."""
    if "C" not in at.columns:
        return [f"target {i}" for i in at.index]
    ratio = (
        [f", M = {m:.3g}" for m in at["M"]]
        if "M" in at.columns and at["M"].nunique() > 1
        else [""] * len(at)
    )
    return [f"C = {c:.1e}{m}" for c, m in zip(at["C"], ratio)]


def _words(side):
    """The context of a side as a row's name."""
    return " / ".join(str(value) for _, value in side.context)


def _at(fit, across, where):
    """Sides at one level of the other columns, the mean over all where none is named; that in words, to lead a title; and frames of training runs."""
    sides, _, runs = sides_of(fit, across)
    contexts = {_words(side): side.context for side in sides}
    if where is not None and "" in contexts:
        raise InputError(
            f"where is {where!r}, and the groups have no crossed columns; leave it out"
        )
    if where is not None and str(where) not in contexts:
        raise InputError(
            f"where is {where!r}{meant(str(where), contexts)}; the groups have {shown(list(contexts))}"
        )
    context = contexts[str(where)] if where is not None else sides[-1].context
    sides = [side for side in sides if side.context == context]
    return sides, sides[0].where, runs


def _computes(runs):
    """Training computes of all runs, from their frames."""
    seen = [frame["C"].to_numpy(float) for frame in runs if "C" in frame.columns]
    if not seen:
        raise InputError("the runs have no compute; these figures are drawn against it")
    return np.concatenate(seen)


def _check_ratio(M):
    """Refuse tokens per parameter that can not be."""
    if isinstance(M, bool) or not isinstance(M, Real) or not 0 < M < np.inf:
        raise InputError(f"M is {M!r}; give tokens per parameter, a positive number such as 20")


def _span(sides, seen, within):
    """(least, largest) compute to draw, where the training runs have ``seen``."""
    for part in (part for side in sides for part in side.parts):
        if more := [name for name in part.law.inputs if name not in SIZES]:
            raise InputError(
                f"these figures are drawn against compute, and {part.law.name} needs {', '.join(more)} too; draw from compare(fit, targets)"
            )
    return span(within, seen.min(), 100 * seen.max())


def _seen(ax, seen):
    """A mark at the largest training compute: beyond it all is foretold."""
    ax.axvline(seen.max(), color="#888888", lw=1, ls=":")
    ax.text(
        seen.max(),
        1.0,
        " beyond the runs",
        transform=ax.get_xaxis_transform(),
        fontsize=8,
        color="#666666",
        va="top",
    )
