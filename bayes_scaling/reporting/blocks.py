"""The blocks that a report is built from; ``render_html`` and ``render_markdown`` show them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayes_scaling.results.verdict import Verdict


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


@dataclass(frozen=True)
class Line:
    """A target of a decision: its numbers as texts, and its interval on a scale of 1000."""

    name: str
    median: str
    lower: str
    upper: str
    left: int
    width: int
    middle: int


@dataclass(frozen=True)
class Decision:
    """What a reader decides by: numbers, verdicts in words, and what would change the answer."""

    lines: tuple[Line, ...]
    verdicts: tuple[Verdict, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Explore:
    """The panel of a report, and the same as a table.

    Parameters
    ----------
    outcome, unit : str
        What is predicted.
    better : str
        "lower" or "higher".
    parameters, tokens : array (N,), array (D,)
        Sizes of the grid. A step of either multiplies the budget by the same factor.
    levels : tuple of float
        Probabilities of the quantiles.
    quantiles : array (N, D, levels)
        Of a new run.
    start : (int, int)
        Place of the first target.
    table : Rows
        A part of the grid.
    """

    outcome: str
    unit: str
    better: str
    parameters: np.ndarray
    tokens: np.ndarray
    levels: tuple[float, ...]
    quantiles: np.ndarray
    start: tuple[int, int]
    table: Rows

    def data(self) -> dict[str, Any]:
        """Return what the script reads."""
        return {
            "outcome": self.outcome,
            "unit": self.unit,
            "better": self.better,
            "parameters": [float(f"{value:.6g}") for value in self.parameters],
            "tokens": [float(f"{value:.6g}") for value in self.tokens],
            "levels": list(self.levels),
            "quantiles": [
                [[float(f"{value:.5g}") for value in cell] for cell in row]
                for row in self.quantiles
            ],
            "start": list(self.start),
        }


Block = Text | Items | Rows | Picture | Formula | Code | Decision | Explore


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
