"""Figures of the checks: calibration of held-out forecasts, ranks of simulated parameters.

Every function returns the matplotlib Axes that it drew on, in the style of ``bayes_scaling.plot``.
"""

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import percent, shown
from bayes_scaling.plot.style import COLOURS, INK, look_of, short, style, ticked, verbatim
from bayes_scaling.validation.scores import clustered

GRID = np.linspace(0.05, 0.95, 19)  # nominal probabilities of central intervals


def coverage(pit, clusters):
    """Share of truths inside the central interval of each probability of GRID, with its standard error, from their PIT."""
    inside = np.abs(np.asarray(pit)[:, None] - 0.5) <= GRID / 2
    return np.array([clustered(column, clusters) for column in inside.T]).T


def calibration(backtest, *, most=12, bins=10, axes=None):
    """Nominal against actual coverage of central intervals, and the histogram of the PIT, of each law and method.

    Bars and bands are two standard errors, forecasts of one series (or fit) taken as dependent. On the diagonal, and flat at
    1, intervals are as wide as they say; below it, and with high ends, they are too narrow; a slope is a bias. Several methods
    of several laws have a row and a coverage for each law.

    Parameters
    ----------
    backtest : Backtest.
    most : laws and methods drawn at most; the figure says how many others there are.
    bins : of the histogram.
    axes : matplotlib Axes, one for each coverage, then one for each histogram.

    Returns
    -------
    list of matplotlib Axes, those of coverage first

    Raises
    ------
    InputError : too few ``axes``.
    """
    import matplotlib.pyplot as plt

    every = list(backtest.forecasts.groupby(["law", "method"], sort=False))
    parts = every[:most]
    laws, methods = (list(dict.fromkeys(key[i] for key, _ in parts)) for i in (0, 1))
    by_law, own = len(laws) > 1 and len(methods) > 1, axes is None
    columns = len(methods) if by_law else 2 if len(parts) == 4 else min(len(parts), 3)
    cells = [
        (laws.index(law), methods.index(method)) if by_law else divmod(i, columns)
        for i, ((law, method), _) in enumerate(parts)
    ]
    lines, covers = 1 + max(cells)[0], len(laws) if by_law else 1
    with style():
        if own:
            size = 3.9 + 2.6 * columns, (3.7 if lines == 1 else 3.2) * lines + 0.4
            fig, grid = plt.subplots(
                lines,
                1 + columns,
                figsize=size,
                squeeze=False,
                width_ratios=[3.9, *[2.6] * columns],
            )
            axes = [*grid[:covers, 0], *(grid[line, 1 + column] for line, column in cells)]
            for spare in set(grid.flat) - set(axes):
                spare.set_visible(False)
        if len(axes) < covers + len(parts):
            raise InputError(
                f"axes has {len(axes)} Axes; give {covers + len(parts)}, one for the coverage{' of each law' if by_law else ''} and one for each law and method"
            )
        outcomes, told = shown(backtest.outcomes, 3), []
        of = "forecasts" if len(outcomes) > 20 else outcomes
        left = f" ({len(every) - most} more are not drawn)" if len(every) > most else ""
        for law, ax in zip(laws, axes[:covers]):
            ax.plot([0, 1], [0, 1], color="#999999", lw=1, zorder=1, label="as it should be")
            ax.set(
                xlim=(0, 1),
                ylim=(0, 1.02),
                xlabel="nominal probability of the central interval",
                ylabel="share of truths inside",
            )
            ax.set_title(
                short(f"{law}: coverage of {of}", 40) if by_law else f"Coverage of held-out {of}",
                parse_math=False,
            )
        for i, (((law, method), part), (line, column), ax) in enumerate(
            zip(parts, cells, axes[covers:])
        ):
            clusters = part.groupby(backtest.clusters, sort=False, dropna=False).ngroup()
            share, error = coverage(part["pit"], clusters)
            (colour, dash, marker), cover = (
                (look_of(column), axes[line]) if by_law else (look_of(i), axes[0])
            )
            name = short(law if method == "posterior" else f"{law}, {method}", 28)
            told.append(
                f"{name}: {part['in_50'].mean():.0%} of 50% and {part['in_90'].mean():.0%} of 90% intervals held {len(part)} truths"
            )
            cover.plot(
                GRID,
                share,
                ls=dash,
                marker=marker,
                ms=3.5,
                color=colour,
                lw=1.4,
                label=method if by_law else name,
            )
            cover.fill_between(
                GRID, share - 2 * error, share + 2 * error, color=colour, alpha=0.12, lw=0
            )
            _histogram(ax, part["pit"].to_numpy(), clusters.to_numpy(), bins, colour)
            ax.set_title(f"{name} ({len(part)})", fontsize=9.5, parse_math=False)
            if own and column:
                ax.set_ylabel("")
            ax.alt_text = (
                "Histograms of the PIT of each: flat at 1 where intervals are as wide as they say."
            )
        marks = {
            label: mark
            for ax in axes[:covers]
            for mark, label in zip(*ax.get_legend_handles_labels())
        }
        marks["two standard errors"] = axes[0].fill_between([], [], color=INK, alpha=0.12, lw=0)
        if own:
            title = f"{len(parts)} of {len(every)} laws and methods" if left else None
            verbatim(
                fig.legend(
                    marks.values(),
                    marks,
                    loc="outside lower center",
                    ncols=2 + columns,
                    fontsize=8.5,
                    title=title,
                )
            )
        else:
            verbatim(axes[0].legend(marks.values(), marks, fontsize=8))
        axes[
            0
        ].alt_text = f"Nominal against actual coverage of held-out {outcomes}, on the diagonal where intervals are as wide as they say; {'; '.join(told)}{left}."
    return list(axes[: covers + len(parts)])


def _histogram(ax, pit, clusters, bins, colour):
    """Density of the PIT with two standard errors; 1 everywhere is what it should be."""
    edges = np.linspace(0, 1, bins + 1)
    which = np.minimum((pit * bins).astype(int), bins - 1)
    heights = np.array([clustered(which == i, clusters) for i in range(bins)]).T * bins
    ax.bar(edges[:-1], heights[0], width=1 / bins, align="edge", color=colour, alpha=0.35, lw=0)
    ax.errorbar(
        edges[:-1] + 0.5 / bins, heights[0], yerr=2 * heights[1], fmt="none", ecolor=INK, lw=0.9
    )
    ax.axhline(1, color="#999999", lw=1)
    ax.set(
        xlim=(0, 1), ylim=(0, None), xticks=[0, 0.5, 1], xlabel="PIT of the truth", ylabel="density"
    )


def ranks(calibration, *, names=None, axes=None):
    """ECDF of the ranks of simulated parameters less that of uniform ones, with a simultaneous band for all quantities together.

    Parameters
    ----------
    calibration : Calibration.
    names : quantities drawn; all of them where left out.
    axes : one matplotlib Axes a quantity.

    Returns
    -------
    list of matplotlib Axes

    Raises
    ------
    InputError : there is no such quantity.
    """
    import matplotlib.pyplot as plt

    from bayes_scaling.validation.ecdf_uniformity import LEVELS, bands, below

    table = calibration.table
    for name in names or ():
        if name not in table.index:
            raise InputError(f"there is no quantity {name!r}; there are {', '.join(table.index)}")
    names = list(names or table.index)
    sound = calibration.ranks[calibration.ranks["sound"]]
    at = np.arange(1, LEVELS) / LEVELS
    own = axes is None
    with style():
        if own:
            across = (
                min(len(names), 4)
                if len(names) < 5
                else min((4, 3), key=lambda columns: -len(names) % columns)
            )  # the fewest empty places
            lines = -(-len(names) // across)
            fig, grid = plt.subplots(
                lines,
                across,
                figsize=(2.7 * across, 2 * lines + 0.8),
                squeeze=False,
                sharex=True,
                sharey=True,
            )
            axes = list(grid.flat)
            for spare in axes[len(names) :]:
                spare.set_visible(False)
            ticked(grid)
        for name, ax in zip(names, axes):
            of = sound.loc[sound["quantity"] == name, "rank"].to_numpy()
            low, high = bands(len(of), LEVELS, calibration.size / len(table))
            bad = table.loc[name, "verdict"] != "in line"
            ax.fill_between(
                at,
                low / len(of) - at,
                high / len(of) - at,
                color="#9DB8CC",
                alpha=0.5,
                lw=0,
                step="mid",
                label=f"{percent(1 - calibration.size)} band, all quantities together",
            )
            ax.step(
                at,
                below(of, LEVELS) / len(of) - at,
                where="mid",
                color=COLOURS[1] if bad else INK,
                lw=1.4,
                label="true values, out of line" if bad else "true values",
            )
            ax.axhline(0, color="#999999", lw=0.8)
            ax.set_xticks([0, 0.5, 1])
            ax.set_title(
                f"{short(name, 20)}: {table.loc[name, 'verdict'].removeprefix('posterior ')}",
                fontsize=9.5,
                parse_math=False,
            )
        if own:
            fig.supxlabel("place of the truth among the draws", fontsize=9)
            fig.supylabel("ECDF less the uniform's", fontsize=9)
            marks = {
                label: mark
                for ax in axes[: len(names)]
                for mark, label in zip(*ax.get_legend_handles_labels())
            }
            fig.legend(
                marks.values(),
                marks,
                loc="outside upper left",
                ncols=len(marks) if across > 2 else 1,
                fontsize=8.5,
            )
        else:
            for ax in axes[: len(names)]:
                ax.set_xlabel("place of the truth", fontsize=8.5)
            axes[0].set_ylabel("ECDF less the uniform's", fontsize=8.5)
        out = [name for name in names if table.loc[name, "verdict"] != "in line"]
        axes[
            0
        ].alt_text = f"Ranks of the true values of {', '.join(names)} among the posterior's draws, less the uniform's: {f'outside the band for {shown(out)}' if out else 'inside the band for all'}."
    return axes[: len(names)]
