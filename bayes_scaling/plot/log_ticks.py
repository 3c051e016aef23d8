"""Ticks of logarithmic axes: as many as have space for their labels, at any size of a figure.

It needs matplotlib, and is imported when the first figure is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import Locator, MaxNLocator

_FINE = (1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8)
_STEPS = (_FINE, (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,))
_LETTER, _LINE, _GAP = 0.62, 1.1, 0.8  # in font sizes: width of a letter, height of a line, gap
_PLAIN = (1e-3, 1e4)  # numbers outside are written as powers of ten

Candidates = Callable[[float, float], Iterable[Sequence[float]]]


class SpacedLocator(Locator):
    """The first of some sets of ticks whose labels do not overlap when the axis is drawn.

    Parameters
    ----------
    candidates : callable
        From the ends of the axis to sets of ticks, the preferred first.
    """

    def __init__(self, candidates: Candidates) -> None:
        self.candidates = candidates

    def __call__(self) -> Any:
        """Return the ticks of the axis as it is now."""
        axis: Any = self.axis
        return self.tick_values(*axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks between two ends of the axis."""
        low, high = sorted((vmin, vmax))
        ticks: Sequence[float] = []
        for candidate in self.candidates(low, high):
            ticks = [tick for tick in candidate if low <= tick <= high]
            if self._fits(ticks, low, high):
                return ticks
        thinned = (ticks[::step] for step in range(2, len(ticks) + 1))
        return next((one for one in thinned if self._fits(one, low, high)), ticks)

    def _fits(self, ticks: Sequence[float], low: float, high: float) -> bool:
        """Whether labels at these ticks leave a gap between one another."""
        axis: Any = self.axis
        box, points = axis.axes.get_window_extent(), 72 / axis.axes.figure.dpi
        vertical, scale = axis.axis_name == "y", axis.get_transform()
        ends, places = scale.transform([low, high]), scale.transform(np.asarray(ticks, float))
        length = points * (box.height if vertical else box.width)
        places = length * (places - ends[0]) / (ends[1] - ends[0])
        size = FontProperties(size=_label_size(axis)).get_size_in_points()
        lengths = np.array([_LINE if vertical else _label_width(tick) for tick in ticks]) * size
        needed = (lengths[1:] + lengths[:-1]) / 2 + (0.2 if vertical else _GAP) * size
        return bool((np.diff(places) >= needed).all())


def _label_size(axis: Any) -> Any:
    """The size of an axis's labels, in points or as a word."""
    key: Any = f"{axis.axis_name}tick.labelsize"
    return axis.get_tick_params().get("labelsize", rcParams[key])


def round_numbers(low: float, high: float, most: int) -> Iterator[Sequence[float]]:
    """Sets of round numbers between two ends, the finest first, evenly spaced ones last.

    Parameters
    ----------
    low, high : float
        Ends of an axis, positive.
    most : int
        Most numbers of a set that are not all powers of ten.

    Yields
    ------
    sequence of float
        A set of ticks.
    """
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for steps in _STEPS:
        ticks = [tick for e in decades for m in steps if low <= (tick := m * 10.0**e) <= high]
        if len(ticks) > 2 and (len(ticks) <= most or steps == (1,)):
            yield ticks
    for stride in range(2, len(decades) // 2):
        yield [10.0**e for e in decades if e % stride == 0]
    for count in (5, 4, 3, 2, 1):
        yield MaxNLocator(count).tick_values(low, high)


def label(value: float) -> str:
    """Return a tick's label: 2.5, 3000, 10^19 or 3 x 10^18.

    Parameters
    ----------
    value : float
        A positive number.

    Returns
    -------
    str
    """
    if _PLAIN[0] <= value < _PLAIN[1]:
        return f"{value:.4g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    power = f"10^{{{int(exponent)}}}"
    times = "" if float(mantissa) == 1 else rf"{float(mantissa):g}\times"
    return rf"$\mathdefault{{{times}{power}}}$"


def _label_width(value: float) -> float:
    """Width of a tick's label, in font sizes."""
    if _PLAIN[0] <= value < _PLAIN[1]:
        return _LETTER * len(label(value))
    mantissa, exponent = f"{value:.2e}".split("e")
    times = 0 if float(mantissa) == 1 else len(f"{float(mantissa):g}") + 1.6
    return _LETTER * (times + 2 + 0.7 * len(str(int(exponent))))
