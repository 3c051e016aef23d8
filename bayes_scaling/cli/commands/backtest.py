"""``bayes-scaling backtest``: scores of forecasts of held-out runs."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.files import write_atomically
from bayes_scaling._core.formatting import format_with_error
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.cli.formats import as_json, as_text, csv_text
from bayes_scaling.cli.law_options import read_laws
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, save_figure, write_answer
from bayes_scaling.cli.run_options import read_runs, sampling_options

_PASSED_ON = ("by", "leave", "group", "multiples", "refits", "se")
_SCORES = ("interval_score", "log_score", "in_50", "in_80", "in_90", "in_95")
_MAX_CUTOFFS = 1000  # a single number below it is how many cutoffs to choose


def backtest(options: Namespace, log: Log) -> int:
    """Score forecasts of held-out runs by laws; returns the exit code."""
    from bayes_scaling.validation.backtest import backtest as run_backtest

    runs, columns = read_runs(options)
    laws = read_laws(options)
    request = {name: vars(options)[name] for name in _PASSED_ON}
    request = {name: value for name, value in request.items() if value is not None}
    if options.cutoffs is not None:
        request["cutoffs"] = _cutoffs(options.cutoffs)
    y = options.y if options.y is None or len(options.y) > 1 else options.y[0]
    request |= {"baselines": options.baselines, **sampling_options(options), **columns}
    result = run_backtest(laws, runs, y, **request)
    summary = result.summary(options.summary)
    _save_files(options, result)
    write_answer(options, _answer(options, result, summary))
    return exit_code(result.diagnosis, options, log)


def _cutoffs(values: list[float]) -> int | list[float]:
    """Values of cutoffs, or how many to choose."""
    first = values[0]
    is_count = len(values) == 1 and first < _MAX_CUTOFFS and first == int(first)
    return int(first) if is_count else values


def _save_files(options: Namespace, result: Any) -> None:
    """Write every forecast and the figure, where they were requested."""

    def write(part: str) -> None:
        Path(part).write_text(csv_text(pd.DataFrame(result.forecasts)), encoding="utf-8")

    def draw() -> Any:
        return result.plot()[0].figure

    if options.forecasts is not None:
        write_atomically(options.forecasts, write)
    if options.figure is not None:
        save_figure(options.figure, draw)


def _answer(options: Namespace, result: Any, summary: Any) -> str:
    """The answer in the format of --format."""
    outcomes = result.outcomes
    if options.format == "json":
        return as_json(
            {
                "verdict": result.verdict.splitlines(),
                "drift": {law: result.drift_of(law) for law in result.laws},
                "summary": summary,
                "y": outcomes if len(outcomes) > 1 else outcomes[0],
                "by": result.by,
                "scale": result.scale,
                "skipped": result.skipped,
                "diagnosis": result.diagnosis.verdict(),
            }
        )
    if options.format == "csv":
        return csv_text(pd.DataFrame(summary))
    title = f"{len(result.forecasts)} held-out forecasts of {shorten_list(outcomes, 6)}"
    hints = []
    if not result.fits["ok"].all():
        hints.append("--forecasts writes every forecast, with ok where its fit has converged")
    if len(result.skipped):
        hints.append("--format json lists what was not fitted")
    table = as_text(brief_summary(summary, options.summary), title)
    return f"{result.verdict}\n\n{table}\n{summary.foot}\n" + (
        f"{', '.join(hints)}.\n" if hints else ""
    )


def brief_summary(summary: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The most important columns of a summary, each score with its standard error."""
    columns = [*by, "forecasts", "not_converged", "error", "bias"]
    brief = pd.DataFrame(summary)[columns].copy()
    for name in _SCORES:
        brief[name] = list(map(format_with_error, summary[name], summary[f"{name}_se"]))
    return brief.astype(dict.fromkeys(by, str))
