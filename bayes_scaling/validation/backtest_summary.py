"""Means of a backtest's scores, with standard errors that allow for dependent forecasts."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import format_with_error
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.validation.scores import COVERAGE_COLUMNS, clustered_mean

_MEANS = ("width", "crps", "interval_score", "log_score", *COVERAGE_COLUMNS)
_MAIN_COLUMNS = (
    "law", "method", "forecasts", "not_converged", "error", "interval_score", "log_score",
    *COVERAGE_COLUMNS,
)  # fmt: skip


def common_forecasts(forecasts: pd.DataFrame, series: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """Forecasts that every law and method made.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Those of ``Backtest``.
    series : tuple of str
        Columns that identify the series.

    Returns
    -------
    pandas.DataFrame, int
        These forecasts, and how many others there are.
    """
    methods = len(forecasts[["law", "method"]].drop_duplicates())
    runs = forecasts.groupby([*series, "origin", "run"], sort=False, dropna=False)
    common = runs["law"].transform("size") == methods
    return forecasts[common.to_numpy()], int((~common).sum())


def summarize_forecasts(
    forecasts: pd.DataFrame, by: list[str], clusters: list[str]
) -> pd.DataFrame:
    """One row of mean scores for each group of forecasts.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Those of ``Backtest``.
    by : list of str
        Columns to group by.
    clusters : list of str
        Columns that identify independent forecasts.

    Returns
    -------
    pandas.DataFrame
    """
    rows = []
    for key, group in forecasts.groupby(by, sort=False, observed=True):
        labels = dict(zip(by, key if isinstance(key, tuple) else (key,)))
        rows.append(labels | _mean_scores(group, clusters) | labels)
    summary = pd.DataFrame(rows)
    if "distance" not in by:
        return summary
    summary["distance"] = pd.Categorical(
        summary["distance"], forecasts["distance"].cat.categories, ordered=True
    )
    codes = [
        summary[column].cat.codes if column == "distance" else pd.factorize(summary[column])[0]
        for column in by
    ]
    return summary.iloc[np.lexsort(codes[::-1])].reset_index(drop=True)


def _mean_scores(forecasts: pd.DataFrame, clusters: list[str]) -> dict[str, Any]:
    """One row of the summary."""
    fits = forecasts.drop_duplicates("fit")
    row = {
        "forecasts": len(forecasts),
        "fits": len(fits),
        "not_converged": int((~fits["ok"]).sum()),
        "error": forecasts["error"].abs().median(),
    }
    cluster = forecasts.groupby(clusters, sort=False, dropna=False).ngroup()
    for name, column in (("bias", "error"), *((name, name) for name in _MEANS)):
        row[name], row[f"{name}_se"] = clustered_mean(forecasts[column], cluster)
    return row


def shorten_summary(summary: AnnotatedTable) -> AnnotatedTable:
    """The main columns of a summary by law and method, standard errors in brackets.

    Parameters
    ----------
    summary : Table
        As ``Backtest.summary`` returns it.

    Returns
    -------
    Table
    """
    short = summary[list(_MAIN_COLUMNS)].copy()
    for name in ("interval_score", "log_score", "in_90"):
        short[name] = list(map(format_with_error, summary[name], summary[f"{name}_se"]))
    short.foot = summary.foot.replace(
        "Standard errors treat", "Standard errors, in brackets, treat"
    )
    return short
