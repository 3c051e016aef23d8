"""Rows of a table by the values of its columns."""

import pandas as pd


def row(table: pd.DataFrame, **labels) -> pd.Series:
    """The first row that has these values in these columns."""
    for name, value in labels.items():
        table = table[table[name] == value]
    return table.iloc[0]
