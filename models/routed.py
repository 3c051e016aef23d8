r"""Routed models: loss from parameters and experts, with an interaction.

.. math::

    \log_{10} L = a \log_{10} N + b \log_{10} \hat X + c \log_{10} N \log_{10} \hat X + d, \qquad
    \frac{1}{\hat X} = \frac{1}{X - 1 + (1/E_{start} - 1/E_{max})^{-1}} + \frac{1}{E_{max}}

X is the number of experts. Its saturated count runs from E_start at one expert to E_max.
Source: Clark et al. 2022, arXiv 2202.01169.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior, lognormal, normal
from bayes_scaling.models._types import Term, Values


def saturated(X: Array, E_start: Array, E_max: Array) -> Array:
    """Return the saturated count of experts: E_start at one expert, E_max at very many."""
    return 1 / (1 / (X - 1 + 1 / (1 / E_start - 1 / E_max)) + 1 / E_max)


def mean(x: Values, a: Array, b: Array, c: Array, d: Array, E_start: Array, E_max: Array) -> Array:
    """Return the loss in nats/token."""
    n, k = jnp.log10(x["N"]), jnp.log10(saturated(x["X"], E_start, E_max))
    return power(10.0, a * n + b * k + c * n * k + d)


def _log_size(ref: Values, p: Values) -> Array:
    """Return log10 of the mean parameter count."""
    return jnp.log10(ref["N"])


def _log_experts(ref: Values, p: Values) -> Array:
    """Return log10 of the saturated count of the mean number of experts."""
    return jnp.log10(saturated(ref["X"], p["E_start"], p["E_max"]))


_LOG10_E = 0.4342944819032518


def _slope(
    name: str, at: Term, meaning: str, sampled_meaning: str, prior: Prior, reason: str
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
        publish=lambda s, ref, p: s[f"slope_{name}"] - p["c"] * at(ref, p),
    )


EXPERTS = (
    Parameter(
        "E_start",
        lognormal(1.8, 0.4),
        unit="experts",
        meaning="saturated count at one expert",
        reason="0.8 to 4; 1.85 published",
    ),
    Parameter(
        "E_max",
        lognormal(300.0, 0.6),
        unit="experts",
        meaning="limit of the saturated count",
        reason="90 to 1000; 314 published",
    ),
)

routed = Law(
    name="routed",
    title="Routed models: parameters and experts, with an interaction",
    formula=(
        "log10 L(N, X) = a log10 N + b log10 X' + c log10 N log10 X' + d, 1/X' = 1/(X - 1 + "
        "1/(1/E_start - 1/E_max)) + 1/E_max"
    ),
    latex=(
        r"\log_{10} L(N, X) = a \log_{10} N + b \log_{10} \hat X + "
        r"c \log_{10} N \log_{10} \hat X + d, "
        r"\quad \frac{1}{\hat X} = \frac{1}{X - 1 + (1/E_{start} - 1/E_{max})^{-1}} + "
        r"\frac{1}{E_{max}}"
    ),
    inputs={
        "N": "parameters of the dense model",
        "X": "experts, 1 of a dense model",
    },
    parameters=(
        *EXPERTS,
        Parameter(
            "c",
            normal(0.0, 0.02),
            unit="1",
            meaning="how the value of experts decreases as models grow",
            reason="0.009 published; small compared with the slopes",
        ),
        _slope(
            "a",
            _log_experts,
            "slope in log10 N of a model whose saturated count is one",
            "slope of log10 L in log10 N at the mean number of experts",
            normal(-0.08, 0.04),
            "-0.12 to -0.05 published for laws without a floor",
        ),
        _slope(
            "b",
            _log_size,
            "slope in log10 of the saturated count of a model with one parameter",
            "slope of log10 L in log10 of the saturated count at the mean parameter count",
            normal(-0.03, 0.04),
            "experts are worth less than parameters",
        ),
        Parameter(
            "d",
            normal(0.0, 0.3),
            unit="1",
            meaning="log10 of the loss of a model with one parameter and a saturated count of one",
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
                - p["b"] * _log_experts(ref, p)
                - p["c"] * jnp.log10(ref["N"]) * _log_experts(ref, p)
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
            {
                "a": -0.082,
                "b": -0.108,
                "c": 0.009,
                "d": 1.104,
                "E_start": 1.847,
                "E_max": 314.478,
            },
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
