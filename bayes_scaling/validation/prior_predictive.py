"""What a law's priors predict before any run is seen."""

from dataclasses import replace

import numpy as np

from bayes_scaling._core.arguments import check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import percent, shown
from bayes_scaling._core.table import Told
from bayes_scaling.inference.design import conditioned
from bayes_scaling.inference.predictive import prior_tables
from bayes_scaling.results.fitting import adapted, read
from bayes_scaling.results.forecast_table import interval


def prior_of(fit):
    """The fit with draws from its prior in place of the posterior's."""
    return replace(fit, posterior={name: values[None] for name, values in fit.parts.prior.items()})


def prior_check(
    law, runs, y=None, *, prob=0.9, draws=1000, priors=None, noise=None, se=None, seed=0, **columns
):
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
        raise InputError(
            f"only {len(kept)} of {draws} tables drawn from the prior are possible ones; give tighter priors"
        )
    (lower, upper), place = interval(kept, prob), (kept < measured).mean(axis=0)
    labels = table["run"] if "run" in table else table.index
    made = Told(
        {
            "run": labels.astype(str).to_numpy(),
            "measured": measured,
            "lower": lower,
            "median": np.median(kept, axis=0),
            "upper": upper,
            "place": place,
        }
    )
    inside = int(((lower <= measured) & (measured <= upper)).sum())
    out = [str(run) for run, at in zip(made["run"], place) if not 0.005 <= at <= 0.995]
    lines = [
        f"The priors' {percent(prob)} intervals hold {inside} of the {len(made)} measured values; half of them are wider than {np.median(upper - lower):.3g} {law.worded(law.unit, y)}."
    ]
    if out:
        lines.append(
            f"The priors all but rule out {shown(out, 4)}: widen them, or check the formula and the units."
        )
    if not possible.all():
        lines.append(
            f"{(~possible).sum()} of {draws} tables drawn from the prior can not be (an outcome outside its domain), and are left out here."
        )
    made.foot = "\n".join(lines)
    return made
