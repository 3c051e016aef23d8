"""Legends of figures: which entries they have, in which order, and as plain text."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bayes_scaling.plot.style import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

MAX_GROUP_NAME = 34  # letters of a group's name in a figure
_ORDER = ("training", "law", "forecast", "measured")  # first words of labels


def handles_by_label(axes: Iterable["Axes"]) -> dict[str, Any]:
    """Legend handles of all Axes, one for each label."""
    return {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels())}


def ordered_entries(*axes: "Axes") -> tuple[list[Any], list[str]]:
    """Handles and labels of one legend of all Axes: runs, law, forecasts, measured values."""
    handles = handles_by_label(axes)
    labels = sorted(handles, key=_rank)
    return [handles[label] for label in labels], labels


def _rank(label: str) -> int:
    return _ORDER.index(label.split()[0].rstrip(","))


def plain_text(legend: "Legend") -> None:
    """Show the texts of a legend as they are: a dollar sign starts no formula."""
    for text in legend.get_texts():
        text.set_parse_math(False)


def legend_columns(names: Sequence[object], width: float) -> int:
    """How many columns a legend of group names has in a figure of this width in inches."""
    longest = max(len(shorten(name, MAX_GROUP_NAME)) for name in names)
    return max(1, min(len(names), int(72 * width / (45 + 5 * longest))))
