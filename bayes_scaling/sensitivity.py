"""How much of an answer is prior, how much data: power-scaling, and what the priors alone foretell.

Power-scaling raises the prior, or the likelihood, to a power near one and measures how far the posterior moves (Kallioinen et al.
2024, arXiv 2107.14054). It needs no new fit: the draws are weighted anew, by Pareto-smoothed importance sampling (Vehtari et al.,
arXiv 1507.02646).
"""

from dataclasses import replace

import jax
import numpy as np

from bayes_scaling.design import conditioned
from bayes_scaling.diagnose import LIMITS, check_prob
from bayes_scaling.fit import Fit, adapted, read
from bayes_scaling.forecast import as_targets, check_seed, interval
from bayes_scaling.predictive import prior_tables
from bayes_scaling.runs import InputError, shown
from bayes_scaling.settings import float64
from bayes_scaling.table import Told
from bayes_scaling.words import percent

SENSITIVE = 0.05  # above it an answer hangs on what was scaled


def check_fit(fit):
    """A fit of one law to one table, refused where it is something else or too large to be asked."""
    if not isinstance(fit, Fit):
        if hasattr(fit, "pool") or hasattr(fit, "key"):
            raise InputError("the priors and runs of a pooled fit can not be weighed yet: fit a group alone, and ask that")
        raise InputError(f"give a fit of one law, not {type(fit).__name__}: ask the fits that it is made of, one by one")
    if fit.parts.log_likelihood is None:
        raise InputError(f"the fit has {len(fit.parts.runs)} runs, too many to keep the likelihood of each; fit a part of them, or fewer draws")


def smoothed(log_ratio):
    """Normalised importance weights (draws, ...) and Pareto k of log ratios (draws, ...), smoothed along the first axis."""
    from arviz_stats.base import array_stats

    with np.errstate(all="ignore"):
        # ArviZ takes the log likelihood that is left out: the ratio with the other sign
        log, k = array_stats.psislw(-np.moveaxis(np.asarray(log_ratio, float), 0, -1), axis=-1)
    log = np.moveaxis(np.asarray(log), -1, 0)
    weight = np.exp(log - log.max(axis=0))
    return weight / weight.sum(axis=0), np.asarray(k)


def weighted_quantiles(draws, weights, shares):
    """Quantiles (shares, ...) along the first axis of draws (draws, ...) that count as their weights (draws,) say."""
    order = np.argsort(draws, axis=0)
    ordered, weight = np.take_along_axis(draws, order, 0), weights[order]
    middle = np.cumsum(weight, axis=0) - 0.5 * weight
    columns = [np.interp(shares, middle.reshape(len(draws), -1)[:, j], ordered.reshape(len(draws), -1)[:, j]) for j in range(ordered[0].size)]
    return np.stack(columns, axis=-1).reshape(len(shares), *draws.shape[1:])


def prior_of(fit):
    """The fit with draws from its prior in place of the posterior's."""
    return replace(fit, posterior={name: values[None] for name, values in fit.parts.prior.items()})


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
        quantities |= {label: (after[:, i].reshape(shape), prior[:, i]) for i, label in enumerate(labels)}
    scaled = {group: _scaled(fit, {name: draws for name, (draws, _) in quantities.items()}, group) for group in ("prior", "likelihood")}
    weights, k = smoothed(sum(fit.parts.log_prior.values()).ravel())
    rows = {}
    for name, (draws, prior) in quantities.items():
        flat = draws.ravel()
        width, wide = (float(np.subtract(*interval(a, prob)[::-1])) for a in (flat, prior[np.isfinite(prior)]))
        doubled = float(weighted_quantiles(flat, weights, [0.5])[0] - np.median(flat)) / max(flat.std(ddof=1), 1e-300) if k < LIMITS["pareto_k"] else np.nan
        row = {"prior": scaled["prior"][name], "likelihood": scaled["likelihood"][name], "width": width / wide if wide else np.nan, "doubled": doubled}
        rows[name] = row | {"verdict": _words(**row)}
    table = Told.from_dict(rows, orient="index")
    table.foot = _sentence(table, labels, fit)
    return table


def _scaled(fit, draws, group):
    """{name: sensitivity} by ArviZ."""
    import xarray as xr
    from arviz_stats import psense

    groups = {"posterior": xr.Dataset({f"q{i}": (("chain", "draw"), values) for i, values in enumerate(draws.values())})}
    groups["log_prior"] = xr.Dataset({name: (("chain", "draw"), values) for name, values in fit.parts.log_prior.items()})
    groups["log_likelihood"] = xr.Dataset({"y": (("chain", "draw", "run"), _log_likelihood(fit))})
    found = psense(xr.DataTree.from_dict(groups), group=group)
    return {name: float(found[f"q{i}"]) for i, name in enumerate(draws)}


def _log_likelihood(fit):
    """Terms (chains, draws, runs) whose sum over runs is the log likelihood, but for a constant: with a smooth discrepancy of each run given those before it."""
    if not fit.law.noise.smooth:
        return fit.parts.log_likelihood
    from bayes_scaling.influence import data_of, unpadded

    (data, count), law = unpadded(data_of(fit)), fit.law
    sampled, published = fit.flat(*(q.sampled for q in law.sites)), fit.flat(*law.names)
    term = lambda p, v: law.noise.distribution(law.function(data["x"], **v), p, data["u"], data.get("se"), data.get("rows")).log_prob(data["z"])
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
    for verdict, text in (("mostly prior", f"this {what} is mostly prior: another prior would give another answer; state one you can defend, or add runs"), ("prior and data", "prior and data both shape it: look whether they pull apart")):
        names = list(of.index[of["verdict"] == verdict])
        lines += [f"{shown(names, 6)}: {text}."] if names else []
    if not lines:
        moved = of["doubled"].abs().max(skipna=False)
        twice = "" if np.isnan(moved) else f"; priors twice as strong would move no median by more than {moved:.2g} of its sd"
        lines = [f"Every {what} is the data's: the sensitivity to the priors is at most {of['prior'].max():.2g}, and {SENSITIVE} is where it begins to matter{twice}."]
    return "\n".join(lines + ([] if fit.diagnosis.ok else [str(fit.diagnosis)]))


def prior_check(law, runs, y=None, *, prob=0.9, draws=1000, priors=None, noise=None, se=None, seed=0, **columns):
    """What the priors alone, before any fit, foretell of the runs: prior predictive intervals beside what was measured.

    Parameters
    ----------
    law, runs, y, priors, noise, se, **columns : as in ``fit``.
    prob : probability of the intervals.
    draws : tables drawn from the prior.
    seed : of the draws.

    Returns
    -------
    Table, one row a run: run, measured, lower, median, upper (of the prior predictive), place (share of prior draws below what was
    measured: near 0 or 1 the priors all but rule the run out).

    Raises
    ------
    InputError : as ``fit``, a bad ``prob``, or hardly any draw from the prior gives a possible table.
    """
    law, prob = adapted(law, noise, priors), check_prob(prob)
    check_seed(seed)
    table, columns = read(runs, columns)
    y = law.outcome if y is None else y
    data = conditioned(law, table, y, se, columns)
    _, outcomes, possible = prior_tables(law, data, draws, [seed, 4])
    measured, kept = table[y].to_numpy(float), outcomes[possible]
    if len(kept) < 20:
        raise InputError(f"only {len(kept)} of {draws} tables drawn from the prior are possible ones; give tighter priors")
    (lower, upper), place = interval(kept, prob), (kept < measured).mean(axis=0)
    labels = table["run"] if "run" in table else table.index
    made = Told({"run": labels.astype(str).to_numpy(), "measured": measured, "lower": lower, "median": np.median(kept, axis=0), "upper": upper, "place": place})
    inside = int(((lower <= measured) & (measured <= upper)).sum())
    out = [str(run) for run, at in zip(made["run"], place) if not 0.005 <= at <= 0.995]
    lines = [f"The priors' {percent(prob)} intervals hold {inside} of the {len(made)} measured values; half of them are wider than {np.median(upper - lower):.3g} {law.worded(law.unit, y)}."]
    if out:
        lines.append(f"The priors all but rule out {shown(out, 4)}: widen them, or check the formula and the units.")
    if not possible.all():
        lines.append(f"{(~possible).sum()} of {draws} tables drawn from the prior can not be (an outcome outside its domain), and are left out here.")
    made.foot = "\n".join(lines)
    return made
