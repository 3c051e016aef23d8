"""The table of a pooled fit's posterior."""

from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.convergence import rank_diagnostics
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.results.summary import summary_foot


def pooled_summary(fit: PooledPosterior, prob: float = 0.9) -> AnnotatedTable:
    """Summarize a pooled fit's posterior: see ``PooledFit.summary``."""
    prob = check_prob(prob)
    groups, names, arrays = zip(*_quantities(fit))
    draws = np.stack(arrays, axis=-1)
    rhat, bulk, _ = rank_diagnostics(draws)
    lower, median, upper = np.quantile(draws, [(1 - prob) / 2, 0.5, (1 + prob) / 2], axis=(0, 1))
    table = AnnotatedTable(
        {
            "group": list(groups),
            "parameter": list(names),
            "mean": draws.mean(axis=(0, 1)),
            "median": median,
            "sd": draws.std(axis=(0, 1), ddof=1),
            "lower": lower,
            "upper": upper,
            "rhat": rhat,
            "ess_bulk": bulk,
        }
    )
    table.foot = summary_foot(fit.law)
    return table


def _quantities(fit: PooledPosterior) -> Iterator[tuple[str, str, np.ndarray]]:
    """(group, name, draws) of every group's quantities, then of what the groups share."""
    modes = fit.pool.modes
    names = list(dict.fromkeys([*fit.law.names, *(q.sampled for q in fit.law.sites)]))
    shared = [name for name in names if modes.get(name) == "shared"]
    for i, group in enumerate(fit.groups):
        for name in names:
            if name not in shared:
                yield fit.label(group), name, fit.posterior[name][..., i]
        if "departure" in fit.posterior:  # of a PathsFit
            yield fit.label(group), "departure", fit.posterior["departure"][..., i]
    for name in shared:
        yield "all", name, fit.posterior[name][..., 0]
    for name, values in fit.posterior.items():
        if name.startswith(("mu_", "tau_")):
            yield "all", name, values
