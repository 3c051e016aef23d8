"""The Diagnosis of groups on paths: of the sampling, of how the law fits, of how far runs reach."""

from typing import Any

from bayes_scaling.results.convergence_checks import convergence
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_verdict import fit_verdict
from bayes_scaling.results.reach_verdict import reach_of_groups
from bayes_scaling.results.residuals import residuals_of_pooled_fit
from bayes_scaling.runs.columns import row_name


def diagnose_paths(fit: Any) -> Diagnosis:
    """Give the three verdicts on a ``PathsFit``.

    Parameters
    ----------
    fit : PathsFit
        The fit.

    Returns
    -------
    Diagnosis
    """
    draws = {q.sampled: fit.posterior[q.sampled][..., 0] for q in fit.law.sites}
    draws |= {
        f"departure of {fit.label(group)}": fit.posterior["departure"][..., i]
        for i, group in enumerate(fit.groups)
    }
    numbers, problems, cautions = convergence(draws, fit.engine["health"])
    numbers |= {"attempts": fit.engine["attempts"]}
    diagnosis = Diagnosis(tuple(problems), tuple(cautions), numbers)
    names = [
        f"{row_name(fit.table, i)} of {fit.label(fit.groups[group])}"
        for i, group in enumerate(fit.place[0])
    ]
    sampled = fit.flat(*(q.sampled for q in fit.law.sites))
    law_fits = fit_verdict(fit.law, sampled, residuals_of_pooled_fit(fit), names)
    return Diagnosis(sampling=diagnosis.sampling, fit=law_fits, reach=reach_of_groups(fit))
