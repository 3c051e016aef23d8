"""A forecast as a page for a decision: the answer first, then what it rests on and what could overturn it.

``report`` gathers what the forecaster and its fits say; ``page`` turns it into HTML or Markdown.
"""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import FitWarning, InputError, warn
from bayes_scaling._core.files import whole
from bayes_scaling._core.messages import listed, percent, precise, several, size
from bayes_scaling.analysis.compare import Comparison, compare
from bayes_scaling.analysis.plan.allocation import Allocation
from bayes_scaling.reporting import page as parts
from bayes_scaling.reporting.assumptions import (
    checked,
    data,
    law,
    meanings,
    priors,
    published,
    rests_on,
)
from bayes_scaling.reporting.backtest_section import held_out, verdict
from bayes_scaling.reporting.extrapolation import extent, reaches, unseen_link
from bayes_scaling.reporting.page import Code, Items, Page, Rows, Section, Text
from bayes_scaling.reporting.plan_section import advice, what_to_train
from bayes_scaling.reporting.plan_section import check as check_plan
from bayes_scaling.reporting.provenance import citations, fits_of, made_by, named, recipe
from bayes_scaling.reporting.robustness import (
    given,
    groups_compared,
    other_laws,
    other_priors,
    single_runs,
)
from bayes_scaling.results.forecast_table import interval
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.targets import as_targets

PROBS = (0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Report:
    """A page that was made: ``html`` and ``markdown`` are its text, ``save`` writes either.

    Parameters
    ----------
    page : the ``bayes_scaling.reporting.page.Page``: title, blocks, sections, date.
    """

    page: Page

    @property
    def html(self):
        """The page as one HTML file, pictures inside."""
        return parts.html(self.page)

    @property
    def markdown(self):
        """The same as Markdown."""
        return parts.markdown(self.page)

    def save(self, path):
        """Write the page to a file.

        Parameters
        ----------
        path : the file, which is replaced where there is one: HTML where it ends in .html or .htm, Markdown where it ends in .md.

        Returns
        -------
        Path of the file.

        Raises
        ------
        InputError : another ending, or a place that can not be written.
        """
        text = getattr(self, kind_of(path))
        whole(path, lambda part: Path(part).write_text(text, encoding="utf-8"))
        return Path(path)

    def __repr__(self):
        return f"<Report {self.page.title}>"


def kind_of(path):
    """What a file's ending asks for: "html" or "markdown"."""
    kinds = {".html": "html", ".htm": "html", ".md": "markdown"}
    if Path(path).suffix.lower() not in kinds:
        raise InputError(
            f"the report's file {str(path)!r} ends in {Path(path).suffix or 'nothing'}; give a .html or .md file"
        )
    return kinds[Path(path).suffix.lower()]


def report(
    forecaster,
    to,
    path=None,
    *,
    prob=None,
    measured=None,
    runs=None,
    why="",
    backtest=None,
    sensitivity=None,
    influence=None,
    comparison=None,
    source=None,
    seed=0,
    title=None,
    command=None,
    date=None,
):
    """A page on a forecast that someone else can judge without running anything.

    Parameters
    ----------
    forecaster : Fit, Chain, Average or PooledFit, or a group of one.
    to : targets; of a pooled fit with the groups' columns, or for every group; row labels that are text name the runs on the page. Or what
        ``plan.compute_optimal`` made of the same forecaster: the page then says what to train, and foretells those runs.
    path : file to write, .html or .md.
    prob : probability of the interval in the answer and in the figure, 0.9 or that of the plan where left out; the table has 50, 80, 90 and 95%.
    measured : values that were measured at the targets, one each.
    runs : the table that the fitted runs were taken from (DataFrame, path or bundled name): the page then says which
        rows were left out.
    why : why those rows were left out.
    backtest : a ``backtest``, or a table: how forecasts of held-out runs fared. The page says what they covered as far
        out as its targets are, and that it does not know where none is given.
    sensitivity, influence : tables by the functions of those names, {label: table} for several, or False for none. Where
        left out the page asks itself, of its first six targets: no law is fitted again for that.
    comparison : {label: Fit or Chain} of the same outcome, a list of them, or a table: what other laws, or other data, say; a
        Comparison of groups, which of a pooled fit is made where left out; False for none.
    source : what that table is called, where ``runs`` is a DataFrame; a bundled name is cited.
    seed : of the noise of new runs, as in ``forecast``.
    title, command : heading, and the command that makes the page again; made from the fit where left out.
    date : the one date on the page, today where left out: the same inputs give the same bytes but for it.

    Returns
    -------
    Report

    Raises
    ------
    InputError : bad targets, ``prob``, ``measured``, evidence or ``path``, or a plan of another forecaster or that names no run; the sentence says which.

    Warns
    -----
    FitWarning : the fit has not converged; the page says so at its top.
    """
    if not all(
        hasattr(forecaster, name) for name in ("draws", "diagnosis", "outcome_name")
    ) or isinstance(getattr(forecaster, "parts", None), list):
        raise InputError(
            f"a report needs a Fit, a Chain, an Average or a PooledFit; {type(forecaster).__name__} has no page{': give the pooled fit, and this as comparison=' if isinstance(forecaster, Comparison) else ''}"
        )
    plan = to if isinstance(to, Allocation) else None
    if plan:
        to = check_plan(plan, forecaster)
    to, prob = as_targets(to), check_prob((plan.prob if plan else 0.9) if prob is None else prob)
    wanted = comparison
    if hasattr(forecaster, "pool"):
        if comparison is None:
            comparison = compare(
                forecaster,
                _by_group(forecaster, to)
                .pipe(forecaster.with_known)
                .drop(columns=list(forecaster.pool.by))
                .drop_duplicates(ignore_index=True),
            )
        to = _by_group(forecaster, to)
    check_seed(seed)
    if path is not None:
        kind_of(path)
    if isinstance(runs, str | Path):
        source, runs = source or runs, load_runs(runs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # said below, once, and at the top of the page
        told = forecaster.forecast(to, prob=prob, seed=seed)
        if measured is not None:
            measured = told.against(measured)["measured"].to_numpy()
        try:
            picture = _picture(forecaster, to, prob, measured)
        except InputError as error:  # a law of several inputs has no one axis to be drawn along
            picture = Text(f"There is no figure: {error}.", "note")
    again = (
        (command, "sh")
        if command
        else (
            recipe(
                forecaster,
                plan or to,
                {
                    "prob": prob,
                    "measured": measured,
                    "runs": runs,
                    "source": source,
                    "why": why,
                    "seed": seed,
                    "title": title,
                    "backtest": backtest,
                    "sensitivity": sensitivity,
                    "influence": influence,
                    "comparison": wanted,
                },
            ),
            "python",
        )
    )
    sections = (
        *(
            [
                Section(
                    "What to train", tuple(what_to_train(plan, forecaster, _names(to), comparison))
                )
            ]
            if plan
            else []
        ),
        Section("Forecast", tuple(_forecasts(forecaster, to, measured, seed))),
        Section(
            "Figure",
            (
                picture,
                Text(
                    f"Bands hold {percent(prob)} of the law's curve, bars {percent(prob)} of a new run, its noise included; circles are the runs that were fitted. Marks that would lie on one another are moved sideways; the tables have their compute.",
                    "note",
                ),
            ),
        ),
        Section(
            "How far this extrapolates, and how it was checked",
            (
                *extent(forecaster, to, _names(to), told.note, source),
                *_fared(forecaster, to, backtest),
            ),
        ),
        Section("What the answer rests on", tuple(_grounds(forecaster, to, runs, source, why))),
        Section(
            "What could overturn it",
            tuple(_doubts(forecaster, to, told, prob, seed, sensitivity, influence, comparison)),
        ),
        Section("Can the draws be trusted?", tuple(checked(forecaster, told.diagnosis))),
        Section(
            "Provenance",
            (Items(tuple(made_by(forecaster))), Text("To make this page again:"), Code(*again)),
        ),
        Section("To cite", (Code(citations(forecaster, source), "bibtex"),)),
    )
    made = Report(
        Page(
            title
            or f"{'What to train for the best' if plan else 'Forecast of'} {forecaster.outcome_name}",
            tuple(_top(forecaster, to, told, prob, measured, backtest, source, seed, plan)),
            sections,
            _today(date),
        )
    )
    if path is not None:
        made.save(path)
    if not forecaster.diagnosis.ok:
        warn(
            f"report on draws that have not converged: {forecaster.diagnosis.problems[0]}",
            FitWarning,
        )
    return made


def _by_group(pooled, to):
    """Targets of the groups of a pooled fit, each called by its group and its size."""
    by = list(pooled.pool.by)
    made = pooled.of_every_group(to)
    if missing := [name for name in by if name not in made]:
        raise InputError(
            f"the targets have no column {missing[0]!r}; give each target's {' and '.join(by)}, or none of them for every group"
        )
    if set(by) <= set(to) and all(isinstance(label, str) for label in to.index):
        return made
    groups = made[by].astype(str).agg(" / ".join, axis=1)
    return made.set_axis(
        [f"{group}, {label}" for group, label in zip(groups, _names(made.drop(columns=by)))]
    )


def _today(date):
    from datetime import date as calendar

    return str(calendar.today() if date is None else date)


def _names(to):
    """How the page calls each target: its label where that is text, else its size."""
    return [
        label if isinstance(label, str) else size(row)
        for label, (_, row) in zip(to.index, to.iterrows())
    ]


def _top(forecaster, to, told, prob, measured, backtest, source, seed, plan):
    """A bad diagnosis, then the answer, then what it rests on and how it was checked."""
    if told.diagnosis.problems:
        yield Text("Do not rely on this page: the draws behind it have not converged.", "warning")
        yield Items(told.diagnosis.problems)
    if plan:
        yield Text(advice(plan, forecaster), "answer")
        if plan.diagnosis.cautions:
            yield Text(
                f'{several(len(plan.diagnosis.cautions), "caution").capitalize()} in "What to train".',
                "note",
            )
    yield Text(f"{_answer(forecaster, to, told, prob)}.", "answer")
    if said := meanings(forecaster, source):
        yield Text(f"{'; '.join(f'{column}: {text}' for column, text in said.items())}.", "note")
    if len(to) == 2 and not plan:  # two budgets are no rivals
        yield Text(_difference(forecaster, to, prob, seed))
    if hasattr(forecaster, "first"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FitWarning)
            yield Text(
                f"On the way, {_answer(forecaster.first, to, forecaster.first.forecast(to, prob=prob, seed=seed), prob)}."
            )
    fits = fits_of(forecaster)
    reach, wide = (
        0.0 if (ratios := reaches(forecaster, to, name)) is None else ratios.max()
        for name in ("C", "N")
    )
    whose = (
        "run of its group"
        if hasattr(fits[0], "pool")
        else f"run for {fits[0].outcome_name}"
        if hasattr(forecaster, "first")
        else "of them"
    )
    far = (
        f"; the farthest target needs {reach:.3g} times the compute of the largest {whose}{f', and the largest target has {wide:.3g} times its parameters' if wide > 1 else ''}"
        if reach > 1
        else ""
    )
    yield Text(
        f"It rests on {rests_on(forecaster)}{far}. A new run falls inside its interval with probability {percent(prob)}, if the data, {'the law' if len(fits) == 1 else 'the laws'} ({listed(dict.fromkeys(fit.law.name for fit in fits))}) and the priors that this page names can be relied on; what was not modelled is not in it."
    )
    if strained := unseen_link(forecaster, to):
        yield Text(strained)
    if tried := verdict(backtest, forecaster, to, _names(to)):
        yield Text(tried)
    if measured is not None:
        inside = int(((told["lower"] <= measured) & (measured <= told["upper"])).sum())
        off = [f"{value:+.1f}%" for value in (100 * (told["median"] / measured - 1))[:3]]
        few = ", too few to judge an interval by" if len(to) < 10 else ""
        yield Text(
            f"What was measured of {forecaster.outcome_name} at the targets lies inside the {percent(prob)} interval in {inside} of {several(len(to), 'case')}{few}; the {'medians are' if len(to) > 1 else 'median is'} off by {listed(off)}{' and more' if len(to) > 3 else ''}."
        )
    if told.diagnosis.cautions:
        yield Text(
            f'{several(len(told.diagnosis.cautions), "caution").capitalize()} in "Can the draws be trusted?".',
            "note",
        )


def _answer(forecaster, to, told, prob):
    """What is foretold of the first few targets, with its interval."""
    said = []
    for name, (_, row) in list(zip(_names(to), told.iterrows()))[:3]:
        median, lower, upper = precise(
            [row["median"], row["lower"], row["upper"]], row["upper"] - row["lower"]
        )
        said.append(f"{median} for {name} ({percent(prob)} interval {lower} to {upper})")
    more = f"; {several(len(to) - 3, 'more run')} in the table" if len(to) > 3 else ""
    return f"{forecaster.outcome_name} ({forecaster.unit}) is foretold at {listed(said)}{more}"


def _difference(forecaster, to, prob, seed):
    """How two targets compare: a new run of one less a new run of the other, draw by draw."""
    (one, two), draws = _names(to), forecaster.draws(to, of="run", seed=seed)
    gap = draws[:, 0] - draws[:, 1]
    if (gap < 0).mean() < 0.5:
        one, two, gap = two, one, -gap
    lower, upper = interval(gap, prob)
    decimals = max(0, 2 - math.floor(math.log10(upper - lower))) if upper > lower else 3
    told = lambda value: f"{value:+.{decimals}f}"
    return f"Of the two, {one} comes out lower with probability {(gap < 0).mean():.2f}: its {forecaster.outcome_name} less that of {two} is {told(np.median(gap))} in the median ({percent(prob)} interval {told(lower)} to {told(upper)})."


def _forecasts(forecaster, to, measured, seed):
    """The table of intervals, for the run and for the law's curve; for a chain its first outcome too."""
    yield _intervals("forecast", forecaster, to, measured, seed)
    yield Text(
        "A new run has run-to-run noise; the law's curve is the mean that such runs scatter about.",
        "note",
    )
    if hasattr(forecaster, "first"):
        yield Text(
            f"The law of {forecaster.outcome_name} takes {forecaster.first.outcome_name} as its input, which is foretold first:"
        )
        yield _intervals("forecast-first", forecaster.first, to, None, seed)


def _intervals(name, forecaster, to, measured, seed):
    header, lines = ["run", "what", "median", *(f"{percent(prob)}" for prob in PROBS)], []
    for of, what in (("run", "a new run"), ("mean", "the law's curve")):
        draws = forecaster.draws(to, of=of, seed=seed)
        ends = [interval(draws, prob) for prob in PROBS]
        for i, (label, middle) in enumerate(zip(_names(to), np.median(draws, axis=0))):
            width = ends[0][1][i] - ends[0][0][i]
            line = [
                label,
                what,
                *precise([middle], width),
                *(" to ".join(precise([lower[i], upper[i]], width)) for lower, upper in ends),
            ]
            if measured is not None and of == "mean":
                line.append("")
            elif measured is not None:
                inside = next(
                    (
                        f"inside {percent(prob)}"
                        for prob, (lower, upper) in zip(PROBS, ends)
                        if lower[i] <= measured[i] <= upper[i]
                    ),
                    f"outside {percent(PROBS[-1])}",
                )
                line.append(f"{precise([measured[i]], width)[0]}, {inside}")
            lines.append((i, tuple(line)))
    lines = tuple(line for _, line in sorted(lines, key=lambda pair: pair[0]))
    return Rows(
        name,
        f"{forecaster.outcome_name}, {forecaster.unit}: median and central intervals",
        tuple(header + ["measured"] * (measured is not None)),
        lines,
    )


def _picture(forecaster, to, prob, measured):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from bayes_scaling import plot

    if hasattr(forecaster, "pool"):
        import matplotlib.pyplot as plt

        figure = forecaster.plot(to, prob=prob, measured=measured).flat[0].figure
        lines = figure.axes[0].get_subplotspec().get_gridspec().nrows
        figure.set_size_inches(
            min(figure.get_figwidth(), 6.4), 1.5 * lines + 1
        )  # small, so that its text can be read
        drawn = parts.picture(figure)
        plt.close(figure)
        return drawn
    with plot.style():
        figure = Figure(figsize=(5.2, 3.9))  # small, so that its text can be read on a phone
        FigureCanvasAgg(figure)
        plot.curve(forecaster, to, prob=prob, measured=measured, ax=figure.add_subplot())
    return parts.picture(figure)


def _fared(forecaster, to, backtest):
    """How forecasts of held-out runs fared, or that the page does not know."""
    if backtest is None:
        yield Text(
            "No backtest was given to this page: it shows nothing on how such forecasts fared at this distance.",
            "note",
        )
    else:
        yield from held_out(backtest, forecaster, to, _names(to))


def _grounds(forecaster, to, runs, source, why):
    """Data, law, priors and posterior of every fit behind the answer."""
    fits = fits_of(forecaster)
    if hasattr(forecaster, "weights"):
        yield from given("weights", "Weights of the laws", forecaster.weights, to, _names(to))
    for i, (label, fit) in enumerate(named(forecaster), 1):
        tail = f"-{i}" if len(fits) > 1 else ""
        about = f" of {label}" if len(fits) > 1 else ""
        yield Text(f"Data{about}", "heading")
        yield from data(fit, f"data{tail}", runs, source, why, before=fits[0] if i > 1 else None)
        yield Text(f"Law{about}", "heading")
        yield from law(fit)
        yield Text(f"Priors{about}", "heading")
        yield from priors(fit, f"priors{tail}")
        yield Text(f"Posterior{about}", "heading")
        yield from published(fit, f"posterior{tail}")


def _doubts(forecaster, to, told, prob, seed, sensitivity, influence, comparison):
    """What is known against the laws, then priors, single runs, and other laws and data."""
    names, fits = _names(to), fits_of(forecaster)
    comparison = (
        getattr(forecaster, "fits", None) if comparison is None else comparison
    )  # an average beside its laws
    if failures := tuple(
        f"Known failure of {fit.law.name}: {fit.law.fails}." for fit in fits if fit.law.fails
    ):
        yield Items(failures)
    for kind, heading, what, ask in (
        ("sensitivity", "Other priors", sensitivity, other_priors),
        ("influence", "Single runs", influence, single_runs),
    ):
        if what is None:
            yield from ask(forecaster, to, names, prob, seed)
        elif what is not False:
            yield from given(kind, heading, what, to, names)
    if isinstance(comparison, Comparison):
        yield from groups_compared(comparison, to, names)
    elif comparison is not None and comparison is not False:
        yield from other_laws(comparison, forecaster, to, names, told, prob, seed)
    unasked = {
        "how other priors would move the answer": sensitivity is False,
        "how far it moves without single runs": influence is False,
        "what other laws foretell": comparison is None or isinstance(comparison, Comparison),
        "how the groups compare": comparison is False and hasattr(forecaster, "pool"),
    }
    if missing := [text for text, absent in unasked.items() if absent]:
        yield Text(f"Not shown on this page: {listed(missing, 'and')}.", "note")
