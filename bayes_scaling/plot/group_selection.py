"""The groups that a figure compares, at one level of crossed columns."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling.analysis.comparands import as_comparands
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.pooled_fit import PooledFit

type GroupedFits = Comparison | PooledFit | Fits | Mapping[Any, Any]


def compared_fit(fit: Any) -> Any:
    """The fits behind a comparison; anything else as it is.

    Raises
    ------
    InputError
        If the comparison was loaded from a file, which has no draws.
    """
    if not isinstance(fit, Comparison):
        return fit
    if fit.fit is None:
        raise InputError(
            "this comparison was loaded from a file and has no draws to plot; give the fit itself"
        )
    return fit.fit


def all_groups(fit: GroupedFits, across: str | None) -> list[Side]:
    """Every group at every level of the crossed columns, and the means over these levels."""
    return as_comparands(compared_fit(fit), across).sides


def groups_at_level(
    fit: GroupedFits, across: str | None, where: object
) -> tuple[list[Side], str, list[pd.DataFrame]]:
    """Groups at one level of the crossed columns, the mean over all of them by default.

    Also returns that level in words, to start a title with, and tables of training runs.
    """
    comparands = as_comparands(compared_fit(fit), across)
    sides, runs = comparands.sides, comparands.training
    contexts = {level_name(side): side.context for side in sides}
    if where is not None and "" in contexts:
        raise InputError(
            f"where is {where!r}, and the groups have no crossed columns; leave it out"
        )
    if where is not None and str(where) not in contexts:
        raise InputError(
            f"where is {where!r}{did_you_mean(str(where), contexts)}; "
            f"the groups have {shorten_list(list(contexts))}"
        )
    context = contexts[str(where)] if where is not None else sides[-1].context
    sides = [side for side in sides if side.context == context]
    return sides, sides[0].context_prefix, runs


def level_name(side: Side) -> str:
    """The level of the crossed columns of a group, as the name of a row."""
    return " / ".join(str(value) for _, value in side.context)
