"""Texts of a figure that lie on one another or outside it: what a reader can not read."""

from itertools import combinations

import matplotlib.pyplot as plt


def shown_texts(figure):
    """(text, bounding box in pixels) of every text that is drawn."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    hidden = {text for ax in figure.axes if not ax.get_visible() for text in ax.findobj(plt.Text)}
    ticks = {
        text
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks() + axis.get_minor_ticks()
        for text in (tick.label1, tick.label2)
    }
    drawn = {
        text
        for ax in figure.axes
        if ax.get_visible()
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis._update_ticks()
        for text in (tick.label1, tick.label2)
    }
    texts = [
        text
        for text in figure.findobj(plt.Text)
        if text.get_visible()
        and text.get_text().strip()
        and text not in hidden
        and (text not in ticks or text in drawn)
    ]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def crowded(figure):
    """Pairs of texts that overlap, and texts that leave the figure."""
    overlap = lambda one, two: (
        min(one.x1, two.x1) - max(one.x0, two.x0) > 1
        and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    )
    texts, whole = shown_texts(figure), figure.bbox
    outside = [
        (name, "outside")
        for name, box in texts
        if box.x0 < whole.x0 - 1
        or box.x1 > whole.x1 + 1
        or box.y0 < whole.y0 - 1
        or box.y1 > whole.y1 + 1
    ]
    return outside + [(one, two) for (one, a), (two, b) in combinations(texts, 2) if overlap(a, b)]
