r"""Efficiency leverage of mixtures of experts: the compute that a dense model of equal loss needs.

.. math::

    EL = \hat A^{\,a + d \log_{10} C + \gamma (\log_2 G)^2 + \beta \log_2 G}, \qquad
    \hat A = A + A_{start}

A is the fraction of experts that is active. The source does not state the bases of its logarithms;
these reproduce its text. Its saturation has an upper limit of 5e16, which changes nothing.
Source: Tian et al. 2025, arXiv 2507.17702.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal, normal
from bayes_scaling.models._types import Values


def mean(x: Values, a: Array, d: Array, gamma: Array, beta_G: Array, A_start: Array) -> Array:
    """Return the dense model's compute over that of the mixture of experts."""
    grain = jnp.log2(x["G"])
    exponent = a + d * jnp.log10(x["C"]) + (gamma * grain + beta_G) * grain
    return power(x["A"] + A_start, exponent)


efficiency_leverage = Law(
    name="efficiency_leverage",
    title="Efficiency leverage of mixtures of experts over dense models",
    formula="EL(A, G, C) = (A + A_start)^(a + d log10 C + gamma (log2 G)^2 + beta_G log2 G)",
    latex=(r"EL = (A + A_{start})^{a + d \log_{10} C + \gamma (\log_2 G)^2 + \beta \log_2 G}"),
    inputs={
        "A": "activation ratio: fraction of experts that is active",
        "G": "granularity of the experts",
        "C": "training FLOPs",
    },
    outcome="leverage",
    unit="compute of the dense model of equal loss over that of the mixture",
    parameters=(
        Parameter(
            "A_start",
            lognormal(0.015, 0.7),
            unit="1",
            meaning="activation ratio at which fewer active experts stop to help",
            reason="0.004 to 0.06; 0.016 published",
        ),
        Parameter(
            "gamma",
            normal(0.0, 0.02),
            unit="1",
            meaning="curvature of the exponent in log2 of granularity",
            reason="0.017 published: leverage has a maximum in granularity",
        ),
        Parameter(
            "beta_G",
            normal(0.0, 0.05),
            unit="1",
            meaning="slope of the exponent in log2 of granularity at granularity one",
            reason="doubling the granularity changes the exponent by up to 0.1",
            sampled="slope_G",
            sampled_meaning="slope of the exponent in log2 of granularity at the mean one",
            publish=lambda s, ref, p: s["slope_G"] - 2 * p["gamma"] * jnp.log2(ref["G"]),
        ),
        Parameter(
            "d",
            normal(-0.05, 0.05),
            unit="1",
            meaning="change of the exponent per decade of compute",
            reason="leverage grows or stays as compute grows; -0.076 published",
        ),
        Parameter(
            "a",
            normal(-0.6, 0.25),
            unit="1",
            meaning="exponent of the activation ratio at one FLOP and granularity one",
            reason="halving the active experts multiplies leverage by 1.1 to 2.1",
            sampled="power_A",
            sampled_meaning="exponent of the activation ratio at the mean run",
            publish=lambda s, ref, p: (
                s["power_A"]
                - p["d"] * jnp.log10(ref["C"])
                - (p["gamma"] * jnp.log2(ref["G"]) + p["beta_G"]) * jnp.log2(ref["G"])
            ),
        ),
    ),
    function=mean,
    scale=lambda x: x["C"],
    noise=Noise(link="log", grows=False, sigma=half_normal(0.1)),
    applies="mixtures of experts with one shared expert, each against the dense law of its data",
    fails="granularity outside 2 to 16; a dense baseline of another recipe shifts every value",
    citation="Tian et al. 2025, Towards Greater Leverage: Scaling Laws for Efficient MoE Models",
    arxiv="2507.17702",
    bibtex="""@article{tian2025towards,
  title={Towards Greater Leverage: Scaling Laws for Efficient Mixture-of-Experts Language Models},
  author={Tian, Changxin and Chen, Kunlong and Liu, Jia and others},
  journal={arXiv preprint arXiv:2507.17702},
  year={2025}
}""",
    published={
        "Tian 2025": Published(
            {"a": 1.23, "d": -0.0761, "gamma": 0.0167, "beta_G": -0.117, "A_start": 0.0163},
            checked="paper",
            source="arXiv 2507.17702",
            note="7.2 at A = 0.031, G = 12 and 1e22 FLOPs, and a maximum at G = 11.3, as its text",
        )
    },
    example={
        "A": tuple(a for a in (0.01, 0.03, 0.1, 0.25) for _ in range(8)),
        "G": (2.0, 2.0, 4.0, 4.0, 8.0, 8.0, 16.0, 16.0) * 4,
        "C": (1e19, 1e21, 1e20, 1e22, 1e19, 1e22, 1e20, 1e21) * 4,
    },
)
