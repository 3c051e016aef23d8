"""Tables that print themselves with their caveats: every answer of the package is one."""

from typing import Any, ClassVar

import pandas as pd

from bayes_scaling._core.html import note


def _four_digits(value: float) -> str:
    """A number of a printed table."""
    return f"{value:.4g}"


class Table(pd.DataFrame):
    """A DataFrame that prints four digits, all columns, and text that must be read with it.

    ``diagnosis`` is the Diagnosis of the fit that a table comes from, None where there is none.
    """

    diagnosis: Any = None

    @property
    def _constructor(self) -> type["Table"]:
        return type(self)

    def _foot(self) -> str:
        """Text under the table; subclasses have some."""
        return ""

    def __repr__(self) -> str:
        text = pd.DataFrame(self).to_string(float_format=_four_digits)
        return f"{text}\n{self._foot()}".rstrip("\n")

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            html = pd.DataFrame(self).to_html(float_format=_four_digits)
        if not (foot := self._foot()):
            return html
        if self.diagnosis is None or self.diagnosis.ok:
            return html + note(foot)
        return note(foot, ok=False) + html


class AnnotatedTable(Table):
    """A table with sentences under it, in ``foot``."""

    _metadata: ClassVar[list[str]] = ["foot", "diagnosis"]
    foot: str = ""

    def _foot(self) -> str:
        return self.foot
