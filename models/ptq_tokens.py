r"""Post-training quantization: the rise in loss grows with training tokens.

.. math:: \delta(N, D, P) = k\, \frac{D^{\beta}}{N^{\alpha} P^{\gamma}}

``precision_ptq`` has an exponential in the bits P instead.
Source: Ouyang et al. 2024, arXiv 2411.17691.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import exponent, level
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.precision_ptq import precision_ptq


def mean(x: Values, k: Array | float, g_D: Array, g_N: Array, g_P: Array) -> Array:
    """Return the loss increase in nats/token."""
    return k * power(x["D"], g_D) * power(x["N"], -g_N) * power(x["P"], -g_P)


ptq_tokens = replace(
    precision_ptq,
    name="ptq_tokens",
    title="Post-training quantization in training tokens",
    formula="delta(N, D, P) = k D^g_D/(N^g_N P^g_P)",
    latex=r"\delta(N, D, P) = k\, \frac{D^{g_D}}{N^{g_N} P^{g_P}}",
    parameters=(
        exponent(
            "g_D",
            lognormal(0.5, 0.5),
            meaning="exponent of the token count",
            reason="0.2 to 1.3; 0.53 published",
        ),
        exponent(
            "g_N",
            lognormal(0.3, 0.5),
            meaning="exponent of the parameter count",
            reason="0.1 to 0.8; 0.23 published",
        ),
        exponent(
            "g_P",
            lognormal(5.0, 0.3),
            meaning="exponent of the bits",
            reason="2.8 to 9; 5.5 published",
        ),
        level(
            "k",
            lambda x, p: mean(x, 1.0, **p),
            lognormal(1.0, 0.5),
            unit="nats x parameters^g_N x bits^g_P/tokens^g_D",
            meaning="amplitude of the increase",
        ),
    ),
    function=mean,
    applies="checkpoints of one family quantized to 2 to 4 bits after training, where loss rises",
    fails="unbounded: 2 nats at 2 bits for 1e9 parameters and 1e11 tokens",
    citation=(
        "Ouyang et al. 2024, Low-Bit Quantization Favors Undertrained LLMs: Scaling Laws for "
        "Quantized LLMs with 100T Training Tokens"
    ),
    arxiv="2411.17691",
    bibtex="""@article{ouyang2024lowbit,
  title={Low-Bit Quantization Favors Undertrained {LLMs}: Scaling Laws for Quantized {LLMs} with \
100T Training Tokens},
  author={Ouyang, Xu and Ge, Tao and Hartvigsen, Thomas and others},
  journal={arXiv preprint arXiv:2411.17691},
  year={2024}
}""",
    published={
        "Ouyang 2024": Published(
            {"k": 0.017, "g_D": 0.5251, "g_N": 0.2261, "g_P": 5.4967},
            checked="third-party notes",
            source="arXiv 2411.17691",
            note="GPTQ on Pythia, 160M to 12B parameters and 1e9 to 2e11 tokens",
        )
    },
    example={
        "N": tuple(n for n in (1.6e8, 4e8, 1.4e9, 1.2e10) for _ in range(6)),
        "D": (1.5e9, 2e11, 6e9, 2.6e10, 1e11, 6e9) * 4,
        "P": (2.0, 3.0, 4.0, 2.0, 4.0, 3.0, 4.0, 2.0, 3.0, 4.0, 2.0, 4.0) * 2,
    },
)
