"""How much of an answer comes from the priors, and how much from the data.

Power-scaling raises the prior, or the likelihood, to a power near one and measures how far the
posterior moves (Kallioinen et al. 2024, arXiv 2107.14054). It needs no new fit: the draws are
reweighted by Pareto-smoothed importance sampling (Vehtari et al., arXiv 1507.02646).
"""

from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.psis import smooth_weights, weighted_quantiles
from bayes_scaling.results.convergence_checks import LIMITS
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.group import Group
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.power_scaling import power_scaling
from bayes_scaling.validation.prior_predictive import prior_of

SENSITIVE = 0.05  # sensitivity above which an answer depends on what was scaled


class _Quantity(NamedTuple):
    """Draws of a parameter or a forecast."""

    posterior: np.ndarray  # (chains, draws)
    prior: np.ndarray  # (draws,)


def check_fit(fit: Any) -> None:
    """Refuse what is not a fit of one law to one table, or is too large to reweight.

    Parameters
    ----------
    fit : object
        What was given as a fit.

    Raises
    ------
    InputError
        It is not a Fit, or it has too many runs to keep the likelihood of each.
    """
    if isinstance(fit, PooledFit | Group):
        raise InputError(
            "the priors and runs of a pooled fit cannot be reweighted yet: fit a group alone, and "
            "give that fit"
        )
    if not isinstance(fit, Fit):
        raise InputError(
            f"give a fit of one law, not {type(fit).__name__}: give the fits in it, one by one"
        )
    if fit.parts.log_likelihood is None:
        raise InputError(
            f"the fit has {len(fit.parts.runs)} runs, too many to keep the likelihood of each; fit "
            "a part of them, or with fewer draws"
        )


def sensitivity(
    fit: Fit,
    to: Targets | None = None,
    *,
    prob: float = 0.9,
    of: str = "run",
    seed: int = 0,
) -> AnnotatedTable:
    """How much of each parameter, and of each forecast, comes from the priors.

    Parameters
    ----------
    fit : Fit
        A fit of one law.
    to : pandas.DataFrame or dict
        Targets, whose forecasts are included.
    prob : float
        Probability of the intervals whose widths are compared.
    of : {"run", "mean"}
        Forecasts of a new run, or of the law's curve.
    seed : int
        Seed of the noise of new runs.

    Returns
    -------
    Table
        One row a quantity: prior and likelihood (sensitivity to each: above 0.05 it matters),
        width (of the posterior's interval over the prior's), doubled (how far the median would
        move, in posterior sds, were all priors twice as strong: raised to the power 2; NaN where
        the weights are unreliable) and verdict in words.

    Raises
    ------
    InputError
        ``fit`` is not of one law, or has too many runs to keep the likelihood of each; ``to``,
        ``prob``, ``of`` or ``seed`` is invalid.
    """
    check_fit(fit)
    check_seed(seed)
    prob = check_prob(prob)
    quantities = _parameters(fit)
    forecasts = {} if to is None else _forecasts(fit, as_targets(to), of, seed)
    quantities |= forecasts
    draws = {name: quantity.posterior for name, quantity in quantities.items()}
    to_prior = power_scaling(fit, draws, "prior")
    to_likelihood = power_scaling(fit, draws, "likelihood")
    weights, k = smooth_weights(reduce(np.add, fit.parts.log_prior.values()).ravel())
    rows = {}
    for name, quantity in quantities.items():
        row = {
            "prior": to_prior[name],
            "likelihood": to_likelihood[name],
            "width": _relative_width(quantity, prob),
            "doubled": (
                _median_shift(quantity.posterior.ravel(), weights)
                if k < LIMITS["pareto_k"]
                else np.nan
            ),
        }
        rows[name] = row | {"verdict": _verdict(row)}
    table = AnnotatedTable.from_dict(rows, orient="index")
    table.foot = _notes(table, list(forecasts), fit)
    return table


def _parameters(fit: Fit) -> dict[str, _Quantity]:
    """Published parameters and sampled quantities."""
    prior = prior_of(fit).posterior
    names = dict.fromkeys((*fit.law.names, *(q.sampled for q in fit.law.sites)))
    return {name: _Quantity(fit.posterior[name], prior[name].ravel()) for name in names}


def _forecasts(fit: Fit, to: pd.DataFrame, of: str, seed: int) -> dict[str, _Quantity]:
    """Forecasts by "forecast <label of the target>"."""
    posterior = fit.draws(to, of=of, seed=seed)
    prior = prior_of(fit).draws(to, of=of, seed=seed)
    shape = next(iter(fit.posterior.values())).shape
    return {
        f"forecast {label}": _Quantity(posterior[:, i].reshape(shape), prior[:, i])
        for i, label in enumerate(to.index)
    }


def _relative_width(quantity: _Quantity, prob: float) -> float:
    """Width of the posterior's interval over the prior's."""
    prior = quantity.prior[np.isfinite(quantity.prior)]
    width, prior_width = (
        float(np.subtract(*interval(draws, prob)[::-1]))
        for draws in (quantity.posterior.ravel(), prior)
    )
    return width / prior_width if prior_width else np.nan


def _median_shift(draws: np.ndarray, weights: np.ndarray) -> float:
    """How far the median moves under weights, in sds."""
    shift = float(weighted_quantiles(draws, weights, [0.5])[0] - np.median(draws))
    return shift / max(draws.std(ddof=1), 1e-300)


def _verdict(row: dict[str, float]) -> str:
    """Whether the priors or the data determine the answer."""
    prior, likelihood = row["prior"], row["likelihood"]
    if row["width"] >= 1 - LIMITS["learned"] or (prior >= SENSITIVE and prior >= likelihood):
        return "mostly prior"
    if prior >= SENSITIVE:
        return "prior and data"
    return "data" if likelihood >= SENSITIVE else "data, firmly"


def _notes(table: AnnotatedTable, forecasts: list[str], fit: Fit) -> str:
    """What the table shows, in words: of the forecasts where there are any, else of all."""
    rows = table.loc[forecasts] if forecasts else table
    kind = "interval" if forecasts else "parameter"
    texts = {
        "mostly prior": f"this {kind} is mostly prior: another prior would give another answer; "
        "state one you can defend, or add runs",
        "prior and data": "prior and data both shape it: check whether they disagree",
    }
    lines = []
    for verdict, text in texts.items():
        names = list(rows.index[rows["verdict"] == verdict])
        lines += [f"{shorten_list(names, 6)}: {text}."] if names else []
    if not lines:
        shift = rows["doubled"].abs().max(skipna=False)
        doubled = (
            ""
            if np.isnan(shift)
            else (
                f"; priors twice as strong would move no median by more than {shift:.2g} of its sd"
            )
        )
        lines = [
            f"The data determine every {kind}: the sensitivity to the priors is at most "
            f"{rows['prior'].max():.2g}, and it matters from {SENSITIVE} on{doubled}."
        ]
    return "\n".join(lines if fit.diagnosis.ok else [*lines, str(fit.diagnosis)])
