"""The errors and warnings of this package."""

import os
import warnings
from pathlib import Path

from bayes_scaling._core.progress import hide

_PACKAGE = str(Path(__file__).parent.parent) + os.sep


def printable(text: object) -> str:
    """Return text in which control characters, which a terminal would obey, are written out.

    Parameters
    ----------
    text : object
        What is shown, such as a name from a file.
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in str(text))


class InputError(ValueError):
    """Invalid input, described in one sentence that names the place and the remedy."""

    def __init__(self, text: object = "") -> None:
        super().__init__(printable(text))


class RunsWarning(UserWarning):
    """A property of the runs that a careful reader should know."""


class FitWarning(UserWarning):
    """An answer comes from a fit whose draws should not be trusted."""


def warn(text: str, category: type[Warning]) -> None:
    """Warn, with the line of the user's own program that led here."""
    hide()  # a live line would run into the warning
    warnings.warn(printable(text), category, skip_file_prefixes=(_PACKAGE,))


def warn_moved(old: str, new: str) -> None:
    """Warn that a module has moved; its former path goes away with the next release."""
    warnings.warn(
        f"{old} has moved and this path goes away in the next release; import from {new}",
        FutureWarning,
        skip_file_prefixes=(_PACKAGE, "<frozen importlib"),
    )
