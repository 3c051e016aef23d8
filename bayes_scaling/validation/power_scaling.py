"""Power-scaling sensitivity of posterior draws to the prior and to the likelihood, by ArviZ."""

from typing import Any, Literal

import jax
import numpy as np

from bayes_scaling._core.jax_config import float64
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fit_design import data_of, unpadded


def power_scaling(
    fit: Fit, draws: dict[str, np.ndarray], group: Literal["prior", "likelihood"]
) -> dict[str, float]:
    """Sensitivity of quantities to a power of the prior or of the likelihood.

    Parameters
    ----------
    fit : Fit
        The fit.
    draws : dict of str to numpy.ndarray (chains, draws)
        Posterior draws of the quantities.
    group : {"prior", "likelihood"}
        What to scale.

    Returns
    -------
    dict of str to float
    """
    import xarray as xr
    from arviz_stats import psense

    dims = ("chain", "draw")
    quantities = {f"q{i}": (dims, values) for i, values in enumerate(draws.values())}
    groups = {
        "posterior": xr.Dataset(quantities),
        "log_prior": xr.Dataset(
            {name: (dims, values) for name, values in fit.parts.log_prior.items()}
        ),
        "log_likelihood": xr.Dataset({"y": ((*dims, "run"), log_likelihood_terms(fit))}),
    }
    found = psense(xr.DataTree.from_dict(groups), group=group)
    return {name: float(found[f"q{i}"]) for i, name in enumerate(draws)}


def log_likelihood_terms(fit: Fit) -> np.ndarray:
    """Terms whose sum over runs is the log likelihood, but for a constant.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    numpy.ndarray (chains, draws, runs)
        Of each run; where runs correlate, of each run given those before it.
    """
    law = fit.law
    if not law.noise.correlates:
        assert fit.parts.log_likelihood is not None  # check_fit refuses such a fit
        return fit.parts.log_likelihood
    data, count = unpadded(data_of(fit))
    sampled, published = fit.flat(*(q.sampled for q in law.sites)), fit.flat(*law.names)

    def terms(p: dict[str, jax.Array], values: dict[str, jax.Array]) -> Any:
        mean = law.function(data["x"], **values)
        likelihood = law.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows"))
        return likelihood.log_prob(data["z"])

    with float64():
        log_likelihood = np.asarray(jax.jit(jax.vmap(terms))(sampled, published))
    chains, draws = next(iter(fit.posterior.values())).shape
    return log_likelihood.reshape(chains, draws, count)
