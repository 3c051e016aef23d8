"""The posterior under priors of half or twice their scale: by importance weights, or a new fit.

Draws of the posterior are reweighted by the ratio of the scaled priors to the law's own, smoothed
by a Pareto tail. Where few draws would carry the weight, as with few runs, the law is fitted again.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.inference.psis import smooth_weights
from bayes_scaling.inference.sampler import sample
from bayes_scaling.law.prior import Prior
from bayes_scaling.results.convergence_checks import LIMITS, convergence
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_design import data_of
from bayes_scaling.results.posterior_draws import Sampled, posterior

FACTORS = {"halved": 0.5, "doubled": 2.0}
MIN_ESS = 300.0  # effective draws from which an interval's ends are known well enough

_PRECISION = {  # family -> arguments that grow as the scale shrinks, so that the mean stays
    "Beta": ("concentration1", "concentration0"),
    "Gamma": ("concentration", "rate"),
}


@dataclass(frozen=True, eq=False)
class ScaledPosterior:
    """The posterior under scaled priors.

    Parameters
    ----------
    fit : Fit
        The fit whose draws it has: the original one, or a new one.
    weights : np.ndarray or None
        Weights of these draws, shape (draws,); None if all count the same.
    problems : tuple of str
        What is wrong with the draws of a new fit.
    """

    fit: Fit
    weights: np.ndarray | None
    problems: tuple[str, ...] = ()


def scale_prior(prior: Prior, factor: float) -> Prior | None:
    """The prior with its scale multiplied by a factor.

    Parameters
    ----------
    prior : Prior
        The prior.
    factor : float
        The factor, positive.

    Returns
    -------
    Prior or None
        Of a location and scale, the same location (a LogNormal keeps its median); a Beta or Gamma
        keeps its mean, with concentrations divided by factor^2. None for other families.
    """
    args = dict(prior.args)
    if prior.family in _PRECISION:
        changed = {name: args[name] / factor**2 for name in _PRECISION[prior.family]}
    elif "scale" in args:
        changed = {"scale": args["scale"] * factor}
    else:
        return None
    return Prior(prior.family, tuple((args | changed).items()))


def scaled_priors(fit: Fit, factor: float) -> dict[str, Prior]:
    """The priors that can be scaled, by sampled name, scaled."""
    scaled = {q.sampled: scale_prior(q.prior, factor) for q in fit.law.sites}
    return {name: prior for name, prior in scaled.items() if prior is not None}


@lru_cache(maxsize=4)  # a report and a table of sensitivity ask for the same ones
def posteriors_under_scaled_priors(fit: Fit, seed: int) -> dict[str, ScaledPosterior]:
    """The posterior with all priors halved in scale, and with all doubled.

    Parameters
    ----------
    fit : Fit
        A fit of one law.
    seed : int
        Added to the seed of new fits.

    Returns
    -------
    dict of str to ScaledPosterior
        By "halved" and "doubled".
    """
    return {name: _scaled_posterior(fit, name, seed) for name in FACTORS}


def _scaled_posterior(fit: Fit, name: str, seed: int) -> ScaledPosterior:
    """The posterior under priors of one scale."""
    weights, k = smooth_weights(_log_ratio(fit, FACTORS[name]))
    reliable = k < LIMITS["pareto_k"] and 1 / (weights**2).sum() >= MIN_ESS
    return ScaledPosterior(fit, weights) if reliable else _refit(fit, name, seed)


def _log_ratio(fit: Fit, factor: float) -> np.ndarray:
    """Log ratio of the scaled priors to the law's own at each draw, shape (draws,)."""
    scaled = scaled_priors(fit, factor)
    values = fit.flat(*scaled)
    old = {q.sampled: q.prior for q in fit.law.sites}
    with float64():
        terms = [
            np.asarray(prior.dist().log_prob(values[name]))
            - np.asarray(old[name].dist().log_prob(values[name]))
            for name, prior in scaled.items()
        ]
    return np.sum(terms, axis=0)


def _refit(fit: Fit, name: str, seed: int) -> ScaledPosterior:
    """A new fit under scaled priors, by the program of the first."""
    data, law = data_of(fit), fit.law
    scaled = {
        key: {argument: np.float64(value) for argument, value in prior.args}
        for key, prior in scaled_priors(fit, FACTORS[name]).items()
    }
    data = {**data, "priors": data["priors"] | scaled}
    sampling = {name: fit.engine[name] for name in ("chains", "draws", "warmup")}
    draws = sample(Density(law), data, seed=(fit.seed + seed + 1) % 2**32, **sampling)
    values = posterior(law, Sampled(pd.DataFrame(), fit.y, data, draws))
    sampled = {q.sampled: values[q.sampled] for q in law.sites}
    problems = tuple(
        f"with priors {name} in scale, {text}" for text in convergence(sampled, draws.health)[1]
    )
    return ScaledPosterior(fit.with_posterior(values), None, problems)
