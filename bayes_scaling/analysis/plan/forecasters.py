"""What a plan reads of a forecaster: its groups, its laws of a run's size, and its runs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.outcome_mean import Mean
from bayes_scaling.law.law import Law
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit

_SAME_RATIO = 1.05  # factor within which tokens per parameter count as the same

type Plannable = Fit | Group | Average | Chain | Mean  # forecasters of one group


def forecasters_by_group(
    loss: Plannable | PooledFit | Fits | Mapping[Any, Plannable],
) -> list[tuple[dict[str, Any], Plannable]]:
    """Return each group's columns and forecaster; {} for a forecaster without groups.

    Parameters
    ----------
    loss : Fit, Group, Average, Chain, Mean, PooledFit, Fits, or mapping of name to forecaster
        What was given to ``compute_optimal``.

    Returns
    -------
    list of (dict of column to value, forecaster)

    Raises
    ------
    InputError
        If ``loss`` is no forecaster, or forecasters have several outcomes.
    """
    if isinstance(loss, Fits):
        keys = [group if isinstance(group, tuple) else (group,) for group in loss]
        return [(dict(zip(loss.by, key)), loss[group]) for key, group in zip(keys, loss)]
    if isinstance(loss, PooledFit):
        return [
            (dict(zip(loss.pool.by, loss.pool.key(group))), loss.group(group))
            for group in loss.groups
        ]
    if isinstance(loss, Mapping):
        return _named_forecasters(loss)
    if not isinstance(loss, Forecaster):
        raise InputError(
            "compute_optimal takes a fit (or an average, a chain, a pooled fit) first, "
            f"then budgets; it was given a {type(loss).__name__} first"
        )
    return [({}, loss)]


def _named_forecasters(
    forecasters: Mapping[Any, Plannable],
) -> list[tuple[dict[str, Any], Plannable]]:
    """The forecasters of a mapping, in a column group."""
    if not forecasters or not all(
        isinstance(one, Forecaster) and not isinstance(one, PooledFit)
        for one in forecasters.values()
    ):
        raise InputError(
            "compute_optimal takes {name: fit}, at least one, each a fit, an average or a chain; "
            "give a pooled fit alone"
        )
    outcomes = dict.fromkeys(f"{one.outcome_name} in {one.unit}" for one in forecasters.values())
    if len(outcomes) > 1:
        raise InputError(f"the fits predict {join_words(outcomes)}; plan for one outcome at a time")
    return [({"group": name}, one) for name, one in forecasters.items()]


def laws_of(forecaster: Forecaster) -> list[Law]:
    """Return the laws that read a run's size.

    Parameters
    ----------
    forecaster : Fit, PooledFit, Group, Average, Chain or Mean
        The forecaster.

    Returns
    -------
    list of Law
        Of an average the laws with a weight, of a chain the first, of a mean those of its parts.
    """
    if isinstance(forecaster, Average):
        weights = forecaster.weights["weight"]
        return [fit.law for label, fit in forecaster.fits.items() if weights[label] > 0]
    if isinstance(forecaster, Chain):
        return laws_of(forecaster.first)
    if isinstance(forecaster, Mean):
        return [law for part in forecaster.parts for law in laws_of(part)]
    return [forecaster.law]


def runs_of(forecaster: Forecaster) -> pd.DataFrame:
    """Return the runs whose sizes were fitted.

    Parameters
    ----------
    forecaster : Fit, PooledFit, Group, Average, Chain or Mean
        The forecaster.

    Returns
    -------
    pd.DataFrame
        Of a chain the runs of its first law, of a group without runs those of all groups.
    """
    first = forecaster.first if isinstance(forecaster, Chain) else forecaster
    if isinstance(first, Group) and not len(first.training):
        return first.fit.training
    return first.training


def has_one_ratio(runs: pd.DataFrame) -> bool:
    """Return whether all runs have the same tokens per parameter."""
    return "M" in runs and bool(runs["M"].max() < _SAME_RATIO * runs["M"].min())
