"""The table of a pooled fit's posterior."""

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.table import Told
from bayes_scaling.inference.convergence import ranked
from bayes_scaling.results.summary import terms


def summary(fit, prob=0.9):
    """Posterior of every parameter: group ("all" for what the groups share), parameter, mean, median, sd, lower, upper, rhat, ess_bulk.

    mu_x is x of the middle group; tau_x the spread of groups about it, on the log scale of a positive quantity and the logit scale of a share.
    """
    prob, modes = check_prob(prob), fit.pool.modes
    names = list(dict.fromkeys([*fit.law.names, *(q.sampled for q in fit.law.sites)]))
    pieces = [
        (fit.label(group), name, fit.posterior[name][..., i])
        for i, group in enumerate(fit.groups)
        for name in names
        if modes.get(name) != "shared"
    ]
    pieces += [
        ("all", name, fit.posterior[name][..., 0]) for name in names if modes.get(name) == "shared"
    ]
    pieces += [
        ("all", name, values)
        for name, values in fit.posterior.items()
        if name.startswith(("mu_", "tau_"))
    ]
    stack = np.stack([values for *_, values in pieces], axis=-1)
    rhat, bulk, _ = ranked(stack)
    lower, middle, upper = np.quantile(stack, [(1 - prob) / 2, 0.5, (1 + prob) / 2], axis=(0, 1))
    made = Told({
        "group": [group for group, *_ in pieces], "parameter": [name for _, name, _ in pieces], "mean": stack.mean(axis=(0, 1)), "median": middle,
        "sd": stack.std(axis=(0, 1), ddof=1), "lower": lower, "upper": upper, "rhat": rhat, "ess_bulk": bulk,
    })  # fmt: skip
    made.foot = terms(fit.law)
    return made
