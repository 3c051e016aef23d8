"""Options of how budgets are split between parameters and tokens, and their checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_better
from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import format_count

WITHIN = (0.1, 1e5)  # tokens per parameter that are searched by default

_SMALLEST_BUDGET = 1e13  # FLOPs; a smaller number is in other units


@dataclass(frozen=True)
class SplitOptions:
    """How budgets are split.

    Parameters
    ----------
    serve : float
        Tokens to serve, which the budget pays for with 2 N FLOPs each.
    within : (float, float)
        Smallest and largest tokens per parameter to search.
    better : str
        "lower" or "higher".
    tolerance : float
        Fraction of the outcome within which a run is close to the best.
    inputs : dict of str to float
        Other inputs of the law, one number each.
    """

    serve: float
    within: tuple[float, float]
    better: str
    tolerance: float
    inputs: dict[str, float]

    @property
    def sign(self) -> float:
        """1 if lower outcomes are better, -1 if higher ones are."""
        return 1.0 if self.better == "lower" else -1.0


def checked_budgets(
    C: Any,
    serve: float = 0.0,
    tolerance: float = 0.001,
    within: Sequence[float] = WITHIN,
    better: str = "lower",
) -> tuple[list[float], tuple[float, float]]:
    """Check budgets and options.

    Parameters
    ----------
    C : float or sequence of float
        Budgets in FLOPs.
    serve, tolerance, within, better : see ``compute_optimal``
        Options of the split.

    Returns
    -------
    budgets : list of float
        The budgets, each once.
    within : (float, float)
        Smallest and largest tokens per parameter to search.

    Raises
    ------
    InputError
        If a budget or an option is invalid.
    """
    listlike = isinstance(C, list | tuple | np.ndarray | pd.Series | pd.Index) and np.ndim(C) == 1
    budgets = list(C) if listlike else [C]
    for budget in budgets or [C]:
        _check_budget(budget)
    if not is_number(serve) or serve < 0:
        raise InputError(
            f"serve is {serve!r}; "
            "give the tokens that the trained model will serve, from 0, such as 1e12"
        )
    if not is_number(tolerance) or not 0 < tolerance < 1:
        raise InputError(
            f"tolerance is {tolerance!r}; give a fraction of the outcome, such as 0.001"
        )
    search = _checked_search(within)
    check_better(better)
    return [float(budget) for budget in dict.fromkeys(budgets)], search


def _check_budget(budget: Any) -> None:
    """Refuse a budget that is no positive number, or not in FLOPs."""
    if not is_number(budget) or budget <= 0:
        plain = np.isscalar(budget) or isinstance(budget, list)
        what = repr(budget) if plain else f"of type {type(budget).__name__}"
        example = option("budget", "1e21 1e24", "C=[1e21, 1e24]")
        raise InputError(
            f"a budget C is {what}; give FLOPs, a finite number above 0, such as {example}"
        )
    if budget < _SMALLEST_BUDGET:
        raise InputError(
            f"a budget C is {budget:g}; give FLOPs as a count, such as 1e21, not in larger units"
        )


def _checked_search(within: Any) -> tuple[float, float]:
    """Smallest and largest tokens per parameter, refused where they are no range."""
    try:
        low, high = (float(end) for end in within)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not 0 < low < high < np.inf:
        example = option("within", "1 10000", "within=(1, 10000)")
        raise InputError(
            f"within is {within!r}; "
            f"give the smallest and the largest tokens per parameter to search, such as {example}"
        )
    return low, high


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number, and neither text nor a Boolean."""
    return (
        isinstance(value, int | float | np.integer | np.floating)
        and not isinstance(value, bool)
        and bool(-np.inf < value < np.inf)
        and bool(abs(value) < 1e300)
    )


def widen_search(within: tuple[float, float]) -> str:
    """Return the remedy where a best lies at an end of the search."""
    low, high = within[0] / 10, within[1] * 10
    wider = option("within", f"{low:g} {high:g}", f"within=({low:g}, {high:g})")
    return f"search further with {wider}, unless the law has no best"


def describe_inputs(inputs: dict[str, float]) -> str:
    """Return the other inputs that all runs of a plan have, such as ", U = 100B"."""
    return "".join(f", {name} = {format_count(value)}" for name, value in inputs.items())
