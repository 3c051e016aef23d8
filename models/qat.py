r"""Quantization-aware training: the loss that low precision adds, by size, tokens and group size.

.. math:: \delta(N, D, G) = k\, \frac{D^{\gamma_D} (\log_2 G)^{\gamma_G}}{N^{\gamma_N}}

G weights (or activations) share one scale.
Source: Chen et al. 2025, arXiv 2505.14302.
"""

from dataclasses import replace

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import exponent, level
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.precision_ptq import precision_ptq


def mean(x: Values, k: Array | float, g_D: Array, g_N: Array, g_G: Array) -> Array:
    """Return the loss increase in nats/token."""
    return k * power(x["D"], g_D) * power(x["N"], -g_N) * power(jnp.log2(x["G"]), g_G)


def _chen(k: float, g_N: float, g_D: float, g_G: float) -> Published:
    """One precision of the source."""
    return Published(
        {"k": k, "g_N": g_N, "g_D": g_D, "g_G": g_G},
        checked="third-party notes",
        source="arXiv 2505.14302",
        note="268 runs in all; agrees with the trends that the source states",
    )


qat = replace(
    precision_ptq,
    name="qat",
    title="Quantization-aware training: size, tokens and group size",
    formula="delta(N, D, G) = k D^g_D (log2 G)^g_G/N^g_N",
    latex=r"\delta(N, D, G) = k\, \frac{D^{\gamma_D} (\log_2 G)^{\gamma_G}}{N^{\gamma_N}}",
    inputs={
        "N": "parameters",
        "D": "training tokens",
        "G": "group size, above 1: values that share one scale",
    },
    parameters=(
        exponent(
            "g_D",
            lognormal(0.08, 0.6),
            meaning="exponent of the token count",
            reason="0.02 to 0.26; 0.03 to 0.16 published",
        ),
        exponent(
            "g_N",
            lognormal(0.25, 0.5),
            meaning="exponent of the parameter count",
            reason="0.09 to 0.7; 0.18 to 0.36 published",
        ),
        exponent(
            "g_G",
            lognormal(0.6, 0.5),
            meaning="exponent of log2 of the group size",
            reason="0.2 to 1.6; 0.34 to 0.98 published",
        ),
        level(
            "k",
            lambda x, p: mean(x, 1.0, **p),
            lognormal(1.0, 0.5),
            unit="nats x parameters^g_N/tokens^g_D",
            meaning="amplitude of the increase",
        ),
    ),
    function=mean,
    decreasing=("N",),
    applies="pairs of runs with and without quantization at one precision",
    fails="one precision at a time; unbounded in tokens",
    citation="Chen et al. 2025, Scaling Law for Quantization-Aware Training",
    arxiv="2505.14302",
    bibtex="""@article{chen2025qat,
  title={Scaling Law for Quantization-Aware Training},
  author={Chen, Mengzhao and Zhang, Chaoyi and Liu, Jing and others},
  journal={arXiv preprint arXiv:2505.14302},
  year={2025}
}""",
    published={
        "W4A4": _chen(0.1582, 0.2186, 0.0745, 0.7779),
        "W4A16": _chen(0.2522, 0.3589, 0.1610, 0.3533),
        "W16A4": _chen(0.1004, 0.1816, 0.0331, 0.9812),
        "W4A4, second feed-forward layer at 8 bits": _chen(0.3519, 0.2637, 0.0964, 0.3407),
    },
    example={
        "N": tuple(n for n in (7.4e7, 1.45e8, 2.97e8, 5.95e8) for _ in range(6)),
        "D": (1e10, 2e10, 5e10, 1e11, 1e10, 1e11) * 4,
        "G": (32.0, 64.0, 128.0, 256.0, 32.0, 128.0, 256.0, 64.0) * 3,
    },
)
