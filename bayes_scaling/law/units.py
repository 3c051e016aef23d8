"""Units in the words of a column."""

import re


def rename_units(text: str, column: str) -> str:
    """Write bits per byte for nats per token where a column's name has those units.

    Parameters
    ----------
    text : str
        A unit, or a text with units.
    column : str
        Name of the outcome's column; "bpb" or "bits per byte" in it decide.

    Returns
    -------
    str
    """
    if not re.search(r"bpb|bits.?per.?byte", column, re.I):
        return text
    return re.sub(r"nats/token|nats per token|\bnats?\b", "bits/byte", text)
