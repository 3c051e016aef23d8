"""The Diagnosis of a pooled fit: of its sampling, of how the law fits, of how far runs reach."""

import numpy as np

from bayes_scaling.inference.psis import pareto_k
from bayes_scaling.results.convergence_checks import convergence
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_checks import dominant_run_cautions
from bayes_scaling.results.fit_verdict import fit_verdict
from bayes_scaling.results.pooled_draws import PooledDraws
from bayes_scaling.results.pooled_posterior import PooledPosterior
from bayes_scaling.results.reach_verdict import reach_of_groups
from bayes_scaling.results.residuals import residuals_of_pooled_fit
from bayes_scaling.runs.columns import row_name


def diagnose_pooled(fit: PooledDraws, log_likelihood: np.ndarray) -> Diagnosis:
    """Give the verdicts on every group and on what groups share.

    Parameters
    ----------
    fit : PooledFit
        The fit.
    log_likelihood : numpy.ndarray
        Of each outcome, shape (draws, runs).

    Returns
    -------
    Diagnosis
        Three verdicts.
    """
    numbers, problems, cautions = convergence(labeled_draws(fit), fit.engine["health"])
    k = pareto_k(log_likelihood)
    numbers |= {"attempts": fit.engine["attempts"], "pareto_k": float(k.max())}
    names = [
        f"{row_name(fit.table, i)} of {fit.label(fit.groups[group])}"
        for i, group in enumerate(fit.place[0])
    ]
    cautions += dominant_run_cautions(k, names, "check them")
    diagnosis = Diagnosis(tuple(problems), tuple(cautions), numbers)
    sampled = fit.flat(*(q.sampled for q in fit.law.sites))
    law_fits = fit_verdict(fit.law, sampled, residuals_of_pooled_fit(fit), names)
    return Diagnosis(sampling=diagnosis.sampling, fit=law_fits, reach=reach_of_groups(fit))


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
