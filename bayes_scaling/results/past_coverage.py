"""What forecasts of runs this far out covered on bundled tables, where that was measured."""

from functools import cache
from importlib import resources

import pandas as pd

_FILE = "coverage_by_reach.csv"  # kind, low, high (times the training compute), forecasts, held


@cache
def _table() -> pd.DataFrame | None:
    """The measured coverage; None where the file is not there."""
    file = resources.files("bayes_scaling.data") / _FILE
    if not file.is_file():
        return None
    with file.open() as text:
        return pd.read_csv(text)


def past_coverage(kind: str, factor: float) -> str:
    """State how many held-out runs 90% intervals contained at a distance.

    Parameters
    ----------
    kind : str
        What is predicted: "loss" or "error".
    factor : float
        Target compute over the largest training compute.

    Returns
    -------
    str
        A clause; "" where nothing was measured there.
    """
    table = _table()
    if table is None:
        return ""
    rows = table[(table["kind"] == kind) & (table["low"] <= factor) & (factor < table["high"])]
    if not len(rows) or not rows["forecasts"].iloc[0] > 0:
        return ""
    row = rows.iloc[0]
    count, held = int(row["forecasts"]), int(row["held"])
    return (
        f"on bundled tables 90% intervals of a {kind} {row['low']:g} to {row['high']:g} times"
        f" beyond the runs contained {held} of {count} ({held / count:.0%})"
    )
