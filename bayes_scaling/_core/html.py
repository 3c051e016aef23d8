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
    """Lines of text beside a bar; for a warning the bar is orange and the first line bold."""
    first, *rest = text.splitlines()
    color = "currentColor" if ok else "#D55E00"
    head = escape(first) if ok else f"<b>{escape(first)}</b>"
    items = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in rest)
    return f'<div style="{_BAR} {color}">{head}{f"<ul>{items}</ul>" if items else ""}</div>'


def card(title: str, table: str, diagnosis: Verdict, first: bool = False) -> str:
    """A title, a table and the diagnosis, which comes first where it is bad or ``first``."""
    findings = note(str(diagnosis), diagnosis.ok)
    content = f"<p>{escape(title)}</p>{table}"
    if first or not diagnosis.ok:
        return f"<div>{findings}{content}</div>"
    return f"<div>{content}{findings}</div>"
