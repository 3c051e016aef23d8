"""The tables of a plan, from the draws along a budget's path."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.analysis.plan.budget_path import POINTS, BudgetPath
from bayes_scaling.analysis.plan.path_minimum import finite_quantiles

_TOO_MANY_WITHOUT_BEST = 0.05  # fraction of the draws from which the distance to the best is NaN

_CHOICE_COLUMNS = (
    "N",
    "D",
    "M",
    "median",
    "lower",
    "upper",
    "curve",
    "excess",
    "close",
    "N_least",
    "N_most",
    "M_least",
    "M_most",
    "extrapolation",
    "outside",
)


def best_rows(path: BudgetPath, prob: float) -> Iterator[dict[str, Any]]:
    """Yield median and interval of N, D, M and the curve at each draw's own best split.

    Parameters
    ----------
    path : BudgetPath
        The path.
    prob : float
        Probability inside the central intervals.

    Yields
    ------
    dict
        One row a quantity; NaN where an end lies outside the search.
    """
    ends = [0.5, (1 - prob) / 2, (1 + prob) / 2]
    ratio = np.exp(finite_quantiles(path.best_log_m, ends))
    # the more tokens per parameter, the fewer parameters
    N, D = path.parameters(ratio[[0, 2, 1]]), path.parameters(ratio) * ratio
    outcome = path.options.sign * np.where(path.has_best, path.best_cost, -np.inf)
    forecaster = path.forecaster
    for name, unit, (median, lower, upper) in (
        ("N", "parameters", N),
        ("D", "tokens", D),
        ("M", "tokens per parameter", ratio),
        (forecaster.outcome_name, forecaster.unit, finite_quantiles(outcome, ends)),
    ):
        yield {
            "quantity": name,
            "unit": unit,
            "median": median,
            "lower": lower,
            "upper": upper,
            "none": path.p_no_best,
        }


def choice_row(path: BudgetPath, prob: float, outcome: np.ndarray | None) -> dict[str, Any]:
    """Return the run with the lowest expected loss and what it costs to be wrong.

    Parameters
    ----------
    path : BudgetPath
        The path.
    prob : float
        Probability of the intervals.
    outcome : np.ndarray or None
        Draws of the run's outcome, shape (draws,), in its unit; None if there is no choice.

    Returns
    -------
    dict
        The columns of ``Allocation.choice``: see ``compute_optimal``.
    """
    row = {"C": path.budget, **dict.fromkeys(_CHOICE_COLUMNS, np.nan), "none": path.p_no_best}
    if "M" in path.runs:
        M, ratio = path.runs["M"], np.exp(path.best_log_m)
        row["outside"] = float(1 - ((ratio >= M.min()) & (ratio <= M.max())).mean())
    if outcome is None:
        return row
    target = path.targets(np.exp(path.chosen_log_m))
    draws = path.forecaster.draws(target, of="mean")[:, 0]
    row |= {name: float(target[name].iloc[0]) for name in ("N", "D", "M")}
    largest = path.runs["C"].max() if "C" in path.runs else np.nan
    row["extrapolation"] = float(target["C"].iloc[0] / largest)
    ends = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    row["lower"], row["median"], row["upper"] = np.quantile(outcome, ends)
    row["curve"] = float(np.median(draws))
    if row["none"] > _TOO_MANY_WITHOUT_BEST:
        return row
    return row | _distance_to_best(path, draws) | _range_of_close_runs(path, prob)


def _distance_to_best(path: BudgetPath, draws: np.ndarray) -> dict[str, float]:
    """How far the run is expected to be from each draw's own best, and how often it is close."""
    excess = path.options.sign * draws - path.best_cost
    close = excess <= path.options.tolerance * np.abs(path.best_cost)
    return {
        "excess": float(excess[path.has_best].mean()),
        "close": float((path.has_best & close).mean()),
    }


def _range_of_close_runs(path: BudgetPath, prob: float) -> dict[str, float]:
    """The runs around the choice that are close to the best with probability ``prob``.

    NaN where there are none, or where they continue outside the search.
    """
    close = path.p_close >= prob
    chosen = int(np.abs(path.log_m - path.chosen_log_m).argmin())
    M_least = M_most = np.nan
    if close[chosen]:
        far = np.flatnonzero(~close)
        first = far[far < chosen].max(initial=-1) + 1
        last = far[far > chosen].min(initial=POINTS) - 1
        M_least = np.exp(path.log_m[first]) if first > 0 else np.nan
        M_most = np.exp(path.log_m[last]) if last < POINTS - 1 else np.nan
    return {
        "M_least": M_least,
        "M_most": M_most,
        "N_least": float(path.parameters(M_most)),
        "N_most": float(path.parameters(M_least)),
    }


def curve_table(path: BudgetPath, prob: float) -> pd.DataFrame:
    """Return how far each split is from each draw's own best.

    Parameters
    ----------
    path : BudgetPath
        The path.
    prob : float
        Probability inside the central interval.

    Returns
    -------
    pd.DataFrame
        One row a split: C, N, D, M; median, lower and upper of the distance in percent of the
        best, over the draws that have a best inside the search (over all draws, from the lowest
        cost of the search, where none has); and close, the fraction of the draws that are close.
    """
    with np.errstate(invalid="ignore"):
        best = path.best_cost[:, None]
        percent_above = 100 * (path.cost - best) / np.abs(best)
    if path.has_best.any():
        percent_above = percent_above[path.has_best]
    ends = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    lower, median, upper = np.quantile(percent_above, ends, axis=0)
    targets = path.targets(np.exp(path.log_m))
    return pd.DataFrame(
        {
            "C": path.budget,
            "N": targets["N"],
            "D": targets["D"],
            "M": targets["M"],
            "median": median,
            "lower": lower,
            "upper": upper,
            "close": path.p_close,
        }
    )
