"""Which outcomes are better: lower losses and errors, higher accuracies."""

from collections.abc import Iterable

from bayes_scaling._core.arguments import check_better
from bayes_scaling._core.errors import InputError
from bayes_scaling.results.choose_law import is_accuracy


def direction(better: str | None, outcome: str) -> str:
    """Which outcomes are better: as stated, else higher accuracies and lower outcomes.

    Parameters
    ----------
    better : str or None
        "lower", "higher", or None where it was not stated.
    outcome : str
        Column of the outcome.

    Returns
    -------
    str

    Raises
    ------
    InputError
        Another value.
    """
    if better is None:
        return "higher" if is_accuracy(outcome) else "lower"
    check_better(better)
    return better


def common_direction(better: str | None, outcomes: Iterable[str]) -> str:
    """Which outcomes are better, where several are compared or averaged: as ``direction``.

    Raises
    ------
    InputError
        As ``direction``, or some outcomes are better higher and others lower.
    """
    found = {y: direction(better, y) for y in outcomes}
    if len(set(found.values())) > 1:
        each = ", ".join(f"{y} ({which} is better)" for y, which in found.items())
        raise InputError(
            f"the outcomes differ in which is better: {each}; compare those of one direction"
        )
    return next(iter(found.values()))
