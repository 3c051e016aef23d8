"""Where the panels of a calibration figure stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COVER, _HISTOGRAM = 3.9, 2.6  # widths in inches


class CalibrationLayout(NamedTuple):
    """Rows of panels: coverage at the left, histograms beside it."""

    laws: list[str]
    by_law: bool  # whether each law has a row and a coverage of its own
    rows: int
    columns: int  # of histograms
    cells: list[tuple[int, int]]  # row and column of each histogram

    @property
    def covers(self) -> int:
        """Number of coverage panels."""
        return len(self.laws) if self.by_law else 1

    def new_axes(self) -> tuple[Any, list["Axes"]]:
        """A new figure, and its Axes: coverages first."""
        import matplotlib.pyplot as plt

        width = _COVER + _HISTOGRAM * self.columns
        figure, grid = plt.subplots(
            self.rows,
            1 + self.columns,
            figsize=(width, (3.7 if self.rows == 1 else 3.2) * self.rows + 0.4),
            squeeze=False,
            width_ratios=[_COVER, *[_HISTOGRAM] * self.columns],
        )
        covers = list(grid[: self.covers, 0])
        axes = covers + [grid[row, 1 + column] for row, column in self.cells]
        for unused in set(grid.flat) - set(axes):
            unused.set_visible(False)
        return figure, axes


def calibration_layout(keys: Sequence[Any]) -> CalibrationLayout:
    """The layout for pairs (law, method)."""
    laws = list(dict.fromkeys(law for law, _ in keys))
    methods = list(dict.fromkeys(method for _, method in keys))
    by_law = len(laws) > 1 and len(methods) > 1
    if by_law:
        columns = len(methods)
        cells = [(laws.index(law), methods.index(method)) for law, method in keys]
    else:
        columns = 2 if len(keys) == 4 else min(len(keys), 3)
        cells = [divmod(i, columns) for i in range(len(keys))]
    return CalibrationLayout(laws, by_law, 1 + max(cells)[0], columns, cells)
