"""An HTML file read back: its tables by id, its text, and whether every tag is closed."""

from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "img", "hr", "input"}


class Reader(HTMLParser):
    """A parsed HTML file.

    ``tables`` is {id: [header, *rows]}, ``text`` is what a reader sees, ``tags`` are the tags with
    their attributes in order.
    """

    def __init__(self, source):
        super().__init__()
        self.tables, self.tags, self.open, self.words = {}, [], [], []
        self.feed(source)
        self.close()
        assert not self.open, f"never closed: {self.open}"
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "table":
            self._lines = self.tables.setdefault(dict(attributes).get("id"), [])
        if tag == "tr":
            self._lines.append([])
        if tag in ("td", "th"):
            self._lines[-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if not {"style", "title", "script"} & set(self.open):
            self.words.append(data)
        if {"td", "th"} & set(self.open):
            self._lines[-1][-1] += data

    def rows(self, name):
        """Rows of a table as dicts by its header."""
        header, *lines = self.tables[name]
        return [dict(zip(header, line, strict=True)) for line in lines]
