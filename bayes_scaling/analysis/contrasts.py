"""Contrasts of two sets of draws: differences, ratios, probabilities and a sentence for each."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from bayes_scaling._core.formatting import percent
from bayes_scaling._core.table import Table
from bayes_scaling.analysis.contrast_side import Side


class Contrasts(Table):
    """A table of contrasts with a sentence for each row, or for each target: ``.sentences``.

    A part of the table prints without the sentences.
    """

    _metadata: ClassVar[list[str]] = ["sentences", "complete_shape"]

    sentences: list[str]
    complete_shape: tuple[int, int] | None = None

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], sentences: list[str]) -> Self:
        """Return the table of some rows, with its sentences."""
        table = cls(list(rows))
        table.sentences, table.complete_shape = sentences, table.shape
        return table

    def _foot(self) -> str:
        return "\n".join(self.sentences) if self.complete_shape == self.shape else ""


def central_quantiles(draws: np.ndarray, prob: float, **options: Any) -> np.ndarray:
    """Return the lower end, the median and the upper end of a central interval of draws."""
    return np.quantile(draws, [(1 - prob) / 2, 0.5, (1 + prob) / 2], **options)


def contrast_row(a: np.ndarray, b: np.ndarray, prob: float, rope: float) -> dict[str, float]:
    """Compare paired draws of two quantities.

    Parameters
    ----------
    a, b : np.ndarray
        Draws of the two quantities, shape (draws,), in one unit.
    prob : float
        Probability inside the central intervals.
    rope : float
        Fraction of b within which a counts as the same in practice.

    Returns
    -------
    dict of str to float
        difference a - b and ratio a / b with their intervals (the ratio is NaN unless all draws
        are positive); p_above, P(a > b) with ties counted half; rope; and p_same, the probability
        that a is within ``rope`` of b.
    """
    lower, median, upper = central_quantiles(a - b, prob)
    row = {
        "difference": median,
        "lower": lower,
        "upper": upper,
        "ratio": np.nan,
        "ratio_lower": np.nan,
        "ratio_upper": np.nan,
    }
    if (a > 0).all() and (b > 0).all():
        lower, median, upper = central_quantiles(a / b, prob)
        row |= {"ratio": median, "ratio_lower": lower, "ratio_upper": upper}
        same = np.abs(np.log(a / b)) < np.log1p(rope)
    else:
        same = np.abs(a - b) < rope * np.median(np.abs(b))
    return {
        **row,
        "p_above": float((a > b).mean() + (a == b).mean() / 2),
        "rope": rope,
        "p_same": float(same.mean()),
    }


def probability_best(curves: np.ndarray, better: str) -> np.ndarray:
    """Return how often each group is best; tied groups count equal fractions of a draw.

    Parameters
    ----------
    curves : np.ndarray
        The groups' curves, shape (groups, draws, targets).
    better : str
        "lower" or "higher".

    Returns
    -------
    np.ndarray
        Probabilities, shape (groups, targets), that sum to 1 over the groups.
    """
    best = curves.min(axis=0) if better == "lower" else curves.max(axis=0)
    first = curves == best
    return (first / first.sum(axis=0)).mean(axis=1)


def describe_contrast(
    what: str, one: Side, two: Side, row: Mapping[str, float], prob: float
) -> str:
    """Return a contrast as a sentence, such as "eta of web is 1.1 times that of books".

    Parameters
    ----------
    what : str
        The quantity.
    one, two : Side
        The two sides.
    row : mapping of str to float
        What ``contrast_row`` returned.
    prob : float
        Probability inside the intervals.

    Returns
    -------
    str
    """
    p_above = row["p_above"]
    direction, certainty = ("above", p_above) if p_above >= 0.5 else ("below", 1 - p_above)
    if np.isfinite(row["ratio"]):
        interval = f"{row['ratio_lower']:.4g} to {row['ratio_upper']:.4g}"
        size = f"{row['ratio']:.4g} times that of {two.name}"
    else:
        interval = f"{row['lower']:+.4g} to {row['upper']:+.4g}"
        size = f"{row['difference']:+.4g} away from that of {two.name}"
    return (
        f"{one.context_prefix}{what} of {one.name} is {size} ({percent(prob)}: {interval}): "
        f"{direction} it with probability {certainty:.2f}, "
        f"within {percent(row['rope'])} of it with probability {row['p_same']:.2f}."
    )
