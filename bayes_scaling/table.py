"""Tables that print themselves: every answer of the package is one."""

from html import escape

import pandas as pd


class Table(pd.DataFrame):
    """A DataFrame that prints four digits, all of its columns, and what else must be read with it."""

    @property
    def _constructor(self):
        return type(self)

    def _foot(self):
        """Text under the table; subclasses have some."""
        return ""

    def __repr__(self):
        return f"{pd.DataFrame(self).to_string(float_format=lambda v: f'{v:.4g}')}\n{self._foot()}".rstrip("\n")

    def _repr_html_(self):
        with pd.option_context("display.max_colwidth", None):
            html = pd.DataFrame(self).to_html(float_format=lambda v: f"{v:.4g}")
        return html + (f"<pre>{escape(foot)}</pre>" if (foot := self._foot()) else "")


class Told(Table):
    """A table with sentences under it, in ``foot``."""

    _metadata = ["foot"]

    def _foot(self):
        return getattr(self, "foot", "")
