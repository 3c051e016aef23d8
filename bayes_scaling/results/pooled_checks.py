"""The Diagnosis of a pooled fit: convergence in every group, and dominant runs."""

import numpy as np

from bayes_scaling.inference.psis import pareto_k
from bayes_scaling.results.convergence_checks import convergence
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_checks import dominant_run_cautions
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.runs.columns import row_name


def diagnose_pooled(fit: PooledPosterior, log_likelihood: np.ndarray) -> Diagnosis:
    """Check draws of every group and of what groups share; log likelihood is (draws, runs)."""
    numbers, problems, cautions = convergence(labeled_draws(fit), fit.engine["health"])
    k = pareto_k(log_likelihood)
    numbers |= {"attempts": fit.engine["attempts"], "pareto_k": float(k.max())}
    names = [
        f"{row_name(fit.table, i)} of {fit.label(fit.groups[group])}"
        for i, group in enumerate(fit.place[0])
    ]
    cautions += dominant_run_cautions(k, names, "check them")
    return Diagnosis(tuple(problems), tuple(cautions), numbers)


def labeled_draws(fit: PooledPosterior) -> dict[str, np.ndarray]:
    """Every sampled quantity by a name for readers, (chains, draws)."""
    draws = {}
    for q in fit.law.sites:
        name, mode = q.sampled, fit.pool.modes[q.sampled]
        values = fit.posterior[name]
        if mode == "shared":
            draws[name] = values[..., 0]
            continue
        for i, group in enumerate(fit.groups):
            draws[f"{name} of {fit.label(group)}"] = values[..., i]
        if mode == "partial":
            draws[f"mu_{name}"] = fit.posterior[f"mu_{name}"]
            for ending, *_ in fit.pool.components_of(name):
                draws[f"tau_{name}{ending}"] = fit.posterior[f"tau_{name}{ending}"]
    return draws
