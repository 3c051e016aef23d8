"""The weights of an average: given by the user, or learned from a backtest."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import AnnotatedTable


def given_weights(labels: Iterable[Any], weights: Mapping[Any, float]) -> AnnotatedTable:
    """Return the table of weights that a user gave, scaled to sum to 1.

    Parameters
    ----------
    labels : iterable
        Labels of the fits.
    weights : mapping of label to float
        One weight for each label.

    Returns
    -------
    Table
        One row a label, with the column weight.

    Raises
    ------
    InputError
        If the labels differ, a weight is negative or not finite, or all are 0.
    """
    labels = list(labels)
    if set(weights) != set(labels):
        raise InputError(
            f"the weights are of {shorten_list(weights)} and the fits of {shorten_list(labels)}; "
            "give one for each"
        )
    values = np.array([weights[label] for label in labels], float)
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        raise InputError(
            f"weights are {shorten_list(values.tolist())}; give numbers from 0 that are not all 0"
        )
    table = AnnotatedTable({"weight": values / values.sum()}, index=pd.Index(labels, name="law"))
    table.foot = "Weights as given, not learned from any run."
    return table


def weights_of_fits(labels: Iterable[Any], learned: AnnotatedTable) -> AnnotatedTable:
    """Return learned weights in the order of the fits.

    Parameters
    ----------
    labels : iterable
        Labels of the fits.
    learned : Table
        What ``learn_weights`` returned.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        If the labels differ.
    """
    labels = list(labels)
    if set(learned.index) != set(labels):
        raise InputError(
            f"the weights are of {shorten_list(learned.index)} and the fits of "
            f"{shorten_list(labels)}; backtest laws of the same labels"
        )
    table = learned.loc[labels]
    table.foot, table.diagnosis = learned.foot, learned.diagnosis
    return table
