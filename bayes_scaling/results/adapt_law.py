"""A law with another noise or other priors, and the table that it is fitted to."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.floor_prior import suit_floors
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.likelihoods.run_effects import RunEffects
from bayes_scaling.models._registry import find_law
from bayes_scaling.runs.checkpoints import RUN_OF_ROW
from bayes_scaling.runs.load import load_given
from bayes_scaling.runs.sizes import SIZES


def adapt_law(
    law: Law | str, noise: Likelihood | None = None, priors: Mapping[str, Any] | None = None
) -> Law:
    """Find a law, and replace its noise or its priors where they are given.

    Parameters
    ----------
    law : Law or str
        The law, or its name.
    noise : Likelihood, optional
        In place of the law's own.
    priors : {str: distribution}, optional
        By sampled name, in place of the law's own.

    Returns
    -------
    Law
        The law to fit.

    Raises
    ------
    InputError
        An unknown law, or a noise or priors that are invalid.
    """
    law = find_law(law)
    if noise is not None:
        if not isinstance(noise, Likelihood):
            raise InputError(
                f"noise is {noise!r}; give a bayes_scaling.Noise, such as Noise(df=None)"
            )
        law = law.with_noise(noise)
    if priors is not None:
        if not isinstance(priors, dict):
            example = f"{{'{law.parameters[0].sampled}': ...}}"
            raise InputError(
                f"priors are {priors!r}; give {{sampled name: distribution}}, such as {example}"
            )
        law = law.with_priors(**priors)
    return law


def load_table(runs: Any, columns: Mapping[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Load runs whose sizes may have other names.

    Parameters
    ----------
    runs : pandas.DataFrame, path or str
        As in ``bayes_scaling.load_runs``.
    columns : dict
        {input: column}.

    Returns
    -------
    table : pandas.DataFrame
        The validated runs.
    columns : dict
        The columns that are left for the law's own inputs.
    """
    sizes = {
        name: column
        for name, column in columns.items()
        if name in SIZES and isinstance(column, str)
    }
    others = {name: column for name, column in columns.items() if name not in sizes}
    return load_given(runs, sizes), others


def suit_law(
    law: Law,
    table: Any,
    y: str,
    priors: Mapping[str, Any] | None = None,
    by: Sequence[str] = (),
) -> Law:
    """Give a law the floor priors that suit an outcome.

    Parameters
    ----------
    law : Law
        From ``adapt_law``.
    table : pandas.DataFrame or other source
        The runs; only the outcomes of a DataFrame are read.
    y : str
        Column of the outcome.
    priors : mapping of str to distribution, optional
        Priors that a user has stated: these stay.
    by : sequence of str
        Columns that identify tables, each with a smallest outcome of its own.

    Returns
    -------
    Law
        As from ``bayes_scaling.law.floor_prior.suit_floors``.
    """
    tables = []
    if isinstance(table, pd.DataFrame) and isinstance(y, str) and y in table.columns:
        values = pd.to_numeric(table[y], errors="coerce")
        keys = [table[name] for name in by if name in table.columns]
        tables = [part for _, part in values.groupby(keys)] if keys else [values]
    return suit_floors(law, str(y), tables, priors or ())


def with_run_effects(law: Law, table: pd.DataFrame) -> Law:
    """Give each run an effect of its own, where a table was loaded with all of its checkpoints.

    Parameters
    ----------
    law : Law
        From ``adapt_law``.
    table : pandas.DataFrame
        The runs. ``load_runs(..., checkpoints="all")`` put the column of their runs on record.

    Returns
    -------
    Law
        With ``RunEffects`` in place of a Noise without a discrepancy; other laws as they are.
    """
    column = table.attrs.get(RUN_OF_ROW)
    if column is None or column not in table.columns or table[column].is_unique or law.vectors:
        return law
    if type(law.noise) is not Noise or law.noise.smooth:
        return law
    return law.with_noise(RunEffects.of(law.noise, column))
