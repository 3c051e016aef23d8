"""HTML that a notebook shows for an object, in the notebook's own colors, light or dark."""

from html import escape
from typing import Protocol

_BAR = "margin:.5em 0;padding-left:.7em;border-left:.25em solid"


class Verdict(Protocol):
    """Findings on a fit: whether its draws can be trusted, and sentences as its text."""

    @property
    def ok(self) -> bool:
        """Whether no problem was found."""
        ...


def note(text: str, ok: bool = True) -> str:
    """Lines of text beside a bar; for a warning the bar is orange, and what is bad is bold.

    Lines that begin with "- " are a list. Bold are the lines with the word BAD, else the first.
    """
    color = "currentColor" if ok else "#D55E00"
    lines = text.splitlines()
    bold = [] if ok else [line for line in lines if ": BAD," in line] or lines[:1]
    marked = [f"<b>{escape(line)}</b>" if line in bold else escape(line) for line in lines]
    plain = "<br>".join(line for line in marked if not line.startswith("- "))
    items = "".join(f"<li>{line[2:]}</li>" for line in marked if line.startswith("- "))
    return f'<div style="{_BAR} {color}">{plain}{f"<ul>{items}</ul>" if items else ""}</div>'


def card(title: str, table: str, diagnosis: Verdict, first: bool = False) -> str:
    """A title, a table and the diagnosis, which comes first where it is bad or ``first``."""
    findings = note(str(diagnosis), diagnosis.ok)
    content = f"<p>{escape(title)}</p>{table}"
    if first or not diagnosis.ok:
        return f"<div>{findings}{content}</div>"
    return f"<div>{content}{findings}</div>"
