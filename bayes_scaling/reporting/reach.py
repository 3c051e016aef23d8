"""How far the targets of a report lie from the training runs.

A target of a pooled fit is compared with the runs of its own group, if the group has any.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayes_scaling.results.chain import Chain
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.protocol import ForecasterProtocol


@dataclass(frozen=True)
class Link:
    """The input of a chain's second law, which the first law predicts.

    Parameters
    ----------
    low, high : float
        Range at the training runs of the second law.
    predicted : array (targets,)
        Medians of the first law's curve.
    """

    low: float
    high: float
    predicted: np.ndarray


def link_reach(forecaster: ForecasterProtocol, first_mean: np.ndarray) -> Link | None:
    """Return the Link of a chain, None for other forecasters.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        What predicts.
    first_mean : array (draws, targets)
        Draws of the first law's curve.

    Returns
    -------
    Link or None
    """
    if not isinstance(forecaster, Chain):
        return None
    column = forecaster.second.training[forecaster.link]
    return Link(column.min(), column.max(), np.median(first_mean, axis=0))


def runs_of_targets(forecaster: ForecasterProtocol, to: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the training runs that each target is compared with.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        A chain is represented by its first law.
    to : DataFrame
        Complete targets.

    Returns
    -------
    list of DataFrame, one per target
    """
    first = forecaster.stages[0]
    runs = first.training
    if not isinstance(first, PooledFit):
        return [runs] * len(to)
    columns = list(first.group_columns)
    keys = list(zip(*(to[column].tolist() for column in columns)))
    by_key = {key: runs[(runs[columns] == list(key)).all(axis=1)] for key in dict.fromkeys(keys)}
    return [by_key[key] if len(by_key[key]) else runs for key in keys]


def reaches(forecaster: ForecasterProtocol, to: pd.DataFrame, by: str) -> np.ndarray | None:
    """Return each target's value of a column over the largest value among its training runs.

    Parameters
    ----------
    forecaster : ForecasterProtocol
        What predicts.
    to : DataFrame
        Complete targets.
    by : str
        A column of targets and runs.

    Returns
    -------
    array (targets,), or None if the targets or the runs have no numbers in that column
    """
    return ratios_to_largest(runs_of_targets(forecaster, to), to, by)


def ratios_to_largest(runs: list[pd.DataFrame], to: pd.DataFrame, by: str) -> np.ndarray | None:
    """Return the same, given the runs that each target is compared with."""
    if by not in to or not pd.api.types.is_numeric_dtype(to[by]):
        return None
    if any(by not in table for table in runs):
        return None
    return np.array([value / table[by].max() for value, table in zip(to[by].astype(float), runs)])
