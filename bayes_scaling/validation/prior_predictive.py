"""Prior predictive checks: what a law's priors predict before it is fitted."""

from typing import Any

import numpy as np

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.formatting import percent
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.predictive import prior_tables
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.results.adapt_law import adapt_law, load_table, suit_law
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.intervals import interval

_MIN_TABLES = 20  # below it, intervals of the prior predictive are meaningless


def prior_of(fit: Fit) -> Fit:
    """The fit with draws from its prior in place of the posterior's.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    Fit
    """
    return fit.with_posterior({name: values[None] for name, values in fit.parts.prior.items()})


def prior_check(
    law: Law | str,
    runs: Any,
    y: str | None = None,
    *,
    prob: float = 0.9,
    draws: int = 1000,
    priors: dict[str, Any] | None = None,
    noise: Likelihood | None = None,
    se: str | None = None,
    seed: int = 0,
    **columns: Any,
) -> AnnotatedTable:
    """Compare the runs with the prior predictive: what the priors predict before any fit.

    Parameters
    ----------
    law, runs, y, priors, noise, se, **columns
        As in ``fit``.
    prob : float
        Probability of the intervals.
    draws : int
        Number of tables simulated from the prior.
    seed : int
        Seed of the draws.

    Returns
    -------
    Table
        One row a run: run, measured, lower, median, upper (of the prior predictive), place
        (fraction of prior draws below the observed value: near 0 or 1 the priors all but exclude
        the run).

    Raises
    ------
    InputError
        As ``fit``; ``prob`` is invalid; or hardly any draw from the prior gives a valid table.
    """
    law, prob = adapt_law(law, noise, priors), check_prob(prob)
    check_seed(seed)
    table, columns = load_table(runs, columns)
    y = law.outcome if y is None else y
    law = suit_law(law, table, y, priors)
    data = conditioned(law, table, y, se, columns)
    _, outcomes, valid = prior_tables(law, data, draws, generator(Stream.PRIOR_PREDICTIVE, seed))
    observed, kept = table[y].to_numpy(float), outcomes[valid]
    if len(kept) < _MIN_TABLES:
        raise InputError(
            f"only {len(kept)} of {draws} tables simulated from the prior are valid; give tighter "
            "priors"
        )
    lower, upper = interval(kept, prob)
    check = AnnotatedTable(
        {
            "run": (table["run"] if "run" in table else table.index).astype(str).to_numpy(),
            "measured": observed,
            "lower": lower,
            "median": np.median(kept, axis=0),
            "upper": upper,
            "place": (kept < observed).mean(axis=0),
        }
    )
    check.foot = _notes(check, prob, law.rename_units(law.unit, y), int((~valid).sum()), draws)
    return check


def _notes(check: AnnotatedTable, prob: float, unit: str, invalid: int, draws: int) -> str:
    """How many runs the intervals contain, and which runs the priors all but exclude."""
    lower, upper, observed = check["lower"], check["upper"], check["measured"]
    inside = int(((lower <= observed) & (observed <= upper)).sum())
    excluded = check.loc[~check["place"].between(0.005, 0.995), "run"]
    lines = [
        f"The priors' {percent(prob)} intervals contain {inside} of the {len(check)} measured "
        f"values; half of them are wider than {np.median(upper - lower):.3g} {unit}."
    ]
    if len(excluded):
        lines.append(
            f"The priors all but exclude {shorten_list(excluded, 4)}: widen them, or check the "
            "formula and the units."
        )
    if invalid:
        lines.append(
            f"{invalid} of {draws} tables simulated from the prior are invalid (an outcome outside "
            "its domain), and are left out."
        )
    return "\n".join(lines)
