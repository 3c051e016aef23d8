"""``bayes-scaling report``: a report on a forecast or a plan."""

import shlex
from argparse import Namespace
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.average import Average
from bayes_scaling.cli.forecasters import fit_forecasters
from bayes_scaling.cli.law_options import inputs_of, read_law, read_laws
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import agreed_format, exit_code, write_answer
from bayes_scaling.cli.plan_options import check_budget_options, split_options
from bayes_scaling.cli.run_options import (
    Columns,
    load_options,
    read_runs,
    sampling_options,
    select_rows,
)
from bayes_scaling.cli.target_options import read_targets, size_options
from bayes_scaling.law.law import Law
from bayes_scaling.reporting.inputs import file_format
from bayes_scaling.reporting.report import report as write_report
from bayes_scaling.results.chain import Chain
from bayes_scaling.runs.load import load_runs


def report(options: Namespace, log: Log) -> int:
    """Fit a law and write a report; returns the exit code."""
    from bayes_scaling.analysis.plan.allocation import compute_optimal

    check(options)
    if options.budget:
        split = split_options(options)
        forecaster = fit_forecasters(options)[-1]
        to: Any = compute_optimal(forecaster, options.budget, **split)
    else:
        to = read_targets(options)
        forecaster = fit_forecasters(options, to)[-1]
    document = _document(options, forecaster, to)
    write_answer(options, document.html if options.format == "html" else document.markdown)
    return exit_code(document.diagnosis, options, log)


def check(options: Namespace) -> None:
    """Set the format of the report, and refuse options that cannot be combined."""
    kind = "html" if options.output is None else file_format(options.output)
    options.format = agreed_format(options, kind)
    check_budget_options(options)
    for option in size_options(options) if options.budget else []:
        raise InputError(
            f"--budget chooses the runs that the report predicts, and {option} names others; "
            "give one or the other"
        )
    for name in ("backtest", "beside"):
        if options.fit is not None and vars(options)[name]:
            raise InputError(
                f"--{name} fits the runs again, and --fit is a saved fit; "
                "give --runs and --law in its place"
            )
    own = [law.name for law in read_laws(options)] if options.beside else []
    for name in options.beside:
        if read_law(options, name).name in own:
            raise InputError(f"--beside names {name}, the report's own law; name another")


def _document(options: Namespace, forecaster: Any, to: Any) -> Any:
    """The report on a forecast or a plan."""
    runs = None
    if options.runs is not None:
        runs = load_runs(options.runs, **load_options(options))
    return write_report(
        forecaster,
        to,
        prob=options.prob,
        measured=options.measured,
        runs=runs,
        source=options.runs,
        why=_why_left_out(options),
        title=options.title,
        backtest=_backtest(options) if options.backtest else None,
        comparison=_other_laws(options, forecaster),
        command=f"bayes-scaling {shlex.join(map(str, options.words))}",
    )


def _training_runs(options: Namespace, *laws: Law) -> tuple[pd.DataFrame, Columns]:
    """The runs that were fitted, and the columns of the laws' own inputs."""
    runs, columns = read_runs(options)
    inputs = set().union(*map(inputs_of, laws))
    own = {name: column for name, column in columns.items() if name in inputs}
    return select_rows(runs, options.train), own


def _backtest(options: Namespace) -> Any:
    """A backtest of the laws on the fitted runs: the smaller ones predict the larger."""
    from bayes_scaling.validation.backtest import backtest

    laws = read_laws(options)
    law, (runs, columns) = laws[0], _training_runs(options, *laws)
    inputs = [name for name in law.inputs if name not in law.known]
    if "C" not in runs and not inputs:
        raise InputError(
            f"--backtest needs a column that orders runs by size; the runs have no C, and "
            f"{law.name} has no input to order them by"
        )
    return backtest(
        laws,
        runs,
        law.outcome if options.y is None else options.y,
        by="C" if "C" in runs else columns.get(inputs[0], inputs[0]),
        se=options.se,
        **sampling_options(options),
        **columns,
    )


def _other_laws(options: Namespace, forecaster: Any) -> dict[str, Any] | None:
    """Forecasters of the laws of --beside, after those of an average; None without any."""
    others = {name: _other_forecaster(options, name, forecaster) for name in options.beside}
    if others and isinstance(forecaster, Average):
        return forecaster.fits | others
    return others or None


def _other_forecaster(options: Namespace, name: str, forecaster: Any) -> Any:
    """Another law fitted to the same runs; in a chain it replaces the first law."""
    from bayes_scaling.results.chain import chain
    from bayes_scaling.results.fitting import fit

    first = forecaster.first if isinstance(forecaster, Chain) else forecaster
    law = read_law(options, name)
    runs, columns = _training_runs(options, law)
    sampling = sampling_options(options)
    other = fit(law, runs, first.outcome_name, se=options.se, **sampling, **columns)
    return chain(other, forecaster.second) if isinstance(forecaster, Chain) else other


def _why_left_out(options: Namespace) -> str:
    """Why rows of the table were left out."""
    queries = [query for query in (options.where, options.train) if query is not None]
    if not queries:
        return ""
    words = [f"({query})" if len(queries) > 1 else query for query in queries]
    text = f"only rows with {' and '.join(words)} were selected"
    if options.then_train is None:
        return text
    return f"{text}, and for the second law those with {options.then_train}"
