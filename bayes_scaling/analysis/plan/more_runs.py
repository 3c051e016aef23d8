"""A fit once more runs were measured: the same law and options, and the longer table."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.average import Average
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fitting import fit


def with_measured(
    loss: Any, runs: pd.DataFrame, outcomes: Sequence[float], seed: int = 0
) -> Fit | Average:
    """Fit again with more runs.

    Parameters
    ----------
    loss : Fit or Average
        The fit; the laws of an average keep their weights.
    runs : pd.DataFrame
        The runs that were trained.
    outcomes : sequence of float
        What was measured, in the outcome's unit.
    seed : int
        Seed of the new fit.

    Returns
    -------
    Fit or Average

    Raises
    ------
    InputError
        If the forecaster is of another kind, or the outcomes had known standard errors.
    """
    if isinstance(loss, Average):
        fits = {k: with_measured(one, runs, outcomes, seed) for k, one in loss.fits.items()}
        return Average(fits, loss.weights)  # pyright: ignore[reportArgumentType]  # all are Fits
    if not isinstance(loss, Fit):
        raise InputError(
            "measure adds runs to a Fit or an Average, and this is a "
            f"{type(loss).__name__}; leave measure out and fit again yourself"
        )
    if loss.provenance.get("se"):
        raise InputError(
            "the outcomes of this fit have known standard errors, and measure gives none; "
            "leave measure out and fit again yourself"
        )
    table = pd.concat([loss.run_table, runs.assign(**{loss.y: list(outcomes)})], ignore_index=True)
    columns = {name: column for name, column in loss.columns.items() if name != column}
    engine = {name: loss.engine[name] for name in ("chains", "draws", "warmup")}
    return fit(loss.law, table, y=loss.y, seed=seed, **engine, **columns)
