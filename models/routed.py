r"""Routed models: loss from parameters and experts, with an interaction.

.. math:: \log_{10} L = a \log_{10} N + b \log_{10} X + c \log_{10} N \log_{10} X + d

X is the number of experts.
Source: Clark et al. 2022, arXiv 2202.01169.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, normal
from bayes_scaling.models._types import Values


def mean(x: Values, a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return the loss in nats/token."""
    n, k = jnp.log10(x["N"]), jnp.log10(x["X"])
    return power(10.0, a * n + b * k + c * n * k + d)


_LOG10_E = 0.4342944819032518


def _slope(
    name: str, size: str, meaning: str, sampled_meaning: str, prior: Prior, reason: str
) -> Parameter:
    """Slope of the bilinear law, sampled at the mean training run."""
    return Parameter(
        name,
        prior,
        unit="1",
        meaning=meaning,
        reason=reason,
        sampled=f"slope_{name}",
        sampled_meaning=sampled_meaning,
        publish=lambda s, ref, p: s[f"slope_{name}"] - p["c"] * jnp.log10(ref[size]),
    )


routed = Law(
    name="routed",
    title="Routed models: parameters and experts, with an interaction",
    formula="log10 L(N, X) = a log10 N + b log10 X + c log10 N log10 X + d",
    latex=r"\log_{10} L(N, X) = a \log_{10} N + b \log_{10} X + c \log_{10} N \log_{10} X + d",
    inputs={
        "N": "parameters of the dense model",
        "X": "experts, saturated as in the source when very few or very many",
    },
    parameters=(
        Parameter(
            "c",
            normal(0.0, 0.02),
            unit="1",
            meaning="how the value of experts decreases as models grow",
            reason="0.009 published; small compared with the slopes",
        ),
        _slope(
            "a",
            "X",
            "slope in log10 N of a model with one expert",
            "slope of log10 L in log10 N at the mean number of experts",
            normal(-0.08, 0.04),
            "-0.12 to -0.05 published for laws without a floor",
        ),
        _slope(
            "b",
            "N",
            "slope in log10 X of a model with one parameter",
            "slope of log10 L in log10 X at the mean parameter count",
            normal(-0.03, 0.04),
            "experts are worth less than parameters",
        ),
        Parameter(
            "d",
            normal(0.0, 0.3),
            unit="1",
            meaning="log10 of the loss of a model with one parameter and one expert",
            reason="the mean training run lies within the range of observed losses",
            sampled="middle",
            sampled_meaning=(
                "log of the loss at the mean training run, minus the mean log of the smallest and "
                "largest observed losses"
            ),
            publish=lambda s, ref, p: (
                _LOG10_E * s["middle"]
                + 0.5 * jnp.log10(ref["y_min"] * ref["y_max"])
                - p["a"] * jnp.log10(ref["N"])
                - p["b"] * jnp.log10(ref["X"])
                - p["c"] * jnp.log10(ref["N"]) * jnp.log10(ref["X"])
            ),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"],
    decreasing=("N",),
    applies="routed and dense models trained on the same number of tokens",
    fails=(
        "has no floor and no tokens; beyond the size where the slope in X changes sign, more "
        "experts would hurt"
    ),
    citation="Clark et al. 2022, Unified Scaling Laws for Routed Language Models",
    arxiv="2202.01169",
    bibtex="""@article{clark2022unified,
  title={Unified Scaling Laws for Routed Language Models},
  author={Clark, Aidan and de las Casas, Diego and Guy, Aurelia and others},
  journal={arXiv preprint arXiv:2202.01169},
  year={2022}
}""",
    published={
        "S-BASE": Published(
            {"a": -0.082, "b": -0.108, "c": 0.009, "d": 1.104},
            checked="third-party notes",
            source="arXiv 2202.01169",
            note=(
                "logarithms taken to base 10: with natural ones the loss of a model of 1e8 "
                "parameters would be 0.7 nats"
            ),
        ),
    },
    example={
        "N": tuple(n for n in (1.5e7, 5.5e7, 1.3e8, 3.7e8, 1.3e9) for _ in range(5)),
        "X": (1.0, 4.0, 16.0, 64.0, 256.0) * 5,
    },
)
