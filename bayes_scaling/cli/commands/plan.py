"""``bayes-scaling plan``: the best split of a budget, and the next run to train."""

from argparse import Namespace
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.cli.candidates import read_candidates
from bayes_scaling.cli.forecasters import fit_forecasters
from bayes_scaling.cli.formats import as_csv, as_json, as_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, save_figure, write_answer
from bayes_scaling.cli.plan_options import (
    check_plan_options,
    next_run_options,
    split_options,
)
from bayes_scaling.cli.target_options import read_targets
from bayes_scaling.results.diagnosis import Diagnosis


@dataclass
class _Answer:
    """Tables, sentences and diagnosis of one or both questions."""

    diagnosis: Diagnosis
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)


def plan(options: Namespace, log: Log) -> int:
    """Fit a law, split budgets, rank candidates; returns the exit code."""
    check_plan_options(options)
    tables = []
    if options.candidates:
        tables = [read_candidates(options), read_targets(options)]
    split = split_options(options) if options.budget else {}
    forecaster = fit_forecasters(options, *tables)[-1]
    answer = _Answer(forecaster.diagnosis)
    if options.budget:
        _split_budgets(answer, forecaster, options, split)
    if options.candidates:
        _rank_candidates(answer, forecaster, options, *tables)
    write_answer(options, _text(options, answer, forecaster.outcome_name))
    return exit_code(answer.diagnosis, options, log)


def _split_budgets(
    answer: _Answer, forecaster: Any, options: Namespace, split: dict[str, Any]
) -> None:
    """Add the best split of each budget, and save its figure."""
    from bayes_scaling.analysis.plan.allocation import compute_optimal

    allocation = compute_optimal(forecaster, options.budget, **split)
    answer.tables["choice"] = pd.DataFrame(allocation.choice)
    answer.tables["best"] = pd.DataFrame(allocation.best)
    answer.sentences += allocation.sentences
    answer.diagnosis = allocation.diagnosis

    def draw() -> Any:
        return np.atleast_1d(allocation.plot())[0].figure

    if options.figure:
        save_figure(options.figure, draw)


def _rank_candidates(
    answer: _Answer,
    forecaster: Any,
    options: Namespace,
    candidates: pd.DataFrame,
    to: pd.DataFrame,
) -> None:
    """Add how much each candidate would narrow the forecast of the targets."""
    from bayes_scaling.analysis.plan.informative_run import next_run

    seed, request = options.seed or 0, next_run_options(options)
    ranked = next_run(forecaster, candidates, to, prob=options.prob, seed=seed, **request)
    table = pd.DataFrame(ranked).rename_axis("candidate").reset_index()
    answer.tables["next_run"] = table.astype({"candidate": str})
    answer.sentences += ranked.sentences
    answer.diagnosis += Diagnosis(reach=ranked.diagnosis.reach)


def _text(options: Namespace, answer: _Answer, y: str) -> str:
    """The answer in the format of --format."""
    tables, diagnosis = answer.tables, answer.diagnosis
    if options.format == "json":
        return as_json(
            {
                **tables,
                "sentences": answer.sentences,
                "prob": options.prob,
                "y": y,
                "diagnosis": diagnosis.verdict(),
            }
        )
    if options.format == "csv":
        return as_csv(tables, dict.fromkeys(tables, diagnosis))
    titles = {
        "best": "The best run of each draw: median and interval",
        "next_run": f"How much each candidate would narrow the forecast of {y}",
    }
    parts = [as_text(tables[name], title) for name, title in titles.items() if name in tables]
    return "\n".join([*answer.sentences, "", *parts, str(diagnosis)]) + "\n"
