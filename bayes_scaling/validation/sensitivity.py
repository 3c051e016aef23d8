"""How much of an answer comes from the priors, and how much from the data.

The verdict rests on what a user would see: how medians and interval widths change if all priors
have half, or twice, their scale. The draws are reweighted by Pareto-smoothed importance sampling
(Vehtari et al., arXiv 1507.02646) where that is reliable; else the law is fitted again.

Beside it stands power-scaling: the prior, or the likelihood, is raised to a power near one, and the
move of the posterior is measured (Kallioinen et al. 2024, arXiv 2107.14054).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.psis import weighted_quantiles
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecaster import Targets
from bayes_scaling.results.group import Group
from bayes_scaling.results.intervals import interval
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.power_scaling import power_scaling
from bayes_scaling.validation.prior_predictive import prior_of
from bayes_scaling.validation.scaled_priors import (
    ScaledPosterior,
    posteriors_under_scaled_priors,
)
from bayes_scaling.validation.sensitivity_notes import describe_sensitivity, verdict_of


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
    r"""How much of each parameter, and of each forecast, comes from the priors.

    The response of an interval's width w to the scale of the priors is

    .. math:: \log(w_{doubled} / w_{halved}) / \log 4

    0 if the width is the data's, 1 if it varies in proportion to the priors. From 0.2 on, or if a
    median moves by half an sd, prior and data both shape a quantity; from 0.5 on, or if a median
    moves by an sd, it is mostly prior. So it is if its interval is at least 0.8 times as wide as
    that of the prior.

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
        One row a quantity: width_halved and width_doubled (of the interval with all priors of half
        and of twice their scale, over that with the law's own), shift_halved and shift_doubled (of
        the median, in sds of the posterior), prior and likelihood (power-scaling sensitivity),
        width (of the posterior's interval over the prior's) and verdict: "data", "prior and data"
        or "mostly prior".

    Raises
    ------
    InputError
        ``fit`` is not of one law, or has too many runs to keep the likelihood of each; ``to``,
        ``prob``, ``of`` or ``seed`` is invalid.

    Notes
    -----
    A LogNormal or Normal prior keeps its median when it is scaled, a HalfNormal its lower end, a
    Beta or Gamma its mean; others stay as they are, and the note names them.
    """
    check_fit(fit)
    check_seed(seed)
    prob = check_prob(prob)
    targets = None if to is None else as_targets(to)
    quantities = _parameters(fit)
    forecasts = {} if targets is None else _forecasts(fit, targets, of, seed)
    quantities |= forecasts
    draws = {name: quantity.posterior for name, quantity in quantities.items()}
    to_prior = power_scaling(fit, draws, "prior")
    to_likelihood = power_scaling(fit, draws, "likelihood")
    scaled = posteriors_under_scaled_priors(fit, seed)
    moved = {name: _moves(quantities, one, targets, of, seed, prob) for name, one in scaled.items()}
    rows = {}
    for name, quantity in quantities.items():
        row = {
            **{f"width_{how}": moves[name][0] for how, moves in moved.items()},
            **{f"shift_{how}": moves[name][1] for how, moves in moved.items()},
            "prior": to_prior[name],
            "likelihood": to_likelihood[name],
            "width": _relative_width(quantity, prob),
        }
        rows[name] = row | {"verdict": verdict_of(row)}
    table = AnnotatedTable.from_dict(rows, orient="index")
    table.foot = describe_sensitivity(table, list(forecasts), fit, scaled)
    return table


def _moves(
    quantities: dict[str, _Quantity],
    scaled: ScaledPosterior,
    to: pd.DataFrame | None,
    of: str,
    seed: int,
    prob: float,
) -> dict[str, tuple[float, float]]:
    """Width over the original one, and shift of the median in sds, of each quantity."""
    ends = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    draws = np.column_stack([quantity.posterior.ravel() for quantity in quantities.values()])
    before = np.quantile(draws, ends, axis=0)
    if scaled.weights is None:
        after = np.quantile(_draws(scaled.fit, quantities, to, of, seed), ends, axis=0)
    else:
        after = weighted_quantiles(draws, scaled.weights, ends)
    width = np.maximum(before[2] - before[0], 1e-300)
    sd = width / (2 * ndtri((1 + prob) / 2))
    ratios, shifts = (after[2] - after[0]) / width, (after[1] - before[1]) / sd
    return {name: (float(a), float(b)) for name, a, b in zip(quantities, ratios, shifts)}


def _draws(
    fit: Fit, names: Iterable[str], to: pd.DataFrame | None, of: str, seed: int
) -> np.ndarray:
    """Draws (draws, quantities) of the parameters among the names, then of the forecasts."""
    parameters = [name for name in names if name in fit.posterior]
    columns = np.stack(list(fit.flat(*parameters).values()), axis=-1)
    return columns if to is None else np.hstack([columns, fit.draws(to, of=of, seed=seed)])


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
