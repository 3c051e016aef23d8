"""What of a table is a slip, or is likely to be one: values that a law has no number for, sizes that were swapped, an outcome that goes the wrong way."""

import jax
import numpy as np
import pandas as pd

from bayes_scaling.density import Density
from bayes_scaling.runs import SIZES, InputError, RunsWarning, row_name
from bayes_scaling.settings import float64
from bayes_scaling.words import listed, warn

_TRIED = 20  # draws from the prior by which a law is tried
_RISES = 0.5  # rank correlation of outcome and scale beyond which losses and errors do not fall


def check_domain(law, runs, data, columns):
    """Refuse inputs at 0 or below where the law is no number, whatever its parameters."""
    names = [name for name in law.inputs if name not in (*law.known, *law.vectors, *SIZES)]
    low = np.any([data["x"][name] <= 0 for name in names], axis=0) if names else np.zeros(0, bool)
    if not low.any():
        return
    density = Density(law)
    with float64():
        published = density.published(density.draw_prior(jax.random.key(0), data, _TRIED), data)[1]
        x = {name: values[None, low] for name, values in data["x"].items()}
        mean = np.asarray(law.function(x, **{name: value[:, None] for name, value in published.items()}))
    lost = ~np.isfinite(mean).any(axis=0) | ~np.isfinite(data["u"][low])
    if lost.any():
        at = int(np.flatnonzero(low)[lost.argmax()])
        found = [f"{columns.get(name, name)} = {data['x'][name][at]:g}" for name in names if data["x"][name][at] <= 0]
        raise InputError(f"{row_name(runs, at)}: {listed(found)}, where {law.name} is no number; mend it or leave the row out")


def look(law, runs, y, x, outcome):
    """Warn of sizes that were likely swapped, and of a loss or an error that rises with scale."""
    if "M" in runs and any("token" in unit for unit in law.inputs.values()) and (runs["M"] < 1).all():
        warn(f"every run has fewer tokens than parameters (M = D / N is at most {runs['M'].max():.2g}): are N and D swapped?", RunsWarning)
    if law.scale is None or not law.outcome.startswith(("loss", "error")) or len(outcome) < 5:
        return
    scale = np.broadcast_to(law.scale(x), outcome.shape)
    if pd.Series(scale).corr(pd.Series(outcome), method="spearman") > _RISES:
        warn(f"{y} rises with the size of the runs, and {law.outcome} falls: is it an accuracy, or a score? Then give 1 - {y}, or a law of such outcomes", RunsWarning)
