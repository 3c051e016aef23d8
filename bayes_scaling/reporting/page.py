"""A page of sections as HTML and as Markdown: one content, two renderings. What it says is ``report``'s.

The HTML is one file: style and pictures inside, no script, and a policy that forbids it the network. Every text
is escaped, for names come from the data.
"""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bayes_scaling.plot.alt_text import alt, metadata
from bayes_scaling.plot.style import COLOURS, INK, style


@dataclass(frozen=True)
class Text:
    """A paragraph. ``look``: "" (plain), "answer", "warning", "note" or "heading"."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    texts: tuple


@dataclass(frozen=True)
class Rows:
    """A table of texts; ``name`` tells it from the page's other tables."""

    name: str
    caption: str
    header: tuple
    lines: tuple


@dataclass(frozen=True)
class Picture:
    """A figure as drawn: SVG for the page, ``png()`` for Markdown, and the sentence that stands for it."""

    svg: str
    png: Callable
    alt: str


@dataclass(frozen=True)
class Formula:
    """A formula: LaTeX where there is some, and plain text."""

    latex: str
    text: str


@dataclass(frozen=True)
class Code:
    """Text to be copied as it stands."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple


@dataclass(frozen=True)
class Page:
    """A page: title, the blocks before the first heading, sections, and its one date."""

    title: str
    top: tuple
    sections: tuple
    date: str


def picture(figure):
    """The Picture of a matplotlib Figure: the same figure gives the same bytes, and its ink is the page's own."""

    @cache
    def png():
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
    svg = vector.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'<g id="[^"]*"', "<g", re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S))
    svg = (
        svg.replace(INK, "currentColor")
        .replace("#ffffff", "var(--paper)")
        .replace(COLOURS[0].lower(), "var(--blue)")
        .replace("<svg ", '<svg aria-hidden="true" ', 1)
    )
    return Picture(svg, png, alt(figure))


@cache
def typeset(latex):
    """A formula as SVG outlines in the colour of the text around it; "" where matplotlib's mathtext can not set it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    try:
        path = TextPath((0, 0), f"${latex}$", size=19, prop=FontProperties(math_fontfamily="stix"))
    except ValueError:
        return ""
    letter = {
        Path.MOVETO: "M",
        Path.LINETO: "L",
        Path.CURVE3: "Q",
        Path.CURVE4: "C",
        Path.CLOSEPOLY: "Z",
    }
    parts = [
        letter[code]
        + (
            ""
            if code == Path.CLOSEPOLY
            else " ".join(f"{v:.1f}" for v in xy * ([1, -1] * (len(xy) // 2)))
        )
        for xy, code in path.iter_segments()
    ]
    box = path.get_extents()
    left, top, wide, high = box.x0 - 1, -box.y1 - 1, box.width + 2, box.height + 2
    return f'<svg aria-hidden="true" width="{wide:.0f}" viewBox="{left:.1f} {top:.1f} {wide:.1f} {high:.1f}"><path fill="currentColor" d="{"".join(parts)}"/></svg>'


def html(page):
    """The page as one HTML file."""
    return _template().render(page=page)


@cache
def _template():
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup, escape

    linked = lambda text: Markup(
        re.sub(
            r"arXiv (\d{4}\.\d{4,5})",
            r'<a href="https://arxiv.org/abs/\1">arXiv \1</a>',
            str(escape(text)),
        )
    )

    def room(text):
        """A cell that is an interval stays on one line; one with a word that may have to be broken gets room."""
        if re.fullmatch(r"\S{1,11} to \S{1,11}", str(text)):
            return Markup(' class="pair"')
        return Markup(' class="long"') if max(map(len, str(text).split()), default=0) > 24 else ""

    places = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    places.filters |= {
        "linked": linked,
        "room": room,
        "typeset": typeset,
        "kind": lambda block: type(block).__name__,
    }
    return places.from_string(
        resources.files("bayes_scaling.reporting").joinpath("page.html").read_text(encoding="utf-8")
    )


def _md(text):
    """Text as Markdown shows it, whatever signs are in it."""
    text = re.sub(r"([\\`*<>\[\]|#]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(str(text).split()))
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text)
    return re.sub(r"arXiv (\d{4}\.\d{4,5})", r"[arXiv \1](https://arxiv.org/abs/\1)", text)


def markdown(page):
    """The same page as Markdown; figures are data URIs in it."""

    def block(made):
        if isinstance(made, Items):
            return "\n".join(f"- {_md(text)}" for text in made.texts)
        if isinstance(made, Rows):
            line = lambda cells: "| " + " | ".join(cells) + " |"
            return "\n".join(
                [
                    f"*{_md(made.caption)}*\n",
                    line(map(_md, made.header)),
                    line(["---"] * len(made.header)),
                    *(line(map(_md, cells)) for cells in made.lines),
                ]
            )
        if isinstance(made, Picture):
            return (
                f"![{_md(made.alt)}](data:image/png;base64,{base64.b64encode(made.png()).decode()})"
            )
        if isinstance(made, Formula):
            return (f"$${made.latex}$$\n\n" if made.latex else "") + _md(made.text)
        if isinstance(made, Code):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", made.text)), default=0))
            return f"{fence}{made.language}\n{made.text}\n{fence}"
        return {"warning": "> **{}**", "answer": "**{}**", "heading": "### {}"}.get(
            made.look, "{}"
        ).format(_md(made.text))

    parts = [f"# {_md(page.title)}", *map(block, page.top)]
    for section in page.sections:
        parts += [f"## {_md(section.title)}", *map(block, section.blocks)]
    return "\n\n".join([*parts, _md(f"Made on {page.date}.")]) + "\n"
