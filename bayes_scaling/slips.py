"""What of a table is a slip, or is likely to be one: values at which a law is no number, sizes that were swapped, an outcome that goes the wrong way."""

import jax
import numpy as np
import pandas as pd

from bayes_scaling.density import Density
from bayes_scaling.runs import SIZES, InputError, RunsWarning, row_name
from bayes_scaling.settings import float64
from bayes_scaling.words import listed, warn

_TRIED = 20  # draws of the parameters by which a law is tried
_RISES = 0.5  # rank correlation of outcome and scale beyond which losses and errors do not fall


def no_number(law, x, u, published, columns=None):
    """Where inputs of 0 or below leave a law without a number.

    Parameters
    ----------
    x, u : {input: (runs,)} and log distance below the largest scale (runs,).
    published : function that gives {parameter: (draws, 1)}; called where there is such an input.
    columns : {input: column}, for the words.

    Returns
    -------
    (place of the first such run, its inputs in words), or None
    """
    names = [name for name in law.inputs if name not in (*law.known, *law.vectors, *SIZES)]
    low = np.any([x[name] <= 0 for name in names], axis=0) if names else np.zeros(1, bool)
    if not low.any():
        return None
    with float64(), np.errstate(all="ignore"):
        mean = np.asarray(law.function({name: values[None, low] for name, values in x.items()}, **published()))
    lost = (~np.isfinite(mean)).mean(axis=0) > 0.5
    lost = np.broadcast_to(lost, low.sum()) | ~np.isfinite(u[low])
    if not lost.any():
        return None
    at = int(np.flatnonzero(low)[lost.argmax()])
    return at, listed(f"{(columns or {}).get(name, name)} = {x[name][at]:g}" for name in names if x[name][at] <= 0)


def check_domain(law, runs, data, columns):
    """Refuse runs at which a law is no number, whatever its parameters."""

    def published():
        density = Density(law)
        return {name: value[:, None] for name, value in density.published(density.draw_prior(jax.random.key(0), data, _TRIED), data)[1].items()}

    found = no_number(law, data["x"], data["u"], published, columns)
    if found:
        raise InputError(f"{row_name(runs, found[0])}: {found[1]}, where {law.name} is no number; mend it or leave the row out")


def check_targets(law, to, x, u, published):
    """Refuse targets, with inputs (1, targets), at which a law is no number, by draws {parameter: (draws,)} of its parameters."""
    first = lambda: {name: np.asarray(value)[:_TRIED, None] for name, value in published.items()}
    found = no_number(law, {name: values[0] for name, values in x.items()}, u[0], first)
    if found:
        raise InputError(f"target {to.index[found[0]]}: {found[1]}, where {law.name} is no number; give other inputs")


def look(law, runs, y, u):
    """Warn of sizes that were likely swapped, and of a loss or an error that rises with scale; ``u`` is the log distance of runs below the largest scale."""
    if "M" in runs and any("token" in unit for unit in law.inputs.values()) and (runs["M"] < 1).all():
        warn(f"every run has fewer tokens than parameters (M = D / N is at most {runs['M'].max():.2g}): are N and D swapped?", RunsWarning)
    if law.scale is None or not law.outcome.startswith(("loss", "error")) or len(u) < 5:
        return
    if pd.Series(-u).corr(pd.Series(runs[y].to_numpy(float)), method="spearman") > _RISES:
        text = f"{y} rises with the size of the runs, and the {law.outcome} of {law.name} falls: is it an accuracy or a score, or a task at chance?"
        warn(f"{text} Of an accuracy give 1 - {y}", RunsWarning)
