"""The blocks that a report is built from; ``render_html`` and ``render_markdown`` show them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A paragraph; ``style`` is "" (plain), "answer", "warning", "note" or "heading"."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """A table of texts; ``name`` is its id in the HTML."""

    name: str
    caption: str
    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A figure: SVG for HTML, ``png()`` for Markdown, and a sentence as alternative text."""

    svg: str
    png: Callable[[], bytes]
    alt: str


@dataclass(frozen=True)
class Formula:
    """A formula as LaTeX, which may be empty, and as plain text."""

    latex: str
    text: str


@dataclass(frozen=True)
class Code:
    """Text to copy verbatim."""

    text: str
    language: str = ""


Block = Text | Items | Rows | Picture | Formula | Code


@dataclass(frozen=True)
class Section:
    """A heading and the blocks under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Content:
    """All of a report: title, blocks before the first heading, sections, date."""

    title: str
    top: tuple[Block, ...]
    sections: tuple[Section, ...]
    date: str
