"""The tables that ship with the package, and their sources."""

import tomllib
from copy import deepcopy
from functools import lru_cache
from importlib import resources
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean


def sources() -> dict[str, dict[str, Any]]:
    """The bundled tables: name -> its entry in ``sources.toml``.

    An entry has the title, citation, licence and the columns with their units.
    """
    return deepcopy(_entries())


@lru_cache
def _entries() -> dict[str, dict[str, Any]]:
    """The entries, read once."""
    path = resources.files("bayes_scaling.data").joinpath("sources.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def bundled_runs() -> list[str]:
    """Names of the bundled tables that hold runs.

    A table whose name ends in _tasks describes the tasks of another.
    """
    return sorted(name for name in _entries() if not name.endswith("_tasks"))


def no_such_table(source: object) -> InputError:
    """The refusal of what is neither a bundled table nor a path."""
    bundled = bundled_runs()
    name = str(source)
    if "://" in name:
        return InputError(f"{name[:200]!r} is an address; download the file, and give its path")
    return InputError(
        f"there is no file or bundled table {name[:200]!r}{did_you_mean(name[:200], bundled)}; "
        f"bundled are {', '.join(bundled)}"
    )
