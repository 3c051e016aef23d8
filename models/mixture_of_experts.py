r"""Mixtures of experts: loss from parameters, tokens and what is routed.

.. math::

    \text{sparsity:}\quad & L = e + a N^{-\alpha_N} + b D^{-\alpha_D} + c\,(1-S)^{-\lambda} + d\,(1-S)^{-\delta} N^{-\gamma} \\
    \text{joint:}\quad & L = E + A N^{-\alpha_N} X^{-\gamma} + B D^{-\alpha_D} \\
    \text{fine-grained:}\quad & L = c + (g\, G^{-\gamma} + a)\, N^{-\alpha_N} + b D^{-\alpha_D} \\
    \text{routed:}\quad & \log_{10} L = a \log_{10} N + b \log_{10} X + c \log_{10} N \log_{10} X + d

S is the share of idle experts, X the number of experts, G the granularity.
Source: Abnar et al. 2025, arXiv 2501.12370; Wang et al. 2024, arXiv 2410.05661; Krajewski et al. 2024, arXiv 2402.07871;
Clark et al. 2022, arXiv 2202.01169.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, half_normal, lognormal, normal


def sparsity(x, e, a, b, c, d, alpha_N, alpha_D, lambda_S, delta_S, gamma_N):
    active = 1 - x["S"]
    return (
        e + a * power(x["N"], -alpha_N) + b * power(x["D"], -alpha_D)
        + c * power(active, -lambda_S) + d * power(active, -delta_S) * power(x["N"], -gamma_N)
    )  # fmt: skip


def joint(x, E, A, B, alpha_N, alpha_D, gamma):
    return E + A * power(x["N"], -alpha_N) * power(x["X"], -gamma) + B * power(x["D"], -alpha_D)


def fine_grained(x, c, a, b, g, alpha_N, alpha_D, gamma):
    return c + (g * power(x["G"], -gamma) + a) * power(x["N"], -alpha_N) + b * power(x["D"], -alpha_D)


def bilinear(x, a, b, c, d):
    n, k = jnp.log10(x["N"]), jnp.log10(x["X"])
    return power(10.0, a * n + b * k + c * n * k + d)


def _still(s, ref):
    """What neither parameters nor tokens take away, at the mean training run: e and the c term."""
    return s["still_share"] * ref["y_min"]


moe_sparsity = Law(
    name="moe_sparsity",
    title="Sparse experts: parameters, tokens and sparsity",
    formula="L(N, D, S) = e + a/N^alpha_N + b/D^alpha_D + c/(1-S)^lambda_S + d/((1-S)^delta_S N^gamma_N)",
    latex=r"L(N, D, S) = e + \frac{a}{N^{\alpha_N}} + \frac{b}{D^{\alpha_D}} + \frac{c}{(1-S)^{\lambda_S}} + \frac{d}{(1-S)^{\delta_S} N^{\gamma_N}}",
    inputs={"N": "total parameters", "D": "training tokens", "S": "share of idle experts, from 0 to below 1"},
    parameters=(
        exponent("alpha_N", lognormal(0.5, 0.4), meaning="exponent of the parameter count", reason="0.60 published, beside a second, slower term in N; 0.2 to 1.1"),
        exponent("alpha_D", lognormal(0.35, 0.5), meaning="exponent of the token count", reason="0.40 published; 0.13 to 0.93"),
        Parameter("lambda_S", normal(0.0, 0.3), "1", "exponent of the active share in the c term, signed", "-0.17 published; of either sign"),
        exponent("delta_S", lognormal(0.2, 0.5), meaning="exponent of the active share in the d term", reason="0.16 published; 0.07 to 0.5"),
        exponent("gamma_N", lognormal(0.2, 0.5), meaning="exponent of the parameter count in the d term", reason="0.16 published; 0.07 to 0.5"),
        Parameter(
            "e", beta(4.0, 2.0), "nats/token", "irreducible loss", "keeps what endless parameters and tokens leave at the mean sparsity below every observed loss",
            sampled="still_share", sampled_meaning="e and the c term at the mean sparsity, as a share of the smallest observed outcome",
            publish=lambda s, ref, p: (1 - s["c_share"]) * _still(s, ref),
        ),
        amplitude("a", lambda x, p: power(x["N"], -p["alpha_N"]), lognormal(0.1, 0.8), unit="nats x parameters^alpha_N", meaning="amplitude of the fast parameter term", reason="the term adds 0.02 to 0.5 nats at the mean training run"),
        amplitude("b", lambda x, p: power(x["D"], -p["alpha_D"]), lognormal(0.4, 0.7), unit="nats x tokens^alpha_D", meaning="amplitude of the data term", reason="the term adds 0.1 to 1.6 nats at the mean training run"),
        Parameter(
            "c", beta(2.0, 4.0), "nats", "amplitude of the sparsity term", "most of what is left does not depend on sparsity",
            sampled="c_share", sampled_meaning="share of the c term in what is left of endless parameters and tokens at the mean sparsity",
            publish=lambda s, ref, p: s["c_share"] * _still(s, ref) * power(1 - ref["S"], p["lambda_S"]),
        ),
        amplitude("d", lambda x, p: power(1 - x["S"], -p["delta_S"]) * power(x["N"], -p["gamma_N"]), lognormal(0.5, 0.7), unit="nats x parameters^gamma_N", meaning="amplitude of the term of parameters and sparsity together", reason="the term adds 0.13 to 2 nats at the mean training run"),
    ),
    function=sparsity,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D"),
    applies="grids over total parameters, tokens and sparsity, dense runs (S = 0) among them",
    fails="ten parameters, of which c and d trade off; the source's fit explains much less at a sparsity it had not seen (R^2 0.68 at S = 0.98)",
    citation="Abnar et al. 2025, Parameters vs FLOPs: Scaling Laws for Optimal Sparsity for Mixture-of-Experts Language Models",
    arxiv="2501.12370",
    bibtex="""@article{abnar2025parameters,
  title={Parameters vs FLOPs: Scaling Laws for Optimal Sparsity for Mixture-of-Experts Language Models},
  author={Abnar, Samira and Shah, Harshay and Busbridge, Dan and others},
  journal={arXiv preprint arXiv:2501.12370},
  year={2025}
}""",
    published={
        "Abnar 2025": Published(
            {
                "e": 0.94, "a": 16612.5, "b": 5455.67, "c": 0.4598, "d": 17.26,
                "alpha_N": 0.5962, "alpha_D": 0.3954, "lambda_S": -0.1666, "delta_S": 0.1603, "gamma_N": 0.1595,
            },
            "third-party notes", "arXiv 2501.12370", "seen in a second public repository's code too",
        ),
    },
    example={
        "N": tuple(n for n in (1e8, 5e8, 2.5e9, 1.2e10) for _ in range(10)),
        "D": (1e9, 5e9, 2e10, 1e11, 2e9, 1e10, 5e10, 2e11, 1e9, 2e10) * 4,
        "S": (0.0, 0.5, 0.9, 0.98, 0.75, 0.95, 0.0, 0.9, 0.98, 0.25) * 2 + (0.98, 0.0, 0.75, 0.5, 0.95, 0.0, 0.9, 0.25, 0.5, 0.9) * 2,
    },
)  # fmt: skip

dense_moe_joint = Law(
    name="dense_moe_joint",
    title="Dense and sparse models in one law",
    formula="L(N, D, X) = E + A/(N^alpha_N X^gamma) + B/D^alpha_D",
    latex=r"L(N, D, X) = E + \frac{A}{N^{\alpha_N} X^{\gamma}} + \frac{B}{D^{\alpha_D}}",
    inputs={"N": "parameters of the dense model", "D": "training tokens", "X": "experts, 1 for a dense model"},
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the parameter count"),
        exponent("alpha_D", meaning="exponent of the token count"),
        exponent("gamma", half_normal(0.2), meaning="exponent of the number of experts", reason="about 0.1 in notes on the source; experts are worth less than parameters"),
        amplitude("A", lambda x, p: power(x["N"], -p["alpha_N"]) * power(x["X"], -p["gamma"]), unit="nats x parameters^alpha_N", meaning="amplitude of the parameter term"),
        amplitude("B", lambda x, p: power(x["D"], -p["alpha_D"]), unit="nats x tokens^alpha_D", meaning="amplitude of the data term"),
    ),
    function=joint,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D", "X"),
    applies="dense runs and runs with fewer than a hundred experts under one recipe",
    fails="experts never cease to help; past a hundred they do",
    citation="Wang et al. 2024, Scaling Laws Across Model Architectures",
    arxiv="2410.05661",
    bibtex="""@article{wang2024scaling,
  title={Scaling Laws Across Model Architectures: A Comparative Analysis of Dense and MoE Models in Large Language Models},
  author={Wang, Siqi and Chen, Zhengyu and Li, Bei and others},
  journal={arXiv preprint arXiv:2410.05661},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"E": 1.7, "A": 400.0, "B": 1500.0, "alpha_N": 0.34, "alpha_D": 0.36, "gamma": 0.12}, "illustration", "made up",
            "no constant of the source is verified: the exponents in circulation sum to 1 and look like shares of compute",
        ),
    },
    example={
        "N": tuple(n for n in (5e7, 2e8, 7e8, 3e9) for _ in range(8)),
        "D": (1e9, 5e9, 2e10, 1e11) * 8,
        "X": (1.0, 1.0, 8.0, 1.0, 8.0, 64.0, 1.0, 32.0, 1.0, 16.0, 1.0, 8.0, 32.0, 1.0, 64.0, 1.0) * 2,
    },
)  # fmt: skip

fine_grained_moe = Law(
    name="fine_grained_moe",
    title="Fine-grained experts: parameters, tokens and granularity",
    formula="L(N, D, G) = c + (g/G^gamma + a)/N^alpha_N + b/D^alpha_D",
    latex=r"L(N, D, G) = c + \left(\frac{g}{G^{\gamma}} + a\right)\frac{1}{N^{\alpha_N}} + \frac{b}{D^{\alpha_D}}",
    inputs={"N": "active parameters without embeddings", "D": "training tokens", "G": "granularity: an expert is G times smaller than a dense layer"},
    parameters=(
        floor("c", beta(2.0, 3.0), reason="the exponents of the source are small and its floor is a sixth of the losses"),
        exponent("alpha_N", lognormal(0.15, 0.5), meaning="exponent of the parameter count", reason="0.12 published, smaller than in dense laws with a higher floor"),
        exponent("alpha_D", lognormal(0.15, 0.5), meaning="exponent of the token count", reason="0.15 published, smaller than in dense laws with a higher floor"),
        exponent("gamma", lognormal(0.5, 0.5), meaning="exponent of granularity", reason="0.58 published; 0.2 to 1.3"),
        Parameter(
            "a", lognormal(1.2, 0.7), "nats x parameters^alpha_N", "amplitude of the parameter term with the finest experts", "the parameter term adds 0.3 to 4.7 nats at the mean parameter count",
            sampled="N_term", sampled_meaning="size of the parameter term at the mean parameter count and the least granularity, nats", publish=lambda s, ref, p: (1 - s["g_share"]) * s["N_term"] * power(ref["N"], p["alpha_N"]),
        ),
        Parameter(
            "g", beta(2.0, 12.0), "nats x parameters^alpha_N", "amplitude of what granularity takes away", "granularity is worth up to a third of the parameter term",
            sampled="g_share", sampled_meaning="share of the granularity term in the parameter term where granularity is least",
            publish=lambda s, ref, p: s["g_share"] * s["N_term"] * power(ref["N"], p["alpha_N"]) * power(ref["G_min"], p["gamma"]),
        ),
        amplitude("b", lambda x, p: power(x["D"], -p["alpha_D"]), lognormal(0.8, 0.7), unit="nats x tokens^alpha_D", meaning="amplitude of the data term", reason="the term adds 0.2 to 3.2 nats at the mean training run"),
    ),
    function=fine_grained,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D", "G"),
    applies="mixtures of experts of one rate of expansion, granularity 1 to 32 or so",
    fails="leaves out the cost of routing, which grows with granularity",
    citation="Krajewski et al. 2024, Scaling Laws for Fine-Grained Mixture of Experts",
    arxiv="2402.07871",
    bibtex="""@article{krajewski2024scaling,
  title={Scaling Laws for Fine-Grained Mixture of Experts},
  author={Krajewski, Jakub and Ludziejewski, Jan and Adamczewski, Kamil and others},
  journal={arXiv preprint arXiv:2402.07871},
  year={2024}
}""",
    published={
        "Krajewski 2024": Published(
            {"c": 0.47, "a": 18.1, "b": 30.8, "g": 2.1, "alpha_N": 0.115, "alpha_D": 0.147, "gamma": 0.58}, "third-party notes", "arXiv 2402.07871", "mixtures of experts with 64 times the parameters",
        ),
    },
    example={
        "N": tuple(n for n in (1e7, 1e8, 1e9, 1e10) for _ in range(9)),
        "D": (1e9, 1e10, 1e11) * 12,
        "G": (1.0, 1.0, 16.0, 4.0, 16.0, 1.0, 16.0, 4.0, 2.0, 2.0, 8.0, 1.0, 1.0, 1.0, 8.0, 8.0, 32.0, 4.0) * 2,
    },
)  # fmt: skip

_LOG10_E = 0.4342944819032518


def _slope(name, at, meaning, sampled_meaning, prior, reason):
    """A slope of a bilinear law, sampled as it is at the mean training run."""
    return Parameter(
        name, prior, "1", meaning, reason, sampled=f"slope_{name}", sampled_meaning=sampled_meaning,
        publish=lambda s, ref, p: s[f"slope_{name}"] - p["c"] * jnp.log10(ref[at]),
    )  # fmt: skip


routed = Law(
    name="routed",
    title="Routed models: parameters and experts, with an interaction",
    formula="log10 L(N, X) = a log10 N + b log10 X + c log10 N log10 X + d",
    latex=r"\log_{10} L(N, X) = a \log_{10} N + b \log_{10} X + c \log_{10} N \log_{10} X + d",
    inputs={"N": "parameters of the dense model", "X": "experts, saturated as in the source where they are very few or very many"},
    parameters=(
        Parameter("c", normal(0.0, 0.02), "1", "how experts lose their worth as models grow", "0.009 published; small beside the slopes"),
        _slope("a", "X", "slope in log10 N of a model with one expert", "slope of log10 L in log10 N at the mean number of experts", normal(-0.08, 0.04), "-0.12 to -0.05 published for laws without a floor"),
        _slope("b", "N", "slope in log10 X of a model with one parameter", "slope of log10 L in log10 X at the mean parameter count", normal(-0.03, 0.04), "experts are worth less than parameters"),
        Parameter(
            "d", normal(0.0, 0.3), "1", "log10 of the loss of a model with one parameter and one expert", "the mean training run lies amid the observed losses",
            sampled="middle", sampled_meaning="log of the loss at the mean training run, over the geometric middle of the observed losses",
            publish=lambda s, ref, p: _LOG10_E * s["middle"] + 0.5 * jnp.log10(ref["y_min"] * ref["y_max"])
            - p["a"] * jnp.log10(ref["N"]) - p["b"] * jnp.log10(ref["X"]) - p["c"] * jnp.log10(ref["N"]) * jnp.log10(ref["X"]),
        ),
    ),
    function=bilinear,
    scale=lambda x: x["N"],
    decreasing=("N",),
    applies="routed and dense models trained on the same number of tokens",
    fails="has no floor and no tokens; past the size where slope in X turns, more experts would hurt",
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
            {"a": -0.082, "b": -0.108, "c": 0.009, "d": 1.104}, "third-party notes", "arXiv 2202.01169",
            "logarithms taken to base 10: with natural ones the loss of a model of 1e8 parameters would be 0.7 nats",
        ),
    },
    example={
        "N": tuple(n for n in (1.5e7, 5.5e7, 1.3e8, 3.7e8, 1.3e9) for _ in range(5)),
        "X": (1.0, 4.0, 16.0, 64.0, 256.0) * 5,
    },
)  # fmt: skip
