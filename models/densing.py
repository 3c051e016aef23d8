r"""Capability density of the best models over time.

.. math:: \rho(t) = e^{A t + B}

rho is a model's effective size (that of a reference model as good) over its size. Source: Xiao et al. 2024, arXiv 2412.04315.
"""

from math import log

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal


def mean(x, A, B):
    return jnp.exp(A * x["t"] + B)


densing = Law(
    name="densing",
    title="Densing: capability density over time",
    formula="rho(t) = exp(A t + B)",
    latex=r"\ln \rho_\mathrm{max}(t) = A\, t + B",
    inputs={"t": "release date, days since a day before the first model's"},
    outcome="density",
    unit="effective over actual parameters",
    parameters=(
        Parameter(
            "A", lognormal(100.0, 0.7), "1/day", "growth rate of the log density", "25 to 390 days; about 100 published",
            sampled="doubling", sampled_meaning="days in which the density doubles", publish=lambda s, ref, p: log(2.0) / s["doubling"],
        ),
        Parameter(
            "B", lognormal(0.5, 1.0), "1", "log density at t = 0", "0.07 to 3.5: a model is worth a tenth to a few times its size",
            sampled="middle", sampled_meaning="density at the mean model's date", publish=lambda s, ref, p: jnp.log(s["middle"]) - p["A"] * ref["t"],
        ),
    ),
    function=mean,
    noise=Noise(grows=False, sigma=half_normal(0.3)),
    applies="models that were the densest so far at their release (records); densities come from a loss law and ladder_task, turned round",
    fails="records are the upper edge of a cloud: scatter to both sides of the line is an approximation, and benchmarks that leak into training data raise rho",
    citation="Xiao et al. 2024, Densing Law of LLMs",
    arxiv="2412.04315",
    bibtex="""@article{xiao2024densing,
  title={Densing Law of LLMs},
  author={Xiao, Chaojun and Cai, Jie and Zhao, Weilin and others},
  journal={arXiv preprint arXiv:2412.04315},
  year={2024}
}""",
    published={
        "illustration": Published({"A": 0.007, "B": -2.5}, "illustration", "arXiv 2412.04315", "A as third-party notes give it (doubling in 3.3 months); B is made up"),
    },
    example={"t": tuple(30.0 + 35.0 * i for i in range(20))},
)  # fmt: skip
