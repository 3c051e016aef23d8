"""The grid behind the panel of a report: quantiles of a new run at many sizes."""

from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import format_count, format_to_width
from bayes_scaling.reporting.blocks import Explore, Rows
from bayes_scaling.reporting.cached_draws import CompleteTargets
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import targets

LEVELS = (0.01, 0.025, *(round(0.05 * i, 2) for i in range(1, 20)), 0.975, 0.99)
_STEPS = 24  # of the longer side
_BEYOND = 3.0  # times the largest run or target
_TABLE = 5  # rows and columns of the table


def explore_grid(forecaster: Any, to: pd.DataFrame, seed: int = 0) -> Explore | None:
    """Compute the grid of a forecaster around its first target.

    Parameters
    ----------
    forecaster : Fit, Chain, Average or Mean
        What predicts the outcome.
    to : DataFrame
        Targets; the first is a point of the grid.
    seed : int
        Seed of the draws.

    Returns
    -------
    Explore or None
        None where a law has other inputs than sizes, or groups, or where N or D is missing.
    """
    runs = forecaster.training
    known = {"N", "D"} <= set(runs.columns) and {"N", "D"} <= set(to.columns)
    if isinstance(forecaster, PooledFit) or not known or len(to) == 0:
        return None
    if not set(forecaster.input_names) <= set(SIZES):
        return None
    (parameters, i), (tokens, j) = _sides(runs, to)
    n, d = (side.ravel() for side in np.meshgrid(parameters, tokens, indexing="ij"))
    try:
        draws = forecaster.draws(CompleteTargets(targets(N=n, D=d)), of="run", seed=seed)
    except InputError:  # a law that needs more of a target than its sizes
        return None
    quantiles = np.quantile(draws, LEVELS, axis=0).T
    quantiles = quantiles.reshape(len(parameters), len(tokens), len(LEVELS))
    outcome, unit = forecaster.outcome_name, forecaster.unit
    higher = outcome.startswith("acc")
    table = _table(outcome, unit, parameters, tokens, quantiles)
    return Explore(
        outcome,
        unit,
        "higher" if higher else "lower",
        parameters,
        tokens,
        LEVELS,
        quantiles,
        (i, j),
        table,
    )


def _sides(runs: pd.DataFrame, to: pd.DataFrame) -> list[tuple[np.ndarray, int]]:
    """Values of N and of D with the place of the first target, by one factor for both."""
    ends = {
        name: (
            min(runs[name].min(), to[name].min()),
            _BEYOND * max(runs[name].max(), to[name].max()),
        )
        for name in ("N", "D")
    }
    step = max(np.log(high / low) for low, high in ends.values()) / _STEPS
    sides = []
    for name, (low, high) in ends.items():
        first = to[name].iloc[0]
        below = int(np.floor(np.log(first / low) / step))
        above = int(np.floor(np.log(high / first) / step))
        sides.append((first * np.exp(step * np.arange(-below, above + 1)), below))
    return sides


def _table(
    outcome: str, unit: str, parameters: np.ndarray, tokens: np.ndarray, quantiles: np.ndarray
) -> Rows:
    """Return medians and 90% intervals at a few sizes."""
    rows, columns = (
        np.unique(np.linspace(0, len(side) - 1, _TABLE).round().astype(int))
        for side in (parameters, tokens)
    )
    low, middle, high = (LEVELS.index(level) for level in (0.05, 0.5, 0.95))

    def cell(values: np.ndarray) -> str:
        ends = [values[middle], values[low], values[high]]
        median, lower, upper = format_to_width(ends, ends[2] - ends[1])
        return f"{median} ({lower} to {upper})"

    return Rows(
        "other-runs",
        f"{outcome}, {unit}, of a new run: median and 90% interval, by parameters and tokens",
        ("parameters", *(f"{format_count(float(tokens[j]))} tokens" for j in columns)),
        tuple(
            (format_count(float(parameters[i])), *(cell(quantiles[i, j]) for j in columns))
            for i in rows
        ),
    )
