"""What a table of sensitivity to the priors shows, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.messages import join_words, shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.fit import Fit
from bayes_scaling.validation.scaled_priors import ScaledPosterior, scaled_priors

type Row = Mapping[Any, Any]

MOVED = 0.5  # sds from which a median has moved
STIFF = 0.2  # response of the width to the priors' scale from which the priors matter
MOSTLY = 0.5  # the same, from which the width is mostly theirs


def width_response(row: Row) -> float:
    """How an interval's width varies with the priors' scale: 0 not at all, 1 in proportion.

    Parameters
    ----------
    row : mapping of str to float
        A row of the table by ``sensitivity``.

    Returns
    -------
    float
    """
    halved, doubled = max(row["width_halved"], 1e-300), max(row["width_doubled"], 1e-300)
    return float(np.log(doubled / halved) / np.log(4))


def verdict_of(row: Row) -> str:
    """Return whether the priors or the data determine a quantity.

    Parameters
    ----------
    row : mapping of str to float
        As for ``width_response``.

    Returns
    -------
    str
        "data", "prior and data" or "mostly prior".
    """
    response, shift = width_response(row), max(abs(row["shift_halved"]), abs(row["shift_doubled"]))
    if row["width"] >= 1 - LIMITS["learned"] or response >= MOSTLY or shift >= 2 * MOVED:
        return "mostly prior"
    return "prior and data" if response >= STIFF or shift >= MOVED else "data"


def describe_sensitivity(
    table: AnnotatedTable, forecasts: list[str], fit: Fit, scaled: dict[str, ScaledPosterior]
) -> str:
    """Describe what the table shows: of the forecasts where there are any, else of all.

    Parameters
    ----------
    table : Table
        As ``sensitivity`` returns it.
    forecasts : list of str
        Its rows of forecasts.
    fit : Fit
        The fit.
    scaled : dict of str to ScaledPosterior
        By "halved" and "doubled".

    Returns
    -------
    str
    """
    rows = table.loc[forecasts] if forecasts else table
    kind = "interval" if forecasts else "parameter"
    texts = {
        "mostly prior": f"this {kind} is mostly prior: another prior would give another answer; "
        "state one you can defend, or add runs",
        "prior and data": "prior and data both shape it: state priors you can defend, or add runs",
    }
    lines = []
    for verdict, text in texts.items():
        names = list(rows.index[rows["verdict"] == verdict])
        lines += [f"{shorten_list(names, 6)}: {text}."] if names else []
    if not lines:
        lines = [f"The data determine every {kind} more than its priors do."]
    lines.append(_changes(rows, kind))
    refits = [how for how, one in scaled.items() if one.weights is None]
    if refits:
        lines.append(f"The law was fitted again with {join_words(refits)} prior scales.")
    kept = [q.sampled for q in fit.law.sites if q.sampled not in scaled_priors(fit, 2.0)]
    if kept:
        lines.append(f"The priors of {shorten_list(kept, 6)} have no scale and were kept.")
    lines += [text for one in scaled.values() for text in one.problems]
    return "\n".join(lines if fit.diagnosis.ok else [*lines, str(fit.diagnosis)])


def _changes(rows: pd.DataFrame, kind: str) -> str:
    """How widths and medians change, in a sentence."""
    widths = [_range(rows[f"width_{how}"], "x{:.2f}") for how in ("halved", "doubled")]
    shift = rows[["shift_halved", "shift_doubled"]].abs().max(axis=None)
    return (
        f"With prior scales halved {kind} widths change by {widths[0]}, doubled by {widths[1]}; "
        f"no median moves by more than {shift:.2g} sd."
    )


def _range(values: pd.Series, form: str) -> str:
    """Smallest and largest value, in words."""
    return " to ".join(dict.fromkeys(form.format(end) for end in (values.min(), values.max())))
