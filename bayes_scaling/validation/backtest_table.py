"""Assembling a backtest: one table of the forecasts of all laws, in classes of distance."""

import numpy as np
import pandas as pd

from bayes_scaling._core.table import Table
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.drift import describe_drift
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.backtest_runs import BacktestRuns
from bayes_scaling.validation.law_forecasts import LawForecasts
from bayes_scaling.validation.scores import COVERAGE_COLUMNS

UNIT_SCORES = ("error", "width", "crps", "interval_score")  # in the outcome's unit


def build_backtest(
    laws: dict[str, Law],
    runs: BacktestRuns,
    parts: list[LawForecasts],
    edges: np.ndarray,
    by: str,
    left: bool,
) -> Backtest:
    """The backtest of several laws.

    Parameters
    ----------
    laws : dict of str to Law
        The laws by their labels.
    runs : BacktestRuns
        The table.
    parts : list of LawForecasts
        What each law adds.
    edges : numpy.ndarray (edges,)
        Edges of the classes of distance.
    by : str
        Column along which the runs are cut, or whose groups are left out.
    left : bool
        Whether groups are left out.

    Returns
    -------
    Backtest
    """
    forecasts = pd.concat([rows for part in parts for rows in part.forecasts], ignore_index=True)
    forecasts["distance"] = distance_classes(forecasts["extrapolation"], edges, forecasts["below"])
    in_percent = bool((forecasts["measured"] > 0).all())
    if in_percent:
        scores = list(UNIT_SCORES)
        forecasts[scores] = forecasts[scores].div(forecasts["measured"] / 100, axis=0)
    skipped = [row for part in parts for row in part.skipped]
    return Backtest(
        Table(forecasts[_columns(runs.group)]),
        Table([fit for part in parts for fit in part.fits]),
        Table(skipped, columns=["law", *runs.group, "origin", "reason"]),
        runs.y,
        by,
        tuple(runs.group),
        "% of what was measured" if in_percent else next(iter(laws.values())).unit,
        left,
        _laws_by_drift(laws),
    )


def _columns(group: list[str]) -> list[str]:
    """Columns of the forecasts, in order."""
    fit = ["law", "method", *group, "origin", "fit", "ok", "train"]
    forecast = ["run", "extrapolation", "distance", "beyond"]
    interval = ["measured", "median", "lower", "upper"]
    return [
        *fit, *forecast, *interval, *UNIT_SCORES, "log_score", "pit", *COVERAGE_COLUMNS, "drift",
    ]  # fmt: skip


def _laws_by_drift(laws: dict[str, Law]) -> dict[str, list[str]]:
    """{description of a drift: labels of the laws that have it}."""
    labels: dict[str, list[str]] = {}
    for label, law in laws.items():
        if law.noise.drift:
            labels.setdefault(describe_drift(law), []).append(label)
    return labels


def distance_classes(
    extrapolation: pd.Series, edges: np.ndarray, below: pd.Series | bool = False
) -> "pd.Categorical[str]":
    """The class of each extrapolation.

    Parameters
    ----------
    extrapolation : pandas.Series (n,)
        Sizes of the runs over the largest training size.
    edges : numpy.ndarray (edges,)
        Increasing numbers above 1.
    below : pandas.Series (n,) of bool
        Whether a run is smaller than every training run.

    Returns
    -------
    pandas.Categorical (n,)
        "up to 2x", "2x to 5x", ..., "beyond 30x"; "within" where it is at most 1, "below" where
        the run is smaller than every training run, "" where it is missing.
    """
    names = [
        "below",
        "within",
        f"up to {edges[0]:g}x",
        *(f"{low:g}x to {high:g}x" for low, high in zip(edges, edges[1:])),
        f"beyond {edges[-1]:g}x",
        "",
    ]
    codes = np.where(
        np.isnan(extrapolation),
        len(names) - 1,
        1 + np.searchsorted([1.0, *edges], extrapolation, side="left"),
    )
    return pd.Categorical.from_codes(np.where(below, 0, codes), pd.Index(names), ordered=True)
