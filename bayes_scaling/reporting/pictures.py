"""Matplotlib figures and formulas as the SVG of a report."""

import base64
import io
import re
from functools import cache
from typing import TYPE_CHECKING

from bayes_scaling.plot.alt_text import alt, metadata
from bayes_scaling.plot.style import COLORS, INK, style
from bayes_scaling.reporting.blocks import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def picture(figure: "Figure") -> Picture:
    """Return the Picture of a figure: the same bytes each time, in the report's own colors."""

    @cache
    def png() -> bytes:
        pixels = io.BytesIO()
        with style():
            figure.savefig(
                pixels, format="png", dpi=120, metadata=metadata(figure, "png") | {"Software": None}
            )
        return pixels.getvalue()

    with style():
        vector = io.StringIO()
        figure.savefig(
            vector,
            format="svg",
            transparent=True,
            metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
        )
    return Picture(_inline(vector.getvalue()), png, alt(figure))


def closed_picture(figure: "Figure") -> Picture:
    """Return the Picture of a pyplot figure and close the figure."""
    import matplotlib.pyplot as plt

    made = picture(figure)
    plt.close(figure)
    return made


def data_uri(png: bytes) -> str:
    """Return a PNG as a data URI."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _inline(svg: str) -> str:
    """Strip what differs between equal figures, and use the colors of the style sheet."""
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'<g id="[^"]*"', "<g", re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S))
    return (
        svg.replace(INK, "currentColor")
        .replace("#ffffff", "var(--paper)")
        .replace(COLORS[0].lower(), "var(--blue)")
        .replace("<svg ", '<svg aria-hidden="true" ', 1)
    )


@cache
def typeset(latex: str) -> str:
    """Return a formula as SVG outlines; "" if matplotlib's mathtext cannot set it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    try:
        path = TextPath((0, 0), f"${latex}$", size=19, prop=FontProperties(math_fontfamily="stix"))
    except ValueError:
        return ""
    outline = "".join(_command(xy, code) for xy, code in path.iter_segments())
    box = path.get_extents()
    left, top, width, height = box.x0 - 1, -box.y1 - 1, box.width + 2, box.height + 2
    view = f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}"
    return (
        f'<svg aria-hidden="true" width="{width:.0f}" viewBox="{view}">'
        f'<path fill="currentColor" d="{outline}"/></svg>'
    )


def _command(xy, code) -> str:
    """Return one segment of a path as SVG, whose y axis points down."""
    from matplotlib.path import Path

    letters = {
        Path.MOVETO: "M",
        Path.LINETO: "L",
        Path.CURVE3: "Q",
        Path.CURVE4: "C",
        Path.CLOSEPOLY: "Z",
    }
    if code == Path.CLOSEPOLY:
        return letters[code]
    points = " ".join(f"{value:.1f}" for value in xy * ([1, -1] * (len(xy) // 2)))
    return f"{letters[code]}{points}"
