"""``bayes-scaling forecast``: intervals for target runs."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from bayes_scaling._core.formatting import percent
from bayes_scaling.cli.forecasters import fit_forecasters
from bayes_scaling.cli.formats import as_csv, as_json, as_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, save_figure, write_answer
from bayes_scaling.cli.target_options import read_targets
from bayes_scaling.results.chain import Chain


@runtime_checkable
class _Average(Protocol):
    """An ``Average`` of laws, whose module a forecast of one law does not import."""

    fits: Mapping[str, Any]
    weights: pd.DataFrame

    def by_law(self, to: pd.DataFrame, **request: Any) -> pd.DataFrame:
        """What each law predicts alone."""
        ...


def forecast(options: Namespace, log: Log) -> int:
    """Predict targets by a law, a chain of two or an average; returns the exit code."""
    to = read_targets(options)
    forecasters = fit_forecasters(options, to)
    request = {"prob": options.prob, "of": options.of, "kind": options.kind}
    tables = {
        name: forecaster.forecast(to, **request)
        for name, forecaster in zip(("forecast", "then"), forecasters)
    }
    first = forecasters[0]
    by_law: dict[str, pd.DataFrame] = {}
    if isinstance(first, _Average):
        weights = first.weights.reset_index()
        by_law = {"weights": weights, "by_law": first.by_law(to, **request)}
    if options.figure:
        _save_figure(options.figure, forecasters, to, request)
    if options.format == "json":
        text = as_json(_json_answer(options, forecasters, tables, by_law))
    elif options.format == "csv":
        text = _csv_answer(tables, by_law)
    else:
        text = _text_answer(options, forecasters, tables, by_law)
    write_answer(options, text)
    return exit_code(_last(tables).diagnosis, options, log)


def _last(tables: dict[str, Any]) -> Any:
    """The forecast of the last outcome, whose verdicts are those of the answer."""
    return list(tables.values())[-1]


def _json_answer(
    options: Namespace,
    forecasters: list[Any],
    tables: dict[str, Any],
    by_law: dict[str, pd.DataFrame],
) -> dict[str, Any]:
    first, last = forecasters[0], forecasters[-1]
    answer = {
        **tables,
        **by_law,
        "prob": options.prob,
        "of": options.of,
        "law": list(first.fits) if isinstance(first, _Average) else first.law.name,
        "y": tables["forecast"].y,
    }
    if isinstance(last, Chain):
        answer |= {"then_law": last.second.law.name, "then_y": last.second.y}
    final = _last(tables)
    return answer | {
        "note": final.note,
        "note_long": final.note_long,
        "diagnosis": final.diagnosis.verdict(),
    }


def _csv_answer(tables: dict[str, Any], by_law: dict[str, pd.DataFrame]) -> str:
    diagnoses = {name: table.diagnosis for name, table in tables.items()}
    diagnoses |= dict.fromkeys(by_law, tables["forecast"].diagnosis)
    with_outcome = {
        name: pd.DataFrame(table).assign(y=tables.get(name, tables["forecast"]).y)
        for name, table in (tables | by_law).items()
    }
    return as_csv(with_outcome, diagnoses)


def _text_answer(
    options: Namespace,
    forecasters: list[Any],
    tables: dict[str, Any],
    by_law: dict[str, pd.DataFrame],
) -> str:
    noun, prob = "a new run" if options.of == "run" else "the law's curve", percent(options.prob)
    parts = [
        as_text(pd.DataFrame(table), f"{table.y} ({table.unit}) of {noun}, {prob} interval")
        for table in tables.values()
    ]
    if by_law:
        parts.append(as_text(by_law["by_law"], "What each law predicts alone"))
        weights = as_text(by_law["weights"], "Weights of the laws")
        parts.append(f"{weights}{forecasters[0].weights.foot}\n")
    final = _last(tables)
    parts += [f"{final.note}."] if final.note else []
    return "\n".join([*parts, str(final.diagnosis)]) + "\n"


def _save_figure(
    path: str, forecasters: list[Any], to: pd.DataFrame, request: dict[str, Any]
) -> None:
    def draw() -> Any:
        import matplotlib.pyplot as plt

        from bayes_scaling import plot

        size = (6.6 * len(forecasters), 4.8)
        figure, axes = plt.subplots(1, len(forecasters), figsize=size, squeeze=False)
        for ax, forecaster in zip(axes.flat, forecasters):
            plot.curve(forecaster, to, ax=ax, **request)
        return figure

    save_figure(path, draw)
