"""Sizes as people write them: 1.3B, 300 GTok, 2.5 PF-days, 12,000,000."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {
    1.0: ("",),
    1e3: ("k", "thousand", "kilo"),
    1e6: ("m", "mm", "mn", "million", "mega"),
    1e9: ("b", "bn", "g", "billion", "giga"),
    1e12: ("t", "tn", "trillion", "tera"),
    1e15: ("p", "peta"),
    1e18: ("e", "exa"),
    1e21: ("z", "zetta"),
    1e24: ("y", "yotta"),
}
_PREFIXES = {word: scale for scale, words in _WORDS.items() for word in words}
_UNITS = {
    "N": r"(?:params?|parameters?)",
    "D": r"(?:tok|toks|tokens?)",
    "C": r"(?:flops?)",
    "M": r"(?:tok(?:ens?)?[/ ]?(?:per )?(?:params?|parameters?)|x)",
}
_BETWEEN_THOUSANDS = "[,' \u00a0\u2009\u202f\u2019]"
_GROUPS = rf"\d{{1,3}}(?:{_BETWEEN_THOUSANDS}\d{{3}})+"
# 1.000.000 can be nothing else; 1.000 is a decimal fraction
_NUMBER = (
    rf"(?P<number>[-+]?(?:\d{{1,3}}(?:\.\d{{3}}){{2,}}|(?:{_GROUPS}|\d[\d_]*|)(?:\.\d+)?)"
    r"(?:e[-+]?\d+)?)"
)
_DAY = 86_400.0  # seconds
_DAYS = re.compile(rf"{_NUMBER}\s*(?P<prefix>[tpez])f(?:lop)?(?:/?s)?[- ]?days?", re.IGNORECASE)
UNIT_NAMES = {"N": "parameters", "D": "tokens", "C": "FLOPs", "M": "tokens per parameter"}


def parse_quantity(text: str, size: str) -> float | None:
    """Read a size with its unit or a prefix.

    Parameters
    ----------
    text : str
        Such as "1.3B", "300 GTok", "2.5 PF-days" or "12,000,000".
    size : str
        Which size it is: "N" (parameters), "D" (tokens), "C" (FLOPs) or "M" (tokens per parameter).

    Returns
    -------
    float or None
        The count; None where the text is no such size. A decimal comma, bytes and the unit of
        another size are none.
    """
    text = text.strip()
    if size == "C" and (found := _DAYS.fullmatch(text)):
        scale = {"t": 1e12, "p": 1e15, "e": 1e18, "z": 1e21}[found["prefix"].lower()]
        return _scaled(found["number"], scale * _DAY)
    unit = _UNITS.get(size, "")
    found = re.fullmatch(rf"{_NUMBER}\s*(?P<prefix>[a-z]*?)[ -]?(?P<unit>{unit})?", text, re.I)
    if found is None or found["prefix"].lower() not in _PREFIXES:
        return None
    return _scaled(found["number"], _PREFIXES[found["prefix"].lower()])


def _scaled(number: str, scale: float) -> float | None:
    """A number with thousands separators, times a scale; None where there is none."""
    number = re.sub(_BETWEEN_THOUSANDS, "", number)
    if number.count(".") > 1:
        number = number.replace(".", "")
    try:
        value = float(number)
    except ValueError:
        return None
    return value if scale == 1 else float(f"{value * scale:.14e}")  # 1.1e9 for 1.1 * 1e9


def read_quantities(
    cells: "pd.Series[Any]", size: str
) -> "tuple[pd.Series[Any], list[tuple[int, Any]]]":
    """Read a column of sizes.

    Parameters
    ----------
    cells : Series
        Its cells; numbers stay as they are.
    size : str
        As in ``parse_quantity``.

    Returns
    -------
    values : Series
        The cells, with numbers in place of text that stands for one.
    changed : list of (int, object)
        Positions and cells that were written otherwise than as a plain number.
    """
    import pandas as pd  # the parser of the command line reads sizes without it

    changed: list[tuple[int, Any]] = []
    values: list[Any] = []
    for position, cell in enumerate(cells.tolist()):
        value = None
        if isinstance(cell, str) and not _is_plain(cell):
            value = parse_quantity(cell, size)
        if value is not None:
            changed.append((position, cell))
        values.append(cell if value is None else value)
    if not changed:
        return cells, []
    return pd.Series(values, index=cells.index, dtype=object).infer_objects(), changed


def _is_plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
