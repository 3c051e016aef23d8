r"""Routed models with a floor: the reducible loss is a product of sizes and experts.

.. math::

    \log(L - E) = d + a \log N + b \log \hat X + c \log N \log \hat X, \qquad
    \frac{1}{\hat X} = \frac{1}{X - 1 + (1/E_{start} - 1/E_{max})^{-1}} + \frac{1}{E_{max}}

``routed`` has no floor and so falls too far beyond its largest model; the joint law of experts of
arXiv 2502.05172 has one. This is its form for runs on one number of tokens.
Sources: Clark et al. 2022, arXiv 2202.01169; Ludziejewski et al. 2025, arXiv 2502.05172.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter, floor
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models._types import Values
from bayes_scaling.models.routed import EXPERTS, routed, saturated


def mean(
    x: Values, E: Array, a: Array, b: Array, c: Array, d: Array, E_start: Array, E_max: Array
) -> Array:
    """Return the loss in nats/token."""
    n, k = jnp.log(x["N"]), jnp.log(saturated(x["X"], E_start, E_max))
    return E + jnp.exp(d - a * n - b * k + c * n * k)


def _experts(ref: Values, p: Values) -> Array:
    """Return the log of the saturated count of the mean number of experts."""
    return jnp.log(saturated(ref["X"], p["E_start"], p["E_max"]))


routed_floor = Law(
    name="routed_floor",
    title="Routed models with a floor: parameters and experts",
    formula=(
        "L(N, X) = E + exp(d - a log N - b log X' + c log N log X'), 1/X' = 1/(X - 1 + "
        "1/(1/E_start - 1/E_max)) + 1/E_max"
    ),
    latex=(
        r"L(N, X) = E + e^{d} N^{-a} \hat X^{-b + c \log N}, \quad \frac{1}{\hat X} = "
        r"\frac{1}{X - 1 + (1/E_{start} - 1/E_{max})^{-1}} + \frac{1}{E_{max}}"
    ),
    inputs=routed.inputs,
    parameters=(
        floor("E"),
        *EXPERTS,
        Parameter(
            "c",
            normal(0.005, 0.005),
            unit="1",
            meaning="how the value of experts decreases as models grow",
            reason="0.004 published without a floor and 0.01 with one, in natural logarithms",
        ),
        Parameter(
            "a",
            lognormal(0.2, 0.5),
            unit="1",
            meaning="exponent of the parameter count when the saturated count is one",
            reason="0.07 to 0.53 with a floor; 0.19 published",
            sampled="slope_N",
            sampled_meaning="exponent of the parameter count at the mean number of experts",
            publish=lambda s, ref, p: s["slope_N"] + p["c"] * _experts(ref, p),
        ),
        Parameter(
            "b",
            lognormal(0.09, 0.5),
            unit="1",
            meaning="exponent of the saturated count of a model with one parameter",
            reason="experts are worth less than parameters: 0.03 to 0.24",
            sampled="slope_X",
            sampled_meaning="exponent of the saturated count at the mean parameter count",
            publish=lambda s, ref, p: s["slope_X"] + p["c"] * jnp.log(ref["N"]),
        ),
        Parameter(
            "d",
            lognormal(0.9, 0.6),
            unit="1",
            meaning="log of the reducible loss at one parameter and a saturated count of one",
            reason="0.3 to 2.9 nats above the floor",
            sampled="reducible",
            sampled_meaning="reducible loss at the mean training run, nats",
            publish=lambda s, ref, p: (
                jnp.log(s["reducible"])
                + p["a"] * jnp.log(ref["N"])
                + (p["b"] - p["c"] * jnp.log(ref["N"])) * _experts(ref, p)
            ),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"],
    decreasing=("N",),
    applies="routed and dense models trained on the same number of tokens",
    fails="has no tokens; runs that differ in routing scatter more than the noise of training",
    citation="Ludziejewski et al. 2025, Joint MoE Scaling Laws",
    arxiv="2502.05172",
    bibtex="""@inproceedings{ludziejewski2025joint,
  title={Joint {MoE} Scaling Laws: Mixture of Experts Can Be Memory Efficient},
  author={Ludziejewski, Jan and Pi{\\'o}ro, Maciej and Krajewski, Jakub and others},
  booktitle={International Conference on Machine Learning},
  note={arXiv 2502.05172},
  year={2025}
}""",
    published={
        "li2026_moe, fitted here": Published(
            {
                "E": 1.76663,
                "E_start": 3.41901,
                "E_max": 464.714,
                "c": -0.00509696,
                "a": 0.218624,
                "b": 0.0339268,
                "d": 4.12144,
            },
            checked="recomputed",
            source="this package",
            note="a posterior draw of least error on the 193 training runs",
        )
    },
    example=routed.example,
)
