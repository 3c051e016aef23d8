r"""Precision: the loss of training in few bits, and what quantising afterwards adds.

.. math::

    L &= E + A N_{\mathrm{eff}}^{-\alpha_N} + B D^{-\alpha_D}, \qquad
    N_{\mathrm{eff}} = N \prod_{i \in \{w, a, kv\}} \left(1 - e^{-P_i / g_i}\right) \\
    \delta &= C_T\, \frac{D^{g_D}}{N^{g_N}}\, e^{-P / g_P}

P counts bits. Source: Kumar et al. 2024, arXiv 2411.04330.
"""

from dataclasses import replace

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import amplitude, exponent, floor, level
from bayes_scaling.law.prior import half_normal, lognormal


def _effective(x, g_w, g_a, g_kv):
    share = lambda bits, g: -jnp.expm1(-bits / g)
    return x["N"] * share(x["P_w"], g_w) * share(x["P_a"], g_a) * share(x["P_kv"], g_kv)


def training(x, E, A, B, alpha_N, alpha_D, g_w, g_a, g_kv):
    return E + A * power(_effective(x, g_w, g_a, g_kv), -alpha_N) + B * power(x["D"], -alpha_D)


def quantising(x, C_T, g_D, g_N, g_P):
    return C_T * power(x["D"], g_D) * power(x["N"], -g_N) * jnp.exp(-x["P"] / g_P)


def _bits(name, of):
    return exponent(name, lognormal(2.0, 0.6), meaning=f"bits at which {of} keep all but 1/e of the parameters", reason="three bits hurt and eight hardly do: 0.6 to 6.5")


precision_train = Law(
    name="precision_train",
    title="Training in few bits",
    formula="L = E + A/N_eff^alpha_N + B/D^alpha_D, N_eff = N (1-exp(-P_w/g_w)) (1-exp(-P_a/g_a)) (1-exp(-P_kv/g_kv))",
    latex=r"L = E + \frac{A}{N_{\mathrm{eff}}^{\alpha_N}} + \frac{B}{D^{\alpha_D}}, \quad N_{\mathrm{eff}} = N \prod_{i} \left(1 - e^{-P_i/g_i}\right)",
    inputs={"N": "parameters", "D": "training tokens", "P_w": "bits of the weights", "P_a": "bits of the activations", "P_kv": "bits of the attention cache"},
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the effective parameter count"),
        exponent("alpha_D", meaning="exponent of the token count"),
        _bits("g_w", "weights"),
        _bits("g_a", "activations"),
        _bits("g_kv", "keys and values"),
        amplitude("A", lambda x, p: power(_effective(x, p["g_w"], p["g_a"], p["g_kv"]), -p["alpha_N"]), unit="nats x parameters^alpha_N", meaning="amplitude of the parameter term"),
        amplitude("B", lambda x, p: power(x["D"], -p["alpha_D"]), unit="nats x tokens^alpha_D", meaning="amplitude of the data term"),
    ),
    function=training,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D", "P_w", "P_a", "P_kv"),
    applies="runs trained at 3 to 16 bits, each kind of precision varied apart from the others",
    fails="holds to R^2 0.82 in the source's validation: formats differ in more than their bits",
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
            {"E": 1.9, "A": 400.0, "B": 1500.0, "alpha_N": 0.34, "alpha_D": 0.36, "g_w": 2.5, "g_a": 2.0, "g_kv": 1.2}, "illustration", "made up", "no constant of the source is verified",
        ),
    },
    example={
        "N": tuple(n for n in (3e7, 1e8, 4e8, 1.7e9) for _ in range(10)),
        "D": (1.5e9, 3e9, 6e9, 1.3e10, 2.6e10, 2.6e10, 1.3e10, 6e9, 3e9, 1.5e9) * 4,
        "P_w": (16.0, 3.0, 16.0, 16.0, 4.0, 16.0, 3.0, 16.0, 6.0, 3.0) * 4,
        "P_a": (16.0, 16.0, 3.0, 16.0, 16.0, 4.0, 8.0, 3.0, 16.0, 3.0) * 4,
        "P_kv": (16.0, 16.0, 16.0, 3.0, 8.0, 16.0, 16.0, 3.0, 3.0, 4.0) * 4,
    },
)  # fmt: skip

precision_ptq = replace(
    precision_train,
    name="precision_ptq",
    title="Quantising after training",
    formula="delta(N, D, P) = C_T D^g_D/N^g_N exp(-P/g_P)",
    latex=r"\delta(N, D, P) = C_T\, \frac{D^{g_D}}{N^{g_N}}\, e^{-P/g_P}",
    inputs={"N": "parameters", "D": "training tokens", "P": "bits after training"},
    outcome="loss_increase",
    unit="nats/token",
    parameters=(
        exponent("g_D", lognormal(0.4, 0.6), meaning="exponent of the token count", reason="about as large as that of parameters; 0.12 to 1.3"),
        exponent("g_N", lognormal(0.4, 0.6), meaning="exponent of the parameter count", reason="about as large as that of tokens; 0.12 to 1.3"),
        exponent("g_P", lognormal(0.7, 0.6), meaning="bits that lower the increase by a factor e", reason="0.2 to 2.3 bits"),
        level("C_T", lambda x, p: quantising(x, 1.0, **p), lognormal(1.0, 1.0), unit="nats x parameters^g_N/tokens^g_D", meaning="amplitude of the increase"),
    ),
    function=quantising,
    scale=None,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.3)),
    decreasing=("N", "P"),
    applies="the rise of the loss when weights are quantised after training, run by run, where it is positive",
    fails="the law multiplies without bound: huge token counts at few bits exceed any loss",
    published={"illustration": Published({"C_T": 0.06, "g_D": 0.5, "g_N": 0.35, "g_P": 0.6}, "illustration", "made up", "no constant of the source is verified")},
    example={
        "N": tuple(n for n in (3e7, 1e8, 4e8, 1.7e9) for _ in range(6)),
        "D": (1.5e9, 2.6e10, 6e9, 2.6e10, 1.5e9, 6e9) * 4,
        "P": (3.0, 3.0, 4.0, 5.0, 6.0, 6.0, 4.0, 6.0, 3.0, 4.0, 5.0, 3.0) * 2,
    },
)  # fmt: skip
