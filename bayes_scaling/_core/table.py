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
    _not_in_text: ClassVar[tuple[str, ...]] = ()
    _not_in_html: ClassVar[tuple[str, ...]] = ()

    @property
    def _constructor(self) -> type["Table"]:
        return type(self)

    def _foot(self) -> str:
        """Text under the table; subclasses have some."""
        return ""

    def _without(self, columns: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
        """The table without columns that would not fit, unless some were selected, and its foot."""
        complete, foot = pd.DataFrame(self), self._foot()
        if not columns or not set(columns) < set(self):
            return complete, foot
        others = f"Further columns: {', '.join(columns)}."
        return complete.drop(columns=list(columns)), f"{others}\n{foot}".rstrip("\n")

    def __repr__(self) -> str:
        shown, foot = self._without(self._not_in_text)
        return f"{shown.to_string(float_format=_four_digits)}\n{foot}".rstrip("\n")

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            shown, foot = self._without(self._not_in_html)
            html = shown.to_html(float_format=_four_digits)
        if not foot:
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
