"""The design that a fit was made on."""

import jax
import numpy as np

from bayes_scaling.inference.design import distance, padded
from bayes_scaling.results.datatree import Sampled


def data_of(fit):
    """The padded data that a fit was conditioned on, of a saved one too."""
    if isinstance(fit.source, Sampled):
        return fit.source.data
    law, constant = fit.law, fit.tree["constant_data"]
    x = {name: constant[name].values for name in law.inputs}
    rows = {name: constant[f"{name}_read"].values for name in law.noise.reads}
    data = {
        "x": x,
        "z": law.noise.encode(fit.tree["observed_data"]["y"].values, rows),
        "u": distance(law, x, fit.ref),
    }
    data |= {
        "ref": {name: np.float64(value) for name, value in fit.ref.items()},
        "priors": {
            q.sampled: {key: np.float64(value) for key, value in q.prior.args} for q in law.sites
        },
    }
    data |= {"rows": rows} if rows else {}
    return padded(data | ({"se": constant["se"].values} if "se" in constant else {}))


def unpadded(data):
    """The data without the masked copies at their end, and the number of runs."""
    count, length = int(data["mask"].sum()), len(data["mask"])
    cut = lambda a: a[:count] if np.ndim(a) and len(a) == length else a
    return {key: jax.tree.map(cut, value) for key, value in data.items() if key != "mask"}, count
