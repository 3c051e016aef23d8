"""The training runs behind a forecast: how many, their ranges, and the rows that were left out."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import format_count
from bayes_scaling._core.messages import join_words, plural
from bayes_scaling.reporting.blocks import Block, Rows, Text
from bayes_scaling.reporting.inputs import Inputs
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.protocol import ForecasterProtocol
from bayes_scaling.runs.bundled import sources

_FEW = 5  # rows left out that are named
_SIZES = {
    "N": "parameters",
    "D": "training tokens",
    "C": "training compute 6 N D, FLOPs",
    "M": "tokens per parameter",
}


def meanings(fits: Iterable[tuple[str, Fit | PooledFit]], source: str | None) -> dict[str, str]:
    """Return what the outcomes mean, from the notes of a bundled table: {column: text}.

    Parameters
    ----------
    fits : iterable of (label, fit)
        The fits of a report.
    source : str or None
        Name of the table.

    Returns
    -------
    dict
    """
    columns = sources().get(str(source), {}).get("columns", {})
    return {fit.y: columns[fit.y] for _, fit in fits if fit.y in columns}


def rests_on(forecaster: ForecasterProtocol) -> str:
    """State the runs behind a forecast: how many and how large, by outcome if they differ.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        What predicts.

    Returns
    -------
    str
    """
    outcomes: dict[tuple[tuple[str, ...], str], list[str]] = {}
    values: dict[tuple[tuple[str, ...], str], str] = {}
    for _, fit in forecaster.component_fits():
        runs = tuple(dict.fromkeys(fit.parts.runs))
        count = len(fit.parts.runs)
        key = runs, _runs(fit, len(runs))
        outcomes.setdefault(key, []).append(fit.outcome_name)
        values.setdefault(key, f" ({count} values of {fit.y})" if len(runs) < count else "")
    if len(outcomes) == 1:
        ((key, text),) = values.items()
        return f"{key[1]}{text}"
    return join_words(
        f"{key[1]} for {join_words(dict.fromkeys(names))}{values[key]}"
        for key, names in outcomes.items()
    )


def _runs(fit: Fit | PooledFit, count: int) -> str:
    """State number, groups and size of a fit's runs."""
    text = plural(count, "training run")
    if isinstance(fit, PooledFit):
        text += f" of {plural(len(fit.groups), 'group')}"
    return (
        f"{text} of at most {fit.largest:.3g} training FLOPs" if np.isfinite(fit.largest) else text
    )


def data_blocks(
    fit: Fit | PooledFit, name: str, inputs: Inputs, before: Fit | PooledFit | None
) -> Iterator[Block]:
    """Yield the runs of a fit: count, source, ranges, rows left out.

    Parameters
    ----------
    fit : Fit or PooledFit
        The fit.
    name : str
        Id of its table.
    inputs : Inputs
        Arguments of the report.
    before : Fit or PooledFit or None
        The first fit, whose runs are not repeated.

    Yields
    ------
    Block
    """
    runs = list(dict.fromkeys(fit.parts.runs))
    same = before is not None and list(fit.parts.runs) == list(before.parts.runs)
    count = len(fit.training)
    values = f", {count} values of {fit.y}" if len(runs) < count else ""
    start, origin = ("The same ", "") if same else ("", _origin(inputs.source))
    yield Text(f"{start}{plural(len(runs), 'run')}{values}{origin}.")
    known = before.training.columns if same and before is not None else ()
    if table := _ranges(fit, name, inputs.source, known):
        yield table
    if not same:
        yield _left_out(fit, inputs.runs, inputs.why)


def _origin(source: str | None) -> str:
    """State where the runs come from."""
    if entry := sources().get(str(source)):
        return f" from {entry['title']} ({source}; {entry['citation']})"
    return f" from {str(source).split('/')[-1]}" if source else ""


def _ranges(
    fit: Fit | PooledFit, name: str, source: str | None, known: Iterable[str]
) -> Rows | None:
    """Return minimum, median and maximum of each column that is not known already."""
    table = fit.training
    inputs = {
        key: fit.law.rename_units(unit, str(fit.columns.get(key, key)))
        for key, unit in fit.law.inputs.items()
    }
    outcome = f"outcome: {meanings([('', fit)], source).get(fit.y, fit.unit)}"
    texts = inputs | _SIZES | {fit.y: outcome}
    columns = [
        column
        for column in dict.fromkeys((*_SIZES, *inputs, fit.y))
        if column in table and column not in known
    ]
    lines = tuple(
        (column, texts[column], *(_value(column, value) for value in _quantiles(table[column])))
        for column in columns
    )
    header = ("column", "meaning", "minimum", "median", "maximum")
    return Rows(name, "ranges of the training runs", header, lines) if lines else None


def _quantiles(column: pd.Series) -> pd.Series:
    return column.quantile([0, 0.5, 1])


def _value(column: str, value: float) -> str:
    return format_count(value) if column in ("N", "D") else f"{value:.4g}"


def _left_out(fit: Fit | PooledFit, runs: pd.DataFrame | None, why: str) -> Text:
    """Name the rows of the table that were not fitted."""
    if runs is None:
        return Text(
            "The table that these runs come from was not given, so this report cannot list the "
            "rows that were left out.",
            "note",
        )
    fitted = set(fit.parts.runs)
    column = runs["run"] if "run" in runs and fitted <= set(runs["run"].astype(str)) else runs.index
    labels = [str(label) for label in column]
    if missing := fitted - set(labels):
        raise InputError(
            f"the run {min(missing)} was fitted and is not in runs; give the table that the "
            "fitted runs come from"
        )
    left = [label for label in labels if label not in fitted]
    if not left:
        return Text("No row of the table was left out.")
    names = f"{', '.join(left[:_FEW])}{f' and {len(left) - _FEW} more' if len(left) > _FEW else ''}"
    reason = f", because {why}" if why else "; no reason was given"
    verb = "was" if len(left) == 1 else "were"
    return Text(f"{plural(len(left), 'row')} of the table {verb} left out{reason}: {names}.")
