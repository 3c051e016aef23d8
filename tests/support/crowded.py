"""Texts of a figure that a reader cannot read: they overlap or leave the figure."""

from itertools import combinations

import matplotlib.pyplot as plt


def _tick_labels(ticks):
    """The texts of an axis's ticks."""
    return {text for tick in ticks for text in (tick.label1, tick.label2)}


def visible_texts(figure):
    """(text, bounding box in pixels) of every text that the figure shows."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    hidden, ticks, shown_ticks = set(), set(), set()
    for ax in figure.axes:
        if not ax.get_visible():
            hidden |= set(ax.findobj(plt.Text))
        for axis in (ax.xaxis, ax.yaxis):
            ticks |= _tick_labels(axis.get_major_ticks() + axis.get_minor_ticks())
            if ax.get_visible():
                shown_ticks |= _tick_labels(axis._update_ticks())
    texts = [
        text
        for text in figure.findobj(plt.Text)
        if text.get_visible()
        and text.get_text().strip()
        and text not in hidden
        and (text not in ticks or text in shown_ticks)
    ]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def _overlap(one, two):
    """Whether two boxes overlap by more than a pixel."""
    width = min(one.x1, two.x1) - max(one.x0, two.x0)
    height = min(one.y1, two.y1) - max(one.y0, two.y0)
    return width > 1 and height > 1


def _leaves(box, frame):
    """Whether a box leaves a frame by more than a pixel."""
    return (
        box.x0 < frame.x0 - 1
        or box.x1 > frame.x1 + 1
        or box.y0 < frame.y0 - 1
        or box.y1 > frame.y1 + 1
    )


def crowded(figure):
    """Pairs of texts that overlap, and texts that leave the figure."""
    texts = visible_texts(figure)
    outside = [(name, "outside") for name, box in texts if _leaves(box, figure.bbox)]
    pairs = combinations(texts, 2)
    return outside + [(one, two) for (one, a), (two, b) in pairs if _overlap(a, b)]
