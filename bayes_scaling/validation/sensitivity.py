"""How much of an answer is prior, how much data: power-scaling, and what the priors alone foretell.

Power-scaling raises the prior, or the likelihood, to a power near one and measures how far the posterior moves (Kallioinen et al.
2024, arXiv 2107.14054). It needs no new fit: the draws are weighted anew, by Pareto-smoothed importance sampling (Vehtari et al.,
arXiv 1507.02646).
"""

import jax
import numpy as np

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.messages import shown
from bayes_scaling._core.table import Told
from bayes_scaling.inference.psis import smoothed, weighted_quantiles
from bayes_scaling.results.diagnosis import LIMITS
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecast_table import interval
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.prior_predictive import prior_of

SENSITIVE = 0.05  # above it an answer hangs on what was scaled


def check_fit(fit):
    """A fit of one law to one table, refused where it is something else or too large to be asked."""
    if not isinstance(fit, Fit):
        if hasattr(fit, "pool") or hasattr(fit, "key"):
            raise InputError(
                "the priors and runs of a pooled fit can not be weighed yet: fit a group alone, and ask that"
            )
        raise InputError(
            f"give a fit of one law, not {type(fit).__name__}: ask the fits that it is made of, one by one"
        )
    if fit.parts.log_likelihood is None:
        raise InputError(
            f"the fit has {len(fit.parts.runs)} runs, too many to keep the likelihood of each; fit a part of them, or fewer draws"
        )


def sensitivity(fit, to=None, *, prob=0.9, of="run", seed=0):
    """How much of each parameter, and of each forecast, is prior.

    Parameters
    ----------
    fit : Fit.
    to : targets, whose forecasts are asked about too.
    prob : probability of the intervals whose widths are compared.
    of : forecasts of a new "run" or of the law's curve, "mean".
    seed : of the noise of new runs.

    Returns
    -------
    Table, one row a quantity: prior and likelihood (sensitivity to each: above 0.05 it matters), width (of the posterior's interval
    over the prior's), doubled (how far the median would move, in posterior sds, were all priors twice as strong: raised to the power
    2; NaN where the draws can not tell) and verdict in words.

    Raises
    ------
    InputError : no fit of one law, or one of too many runs to keep the likelihood of each; bad targets, ``prob``, ``of`` or ``seed``.
    """
    check_fit(fit)
    check_seed(seed)
    prob, before, quantities, labels = check_prob(prob), prior_of(fit), {}, []
    for name in dict.fromkeys((*fit.law.names, *(q.sampled for q in fit.law.sites))):
        quantities[name] = (fit.posterior[name], before.posterior[name].ravel())
    if to is not None:
        to = as_targets(to)
        after, prior = fit.draws(to, of=of, seed=seed), before.draws(to, of=of, seed=seed)
        labels = [f"forecast {label}" for label in to.index]
        shape = next(iter(fit.posterior.values())).shape
        quantities |= {
            label: (after[:, i].reshape(shape), prior[:, i]) for i, label in enumerate(labels)
        }
    scaled = {
        group: _scaled(fit, {name: draws for name, (draws, _) in quantities.items()}, group)
        for group in ("prior", "likelihood")
    }
    weights, k = smoothed(sum(fit.parts.log_prior.values()).ravel())
    rows = {}
    for name, (draws, prior) in quantities.items():
        flat = draws.ravel()
        width, wide = (
            float(np.subtract(*interval(a, prob)[::-1])) for a in (flat, prior[np.isfinite(prior)])
        )
        doubled = (
            float(weighted_quantiles(flat, weights, [0.5])[0] - np.median(flat))
            / max(flat.std(ddof=1), 1e-300)
            if k < LIMITS["pareto_k"]
            else np.nan
        )
        row = {
            "prior": scaled["prior"][name],
            "likelihood": scaled["likelihood"][name],
            "width": width / wide if wide else np.nan,
            "doubled": doubled,
        }
        rows[name] = row | {"verdict": _words(**row)}
    table = Told.from_dict(rows, orient="index")
    table.foot = _sentence(table, labels, fit)
    return table


def _scaled(fit, draws, group):
    """{name: sensitivity} by ArviZ."""
    import xarray as xr
    from arviz_stats import psense

    groups = {
        "posterior": xr.Dataset(
            {f"q{i}": (("chain", "draw"), values) for i, values in enumerate(draws.values())}
        )
    }
    groups["log_prior"] = xr.Dataset(
        {name: (("chain", "draw"), values) for name, values in fit.parts.log_prior.items()}
    )
    groups["log_likelihood"] = xr.Dataset({"y": (("chain", "draw", "run"), _log_likelihood(fit))})
    found = psense(xr.DataTree.from_dict(groups), group=group)
    return {name: float(found[f"q{i}"]) for i, name in enumerate(draws)}


def _log_likelihood(fit):
    """Terms (chains, draws, runs) whose sum over runs is the log likelihood, but for a constant: with a smooth discrepancy of each run given those before it."""
    if not fit.law.noise.smooth:
        return fit.parts.log_likelihood
    from bayes_scaling.results.fit_design import data_of, unpadded

    (data, count), law = unpadded(data_of(fit)), fit.law
    sampled, published = fit.flat(*(q.sampled for q in law.sites)), fit.flat(*law.names)
    term = lambda p, v: law.noise.distribution(
        law.function(data["x"], **v), p, data["u"], data.get("se"), data.get("rows")
    ).log_prob(data["z"])
    with float64():
        made = np.asarray(jax.jit(jax.vmap(term))(sampled, published))
    return made.reshape(*next(iter(fit.posterior.values())).shape, count)


def _words(prior, likelihood, width, doubled):
    """Whose answer it is."""
    if width >= 1 - LIMITS["learned"] or (prior >= SENSITIVE and prior >= likelihood):
        return "mostly prior"
    if prior >= SENSITIVE:
        return "prior and data"
    return "data" if likelihood >= SENSITIVE else "data, firmly"


def _sentence(table, forecasts, fit):
    """What the table says, in words."""
    of = table.loc[forecasts] if forecasts else table
    what = "interval" if forecasts else "parameter"
    lines = []
    for verdict, text in (
        (
            "mostly prior",
            f"this {what} is mostly prior: another prior would give another answer; state one you can defend, or add runs",
        ),
        ("prior and data", "prior and data both shape it: look whether they pull apart"),
    ):
        names = list(of.index[of["verdict"] == verdict])
        lines += [f"{shown(names, 6)}: {text}."] if names else []
    if not lines:
        moved = of["doubled"].abs().max(skipna=False)
        twice = (
            ""
            if np.isnan(moved)
            else f"; priors twice as strong would move no median by more than {moved:.2g} of its sd"
        )
        lines = [
            f"Every {what} is the data's: the sensitivity to the priors is at most {of['prior'].max():.2g}, and {SENSITIVE} is where it begins to matter{twice}."
        ]
    return "\n".join(lines + ([] if fit.diagnosis.ok else [str(fit.diagnosis)]))
