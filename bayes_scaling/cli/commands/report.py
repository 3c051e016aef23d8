"""``bayes-scaling report``: the page that the command line's options ask for."""

import shlex

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.commands.plan import SPLIT
from bayes_scaling.cli.fitting import forecasters_of
from bayes_scaling.cli.options import (
    _asked,
    _kept,
    _pairs,
    _table,
    asked_targets,
    inputs_of,
    law_of,
    laws_of,
    values_of,
)
from bayes_scaling.cli.output import _put, _verdict, agreed
from bayes_scaling.reporting.report import kind_of
from bayes_scaling.reporting.report import report as write_report
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.sizes import SIZES


def check(options):
    """Refuse before any work is done a file of another kind, and what needs the runs that a saved fit came from; the format is what the file asks for."""
    kind = "html" if options.output is None else kind_of(options.output)
    options.format = agreed(options, kind)
    if options.budget and (
        sizes := [f"--{name}" for name in (*SIZES, "targets") if getattr(options, name)]
        + [f"--at {name}" for name in SIZES if name in values_of(options.at, "at")]
    ):
        raise InputError(
            f"--budget chooses the runs that the page foretells, and {sizes[0]} names others; give one or the other"
        )
    if not options.budget and (
        idle := [f"--{name}" for name in SPLIT if getattr(options, name) is not None]
    ):
        raise InputError(f"{idle[0]} goes with --budget, which is missing")
    for name in ("backtest", "beside"):
        if options.fit is not None and getattr(options, name):
            raise InputError(
                f"--{name} fits the runs anew, and --fit is a fit already made; give --runs and --law in its place"
            )
    own = [law.name for law in laws_of(options)] if options.beside else []
    for name in options.beside:
        if law_of(options, name).name in own:
            raise InputError(f"--beside names {name}, the page's own law; name another")


def page(options, forecaster, to):
    """Text of the page: HTML or Markdown, by ``--format``."""
    sizes = {name: column for name, column in _pairs(options.column).items() if name in SIZES}
    runs = None if options.runs is None else load_runs(options.runs, columns=sizes)
    made = write_report(
        forecaster, to, prob=options.prob, measured=options.measured, runs=runs, source=options.runs, why=_why(options), title=options.title,
        backtest=_held_out(options) if options.backtest else None, comparison=_beside(options, forecaster),
        command=f"bayes-scaling {shlex.join(map(str, options.typed))}",
    )  # fmt: skip
    return getattr(made, options.format)


def _fitted(options, *laws):
    """The runs that were fitted, and the columns of the laws' own inputs."""
    runs, columns = _table(options)
    return _kept(runs, options.train), {
        name: column
        for name, column in columns.items()
        if any(name in inputs_of(law) for law in laws)
    }


def _held_out(options):
    """A backtest of the laws among the runs that were fitted: the smaller ones foretell the larger."""
    from bayes_scaling.validation.backtest import backtest

    laws = laws_of(options)
    law, (runs, own) = laws[0], _fitted(options, *laws)
    by = (
        "C"
        if "C" in runs
        else next((own.get(name, name) for name in law.inputs if name not in law.known), None)
    )
    if by is None:
        raise InputError(
            f"--backtest needs a column to tell smaller runs from larger; the runs have no C, and {law.name} no input that tells"
        )
    return backtest(
        laws,
        runs,
        law.outcome if options.y is None else options.y,
        by=by,
        se=options.se,
        **_asked(options),
        **own,
    )


def _beside(options, forecaster):
    """{name: forecaster} of the laws beside the page's own, those of an average with them; None where none were asked for."""
    others = {name: _other(options, name, forecaster) for name in options.beside}
    return getattr(forecaster, "fits", {}) | others if others else None


def _other(options, name, forecaster):
    """Another law fitted to the same runs; of a chain in place of the first."""
    from bayes_scaling.results.chain import chain
    from bayes_scaling.results.fitting import fit

    law, first = law_of(options, name), getattr(forecaster, "first", forecaster)
    runs, own = _fitted(options, law)
    made = fit(law, runs, first.outcome_name, se=options.se, **_asked(options), **own)
    return made if first is forecaster else chain(made, forecaster.second)


def _why(options):
    """What the rows that were left out fail to satisfy."""
    queries = [query for query in (options.where, options.train) if query is not None]
    if not queries:
        return ""
    text = (
        "only rows with "
        + " and ".join(f"({query})" if len(queries) > 1 else query for query in queries)
        + " were asked for"
    )
    return (
        text
        if options.then_train is None
        else f"{text}, and for the second law those with {options.then_train}"
    )


def report(options, say):
    """The page on the forecast."""
    from bayes_scaling.analysis.plan.allocation import compute_optimal
    from bayes_scaling.cli.commands.plan import split_of

    check(options)
    if options.budget:
        split = split_of(options)
        forecasters = forecasters_of(options, say)
        to = compute_optimal(forecasters[-1], options.budget, **split)
    else:
        to = asked_targets(options)
        forecasters = forecasters_of(options, say, to)
    _put(options, page(options, forecasters[-1], to))
    return _verdict(forecasters[-1].diagnosis, options, say)
