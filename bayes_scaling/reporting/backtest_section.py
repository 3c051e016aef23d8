"""What a backtest shows at the distance of a report's targets.

``names`` are what the report calls the targets, in their order.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bayes_scaling._core.formatting import has_standard_error
from bayes_scaling._core.messages import join_words, plural, shorten_list
from bayes_scaling.reporting.backtest_coverage import (
    coverage,
    cutoffs,
    has_distances,
    placed_targets,
    posterior_forecasts,
    sentences,
)
from bayes_scaling.reporting.blocks import Block, Items, Rows, Text
from bayes_scaling.reporting.evidence_tables import given
from bayes_scaling.results.protocol import ForecasterProtocol
from bayes_scaling.validation.backtest_result import Backtest

_SHOWN = 8  # outcomes in a sentence


def verdict(
    backtest: Any, forecaster: ForecasterProtocol, to: pd.DataFrame, names: list[str]
) -> str:
    """Return the sentences for the top of a report; "" if a plain table was given.

    Parameters
    ----------
    backtest : Backtest, DataFrame or None
        Held-out forecasts.
    forecaster : ForecasterProtocol
        The forecaster of the report.
    to : DataFrame
        Complete targets.
    names : list of str
        What the report calls each target.

    Returns
    -------
    str
    """
    if backtest is None:
        return (
            "No backtest was given, so this report does not show how often such intervals cover "
            "held-out runs at this distance."
        )
    if not isinstance(backtest, Backtest):
        return ""
    forecasts, placed = (
        posterior_forecasts(backtest, forecaster),
        placed_targets(backtest, forecaster, to),
    )
    what = f"{join_words(dict.fromkeys(forecasts['law']))}, {_split(backtest)}"
    if placed is None:
        checked = [f"Checked on held-out runs: {what}.", f"{coverage(backtest, forecasts)}."]
        if not backtest.left:
            checked.append(
                f"How far out that is relative to the targets is unknown: they, or the training "
                f"runs, have no {backtest.by}."
            )
    else:
        head = _head({part.kind for part in placed})
        checked = [f"{head}: {what}.", *sentences(backtest, forecasts, placed, names)]
    return " ".join(
        [*_other_outcomes(backtest, forecaster), *checked, *_other_laws(forecaster, forecasts)]
    )


def _head(kinds: set[str]) -> str:
    """State how far the checks went, by the kinds of distance of the targets."""
    if "near" in kinds:
        limits = {
            "beyond": ", but not as far out as every target",
            "gap": ", but not at every target's distance",
        }
        limit = next((text for kind, text in limits.items() if kind in kinds), "")
        return f"Checked on held-out runs{limit}"
    if "beyond" in kinds:
        return "Not checked as far out as the targets"
    if "gap" in kinds:
        return "Checked nearer and farther, not at the targets' distance"
    return "Checked only farther out than the targets"


def held_out(
    backtest: Any, forecaster: ForecasterProtocol, to: pd.DataFrame, names: list[str]
) -> Iterator[Block]:
    """Yield the performance of held-out forecasts, at the targets' distance first.

    Parameters
    ----------
    backtest, forecaster, to, names
        As for ``verdict``.

    Yields
    ------
    Block
    """
    heading = "How forecasts of held-out runs performed"
    if not isinstance(backtest, Backtest):
        yield from given("backtest", heading, backtest, to, names)
        return
    forecasts, placed = backtest.forecasts, placed_targets(backtest, forecaster, to) or []
    limit = (
        ""
        if backtest.left
        else f" The smaller runs were those up to {cutoffs(forecasts, backtest.by, 6)}."
    )
    yield Text(heading, "heading")
    yield from (Text(line) for line in backtest.verdict.splitlines())
    yield Text(
        f"{join_words(dict.fromkeys(forecasts['law']))}, {_split(backtest)}: "
        f"{plural(len(forecasts), 'forecast')} of {shorten_list(backtest.outcomes, _SHOWN)}, "
        f"compared with measured values.{limit}"
    )
    for text in sentences(backtest, posterior_forecasts(backtest, forecaster), placed, names):
        yield Text(text)
    limits = [*_other_outcomes(backtest, forecaster), *_other_laws(forecaster, forecasts)]
    yield Text(" ".join([*limits, f"Standard errors {backtest.dependence}."]))
    yield Rows(
        "backtest",
        "held-out forecasts, and the fraction of measured values inside their intervals",
        *coverage_table(backtest),
    )
    if backtest.diagnosis.problems:
        yield Items(tuple(backtest.diagnosis.problems))


def _split(backtest: Backtest) -> str:
    """State what was fitted and what was predicted."""
    series = [
        f"{column} {join_words(dict.fromkeys(backtest.forecasts[column].astype(str)))}"
        for column in backtest.series
        if column != "y"
    ]
    runs = f"runs of {join_words(series)}" if series else "runs"
    if backtest.left:
        return f"fitted to {runs} of all values of {backtest.by} but one, predicting that one"
    return f"fitted to smaller {runs}, predicting larger ones"


def _other_outcomes(backtest: Backtest, forecaster: ForecasterProtocol) -> Iterator[str]:
    """State that the report's outcome is not among the forecasts."""
    if forecaster.outcome_name not in backtest.outcomes:
        yield (
            f"Forecasts of {forecaster.outcome_name} were not checked: the backtest is of "
            f"{shorten_list(backtest.outcomes, _SHOWN)}."
        )


def _other_laws(forecaster: ForecasterProtocol, forecasts: pd.DataFrame) -> Iterator[str]:
    """State that none of the report's laws made the forecasts."""
    laws = dict.fromkeys(fit.law.name for _, fit in forecaster.component_fits())
    if not set(laws) & set(forecasts["law"]):
        yield f"None of these forecasts is by {join_words(laws, 'or')}, the basis of this report."


def coverage_table(backtest: Backtest) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return header and lines of coverage: by distance, and by law and method if they differ.

    Parameters
    ----------
    backtest : Backtest
        Held-out forecasts.

    Returns
    -------
    header, lines : tuples of str
    """
    by = ["distance"] if has_distances(backtest) else []
    by += [name for name in ("law", "method") if backtest.forecasts[name].nunique() > 1]
    by = by or ["law"]
    percent = backtest.scale.startswith("%")
    headers = {"distance": f"{backtest.by} over the largest fitted"}
    lines = []
    for _, row in backtest.summary(by).iterrows():
        error, error_known = row["in_90_se"], has_standard_error(row["in_90"], row["in_90_se"])
        lines.append(
            (
                *(str(row[name]) for name in by),
                str(row["forecasts"]),
                f"{row['error']:.3g}{'%' if percent else ''}",
                *(f"{row[f'in_{level}']:.0%}" for level in (50, 80, 90, 95)),
                f"{error:.0%}" if error_known else "-",
            )
        )
    header = (
        *(headers.get(name, name) for name in by),
        "forecasts",
        f"median error{'' if percent else f', {backtest.scale}'}",
        *(f"{level}% held" for level in (50, 80, 90, 95)),
        "standard error of the 90%",
    )
    return header, tuple(lines)
