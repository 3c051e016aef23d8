"""What of a table is a slip, or is likely to be one: inputs that a law does not take, sizes that were swapped, an outcome that goes the wrong way."""

import inspect

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning, warn
from bayes_scaling._core.messages import meant
from bayes_scaling.runs.columns import row_name
from bayes_scaling.runs.sizes import SIZES

_RISES = 0.5  # rank correlation of outcome and scale beyond which losses and errors do not fall


def check_sign(law, table, x, columns=None, target=False):
    """Refuse inputs at 0 or below: a law takes those alone that its ``example`` holds.

    Parameters
    ----------
    table : DataFrame of runs, or of targets.
    x : {input: array whose last axis is over its rows}.
    columns : {input: column}, for the words.
    """
    for name in law.inputs:
        if name in (*law.known, *law.vectors, *SIZES):
            continue
        values, least = np.asarray(x[name]).reshape(-1), np.min(law.example.get(name, 1.0))
        bad = (
            values < 0 if least == 0 else values <= 0 if least > 0 else np.zeros(len(values), bool)
        )
        if bad.any():
            at = int(bad.argmax())
            what, mend = (
                ("target " + str(table.index[at]), "give another")
                if target
                else (row_name(table, at), "mend it or leave the row out")
            )
            own = (
                ""
                if name in law.example
                else f", or give the law an example that holds it, example={{{name!r}: (0.0, 1.0)}}"
            )
            raise InputError(
                f"{what}: {(columns or {}).get(name, name)} is {values[at]:g}, and {law.name} takes {name} {'from' if least == 0 else 'above'} 0; {mend}{own}"
            )


def look(law, runs, y, u):
    """Warn of sizes that were likely swapped, and of a loss or an error that rises with scale; ``u`` is the log distance of runs below the largest scale.

    Returns
    -------
    bool: whether anything was warned of
    """
    swapped, rises = _swapped(law, runs), _rises(law, runs[y], u)
    if swapped:
        warn(
            f"every run has fewer tokens than parameters (M = D / N is at most {runs['M'].max():.2g}): are N and D swapped?",
            RunsWarning,
        )
    if rises:
        text = f"{y} rises with the size of the runs, and the {law.outcome} of {law.name} falls: is it an accuracy or a score, or a task at chance?"
        warn(f"{text} Of an accuracy give 1 - {y}", RunsWarning)
    return swapped or rises


def _swapped(law, runs):
    return (
        "M" in runs
        and any("token" in unit for unit in law.inputs.values())
        and bool((runs["M"] < 1).all())
    )


def _rises(law, outcome, u):
    if (
        law.scale is None
        or not law.outcome.startswith(("loss", "error"))
        or len(u) < 5
        or not (np.ptp(u) > 0 and np.ptp(outcome) > 0)
    ):
        return False
    return bool(pd.Series(-u).corr(pd.Series(outcome.to_numpy(float)), method="spearman") > _RISES)


def check_options(function, columns, taken):
    """Refuse what was taken for an input's column and is closer to an option of the function than to any input in ``taken``."""
    options = [
        name
        for name, option in inspect.signature(function).parameters.items()
        if option.kind is not option.VAR_KEYWORD
    ]
    for name in columns:
        hint = meant(name, [*taken, *SIZES, *options], alike=0.7)
        if name not in (*taken, *SIZES) and hint and hint == meant(name, options, alike=0.7):
            raise InputError(f"there is no option {name}{hint}")
