"""Tables with one column an outcome made into tables with one row an outcome."""

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant, shown


def to_long(runs, outcomes, name="set", y="loss"):
    """One row a run and outcome, from a table with one column an outcome: what crossed groups are fitted on.

    Parameters
    ----------
    runs : DataFrame of runs.
    outcomes : names of columns, such as the losses on several validation sets.
    name : of the new column that says which outcome a row is of: the name of its column.
    y : of the new column of values; where every outcome has a column ``<outcome>_se``, these become ``<y>_se``.

    Returns
    -------
    DataFrame with the other columns repeated.

    Raises
    ------
    InputError : an outcome is no column, or a new name is taken.
    """
    outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    for column in outcomes:
        if column not in runs.columns:
            raise InputError(
                f"the runs have no column {column!r}{meant(column, runs.columns)}; name outcomes among {shown(runs.columns)}"
            )
    errors = [f"{column}_se" for column in outcomes]
    errors = errors if set(errors) <= set(runs.columns) else []
    rest = runs.drop(columns=[*outcomes, *errors])
    for column in (name, y):
        if column in rest.columns:
            raise InputError(
                f"the runs have a column {column!r} already; choose another name for the new one"
            )
    parts = [
        rest.assign(
            **{
                name: column,
                y: runs[column],
                **({f"{y}_se": runs[f"{column}_se"]} if errors else {}),
            }
        )
        for column in outcomes
    ]
    return pd.concat(parts, ignore_index=True)
