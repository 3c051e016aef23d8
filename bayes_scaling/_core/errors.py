"""The errors and warnings of this package."""

import os
import warnings
from pathlib import Path

_HERE = str(Path(__file__).parent.parent) + os.sep


def warn(text, category):
    """A warning that points at the reader's own line."""
    warnings.warn(text, category, skip_file_prefixes=(_HERE,))


class FitWarning(UserWarning):
    """An answer was made from a fit whose draws should not be trusted."""


class InputError(ValueError):
    """Bad input, told in one sentence that names the place and the mend."""


class RunsWarning(UserWarning):
    """Something about the runs that a careful reader should know."""


def warn_moved(old, new):
    """Warn that a module has moved; its former path goes away with the next release."""
    warnings.warn(
        f"{old} has moved and this path goes away in the next release; import from {new}",
        FutureWarning,
        skip_file_prefixes=(_HERE, "<frozen importlib"),
    )
