"""Parameter values that were published for a law."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """Parameter values that were published (or recomputed) for one setting.

    Parameters
    ----------
    values : mapping of str to float
        Values by published-form parameter.
    checked : str
        How they were checked: "recomputed", "authors' code", "paper", "third-party notes" or
        "illustration".
    source : str
        Citation, arXiv number included.
    note : str
        What a reader must know before using them.
    """

    values: Mapping[str, float]
    checked: str
    source: str
    note: str = ""
