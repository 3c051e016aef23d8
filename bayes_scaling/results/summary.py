"""The table of a fit's posterior."""

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.table import Told
from bayes_scaling.inference.convergence import ranked


def summary(fit, prob=0.9):
    """Posterior of every parameter as a table, published form first, then what is sampled and the noise.

    Columns: form ("published", "sampled" or both, "noise"), mean, median, sd, lower, upper (central interval
    of ``prob``), rhat, ess_bulk, ess_tail, unit, meaning, prior.
    """
    prob, rows = check_prob(prob), {}
    own = lambda q: q.sampled == q.name
    quantities = [
        (
            q.name,
            "both" if own(q) else "published",
            q.unit,
            q.meaning,
            str(q.prior) if own(q) else f"follows from {q.sampled}",
        )
        for q in fit.law.parameters
    ]
    quantities += [
        (q.sampled, "sampled", "", q.sampled_meaning, str(q.prior))
        for q in fit.law.parameters
        if not own(q)
    ]
    quantities += [
        (q.name, "noise", q.unit, q.meaning, str(q.prior)) for q in fit.law.noise.parameters
    ]
    checks = zip(*ranked(np.stack([fit.posterior[name] for name, *_ in quantities], axis=-1)))
    for (name, form, unit, meaning, prior), (rhat, bulk, tail) in zip(quantities, checks):
        draws = fit.posterior[name]
        lower, upper = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2])
        rows[name] = {
            "form": form, "mean": draws.mean(), "median": np.median(draws), "sd": draws.std(ddof=1), "lower": lower, "upper": upper,
            "rhat": float(rhat), "ess_bulk": float(bulk), "ess_tail": float(tail),
            "unit": unit, "meaning": meaning, "prior": prior,
        }  # fmt: skip
    made = Told.from_dict(rows, orient="index")
    made.foot = terms(fit.law)
    return made


def terms(law):
    """A law's likelihood and its drift beyond the data, in words."""
    from bayes_scaling.law.likelihoods.drift import likelihood, told

    return f"Likelihood: {likelihood(law)}.\nDrift beyond the data: {told(law) if law.noise.drift else 'none'}."
