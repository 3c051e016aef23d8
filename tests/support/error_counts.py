"""A law of error rates, and runs whose errors are counted, that tests of likelihoods share."""

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.law.prior import lognormal

ERROR = bs.Law(
    name="error",
    formula="error = k C^-c",
    inputs={"C": "FLOPs"},
    outcome="error",
    unit="error",
    parameters=(
        bs.exponent("c", lognormal(0.2, 0.5)),
        bs.amplitude("k", lambda x, p: bs.power(x["C"], -p["c"]), lognormal(0.3, 0.5)),
    ),
    function=lambda x, c, k: k * bs.power(x["C"], -c),
    noise=bs.Binomial(),
)
C = np.geomspace(1e17, 1e20, 16)


def runs(noise, seed=0, p=None, **rows):
    mean = 0.3 * (C / 3e18) ** -0.15
    return pd.DataFrame(
        {
            "C": C,
            "error": noise.draw(np.random.default_rng(seed), mean, p or {}, 0.0, None, rows),
            **rows,
        }
    )


def slope_inside(fit, true_value=0.15):
    low, high = np.quantile(fit.flat("c")["c"], [0.05, 0.95])
    return low <= true_value <= high


def log_prob(noise, mean, y, rows, p=None):
    with float64():
        return np.asarray(
            noise.distribution(mean, p or {}, 0.0, None, rows).log_prob(noise.encode(y, rows))
        )
