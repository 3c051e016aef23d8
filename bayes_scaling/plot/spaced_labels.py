"""Labels at the ends of lines that stay apart at any size of a figure.

It needs matplotlib, and is imported when the first figure is drawn.
"""

from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.text import Annotation

OFFSET = 9  # points between the end of a line and its label
_LINE = 1.5  # distance of two labels, in font sizes


class LabelSpacer(Artist):
    """Moves labels apart, vertically, each time that a figure is drawn.

    Parameters
    ----------
    labels : sequence of matplotlib Annotation
        Labels with offsets in points.
    """

    def __init__(self, labels: Sequence[Annotation]) -> None:
        super().__init__()
        self.labels = labels
        self.set_zorder(-1)  # before the labels
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:
        """Set the offsets; nothing is drawn."""
        ax: Any = self.axes
        points, size = 72 / ax.figure.dpi, float(self.labels[0].get_fontsize())
        natural = [points * ax.transData.transform(one.xy)[1] for one in self.labels]
        order = sorted(range(len(natural)), key=natural.__getitem__)
        heights = dict(enumerate(natural))
        for below, above in zip(order, order[1:]):
            heights[above] = max(heights[above], heights[below] + _LINE * size)
        excess = max(0.0, heights[order[-1]] + size - points * ax.get_window_extent().y1)
        for one, start, height in zip(self.labels, natural, heights.values()):
            one.set_position((OFFSET, height - excess - start))
