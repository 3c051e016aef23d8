"""What each candidate run costs: 6 N D, a column, or a function of one's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list

type Cost = str | Callable[[pd.DataFrame], Any] | None


def costs_of(candidates: pd.DataFrame, cost: Cost) -> np.ndarray:
    """Compute the cost of every candidate.

    Parameters
    ----------
    candidates : pd.DataFrame
        The candidates.
    cost : str, callable or None
        A column; a function of the table of candidates; or None for their compute C, FLOPs.

    Returns
    -------
    np.ndarray
        Shape (candidates,).

    Raises
    ------
    InputError
        If there is no such column, no compute, or a cost is no positive number.
    """
    if cost is None or isinstance(cost, str):
        name = "C" if cost is None else cost
        if name not in candidates.columns:
            what = "have no compute C" if cost is None else f"have no column {cost}"
            raise InputError(
                f"the candidates {what} (they have {shorten_list(candidates.columns)}); "
                "give cost, the name of a column or a function of the candidates"
            )
        values = candidates[name]
    elif callable(cost):
        values = cost(candidates)
    else:
        raise InputError(f"cost is {cost!r}; give the name of a column, or a function")
    try:
        found = np.broadcast_to(np.asarray(values, float), len(candidates)).copy()
    except (TypeError, ValueError):
        raise InputError(
            f"cost gives {str(values)[:60]}; it must give one number for each of the "
            f"{len(candidates)} candidates"
        ) from None
    for label, value in zip(candidates.index, found):
        if not (np.isfinite(value) and value > 0):
            raise InputError(f"candidate {label}: its cost is {value:g}; give a number above 0")
    return found


def check_budget(budget: Any, costs: np.ndarray) -> float:
    """Return the budget, refused if it is no number or buys no candidate.

    Parameters
    ----------
    budget : number
        What all runs may cost together.
    costs : np.ndarray
        Cost of each candidate.

    Returns
    -------
    float

    Raises
    ------
    InputError
    """
    try:
        value = float(budget)
    except (TypeError, ValueError):
        value = float("nan")
    if isinstance(budget, bool) or not (np.isfinite(value) and value > 0):
        raise InputError(f"budget is {budget!r}; give a number above 0, in the unit of the costs")
    if value < costs.min():
        raise InputError(
            f"budget is {value:g} and the cheapest candidate costs {costs.min():g}; "
            "give more, or cheaper candidates"
        )
    return value
