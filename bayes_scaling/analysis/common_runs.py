"""Fits of several laws to the same runs: checks, one table of the runs, and a backtest."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.results.fit import Fit
from bayes_scaling.validation.backtest import backtest
from bayes_scaling.validation.backtest_result import Backtest


def labeled_fits(fits: Mapping[Any, Fit] | Iterable[Fit]) -> dict[Any, Fit]:
    """Return fits by label, at least two, of one outcome and the same runs.

    Parameters
    ----------
    fits : mapping of label to Fit, or iterable of Fit
        The fits; without labels each is labeled by its law.

    Returns
    -------
    dict of label to Fit

    Raises
    ------
    InputError
        If two labels are the same, something is no fit, or outcomes or runs differ.
    """
    labeled = dict(fits) if isinstance(fits, Mapping) else _by_law(list(fits))
    for label, fit in labeled.items():
        if not isinstance(fit, Fit):
            raise InputError(f"an average takes fits; {label} is {type(fit).__name__}")
    if len(labeled) < 2:
        raise InputError("an average takes two fits or more; give {label: fit}")
    (name, first), *others = labeled.items()
    for label, fit in others:
        _check_same_runs(name, first, label, fit)
    return labeled


def _by_law(fits: list[Fit]) -> dict[Any, Fit]:
    """Fits by the names of their laws, or by number if something among them is no fit."""
    labels = [fit.law.name for fit in fits if isinstance(fit, Fit)]
    if len(set(labels)) < len(labels):
        raise InputError(f"two fits are of {max(labels, key=labels.count)}; give {{label: fit}}")
    return dict(zip(labels, fits)) if len(labels) == len(fits) else dict(enumerate(fits))


def _check_same_runs(name: Any, first: Fit, label: Any, fit: Fit) -> None:
    """Refuse two fits of other outcomes or other runs."""
    if fit.y != first.y:
        raise InputError(
            f"{name} is of {first.y} and {label} of {fit.y}; an average takes fits of one outcome"
        )
    outcomes = first.training[first.y].to_numpy(), fit.training[fit.y].to_numpy()
    if not np.array_equal(*outcomes):
        counts = tuple(map(len, outcomes))
        other = "other runs" if counts[0] == counts[1] else counts[1]
        raise InputError(
            f"{name} was fitted to {counts[0]} runs and {label} to {other}; "
            "fit all laws to the same runs"
        )


def merged_training(fits: Mapping[Any, Fit]) -> pd.DataFrame:
    """Return the training runs of fits with everything that the laws read.

    Parameters
    ----------
    fits : mapping of label to Fit
        Fits to the same runs.

    Returns
    -------
    pd.DataFrame
        The runs with the inputs of every law, what the likelihoods read, the outcome, and its
        standard error, in the outcome's unit, where there is one.
    """
    table = pd.DataFrame()
    for fit in fits.values():
        reads = fit.law.noise.reads
        runs = fit.training.rename(columns={f"{name}_read": name for name in reads})
        if "se" in runs:  # a fit knows it on the link's scale
            outcome = runs[fit.y].to_numpy(float)
            rows = {name: runs[name].to_numpy(float) for name in reads}
            runs["se"] = runs["se"] * np.exp(-fit.law.noise.log_jacobian(outcome, rows))
        table = table.combine_first(runs) if len(table) else runs
    return table


def backtest_of_fits(fits: Mapping[Any, Fit], by: str | None, **options: Any) -> Backtest:
    """Backtest the laws of fits on the runs that they were fitted to.

    Parameters
    ----------
    fits : mapping of label to Fit
        Fits to the same runs.
    by : str or None
        Column along which runs are held out; if None, compute if the runs have it, else the first
        input of the first law that is not known for all runs.
    **options : see ``backtest``
        Fractions and sampling.

    Returns
    -------
    Backtest
    """
    first, table = next(iter(fits.values())), merged_training(fits)
    if not by:
        inputs = [name for name in first.input_names if name not in first.law.known]
        by = "C" if "C" in table.columns else inputs[0]
    return backtest(
        {label: fit.law for label, fit in fits.items()},
        table,
        y=first.y,
        by=by,
        se="se" if "se" in table.columns else None,
        **options,
    )
