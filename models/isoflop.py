r"""The losses of one compute budget against model size: where is the valley?

.. math:: L(N) = L_{\min} \exp\left(\tfrac{\kappa}{2}\, z^2 e^{s z}\right), \qquad z = \log \frac{N}{N^{*}}

A parabola in log N that may be steeper on one side. Fit it budget by budget to the runs around the lowest, and give
the best sizes with their errors to compute_optimal_allocation.
Source: the parabolas (s = 0) of Hoffmann et al. 2022, arXiv 2203.15556.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models.chinchilla import chinchilla


def mean(x, L_min, N_opt, kappa_N, skew):
    z = jnp.log(x["N"] / N_opt)
    return L_min * jnp.exp(0.5 * kappa_N * z**2 * jnp.exp(skew * z))


isoflop = Law(
    name="isoflop",
    title="One isoFLOP curve and its valley",
    formula="L(N) = L_min exp(kappa_N/2 z^2 exp(skew z)), z = log(N/N_opt)",
    latex=r"L(N) = L_{\min} \exp\left(\frac{\kappa}{2} z^2 e^{s z}\right), \quad z = \log\frac{N}{N^{*}}",
    inputs={"N": "parameters"},
    parameters=(
        Parameter(
            "N_opt", lognormal(1.0, 0.6), "parameters", "best size of the budget", "the runs lie about the valley",
            sampled="N_opt_ratio", sampled_meaning="best size over the geometric mean size of the runs", publish=lambda s, ref, p: s["N_opt_ratio"] * ref["N"],
        ),
        Parameter(
            "L_min", lognormal(1.0, 0.02), "nats/token", "loss at the best size", "some run is near the best size",
            sampled="L_min_ratio", sampled_meaning="loss at the best size over the lowest observed loss", publish=lambda s, ref, p: s["L_min_ratio"] * ref["y_min"],
        ),
        exponent("kappa_N", lognormal(0.12, 0.7), meaning="curvature of log loss in log N at the best size", reason="a model three times too small or large loses 2% to 30%"),
        Parameter("skew", normal(0.0, 0.3), "1", "how much steeper the side of large models is", "three times the size: curvature times 0.5 to 1.9"),
    ),
    function=mean,
    noise=Noise(grows=False, sigma=lognormal(0.004, 0.5)),  # away from 0: few runs, which the curve could meet exactly
    applies="runs of one compute budget within a factor of three or so of the best size, both sides seen",
    fails="far from the valley the curve is no parabola; a valley at the edge of the runs is extrapolated",
    citation=chinchilla.citation,
    arxiv=chinchilla.arxiv,
    bibtex=chinchilla.bibtex,
    published={"illustration": Published({"L_min": 3.51, "N_opt": 1.3e8, "kappa_N": 0.08, "skew": 0.3}, "illustration", "made up", "round values near a budget of 1.6e18 FLOPs of arXiv 2406.19146")},
    example={"N": tuple(1.3e8 * 1.15 ** (i - 8) for i in range(16))},
)  # fmt: skip
