"""The design that a fit was conditioned on."""

from typing import Any

import jax
import numpy as np

from bayes_scaling.inference.design import distance, padded
from bayes_scaling.results.fit_posterior import FitPosterior
from bayes_scaling.results.posterior_draws import Sampled


def data_of(fit: FitPosterior) -> dict[str, Any]:
    """Get the padded data that a fit, saved or not, was conditioned on.

    Parameters
    ----------
    fit : Fit
        The fit.

    Returns
    -------
    dict
        As from ``bayes_scaling.inference.design.padded``.
    """
    if isinstance(fit.source, Sampled):
        return fit.source.data
    law, constant = fit.law, fit.tree.children["constant_data"].dataset
    outcome = fit.tree.children["observed_data"].dataset["y"].values
    x = {name: constant[name].values for name in law.inputs}
    rows = {name: constant[f"{name}_read"].values for name in law.noise.reads}
    data = {
        "x": x,
        "z": law.noise.encode(outcome, rows),
        "u": distance(law, x, fit.ref),
        "ref": {name: np.float64(value) for name, value in fit.ref.items()},
        "priors": {
            q.sampled: {name: np.float64(value) for name, value in q.prior.args} for q in law.sites
        },
    }
    if rows:
        data["rows"] = rows
    if "se" in constant:
        data["se"] = constant["se"].values
    return padded(data)


def unpadded(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Remove the masked copies at the end of padded data.

    Parameters
    ----------
    data : dict
        As from ``data_of``.

    Returns
    -------
    data : dict
        The same without padding and mask.
    count : int
        The number of runs.
    """
    count, length = int(data["mask"].sum()), len(data["mask"])

    def without_padding(values: Any) -> Any:
        return values[:count] if np.ndim(values) and len(values) == length else values

    parts = {name: part for name, part in data.items() if name != "mask"}
    return {name: jax.tree.map(without_padding, part) for name, part in parts.items()}, count
