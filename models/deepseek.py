r"""Optimal learning rate and batch size of a compute budget.

.. math:: \eta^{*}(C) = \eta_0 C^{b}, \qquad B^{*}(C) = B_0 C^{b}

The source counts its own FLOPs, C = (72 l d^2 + 12 l d s) D for l layers of width d, sequences of s
tokens and D training tokens: attention is counted, embeddings are not. This differs from 6 N D by
up to half for small models, so the input has a name of its own: see ``training_flops``. When each
optimum has a known standard error, pass its column as ``se``.
Source: DeepSeek-AI 2024, arXiv 2401.02954.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.array_types import Numeric
from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, level
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def training_flops(layers: Numeric, width: Numeric, context: Numeric, tokens: Numeric) -> Numeric:
    """Count training FLOPs as the source does: (72 l d^2 + 12 l d s) D.

    Parameters
    ----------
    layers, width, context, tokens : float or array
        Layers l, model dimension d, tokens per sequence s, and training tokens D.

    Returns
    -------
    float or array
        FLOPs, attention included and embeddings left out; the input ``C_attn``.
    """
    return (72 * layers * width * width + 12 * layers * width * context) * tokens


def learning_rate(x: Values, eta_0: Array, b: Array) -> Array:
    """Return the optimal learning rate."""
    return eta_0 * power(x["C_attn"], b)


def batch_size(x: Values, B_0: Array, b: Array) -> Array:
    """Return the optimal batch size in tokens."""
    return B_0 * power(x["C_attn"], b)


_DEEPSEEK = """@article{deepseek2024llm,
  title={DeepSeek LLM: Scaling Open-Source Language Models with Longtermism},
  author={{DeepSeek-AI}},
  journal={arXiv preprint arXiv:2401.02954},
  year={2024}
}"""

deepseek_lr = Law(
    name="deepseek_lr",
    title="Optimal learning rate for a compute budget",
    formula="lr*(C) = eta_0 C^b, C = (72 l d^2 + 12 l d s) D",
    latex=r"\eta^{*}(C) = \eta_0\, C^{b}, \quad C = (72\, l d^2 + 12\, l d s)\, D",
    inputs={
        "C_attn": "training FLOPs without embeddings and with attention, (72 l d^2 + 12 l d s) D "
        "for l layers of width d, sequences of s tokens and D training tokens"
    },
    outcome="lr",
    unit="learning rate",
    parameters=(
        Parameter(
            "b",
            lognormal(0.12, 0.6),
            unit="1",
            meaning="exponent of compute, negative",
            reason="larger runs take smaller steps; -0.4 to -0.04",
            sampled="rate",
            sampled_meaning="-b",
            publish=lambda s, ref, p: -s["rate"],
        ),
        level(
            "eta_0",
            lambda x, p: power(x["C_attn"], p["b"]),
            lognormal(1.0, 0.7),
            unit="FLOPs^-b",
            meaning="optimal learning rate at one FLOP",
        ),
    ),
    function=learning_rate,
    scale=lambda x: x["C_attn"],
    noise=Noise(link="log", grows=False, sigma=half_normal(0.4)),
    decreasing=("C_attn",),
    applies=(
        "optimal learning rates of tuned runs of one recipe; wide optima scatter by tens of percent"
    ),
    fails="its constants hold for one parametrization, optimizer and batch-size rule",
    citation="DeepSeek-AI 2024, DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
    arxiv="2401.02954",
    bibtex=_DEEPSEEK,
    published={
        "DeepSeek LLM": Published(
            {"eta_0": 0.3118, "b": -0.125},
            checked="third-party notes",
            source="arXiv 2401.02954",
            note="gives the learning rates of the source's 7B and 67B models within 3%",
        )
    },
    example={"C_attn": tuple(10.0 ** (17 + 0.2 * i) for i in range(20))},
)

deepseek_batch = replace(
    deepseek_lr,
    name="deepseek_batch",
    title="Optimal batch size for a compute budget",
    formula="B*(C) = B_0 C^b, C = (72 l d^2 + 12 l d s) D",
    latex=r"B^{*}(C) = B_0\, C^{b}, \quad C = (72\, l d^2 + 12\, l d s)\, D",
    outcome="batch",
    unit="tokens",
    parameters=(
        exponent(
            "b",
            lognormal(0.3, 0.4),
            meaning="exponent of compute",
            reason="between a sixth and two thirds; 0.33 published",
        ),
        level(
            "B_0",
            lambda x, p: power(x["C_attn"], p["b"]),
            lognormal(1.0, 0.7),
            unit="tokens/FLOPs^b",
            meaning="optimal batch size at one FLOP",
        ),
    ),
    function=batch_size,
    decreasing=(),
    applies=(
        "optimal batch sizes of tuned runs of one recipe; wide optima scatter by tens of percent"
    ),
    published={
        "DeepSeek LLM": Published(
            {"B_0": 0.292, "b": 0.3271},
            checked="third-party notes",
            source="arXiv 2401.02954",
            note="gives the batch sizes of the source's 7B and 67B models within 10%",
        )
    },
)
