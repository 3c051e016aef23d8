r"""Losses of one compute budget against model size, and the position of their minimum.

.. math::

    L(N) = L_{\min} \exp\left(\tfrac{\kappa}{2}\, z^2 e^{s z}\right), \qquad
    z = \log \frac{N}{N^{*}}

A parabola in log N that may be steeper on one side. Fit it budget by budget to the runs around the
minimum, and pass the optimal sizes with their standard errors to compute_optimal_allocation.
Source: the parabolas (s = 0) of Hoffmann et al. 2022, arXiv 2203.15556.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models._types import Values
from bayes_scaling.models.chinchilla import chinchilla


def mean(x: Values, L_min: Array, N_opt: Array, kappa_N: Array, skew: Array) -> Array:
    """Return the loss in nats/token."""
    z = jnp.log(x["N"] / N_opt)
    return L_min * jnp.exp(0.5 * kappa_N * z**2 * jnp.exp(skew * z))


isoflop = Law(
    name="isoflop",
    title="One isoFLOP curve and its minimum",
    formula="L(N) = L_min exp(kappa_N/2 z^2 exp(skew z)), z = log(N/N_opt)",
    latex=(
        r"L(N) = L_{\min} \exp\left(\frac{\kappa}{2} z^2 e^{s z}\right), \quad z = "
        r"\log\frac{N}{N^{*}}"
    ),
    inputs={"N": "parameters"},
    parameters=(
        Parameter(
            "N_opt",
            lognormal(1.0, 0.6),
            unit="parameters",
            meaning="optimal size for the budget",
            reason="the runs surround the minimum",
            sampled="N_opt_ratio",
            sampled_meaning="optimal size divided by the geometric mean size of the runs",
            publish=lambda s, ref, p: s["N_opt_ratio"] * ref["N"],
        ),
        Parameter(
            "L_min",
            lognormal(1.0, 0.02),
            unit="nats/token",
            meaning="loss at the optimal size",
            reason="some run is near the optimal size",
            sampled="L_min_ratio",
            sampled_meaning="loss at the optimal size divided by the lowest observed loss",
            publish=lambda s, ref, p: s["L_min_ratio"] * ref["y_min"],
        ),
        exponent(
            "kappa_N",
            lognormal(0.12, 0.7),
            meaning="curvature of log loss in log N at the optimal size",
            reason="a model three times too small or too large loses 2% to 30%",
        ),
        Parameter(
            "skew",
            normal(0.0, 0.3),
            unit="1",
            meaning="how much steeper the curve is on the side of large models",
            reason="at three times the size, curvature times 0.5 to 1.9",
        ),
    ),
    function=mean,
    # sigma is kept away from 0: the curve could pass exactly through a few runs
    noise=Noise(grows=False, sigma=lognormal(0.004, 0.5)),
    applies=(
        "runs of one compute budget within about a factor of three of the optimal size, on both "
        "sides"
    ),
    fails=(
        "far from the minimum the curve is no parabola; a minimum at the edge of the runs is "
        "extrapolated"
    ),
    citation=chinchilla.citation,
    arxiv=chinchilla.arxiv,
    bibtex=chinchilla.bibtex,
    published={
        "illustration": Published(
            {"L_min": 3.51, "N_opt": 1.3e8, "kappa_N": 0.08, "skew": 0.3},
            checked="illustration",
            source="illustrative values",
            note="round values near a budget of 1.6e18 FLOPs of arXiv 2406.19146",
        )
    },
    example={"N": tuple(1.3e8 * 1.15 ** (i - 8) for i in range(16))},
)
