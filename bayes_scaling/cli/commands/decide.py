"""``bayes-scaling decide``: which group to choose, and what a mistake would cost."""

import shlex
import warnings
from argparse import Namespace
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import FitWarning, InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.cli.formats import as_csv, as_json
from bayes_scaling.cli.law_options import read_laws
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, save_figure, write_answer
from bayes_scaling.cli.run_options import read_runs, sampling_options, select_rows
from bayes_scaling.cli.target_options import read_targets
from bayes_scaling.reporting.inputs import file_format


def decide(options: Namespace, log: Log) -> int:
    """Fit the groups together and report which to choose; returns the exit code."""
    from bayes_scaling.analysis.compare import compare
    from bayes_scaling.analysis.compare_checks import check_risk
    from bayes_scaling.inference.target_inputs import check_inputs
    from bayes_scaling.results.direction import common_direction
    from bayes_scaling.results.fitting import fit

    check_risk(options.risk)
    if options.report:
        file_format(options.report)
    to, (law,) = read_targets(options), read_laws(options)
    check_inputs(law, to)
    runs, columns = read_runs(options)
    train, outcomes = select_rows(runs, options.train), options.y or [law.outcome]
    _refuse_report_of_several(options, outcomes)
    # the mean's too, whatever its name; outcomes of both kinds have no mean
    options.better = common_direction(options.better, outcomes)
    train, outcomes = _with_mean(train, outcomes)
    fits = {}
    for y in outcomes:
        settings = {**sampling_options(options), **columns}
        fits[y] = fit(law, train, y=y, group=options.group[0], se=options.se, **settings)
    fitted: Any = fits if len(fits) > 1 else fits[outcomes[0]]
    comparison = compare(fitted, at=to, better=options.better, risk=options.risk)
    judged = _backtest(options, train, outcomes, law, columns)
    if options.figure:
        save_figure(options.figure, lambda: _figure(fitted, options))
    if options.report:
        _write_report(options, fitted, to, comparison)
    write_answer(options, _answer(options, comparison, judged, law))
    return exit_code(comparison.diagnosis, options, log)


def _refuse_report_of_several(options: Namespace, outcomes: list[str]) -> None:
    if options.report and len(outcomes) > 1:
        raise InputError(
            f"--report is of one outcome, and --y names {len(outcomes)}; give one, or leave out"
            " --report"
        )


def _with_mean(runs: pd.DataFrame, outcomes: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Runs with the mean of several outcomes as one more outcome."""
    known = [y for y in outcomes if y in runs]
    if len(outcomes) == 1 or len(known) < len(outcomes):
        return runs, outcomes  # a missing column is refused where it is fitted
    name = f"mean of {shorten_list(outcomes, 4)}"
    return runs.assign(**{name: runs[outcomes].mean(axis=1, skipna=False)}), [*outcomes, name]


def _backtest(
    options: Namespace,
    train: pd.DataFrame,
    outcomes: list[str],
    law: Any,
    columns: dict[str, Any],
) -> Any:
    """Decisions from smaller runs, scored; None unless cutoffs are given."""
    if not options.cutoffs:
        return None
    from bayes_scaling.validation.decision_backtest import decision_backtest

    return decision_backtest(
        train,
        outcomes,
        options.group[0],
        options.cutoffs,
        along=options.along,
        law=law,
        better=options.better,
        se=options.se,
        **sampling_options(options),
        **columns,
    )


def _write_report(options: Namespace, fitted: Any, to: pd.DataFrame, comparison: Any) -> None:
    """Write the report; its verdicts are those of the answer, which the command prints."""
    from bayes_scaling.reporting.report import report

    command = f"bayes-scaling {shlex.join(map(str, options.words))}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        report(
            fitted,
            to,
            options.report,
            comparison=comparison,
            source=options.runs,
            command=command,
        )


def _figure(fitted: Any, options: Namespace) -> Any:
    from bayes_scaling import plot

    return plot.best(fitted, better=options.better).figure


def _answer(options: Namespace, comparison: Any, judged: Any, law: Any) -> str:
    """The answer in the format of --format."""
    tables = {"decision": pd.DataFrame(comparison.decision)}
    if judged is not None:
        tables |= {
            "backtest": pd.DataFrame(judged.decisions),
            "calibration": pd.DataFrame(judged.calibration),
        }
    sentences = [*comparison.decision.sentences, *([judged.verdict] if judged else [])]
    if options.format == "json":
        return as_json(
            {
                **tables,
                "sentences": sentences,
                "risk": options.risk,
                "law": law.name,
                "chosen": law.chosen,
                "diagnosis": comparison.diagnosis.verdict(),
            }
        )
    if options.format == "csv":
        return as_csv(tables, {name: comparison.diagnosis for name in tables})
    table = Table(comparison.decision.sort_values([*_targets(comparison), "regret"]))
    foot = [judged.verdict, repr(judged.summary), repr(judged.calibration)] if judged else []
    chosen = [f"Law: {law.name}, chosen because {law.chosen}."] if law.chosen else []
    lines, diagnosis = comparison.decision.sentences, str(comparison.diagnosis)
    first = [diagnosis] if comparison.diagnosis.problems else []
    last = [] if first else [diagnosis]
    return "\n".join([*first, *lines, repr(table), *foot, *chosen, *last, ""])


def _targets(comparison: Any) -> list[str]:
    """Columns of the decision that are a target's."""
    own = ("group", "median", "lower", "upper", "p_best", "regret", "in_set", "choice")
    return [name for name in comparison.decision.columns if name not in own]
