"""Which outcomes are better: lower losses and errors, higher accuracies."""

from bayes_scaling._core.arguments import check_better
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
