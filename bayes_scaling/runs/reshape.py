"""Tables with one column an outcome reshaped to one row an outcome."""

from collections.abc import Iterable

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean, shorten_list


def to_long(
    runs: pd.DataFrame, outcomes: str | Iterable[str], name: str = "set", y: str = "loss"
) -> pd.DataFrame:
    """Reshape a table with one column an outcome to one row a run and outcome.

    Crossed groups are fitted on such a table.

    Parameters
    ----------
    runs : DataFrame
        One row a run.
    outcomes : str or list of str
        Names of columns, such as the losses on several validation sets.
    name : str
        New column with the name of each row's outcome.
    y : str
        New column with its value. Where every outcome has a column ``<outcome>_se``, these become
        ``<y>_se``.

    Returns
    -------
    DataFrame
        One row a run and outcome, the other columns repeated.

    Raises
    ------
    InputError
        An outcome is no column, or a new name is taken.
    """
    outcomes = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    for column in outcomes:
        if column not in runs.columns:
            raise InputError(
                f"the runs have no column {column!r}{did_you_mean(column, runs.columns)}; "
                f"name outcomes among {shorten_list(runs.columns)}"
            )
    errors = [f"{column}_se" for column in outcomes]
    errors = errors if set(errors) <= set(runs.columns) else []
    rest = runs.drop(columns=[*outcomes, *errors])
    for column in (name, y):
        if column in rest.columns:
            raise InputError(
                f"the runs have a column {column!r} already; choose another name for the new one"
            )
    parts: list[pd.DataFrame] = []
    for column in outcomes:
        part = rest.assign(**{name: column, y: runs[column]})
        parts.append(part.assign(**{f"{y}_se": runs[f"{column}_se"]}) if errors else part)
    return pd.concat(parts, ignore_index=True)
