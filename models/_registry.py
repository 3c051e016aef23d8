"""The laws by name."""

import runpy
from functools import lru_cache
from pathlib import Path

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, shown
from bayes_scaling.law.law import Law


def find_law(law):
    """The Law of a registry name, of "path.py:name", or the Law itself.

    Parameters
    ----------
    law : str or Law; a file that is named is run.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        There is no such law or file, or the file does not run.
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
    path, _, name = str(law).rpartition(":")
    if not path.endswith(".py"):
        hint = meant(law, LAWS)
        raise InputError(
            f"there is no law {law!r}{hint}; "
            f"{'' if hint else f'laws are {shown(LAWS)}: '}bs.laws() and `bayes-scaling laws` "
            "list them all, and path.py:name is one of your own"
        )
    if not Path(path).is_file():
        raise InputError(f"there is no file {path} to take the law {name} from")
    try:
        found = _laws_of(Path(path).resolve(), Path(path).stat().st_mtime_ns)
    except (Exception, SystemExit) as error:  # a user's own code: told as what it is
        raise InputError(f"{path} does not run ({type(error).__name__}: {error}); fix it") from None
    if name not in found:
        raise InputError(
            f"{path} holds no Law {name!r}{meant(name, found)}; it has {', '.join(found) or 'none'}"
        )
    return found[name]


@lru_cache(maxsize=8)
def _laws_of(path, changed):
    """{name: Law} of a file, run once until it changes, so that its programs compile once."""
    return {
        key: value for key, value in runpy.run_path(str(path)).items() if isinstance(value, Law)
    }


def laws():
    """Every law with its formula, inputs, outcome, parameters and source, indexed by name."""
    from bayes_scaling._core.table import Table
    from bayes_scaling.models import LAWS

    rows = {
        law.name: {
            "title": law.title,
            "formula": law.formula,
            "inputs": ", ".join(law.inputs),
            "outcome": law.outcome,
            "unit": law.unit,
            "parameters": ", ".join(law.names),
            "citation": law.citation,
            "arxiv": law.arxiv,
        }
        for law in LAWS.values()
    }
    return Table.from_dict(rows, orient="index").rename_axis("law")
