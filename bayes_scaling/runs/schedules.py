"""Learning-rate schedules as columns that a law can read: what has been fed, and what has been taken back when.

A curve is rows of step and lr. At each of its rows the schedule so far is condensed: ``S1``, the sum of the learning
rate over steps, and the falls of the learning rate gathered by their age in a few dozen pieces, whose ages grow
geometrically: ``drop_i`` how far it fell (negative where it rose), ``age_i`` how many steps ago, ``since_i`` the sum
of the learning rate since, ``lr_i`` to what it fell. A law that sums a smooth function of age over steps sums over the
pieces in its place, whatever its parameters: nothing has to be fixed before the fit.
"""

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shown
from bayes_scaling.runs.columns import check_present, numbers, spread

PIECES = 32


def schedule(lr, until, every=100, warmup=0):
    """A curve from a function: rows of step and lr.

    Parameters
    ----------
    lr : ``lr(step)``, a number for a number.
    until, every : last step, and steps between rows.
    warmup : step of the first row; before it the learning rate is taken to rise from 0 in a line.

    Returns
    -------
    DataFrame: step, lr
    """
    steps = np.unique(np.append(np.arange(max(warmup, 0), until, every, dtype=float), float(until)))
    return pd.DataFrame({"step": steps, "lr": [float(lr(step)) for step in steps]})


def add_schedule_columns(curves, by=(), step="step", lr="lr", pieces=PIECES):
    """The table of curves with the columns of its schedules added.

    Before its first row a curve's learning rate is taken to rise in a line from 0 at step 0; between rows it is a line.

    Parameters
    ----------
    curves : DataFrame with a row for every step that counts, or at which the schedule bends.
    by : column, or columns, that tell one curve from another; none where there is one.
    step, lr : their columns.
    pieces : how many falls are told apart by age; more than 32 change nothing that is measured.

    Returns
    -------
    DataFrame, the same rows, with S1 (the sum of the learning rate over steps) and, for i from 0 to pieces - 1, drop_i, age_i (steps),
    since_i and lr_i: see ``bayes_scaling.runs.schedules``. Columns of those names are made anew.

    Raises
    ------
    InputError : a column or the name of a curve is missing, a number is none or below 0, or steps do not rise within a curve.
    """
    by = [by] if isinstance(by, str) else list(by)
    for name in (*by, step, lr):
        if name not in curves.columns:
            raise InputError(
                f"the curves have no column {name!r}; name by, step and lr among {shown(curves.columns)}"
            )
    for name in by:
        check_present(curves, name, "name the curve")
    at, rate = numbers(curves, step), numbers(curves, lr)
    if (at < 0).any() or (rate < 0).any():
        raise InputError(
            f"{step if (at < 0).any() else lr} goes below 0; give steps and learning rates of at least 0"
        )
    out = {name: np.zeros((len(curves), pieces)) for name in ("drop", "age", "since", "lr")}
    total = np.zeros(len(curves))
    groups = curves.groupby(by, sort=False).indices.values() if by else [np.arange(len(curves))]
    # the youngest piece holds what is younger than two rows, the oldest what began with the longest curve
    longest, finest = (
        max(at.max(), 2.0),
        max(
            np.median(np.concatenate([np.diff(at[rows]) for rows in groups] or [np.ones(1)]))
            if len(at) > 1
            else 1.0,
            1.0,
        ),
    )
    edges = np.geomspace(2 * finest, max(longest, 4 * finest), pieces - 1)
    for rows in groups:
        s, e = at[rows], rate[rows]
        if (np.diff(s) <= 0).any():
            raise InputError(
                f"steps do not rise within a curve (row {curves.index[rows[int((np.diff(s) <= 0).argmax()) + 1]]}); sort the table by {step}, and name in by what tells curves apart"
            )
        fed = 0.5 * s[0] * e[0] + np.append(0.0, np.cumsum(np.diff(s) * (e[1:] + e[:-1]) / 2))
        fell, middle, halfway, low = (
            -np.diff(e),
            (s[1:] + s[:-1]) / 2,
            (fed[1:] + fed[:-1]) / 2,
            (e[1:] + e[:-1]) / 2,
        )
        total[rows] = fed
        for i, row in enumerate(rows):
            age, since, drop = s[i] - middle[:i], fed[i] - halfway[:i], fell[:i]
            place, weight = (
                np.searchsorted(edges, age),
                np.abs(drop) + 1e-300,
            )  # where nothing fell, anything is its age
            held = np.bincount(place, weight, pieces)
            mean = lambda v, rest: np.where(
                held > 0,
                np.bincount(place, weight * v, pieces) / np.where(held > 0, held, 1.0),
                rest,
            )  # noqa: B023
            out["drop"][row] = np.bincount(place, drop, pieces)
            out["age"][row], out["since"][row], out["lr"][row] = (
                mean(age, 0.0),
                mean(since, 0.0),
                mean(low[:i], max(e[i], 1e-12)),
            )
    columns = {"S1": total} | {
        key: value for name, values in out.items() for key, value in spread(name, values).items()
    }
    return pd.concat(
        [
            curves.drop(columns=list(columns), errors="ignore"),
            pd.DataFrame(columns, index=curves.index),
        ],
        axis=1,
    )
