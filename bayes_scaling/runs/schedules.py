"""Learning-rate schedules as columns that a law can read.

A curve is rows of step and lr. Each row gets a summary of the schedule so far: ``S1``, the sum of
the learning rate over steps, and its past drops, binned by age into a few dozen pieces with
geometrically growing ages. Of piece i, ``drop_i`` is by how much the learning rate fell (negative
where it rose), ``age_i`` how many steps ago, ``since_i`` the sum of the learning rate since then,
and ``lr_i`` the learning rate to which it fell. A law that sums a smooth function of age over all
steps can sum over the pieces instead, for any values of its parameters, so that nothing has to be
fixed before the fit.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.runs.columns import check_present, numbers, split_columns

Floats = NDArray[np.float64]
PIECES = 32
_PIECE_COLUMNS = ("drop", "age", "since", "lr")


def schedule(
    lr: Callable[[float], float], until: float, every: float = 100, warmup: float = 0
) -> pd.DataFrame:
    """Make a curve from a function of the step.

    Parameters
    ----------
    lr : callable
        Learning rate at a step.
    until : float
        The last step.
    every : float
        Steps between rows.
    warmup : float
        Step of the first row; before it the learning rate rises linearly from 0.

    Returns
    -------
    DataFrame
        Columns step and lr.
    """
    steps = np.unique(np.append(np.arange(max(warmup, 0), until, every, dtype=float), float(until)))
    return pd.DataFrame({"step": steps, "lr": [float(lr(step)) for step in steps]})


def add_schedule_columns(
    curves: pd.DataFrame,
    by: str | Iterable[str] = (),
    step: str = "step",
    lr: str = "lr",
    pieces: int = PIECES,
) -> pd.DataFrame:
    """Add the columns of their schedules to a table of curves.

    Before its first row, a curve's learning rate rises linearly from 0 at step 0; between rows it
    is linear too.

    Parameters
    ----------
    curves : DataFrame
        One row for every step that is used, and for every step at which the schedule changes slope.
    by : str or list of str
        Columns that identify a curve; none where there is only one.
    step : str
        Column of steps.
    lr : str
        Column of learning rates.
    pieces : int
        Number of bins of age; more than 32 make no measurable difference.

    Returns
    -------
    DataFrame
        The same rows with S1 (the sum of the learning rate over steps) and, for i from 0 to
        pieces - 1, drop_i, age_i (steps), since_i and lr_i: see ``bayes_scaling.runs.schedules``.
        Columns of these names are replaced.

    Raises
    ------
    InputError
        A column or the name of a curve is missing, a number is invalid or below 0, or steps do not
        increase within a curve.
    """
    by = [by] if isinstance(by, str) else list(by)
    steps, rates = _check_curves(curves, by, step, lr)
    groups: list[Any] = [np.arange(len(curves))]
    if by:
        groups = list(curves.groupby(by, sort=False).indices.values())
    edges = _age_edges(steps, [steps[rows] for rows in groups], pieces)
    total = np.zeros(len(curves))
    binned = {name: np.zeros((len(curves), pieces)) for name in _PIECE_COLUMNS}
    for rows in groups:
        wrong = np.diff(steps[rows]) <= 0
        if wrong.any():
            raise InputError(
                "steps do not increase within a curve "
                f"(row {curves.index[rows[int(wrong.argmax()) + 1]]}); "
                f"sort the table by {step}, and name in by the columns that identify a curve"
            )
        total[rows], summary = _summarize(steps[rows], rates[rows], edges)
        for name, values in summary.items():
            binned[name][rows] = values
    columns = {"S1": total}
    for name, values in binned.items():
        columns |= split_columns(name, values)
    rest = curves.drop(columns=list(columns), errors="ignore")
    return pd.concat([rest, pd.DataFrame(columns, index=curves.index)], axis=1)


def _check_curves(
    curves: pd.DataFrame, by: Sequence[str], step: str, lr: str
) -> tuple[Floats, Floats]:
    """Steps and learning rates of a table of curves, both at least 0."""
    for name in (*by, step, lr):
        if name not in curves.columns:
            raise InputError(
                f"the curves have no column {name!r}; "
                f"name by, step and lr among {shorten_list(curves.columns)}"
            )
    for name in by:
        check_present(curves, name, "name the curve")
    steps, rates = numbers(curves, step), numbers(curves, lr)
    if (steps < 0).any() or (rates < 0).any():
        raise InputError(
            f"{step if (steps < 0).any() else lr} goes below 0; "
            "give steps and learning rates of at least 0"
        )
    return steps, rates


def _age_edges(steps: Floats, curves: Sequence[Floats], pieces: int) -> Floats:
    """Ages between pieces: from two rows of a curve to the length of the longest one."""
    gap = 1.0
    if len(steps) > 1:
        gap = np.median(np.concatenate([np.diff(curve) for curve in curves] or [np.ones(1)]))
    gap = max(gap, 1.0)
    longest = max(steps.max(), 2.0)
    return np.geomspace(2 * gap, max(longest, 4 * gap), pieces - 1)


def _summarize(s: Floats, rate: Floats, edges: Floats) -> tuple[Floats, dict[str, Floats]]:
    """The sum of the learning rate at each row of a curve, and the pieces' columns there."""
    before_first_row = 0.5 * s[0] * rate[0]
    total = before_first_row + np.append(0.0, np.cumsum(np.diff(s) * (rate[1:] + rate[:-1]) / 2))
    # where and by how much the learning rate fell between rows
    drops, steps = -np.diff(rate), (s[1:] + s[:-1]) / 2
    totals, rates = (total[1:] + total[:-1]) / 2, (rate[1:] + rate[:-1]) / 2
    binned = {name: np.zeros((len(s), len(edges) + 1)) for name in _PIECE_COLUMNS}
    for i in range(len(s)):
        drop, since = drops[:i], total[i] - totals[:i]
        age: Floats = s[i] - steps[:i]
        piece = np.searchsorted(edges, age).astype(np.intp)
        weight = np.abs(drop) + 1e-300  # where nothing fell, any age will do
        binned["drop"][i] = np.bincount(piece, drop, len(edges) + 1)
        for name, values, default in (
            ("age", age, 0.0),
            ("since", since, 0.0),
            ("lr", rates[:i], max(rate[i], 1e-12)),
        ):
            binned[name][i] = _means(values, weight, piece, len(edges) + 1, default)
    return total, binned


def _means(
    values: Floats, weights: Floats, piece: NDArray[np.intp], pieces: int, default: float
) -> Floats:
    """Weighted means by piece, and a default where a piece is empty."""
    sums = np.bincount(piece, weights * values, pieces)
    weight = np.bincount(piece, weights, pieces)
    return np.where(weight > 0, sums / np.where(weight > 0, weight, 1.0), default)
