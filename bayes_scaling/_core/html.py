"""What a notebook shows of an object: the answer first, in the notebook's own colours, light or dark."""

from html import escape

_BAR = "margin:.5em 0;padding-left:.7em;border-left:.25em solid"


def note(text, ok=True):
    """Lines of text beside a bar; where they warn, the bar is orange and the first line bold."""
    first, *rest = text.splitlines()
    items = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in rest)
    head = escape(first) if ok else f"<b>{escape(first)}</b>"
    return f'<div style="{_BAR} {"currentColor" if ok else "#D55E00"}">{head}{f"<ul>{items}</ul>" if items else ""}</div>'


def card(title, table, diagnosis, first=False):
    """A title, a table and what the diagnosis says: before the table where it is bad or to come ``first``, after it else."""
    said = note(str(diagnosis), diagnosis.ok)
    return (
        f"<div>{said}<p>{escape(title)}</p>{table}</div>"
        if first or not diagnosis.ok
        else f"<div><p>{escape(title)}</p>{table}{said}</div>"
    )
