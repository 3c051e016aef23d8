"""A straight line along compute, of which everything is known in closed form, and a fit of it."""

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal, normal

SIGMA, PRIOR_SD = 0.1, 1.0
LINE = bs.Law(
    name="line",
    formula="y = c + s log10(C / 1e18)",
    inputs={"C": "FLOPs"},
    outcome="gain",
    unit="1",
    noise=Noise(link="identity", df=None, grows=False, sigma=lognormal(SIGMA, 1e-3)),
    parameters=(
        Parameter("c", normal(0.0, PRIOR_SD), "1", "at 1e18", "wide"),
        Parameter("s", normal(0.0, PRIOR_SD), "1", "slope", "wide"),
    ),
    function=lambda x, c, s: c + s * _decades(x["C"]),
)
COMPUTE = np.array([1e17, 3e17, 1e18, 3e18, 1e19])


def _decades(compute):
    import jax.numpy as jnp

    return jnp.log(compute / 1e18) / jnp.log(10.0)


def fit_line():
    """The line fitted to five runs with a noise of SIGMA."""
    t = np.log10(COMPUTE / 1e18)
    y = 0.3 + 0.2 * t + SIGMA * np.random.default_rng(0).standard_normal(len(t))
    return bs.fit(LINE, pd.DataFrame({"C": COMPUTE, "gain": y}), y="gain", draws=3000)
