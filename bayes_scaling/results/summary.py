"""The table of a fit's posterior."""

from collections.abc import Iterator

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.formatting import format_to_width
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.inference.convergence import rank_diagnostics
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.drift import brief_drift, describe_drift
from bayes_scaling.law.likelihoods.group_paths import GroupPaths
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.results.fit_posterior import FitPosterior


class Summary(AnnotatedTable):
    """A table of a posterior; printed, it fits the width of a terminal or a notebook."""

    _not_in_text = ("unit", "meaning", "prior")
    _not_in_html = ("mean", "ess_tail", "prior")


def summary(fit: FitPosterior, prob: float = 0.9) -> AnnotatedTable:
    """Summarize a fit's posterior, one row per quantity: see ``Fit.summary``."""
    prob, rows = check_prob(prob), {}
    descriptions = dict(_descriptions(fit.law))
    checks = zip(
        *rank_diagnostics(np.stack([fit.posterior[name] for name in descriptions], axis=-1))
    )
    for (name, words), (rhat, bulk, tail) in zip(descriptions.items(), checks):
        draws = fit.posterior[name]
        lower, upper = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2])
        rows[name] = {
            "form": words["form"],
            "mean": draws.mean(),
            "median": np.median(draws),
            "sd": draws.std(ddof=1),
            "lower": lower,
            "upper": upper,
            "rhat": float(rhat),
            "ess_bulk": float(bulk),
            "ess_tail": float(tail),
            "unit": words["unit"],
            "meaning": words["meaning"],
            "prior": words["prior"],
        }
    table = Summary.from_dict(rows, orient="index")
    table.foot = summary_foot(fit.law, _noise_sd(fit, prob))
    return table


def _descriptions(law: Law) -> Iterator[tuple[str, dict[str, str]]]:
    """Published parameters, then what is sampled in their place, then the noise's."""
    for q in law.parameters:
        is_sampled = q.sampled == q.name
        yield (
            q.name,
            {
                "form": "both" if is_sampled else "published",
                "unit": q.unit,
                "meaning": q.meaning,
                "prior": str(q.prior) if is_sampled else f"follows from {q.sampled}",
            },
        )
    for q in law.parameters:
        if q.sampled != q.name:
            words = {"form": "sampled", "unit": "", "meaning": q.sampled_meaning}
            yield q.sampled, words | {"prior": str(q.prior)}
    for q in law.noise.parameters:
        words = {"form": "noise", "unit": q.unit, "meaning": q.meaning}
        yield q.name, words | {"prior": str(q.prior)}


def _noise_sd(fit: FitPosterior, prob: float) -> str:
    """State the sd of Student-t noise, whose sigma is a scale; empty for other likelihoods."""
    likelihood = fit.law.noise
    noise = likelihood.noise if isinstance(likelihood, Censored) else likelihood
    if not isinstance(noise, Noise) or noise.df is None or noise.df <= 2:
        return ""
    sd = noise.sd({q.name: fit.posterior[q.name] for q in noise.parameters}, 0.0, None)
    lower, upper = np.quantile(sd, [(1 - prob) / 2, (1 + prob) / 2])
    low, high = format_to_width([lower, upper], upper - lower)
    where = " at the largest training scale and beyond" if noise.grows else ""
    return f"Sd of the noise{where}: {low} to {high} ({prob:.0%} interval).\n"


def summary_foot(law: Law, noise_sd: str = "") -> str:
    """Describe a law's likelihood and its drift, with a line ``noise_sd`` in between."""
    if isinstance(law.noise, GroupPaths):
        return f"Likelihood: {law.noise}, also beyond the training runs."
    drift = brief_drift(describe_drift(law)) if law.noise.drift else "none"
    return f"Likelihood: {law.noise}.\n{noise_sd}Drift beyond the training runs: {drift}."
