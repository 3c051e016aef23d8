r"""Capability density of the best models over time.

.. math:: \rho(t) = e^{A t + B}

rho is the effective size of a model (the size of an equally good reference model) divided by its
actual size.
Source: Xiao et al. 2024, arXiv 2412.04315.
"""

from math import log

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, A: Array, B: Array) -> Array:
    """Return the effective parameters divided by actual parameters."""
    return jnp.exp(A * x["t"] + B)


densing = Law(
    name="densing",
    title="Densing: capability density over time",
    formula="rho(t) = exp(A t + B)",
    latex=r"\ln \rho_\mathrm{max}(t) = A\, t + B",
    inputs={"t": "release date, days after a day before the first model's release"},
    outcome="density",
    unit="effective parameters divided by actual parameters",
    parameters=(
        Parameter(
            "A",
            lognormal(100.0, 0.7),
            unit="1/day",
            meaning="growth rate of the log density",
            reason="25 to 390 days; about 100 published",
            sampled="doubling",
            sampled_meaning="days in which the density doubles",
            publish=lambda s, ref, p: log(2.0) / s["doubling"],
        ),
        Parameter(
            "B",
            lognormal(0.5, 1.0),
            unit="1",
            meaning="log density at t = 0",
            reason=(
                "0.07 to 3.5: a model matches a reference model of a tenth to a few times its size"
            ),
            sampled="middle",
            sampled_meaning="density at the mean release date",
            publish=lambda s, ref, p: jnp.log(s["middle"]) - p["A"] * ref["t"],
        ),
    ),
    function=mean,
    noise=Noise(grows=False, sigma=half_normal(0.3)),
    applies=(
        "models that were the densest at their release (records); densities are computed by "
        "inverting a loss law and ladder_task"
    ),
    fails=(
        "records are the upper envelope of the models: symmetric noise about the curve is an "
        "approximation, and benchmarks that leak into training data inflate rho"
    ),
    citation="Xiao et al. 2024, Densing Law of LLMs",
    arxiv="2412.04315",
    bibtex="""@article{xiao2024densing,
  title={Densing Law of LLMs},
  author={Xiao, Chaojun and Cai, Jie and Zhao, Weilin and others},
  journal={arXiv preprint arXiv:2412.04315},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"A": 0.007, "B": -2.5},
            checked="illustration",
            source="arXiv 2412.04315",
            note="A from third-party notes (doubling in 3.3 months); B is illustrative",
        ),
    },
    example={"t": tuple(30.0 + 35.0 * i for i in range(20))},
)
