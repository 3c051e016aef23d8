r"""Loss from the length of the context.

.. math:: L(c) = \left(\frac{c_0}{c}\right)^{\beta_c} + L_\infty

Source: Xiong et al. 2023, arXiv 2309.16039.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, L_inf: Array, beta_c: Array, c_0: Array) -> Array:
    """Return the loss in nats/token."""
    return L_inf + power(c_0 / x["c"], beta_c)


def _size(c_0: float, beta_c: float, L_inf: float, size: str) -> Published:
    """Values of one model size."""
    return Published(
        {"c_0": c_0, "beta_c": beta_c, "L_inf": L_inf},
        checked="third-party notes",
        source="arXiv 2309.16039",
        note=f"Llama 2 {size}, trained on at contexts of up to 32,768 tokens",
    )


context_length = Law(
    name="context_length",
    title="Loss from the length of the context",
    formula="L(c) = (c_0/c)^beta_c + L_inf",
    latex=r"L(c) = \left(\frac{c_0}{c}\right)^{\beta_c} + L_{\infty}",
    inputs={"c": "tokens of context"},
    parameters=(
        floor("L_inf", meaning="loss with endless context"),
        exponent(
            "beta_c",
            lognormal(0.45, 0.4),
            meaning="exponent of the context",
            reason="0.2 to 0.9; 0.45 to 0.51 published",
        ),
        Parameter(
            "c_0",
            half_normal(0.5),
            unit="tokens",
            meaning="context at which the term is one nat",
            reason="context still brings 0 to 1 nat at the mean length",
            sampled="context_term",
            sampled_meaning="what longer contexts still bring at the mean length, nats",
            publish=lambda s, ref, p: ref["c"] * power(s["context_term"], 1 / p["beta_c"]),
        ),
    ),
    function=mean,
    scale=lambda x: x["c"],
    decreasing=("c",),
    applies="one model on long texts, its loss at the last positions by the length of its context",
    fails="contexts beyond the length of training; texts that are shorter than the context",
    citation="Xiong et al. 2023, Effective Long-Context Scaling of Foundation Models",
    arxiv="2309.16039",
    bibtex="""@article{xiong2023effective,
  title={Effective Long-Context Scaling of Foundation Models},
  author={Xiong, Wenhan and Liu, Jingyu and Molybog, Igor and others},
  journal={arXiv preprint arXiv:2309.16039},
  year={2023}
}""",
    published={
        "7B": _size(25.4, 0.45, 1.56, "7B"),
        "13B": _size(19.5, 0.48, 1.45, "13B"),
        "34B": _size(17.7, 0.50, 1.41, "34B"),
        "70B": _size(17.9, 0.51, 1.35, "70B"),
    },
    example={"c": tuple(128.0 * 1.3**i for i in range(22))},
)
