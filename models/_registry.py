"""The laws by name."""

import runpy
from functools import lru_cache
from pathlib import Path
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list
from bayes_scaling._core.table import Table
from bayes_scaling.law.law import Law
from bayes_scaling.models._packages import load_offered, offered


def find_law(law: str | Law) -> Law:
    """Find a law by its name, or by "path.py:name"; a Law is returned as it is.

    Parameters
    ----------
    law : str or Law
        A file that is named is run. Laws of other packages are found by name too, through the
        entry-point group ``bayes_scaling.laws``.

    Returns
    -------
    Law
        The law of that name.

    Raises
    ------
    InputError
        There is no such law or file, or the file does not run. The message names a similar law,
        or some of those there are.
    """
    from bayes_scaling.models import LAWS

    if isinstance(law, Law):
        return law
    if not isinstance(law, str):
        raise InputError(
            f"the law is a {type(law).__name__}; give its name first and the runs second: "
            "fit('over_training', runs, y='loss')"
        )
    if law in LAWS:
        return LAWS[law]
    if law in offered():
        return load_offered(law)
    path, _, name = law.rpartition(":")
    if not path.endswith(".py"):
        hint = did_you_mean(law, [*LAWS, *offered()])
        some = "" if hint else f"laws are {shorten_list(LAWS)}: "
        raise InputError(
            f"there is no law {law!r}{hint}; {some}bs.laws() and `bayes-scaling laws` list them "
            "all, and path.py:name is one of your own"
        )
    return _law_of_file(path, name)


def _law_of_file(path: str, name: str) -> Law:
    """The law of a name in a file."""
    if not Path(path).is_file():
        raise InputError(f"there is no file {path} to take the law {name} from")
    try:
        found = _laws_of_file(Path(path).resolve(), Path(path).stat().st_mtime_ns)
    except (Exception, SystemExit) as error:  # the user's own code can raise anything
        raise InputError(f"{path} does not run ({type(error).__name__}: {error}); fix it") from None
    if name not in found:
        raise InputError(
            f"{path} holds no Law {name!r}{did_you_mean(name, found)}; "
            f"it has {', '.join(found) or 'none'}"
        )
    return found[name]


@lru_cache(maxsize=8)
def _laws_of_file(path: Path, changed: int) -> dict[str, Law]:
    """{name: Law} of a file, run once until it changes, so that its programs compile once."""
    names = runpy.run_path(str(path))
    return {name: value for name, value in names.items() if isinstance(value, Law)}


def laws() -> Table:
    """Every law: a DataFrame with formula, inputs, outcome, parameters and source, by name.

    Laws of other packages, from the entry-point group ``bayes_scaling.laws``, come last.
    """
    from bayes_scaling.models import LAWS

    found = [*LAWS.values(), *map(load_offered, offered())]
    rows = {law.name: _describe(law) for law in found}
    return Table.from_dict(rows, orient="index").rename_axis("law")


def _describe(law: Law) -> dict[str, Any]:
    """A law's row of the table of laws."""
    return {
        "title": law.title,
        "formula": law.formula,
        "inputs": ", ".join(law.inputs),
        "outcome": law.outcome,
        "unit": law.unit,
        "parameters": ", ".join(law.names),
        "citation": law.citation,
        "arxiv": law.arxiv,
    }
