"""Numbers, lists and warnings as a reader wants them."""

import difflib
import math
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

import numpy as np
import pandas as pd

_TYPED = ContextVar(
    "typed", default=None
)  # names of the options that the reader can type at a command line; None in Python


@contextmanager
def typed(options):
    """Within it, the reader types options of these names at a command line."""
    before = _TYPED.set(frozenset(options))
    try:
        yield
    finally:
        _TYPED.reset(before)


def untyped(name):
    """Within it, what is said is of a part that the command line's option of that name does not reach."""
    return nullcontext() if _TYPED.get() is None else typed(_TYPED.get() - {name})


def option(name, value, call=None):
    """An option as the reader gives it: ``call``, or name=value, in Python; --name value at a command line that has it."""
    call = f"{name}={value}" if call is None else call
    if _TYPED.get() is None:
        return call
    return f"--{name} {value}" if name in _TYPED.get() else f"{call} in Python"


def amount(value):
    """A count as it is spoken of: 1.44B, 921B; 7.96e+21 where it is too large for a name."""
    value = float(f"{value:.3g}")
    for unit, least in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
        if least <= value < 1e15:
            return f"{value / least:.3g}{unit}"
    return f"{value:.3g}" if value < 1e3 or value >= 1e6 else f"{value:,.0f}"


def size(row):
    """A run by its size: parameters and tokens, or compute, or the inputs it has."""
    if "N" in row and "D" in row:
        return f"{amount(row['N'])} parameters on {amount(row['D'])} tokens"
    if "C" in row:
        return f"{row['C']:.3g} FLOPs"
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, int | float) else f"{name} = {value}"
        for name, value in row.items()
    )


def precise(values, width):
    """Numbers with digits enough to tell an interval of ``width`` by two of its own, and at least four."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    digits = (
        4
        if not (width > 0 and largest > 0)
        else min(max(4, math.ceil(math.log10(largest / width)) + 2), 12)
    )
    return [f"{value:#.{digits}g}".rstrip(".") for value in values]


def percent(share):
    """A share in percent, as exactly as it was given."""
    return f"{100 * share:g}%"


def several(count, noun):
    """ "1 run", "2 runs"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def not_converged(bad, count, law=""):
    """ "1 of 4 fits has not converged", of a law where one is named."""
    return f"{bad} of {several(count, 'fit')}{f' of {law}' if law else ''} {'has' if bad == 1 else 'have'} not converged"


def beside(value, error):
    """A mean with its standard error in brackets, "-" where that can not be told: of one series, or of values that are all alike."""
    return f"{value:.3g} ({error:.2g})" if tells(value, error) else f"{value:.3g} (-)"


def tells(value, error):
    """Whether a standard error says anything: it is neither missing nor 0."""
    return error > 1e-9 * abs(value)


def listed(texts, word="and"):
    """ "a, b and c"."""
    texts = list(map(str, texts))
    return (
        texts[0]
        if len(texts) == 1
        else f"{', '.join(texts[:-1])} {word} {texts[-1]}"
        if texts
        else ""
    )


def cell(value):
    """A value as the text of a table's cell."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def cells(table):
    """(header, lines) of a DataFrame as texts; an index that only counts is left out."""
    table = pd.DataFrame(table)
    if not pd.api.types.is_integer_dtype(table.index) or table.index.name is not None:
        table = table.reset_index().rename(columns={"index": ""})
    return tuple(map(str, table.columns)), tuple(
        tuple(map(cell, line)) for line in table.itertuples(index=False, name=None)
    )


def meant(word, choices, alike=0.6):
    """' (did you mean ...?)' where a choice is close to the word, else ''; how much must be ``alike``, of 1."""
    names = {str(c).lower(): str(c) for c in choices}
    close = difflib.get_close_matches(str(word).lower(), names, n=1, cutoff=alike)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def _brief(error):
    """The first line of another library's complaint."""
    return (str(error) or type(error).__name__).split("\n")[0][:80]


def shown(names, most=12):
    """The first few names, for a message."""
    names = [str(name) for name in names]
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")
