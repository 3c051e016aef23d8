"""Labels at the ends of lines, and the legend of a scaling curve."""

from typing import TYPE_CHECKING, Any, NamedTuple

from bayes_scaling.plot.legends import ordered_entries, plain_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FONT_SIZE = 8.5
_LETTER_WIDTH = 5.3  # points
_OFFSET = 9  # points, as in spaced_labels


class CurveEnd(NamedTuple):
    """Where a line ends, in data units, and the label it gets there."""

    x: float
    y: float
    label: str
    color: str


def label_curve_ends(ax: "Axes", ends: list[CurveEnd]) -> None:
    """Label each line at its end, with labels kept apart and the x axis extended for them."""
    if not ends:
        return
    from bayes_scaling.plot.spaced_labels import OFFSET, LabelSpacer

    _extend_x_axis(ax, max(len(end.label) for end in ends), 72 / ax.figure.dpi)
    labels = [
        ax.annotate(
            end.label,
            (end.x, end.y),
            (OFFSET, 0),
            textcoords="offset points",
            color=end.color,
            fontsize=_FONT_SIZE,
            va="center",
            annotation_clip=True,
        )
        for end in sorted(ends, key=lambda end: end.y)
    ]
    ax.add_artist(LabelSpacer(labels))


def _extend_x_axis(ax: "Axes", letters: int, points: float) -> None:
    """Extend a log axis to the right, for labels of this many letters."""
    left, right = ax.get_xlim()
    # the layout leaves some 85% of the width
    width = 0.85 * points * ax.get_window_extent().width
    fraction = (_OFFSET + _LETTER_WIDTH * letters) / width
    ax.set_xlim(left, right * (right / left) ** max(0.13, fraction / (1 - fraction) - 0.05))


def add_legend(ax: "Axes") -> None:
    """Add the legend; below the axes where they fill the figure, so that it hides nothing."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.transforms import ScaledTranslation

    figure: Any = ax.figure
    options: dict[str, Any] = {"fontsize": _FONT_SIZE, "frameon": True, "framealpha": 0.85}
    options["edgecolor"] = "none"
    panels = [other for other in figure.axes if other.get_label() != "<colorbar>"]
    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine) and panels == [ax]:
        below = ax.transAxes + ScaledTranslation(0, -39 / 72, figure.dpi_scale_trans)
        options |= {
            "loc": "upper left",
            "bbox_to_anchor": (0, 0),
            "bbox_transform": below,
            "borderaxespad": 0,
            "borderpad": 0,
            "ncols": 2,
        }
    plain_text(ax.legend(*ordered_entries(ax), **options))
