"""The errors and warnings of this package."""

import os
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parent.parent) + os.sep


class InputError(ValueError):
    """Invalid input, described in one sentence that names the place and the remedy."""


class RunsWarning(UserWarning):
    """A property of the runs that a careful reader should know."""


class FitWarning(UserWarning):
    """An answer comes from a fit whose draws should not be trusted."""


def warn(text: str, category: type[Warning]) -> None:
    """Warn, with the line of the user's own program that led here."""
    warnings.warn(text, category, skip_file_prefixes=(_PACKAGE,))


def warn_moved(old: str, new: str) -> None:
    """Warn that a module has moved; its former path goes away with the next release."""
    warnings.warn(
        f"{old} has moved and this path goes away in the next release; import from {new}",
        FutureWarning,
        skip_file_prefixes=(_PACKAGE, "<frozen importlib"),
    )
