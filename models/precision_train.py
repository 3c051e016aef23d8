r"""Loss of low-precision training.

.. math::

    L = E + A N_{\mathrm{eff}}^{-\alpha_N} + B D^{-\alpha_D}, \qquad
    N_{\mathrm{eff}} = N \prod_{i \in \{w, a, kv\}} \left(1 - e^{-P_i / g_i}\right)

P counts bits.
Source: Kumar et al. 2024, arXiv 2411.04330.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def _kept(bits: Array, g: Array) -> Array:
    """Fraction of the parameters that this many bits keep effective."""
    return -jnp.expm1(-bits / g)


def _effective(x: Values, g_w: Array, g_a: Array, g_kv: Array) -> Array:
    """Effective parameters."""
    return x["N"] * _kept(x["P_w"], g_w) * _kept(x["P_a"], g_a) * _kept(x["P_kv"], g_kv)


def mean(
    x: Values,
    E: Array,
    A: Array,
    B: Array,
    alpha_N: Array,
    alpha_D: Array,
    g_w: Array,
    g_a: Array,
    g_kv: Array,
) -> Array:
    """Return the loss in nats/token."""
    return E + A * power(_effective(x, g_w, g_a, g_kv), -alpha_N) + B * power(x["D"], -alpha_D)


def _bits(name: str, tensors: str) -> Parameter:
    """Bits that keep all but 1/e of the parameters effective."""
    return exponent(
        name,
        lognormal(2.0, 0.6),
        meaning=f"bits per {tensors} that keep all but 1/e of the parameters effective",
        reason="three bits hurt and eight hardly do: 0.6 to 6.5",
    )


precision_train = Law(
    name="precision_train",
    title="Low-precision training",
    formula=(
        "L = E + A/N_eff^alpha_N + B/D^alpha_D, N_eff = N (1-exp(-P_w/g_w)) (1-exp(-P_a/g_a)) "
        "(1-exp(-P_kv/g_kv))"
    ),
    latex=(
        r"L = E + \frac{A}{N_{\mathrm{eff}}^{\alpha_N}} + \frac{B}{D^{\alpha_D}}, \quad "
        r"N_{\mathrm{eff}} = N \prod_{i} \left(1 - e^{-P_i/g_i}\right)"
    ),
    inputs={
        "N": "parameters",
        "D": "training tokens",
        "P_w": "bits per weight",
        "P_a": "bits per activation",
        "P_kv": "bits per key-value cache entry",
    },
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the effective parameter count"),
        exponent("alpha_D", meaning="exponent of the token count"),
        _bits("g_w", "weight"),
        _bits("g_a", "activation"),
        _bits("g_kv", "key or value"),
        amplitude(
            "A",
            lambda x, p: power(_effective(x, p["g_w"], p["g_a"], p["g_kv"]), -p["alpha_N"]),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D", "P_w", "P_a", "P_kv"),
    applies="runs trained at 3 to 16 bits, with each kind of precision varied independently",
    fails="R^2 of 0.82 in the source's validation: formats differ in more than their bits",
    citation="Kumar et al. 2024, Scaling Laws for Precision",
    arxiv="2411.04330",
    bibtex="""@article{kumar2024scaling,
  title={Scaling Laws for Precision},
  author={Kumar, Tanishq and Ankner, Zachary and Spector, Benjamin F. and others},
  journal={arXiv preprint arXiv:2411.04330},
  year={2024}
}""",
    published={
        "illustration": Published(
            {
                "E": 1.9,
                "A": 400.0,
                "B": 1500.0,
                "alpha_N": 0.34,
                "alpha_D": 0.36,
                "g_w": 2.5,
                "g_a": 2.0,
                "g_kv": 1.2,
            },
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        ),
    },
    example={
        "N": tuple(n for n in (3e7, 1e8, 4e8, 1.7e9) for _ in range(10)),
        "D": (1.5e9, 3e9, 6e9, 1.3e10, 2.6e10, 2.6e10, 1.3e10, 6e9, 3e9, 1.5e9) * 4,
        "P_w": (16.0, 3.0, 16.0, 16.0, 4.0, 16.0, 3.0, 16.0, 6.0, 3.0) * 4,
        "P_a": (16.0, 16.0, 3.0, 16.0, 16.0, 4.0, 8.0, 3.0, 16.0, 3.0) * 4,
        "P_kv": (16.0, 16.0, 16.0, 3.0, 8.0, 16.0, 16.0, 3.0, 3.0, 4.0) * 4,
    },
)
