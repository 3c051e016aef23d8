"""The Diagnosis of a fit: of its sampling, of how the law fits, of how far the runs reach."""

from collections.abc import Iterator, Sequence

import numpy as np

from bayes_scaling.inference.psis import pareto_k
from bayes_scaling.results.convergence_checks import LIMITS, convergence
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit_draws import FitDraws
from bayes_scaling.results.fit_posterior import FitPosterior
from bayes_scaling.results.fit_verdict import fit_verdict
from bayes_scaling.results.floor_checks import floor_cautions
from bayes_scaling.results.reach_verdict import reach_verdict
from bayes_scaling.results.residuals import residuals_of_fit
from bayes_scaling.results.verdict import Verdict


def diagnose(fit: FitDraws) -> Diagnosis:
    """Give the verdicts on a fit: on its sampling, on the law, and on what the runs determine.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    Diagnosis
        Three verdicts.
    """
    names = [q.sampled for q in fit.law.sites]
    law_fits = fit_verdict(fit.law, fit.flat(*names), residuals_of_fit(fit), fit.parts.runs)
    sampling, cautions = _sampling(fit)
    return Diagnosis(sampling=sampling, fit=law_fits, reach=reach_verdict(fit, cautions))


def _sampling(fit: FitPosterior) -> tuple[Verdict, list[str]]:
    """Convergence, modes and Pareto k; and cautions on parameters left at their prior."""
    sampled = {q.sampled: fit.posterior[q.sampled] for q in fit.law.sites}
    numbers, problems, cautions = convergence(sampled, fit.engine["health"])
    numbers |= {"attempts": fit.engine["attempts"]}
    cautions += _mode_cautions(fit.engine["modes"])
    if fit.parts.log_likelihood is not None:
        k = pareto_k(fit.parts.log_likelihood.reshape(-1, len(fit.parts.runs)))
        numbers["pareto_k"] = float(k.max())
        remedy = "check them, add runs near them, and do not rank laws by leave-one-out here"
        cautions += dominant_run_cautions(k, fit.parts.runs, remedy)
    of_priors = []
    if names := prior_dominated(fit):
        of_priors.append(
            f"{', '.join(names)}: the data add little to the prior; vary the runs more (N and D"
            " apart from one another), or state a prior you can defend"
        )
    of_priors += floor_cautions(fit)
    diagnosis = Diagnosis(tuple(problems), tuple(cautions), numbers)
    return diagnosis.sampling, of_priors


def _mode_cautions(modes: Sequence[tuple[float, float]]) -> Iterator[str]:
    """A posterior with a second mode that matters."""
    if len(modes) > 1 and modes[1][1] >= 0.01:
        yield (
            f"the posterior has {len(modes)} modes; the second has about {modes[1][1]:.0%} of the"
            " mass (Laplace approximation), and chains were started in each"
        )


def dominant_run_cautions(
    k: np.ndarray, names: Sequence[str] | np.ndarray, remedy: str
) -> Iterator[str]:
    """Runs whose Pareto k shows that the posterior depends on them alone, the largest k first."""
    if k.max() > LIMITS["pareto_k"]:
        runs = [str(names[i]) for i in np.argsort(-k) if k[i] > LIMITS["pareto_k"]]
        more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
        yield (
            f"single runs carry much of the fit (Pareto k up to {k.max():.2f}, limit"
            f" {LIMITS['pareto_k']}): {', '.join(runs[:3])}{more}; {remedy}"
        )


def prior_dominated(fit: FitPosterior) -> list[str]:
    """Sampled parameters of the law whose posterior is nearly as wide as their prior."""

    def width(draws: np.ndarray) -> float:
        return np.subtract(*np.quantile(draws, [0.9, 0.1]))

    return [
        q.sampled
        for q in fit.law.parameters
        if width(fit.posterior[q.sampled])
        > (1 - LIMITS["learned"]) * width(fit.parts.prior[q.sampled])
    ]
