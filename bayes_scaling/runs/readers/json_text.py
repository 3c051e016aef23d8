"""JSON and JSON Lines as Python objects, and records as a table."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list

type Json = Any  # what json.loads returns

_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")  # as loggers write them in text
_DEEPEST = 4  # levels of objects that become names of columns, such as config.model.layers


class _RepeatedNameError(ValueError):
    """An object has a name twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; refuses a name that it has twice, of which json keeps the last."""
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RepeatedNameError(f"the name {twice!r} twice in one object")
    return result


def parse(text: str) -> Json:
    """Parse JSON; raises ValueError, or RecursionError, where it is none."""
    return json.loads(text, object_pairs_hook=_unique)


def parse_lines(path: Path, text: str) -> list[Json]:
    """Parse JSON Lines.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    text : str
        Its text; empty lines are ignored.

    Raises
    ------
    InputError
        A line is not JSON; the sentence names it.
    """
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(parse(line))
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", None) or str(error).split("\n")[0][:80]
            raise InputError(
                f"{path} is not a jsonl table: line {number} is not JSON ({reason}); "
                "fix the line or leave it out"
            ) from None
    return rows


def table_of_records(path: Path, records: Iterable[Json], what: str = "entry") -> pd.DataFrame:
    """A table of JSON objects, one row each.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    records : iterable of dict
        The objects. An object inside one becomes columns such as config.layers; a list becomes
        text.
    what : str
        What an object is called in messages.

    Raises
    ------
    InputError
        One of them is not an object.
    """
    rows = []
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise InputError(
                f"{path} is not a table: {what} {number} is {json.dumps(record)[:40]}, which is no "
                'object; write each run as {"N": 1e8, "D": 2e9, "loss": 3.5}'
            )
        rows.append(flatten(record))
    return as_table(rows)


def as_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A table of flat rows, in which integers of any size are numbers."""
    table = pd.DataFrame(rows)
    for name in table.columns[[not pd.api.types.is_numeric_dtype(k) for k in table.dtypes]]:
        values = table[name]
        kept = values[values.notna()]
        if len(kept) and all(finite(v) or v in _NO_NUMBERS for v in kept):
            # integers beyond 64 bits, as exact FLOPs are
            table[name] = [float("nan") if v is None else _as_float(v) for v in values]
    return table


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def flatten(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """One level of names: {"a": {"b": 1}} becomes {"a.b": 1}; lists become text."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            flat |= flatten(value, f"{prefix}{name}.", depth + 1)
        else:
            flat[f"{prefix}{name}"] = json.dumps(value) if isinstance(value, dict | list) else value
    return flat


def finite(value: Any) -> bool:
    """Whether a value of JSON is a number and no Boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def missing_keys(path: Path, title: str, names: Iterable[str]) -> InputError:
    """The error of a file that lacks what its format has."""
    return InputError(
        f"{path} is no {title}: it has no {shorten_list(names)}; check the file, or name another "
        "format"
    )
