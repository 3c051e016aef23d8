"""Backtests: forecasts of runs that were trained, from smaller runs alone, against observed values.

They show what the intervals of a law cover.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_counts, check_sampler, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling._core.progress import live
from bayes_scaling.inference.design import distance, measured
from bayes_scaling.inference.input_checks import check_options, warn_of_input_errors
from bayes_scaling.law.floor_prior import suit_floors
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.adapt_law import load_table
from bayes_scaling.results.choose_law import choose_for_groups
from bayes_scaling.validation.backtest_arguments import (
    check_baselines,
    check_multiples,
    check_split_options,
    laws_by_label,
)
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.backtest_runs import BacktestRuns, read_backtest_runs
from bayes_scaling.validation.backtest_table import (
    build_backtest,
)
from bayes_scaling.validation.law_forecasts import LawForecasts, forecast_splits
from bayes_scaling.validation.rolling_origins import rolling_splits
from bayes_scaling.validation.splits import Split, leave_one_group_out, rows_by_series

_REMEDIES = {
    "cutoffs": "give later cutoffs",
    "shares": "give larger shares",
    "leave": "give more runs",
}


def backtest(
    laws: Law | str | Sequence[Law | str] | Mapping[str, Law | str],
    runs: Any,
    y: str | list[str] | None = None,
    *,
    by: str = "C",
    group: str | list[str] | None = None,
    cutoffs: Any = None,
    shares: Any = None,
    leave: str | None = None,
    multiples: Any = (2, 5, 10, 30),
    baselines: str | list[str] | tuple[str, ...] = (),
    refits: int = 100,
    noise: Likelihood | None = None,
    se: str | None = None,
    draws: int = 500,
    warmup: int = 200,
    chains: int = 2,
    seed: int = 0,
    length: int = 0,
    sampler: str = "auto",
    executor: Any = None,
    progress: bool | None = None,
    **columns: Any,
) -> Backtest:
    """Fit runs up to a cutoff, forecast the larger ones and score the forecasts, for each cutoff.

    Parameters
    ----------
    laws : Law or str, list of them, or dict
        Laws, or their names; {label: law} gives them labels.
    runs : pandas.DataFrame, path or str
        As in ``fit``.
    y : str or list of str
        Column of the outcome; of several, each is a series of its own.
    by : str
        Column of positive numbers along which the runs are cut, such as "C", "N" or "D".
    group : str or list of str
        Columns that identify the series: each is cut, fitted and forecast alone.
    cutoffs : int or sequence of float
        Values of ``by``, each the last that is fitted; or how many to choose, evenly in the
        logarithm, from the first with twice as many runs below it as the largest law has
        parameters. 6 where cutoffs, shares and leave are left out.
    shares : sequence of float
        In place of cutoffs, fractions of each series' own largest value of ``by``, such as
        (0.1, 0.3).
    leave : str
        In place of cutoffs, a column: every group of runs with one value of it is forecast from
        the others.
    multiples : sequence of float
        Edges of the classes of ``extrapolation``: a run's value of ``by`` over the largest that
        was fitted.
    baselines : str or list of str
        "point" (a point fit by Huber's loss, with the sd of its residuals), "bootstrap" (of the
        runs) or both: see ``bayes_scaling.validation.baselines``.
    refits : int
        Number of resamples of the bootstrap.
    noise, se, draws, warmup, chains, seed, length, sampler, executor, progress, **columns
        As in ``fit_many``. A column is used by the laws that have the input; a measurement error
        of a held-out run is part of its forecast.

    Returns
    -------
    Backtest

    Raises
    ------
    InputError
        A law, a column or a value is invalid, or nothing is left to fit.

    Examples
    --------
    >>> laws = ["chinchilla", "coupled"]
    >>> bs.backtest(laws, "gadre2024", y="loss_c4", group="dataset")  # doctest: +SKIP
    """
    outcome = y if isinstance(y, str) else y[0] if y else None

    def choose() -> Law:
        return choose_for_groups(load_table(runs, columns)[0], group or (), outcome, columns)

    named = laws_by_label(laws, noise, choose)
    inputs = [name for law in named.values() for name in (*law.inputs, *law.noise.reads)]
    check_options(backtest, columns, inputs)
    check_counts(draws=draws, chains=chains, warmup=warmup, length=length)
    check_sampler(sampler)
    check_seed(seed)
    methods = check_baselines(baselines, refits)
    edges = check_multiples(multiples)
    chosen = check_split_options(cutoffs=cutoffs, shares=shares, leave=leave)
    data = read_backtest_runs(named, runs, y, by, group, leave, se, columns)
    names = data.y if not isinstance(y, list | tuple) else " ".join(y)
    named = {label: suit_floors(law, names, []) for label, law in named.items()}
    splits, skipped = _split(named, data, by, cutoffs, shares, leave)
    _warn_of_input_errors(named, data)
    _check_enough_runs(named, splits, _REMEDIES[chosen])
    sampling = {
        "draws": draws, "warmup": warmup, "chains": chains, "seed": seed, "length": length,
        "sampler": sampler, "executor": executor, "progress": progress,
    }  # fmt: skip
    refits = refits if "bootstrap" in methods else 0
    parts = [LawForecasts([], [], skipped)]
    with live("backtest", progress) as line:
        for i, (label, law) in enumerate(named.items(), 1):
            line.update(f"law {i} of {len(named)}" if len(named) > 1 else "")
            parts.append(forecast_splits(label, law, data, splits, sampling, methods, refits))
    return build_backtest(named, data, parts, edges, leave or by, leave is not None)


def _split(
    laws: dict[str, Law], data: BacktestRuns, by: str, cutoffs: Any, shares: Any, leave: str | None
) -> tuple[list[Split], list[dict[str, Any]]]:
    """The splits, and one row for each that is impossible."""
    if leave is not None:
        splits, impossible = leave_one_group_out(data.table, data.group, by, leave)
        remedy = "name another column in leave"
    else:
        cutoffs = 6 if cutoffs is None else cutoffs
        min_runs = max(len(law.parameters) for law in laws.values())
        splits, impossible = rolling_splits(data.table, data.group, by, cutoffs, min_runs, shares)
        remedy = f"give other {'cutoffs' if shares is None else 'shares'}, or more runs"
    if not splits:
        reason = impossible[0].reason if impossible else "there are no runs"
        raise InputError(f"nothing can be fitted and forecast: {reason}; {remedy}")
    return splits, [data.skipped_row("every law", *part) for part in impossible]


def _check_enough_runs(laws: dict[str, Law], splits: list[Split], remedy: str) -> None:
    """Refuse a law that has more parameters than any training table has runs."""
    for label, law in laws.items():
        if all(len(split.train) < len(law.parameters) for split in splits):
            raise InputError(
                f"{label} has {plural(len(law.parameters), 'parameter')}, and no training table "
                f"has as many runs; {remedy}"
            )


def _warn_of_input_errors(laws: dict[str, Law], data: BacktestRuns) -> None:
    """Warn of likely input errors, as a fit does, of each series once for all laws."""
    x = {
        label: measured(law, data.table, data.y, None, data.columns_of(law))["x"]
        for label, law in laws.items()
    }
    for series, rows in rows_by_series(data.table, data.group).items():
        outcome = data.outcome_of(series)
        part = data.table.iloc[rows].rename(columns={data.y: outcome})
        any(
            warn_of_input_errors(law, part, outcome, _log_distances(law, x[label], rows))
            for label, law in laws.items()
        )


def _log_distances(law: Law, x: dict[str, np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Log distances of runs below a scale of 1: only their order is used."""
    inputs = {name: values[rows] for name, values in x.items()}
    return distance(law, inputs, {"scale_max": 1.0})
