"""The form of the description in a saved file, checked before anything is built from it."""

from collections.abc import Mapping
from typing import Any

EACH = "*"  # in a form: every entry of an object
_NUMBER = (int, float)
_SAMPLING: dict[str, Any] = {
    "chains": int,
    "draws": int,
    "warmup": int,
    "attempts": int,
    "health": {"made": int, "diverging": int, "bfmi": _NUMBER, "deepest": _NUMBER},
}
_ALL: dict[str, Any] = {
    "law": str,
    "y": str,
    "columns": {EACH: (str, int, float)},
    "probe": [_NUMBER],
    "provenance": {"versions": {EACH: str}},
}
_OF_ONE: dict[str, Any] = {"seed": int, "provenance": {"data_hash": str}}
_FORMS: dict[str, Any] = {
    "fit": {
        "largest": _NUMBER,
        "ref": {EACH: _NUMBER},
        "engine": {**_SAMPLING, "modes": [[_NUMBER]]},
    }
    | _OF_ONE,
    "pooled": {"engine": _SAMPLING, "by": [str], "modes": {EACH: str}} | _OF_ONE,
    "fits": {"by": [str], "seeds": [int], "warmup": int},
}
_OWN_RUNS = {"log_density": [_NUMBER], "count": int}


def check_description(description: Mapping[str, Any]) -> None:
    """Refuse a description whose entries are not of the types that were saved.

    Parameters
    ----------
    description : mapping
        What the file states.

    Raises
    ------
    TypeError
        An entry is missing, or of another type; the message names it.
    """
    for form in (_ALL, _FORMS[description.get("kind", "fit")]):
        _check(description, form, "the description")
    if description.get("own_runs") is not None:
        _check(description["own_runs"], _OWN_RUNS, "own_runs")


def _check(value: Any, form: Any, place: str) -> None:
    """Compare a value with a form: types, a list of one form, or an object of forms."""
    if isinstance(form, dict):
        if not isinstance(value, Mapping):
            raise TypeError(f"{place} is no object")
        for name, inner in form.items():
            if name != EACH and name not in value:
                raise TypeError(f"{place} has no {name}")
            for key in value if name == EACH else (name,):
                _check(value[key], inner, str(key))
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise TypeError(f"{place} is no list")
        for entry in value:
            _check(entry, form[0], place)
    elif not isinstance(value, form) or isinstance(value, bool):
        raise TypeError(f"{place} is {str(value)[:40]!r}")
