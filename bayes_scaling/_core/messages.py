"""Phrases that many messages share."""

import difflib
from collections.abc import Iterable


def plural(count: int, noun: str) -> str:
    """A count with its noun: "1 run", "2 runs"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def not_converged(bad: int, count: int, law: str = "") -> str:
    """How many fits failed: "1 of 4 fits of over_training has not converged"."""
    fits = f"{plural(count, 'fit')}{f' of {law}' if law else ''}"
    return f"{bad} of {fits} {'has' if bad == 1 else 'have'} not converged"


def join_words(texts: Iterable[object], word: str = "and") -> str:
    """Words as an enumeration: "a, b and c"."""
    *rest, last = list(map(str, texts)) or [""]
    return f"{', '.join(rest)} {word} {last}" if rest else last


def shorten_list(names: Iterable[object], limit: int = 12) -> str:
    """The first few names, for a message."""
    names = [str(name) for name in names]
    return ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")


def did_you_mean(word: object, choices: Iterable[object], cutoff: float = 0.6) -> str:
    """' (did you mean ...?)' where a choice is similar to the word, else ''.

    Parameters
    ----------
    word : object
        What was given.
    choices : iterable
        What there is.
    cutoff : float
        Similarity from which a choice is named, between 0 and 1.
    """
    names = {str(choice).lower(): str(choice) for choice in choices}
    close = difflib.get_close_matches(str(word).lower(), names, n=1, cutoff=cutoff)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def first_line(error: BaseException) -> str:
    """The first line of another library's message."""
    return (str(error) or type(error).__name__).split("\n")[0][:80]
