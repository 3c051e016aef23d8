r"""Loss increase from post-training quantization.

.. math:: \delta = C_T\, \frac{D^{g_D}}{N^{g_N}}\, e^{-P / g_P}

P counts bits.
Source: Kumar et al. 2024, arXiv 2411.04330.
"""

from dataclasses import replace

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import exponent, level
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.precision_train import precision_train


def mean(x: Values, C_T: Array | float, g_D: Array, g_N: Array, g_P: Array) -> Array:
    """Return the loss increase in nats/token."""
    return C_T * power(x["D"], g_D) * power(x["N"], -g_N) * jnp.exp(-x["P"] / g_P)


precision_ptq = replace(
    precision_train,
    name="precision_ptq",
    title="Post-training quantization",
    formula="delta(N, D, P) = C_T D^g_D/N^g_N exp(-P/g_P)",
    latex=r"\delta(N, D, P) = C_T\, \frac{D^{g_D}}{N^{g_N}}\, e^{-P/g_P}",
    inputs={"N": "parameters", "D": "training tokens", "P": "bits after training"},
    outcome="loss_increase",
    unit="nats/token",
    parameters=(
        exponent(
            "g_D",
            lognormal(0.4, 0.6),
            meaning="exponent of the token count",
            reason="about as large as the exponent of parameters; 0.12 to 1.3",
        ),
        exponent(
            "g_N",
            lognormal(0.4, 0.6),
            meaning="exponent of the parameter count",
            reason="about as large as the exponent of tokens; 0.12 to 1.3",
        ),
        exponent(
            "g_P",
            lognormal(0.7, 0.6),
            meaning="bits that lower the increase by a factor e",
            reason="0.2 to 2.3 bits",
        ),
        level(
            "C_T",
            lambda x, p: mean(x, 1.0, **p),
            lognormal(1.0, 1.0),
            unit="nats x parameters^g_N/tokens^g_D",
            meaning="amplitude of the increase",
        ),
    ),
    function=mean,
    scale=None,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.3)),
    decreasing=("N", "P"),
    applies=(
        "the rise in loss when weights are quantized after training, run by run, where it is "
        "positive"
    ),
    fails="unbounded: very large token counts at few bits exceed any loss",
    published={
        "illustration": Published(
            {"C_T": 0.06, "g_D": 0.5, "g_N": 0.35, "g_P": 0.6},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example={
        "N": tuple(n for n in (3e7, 1e8, 4e8, 1.7e9) for _ in range(6)),
        "D": (1.5e9, 2.6e10, 6e9, 2.6e10, 1.5e9, 6e9) * 4,
        "P": (3.0, 3.0, 4.0, 5.0, 6.0, 6.0, 4.0, 6.0, 3.0, 4.0, 5.0, 3.0) * 2,
    },
)
