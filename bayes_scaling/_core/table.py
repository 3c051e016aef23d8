"""Tables that print themselves: every answer of the package is one."""

import pandas as pd

from bayes_scaling._core.html import note


class Table(pd.DataFrame):
    """A DataFrame that prints four digits, all of its columns, and what else must be read with it."""

    @property
    def _constructor(self):
        return type(self)

    def _foot(self):
        """Text under the table; subclasses have some."""
        return ""

    def __repr__(self):
        return f"{pd.DataFrame(self).to_string(float_format=lambda v: f'{v:.4g}')}\n{self._foot()}".rstrip(
            "\n"
        )

    def _repr_html_(self):
        with pd.option_context("display.max_colwidth", None):
            html = pd.DataFrame(self).to_html(float_format=lambda v: f"{v:.4g}")
        if not (foot := self._foot()):
            return html
        ok = getattr(getattr(self, "diagnosis", None), "ok", True)
        return html + note(foot) if ok else note(foot, ok) + html


class Told(Table):
    """A table with sentences under it, in ``foot``, and the diagnosis of what it was made of, where there is one."""

    _metadata = ["foot", "diagnosis"]

    def _foot(self):
        return getattr(self, "foot", "")
