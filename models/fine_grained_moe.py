r"""Fine-grained mixtures of experts: loss from parameters, tokens and granularity.

.. math:: L = c + (g\, G^{-\gamma} + a)\, N^{-\alpha_N} + b D^{-\alpha_D}

N counts all experts, active or not, without embeddings; G is the granularity.
Source: Krajewski et al. 2024, arXiv 2402.07871.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, lognormal, positive_normal
from bayes_scaling.models._types import Values


def mean(
    x: Values, c: Array, a: Array, b: Array, g: Array, alpha_N: Array, alpha_D: Array, gamma: Array
) -> Array:
    """Return the loss in nats/token."""
    return (
        c + (g * power(x["G"], -gamma) + a) * power(x["N"], -alpha_N) + b * power(x["D"], -alpha_D)
    )


_EXAMPLE = {
    "N": tuple(n for n in (5e8, 5e9, 5e10, 5e11) for _ in range(9)),
    "D": (1e9, 1e10, 1e11) * 12,
    "G": (
        1.0, 1.0, 16.0, 4.0, 16.0, 1.0, 16.0, 4.0, 2.0, 2.0, 8.0, 1.0, 1.0, 1.0, 8.0, 8.0, 32.0,
        4.0,
    ) * 2,
}  # fmt: skip

fine_grained_moe = Law(
    name="fine_grained_moe",
    title="Fine-grained experts: parameters, tokens and granularity",
    formula="L(N, D, G) = c + (g/G^gamma + a)/N^alpha_N + b/D^alpha_D",
    latex=(
        r"L(N, D, G) = c + \left(\frac{g}{G^{\gamma}} + a\right)\frac{1}{N^{\alpha_N}} + "
        r"\frac{b}{D^{\alpha_D}}"
    ),
    inputs={
        "N": "total parameters without embeddings, all experts counted",
        "D": "training tokens",
        "G": "granularity: an expert is G times smaller than a dense layer",
    },
    parameters=(
        floor(
            "c",
            positive_normal(0.4, 0.3),
            reason="the exponents of the source are small and its floor is a sixth of the losses",
        ),
        exponent(
            "alpha_N",
            lognormal(0.15, 0.5),
            meaning="exponent of the parameter count",
            reason="0.12 published, smaller than in dense laws with a higher floor",
        ),
        exponent(
            "alpha_D",
            lognormal(0.15, 0.5),
            meaning="exponent of the token count",
            reason="0.15 published, smaller than in dense laws with a higher floor",
        ),
        exponent(
            "gamma",
            lognormal(0.5, 0.5),
            meaning="exponent of granularity",
            reason="0.58 published; 0.2 to 1.3",
        ),
        Parameter(
            "a",
            lognormal(1.2, 0.7),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term with the finest experts",
            reason="the parameter term adds 0.3 to 4.7 nats at the mean parameter count",
            sampled="N_term",
            sampled_meaning=(
                "size of the parameter term at the mean parameter count and the smallest "
                "granularity, nats"
            ),
            publish=lambda s, ref, p: (
                (1 - s["g_share"]) * s["N_term"] * power(ref["N"], p["alpha_N"])
            ),
        ),
        Parameter(
            "g",
            beta(2.0, 12.0),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the granularity term",
            reason="granularity is worth up to a third of the parameter term",
            sampled="g_share",
            sampled_meaning=(
                "fraction of the parameter term that is the granularity term, at the smallest "
                "granularity"
            ),
            publish=lambda s, ref, p: (
                s["g_share"]
                * s["N_term"]
                * power(ref["N"], p["alpha_N"])
                * power(ref["G_min"], p["gamma"])
            ),
        ),
        amplitude(
            "b",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            lognormal(0.8, 0.7),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
            reason="the term adds 0.2 to 3.2 nats at the mean training run",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D", "G"),
    applies=(
        "mixtures of experts with one expansion rate (the ratio of total to active parameters), "
        "granularity about 1 to 64"
    ),
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
            {
                "c": 0.47,
                "a": 18.1,
                "b": 30.8,
                "g": 2.1,
                "alpha_N": 0.115,
                "alpha_D": 0.147,
                "gamma": 0.58,
            },
            checked="third-party notes",
            source="arXiv 2402.07871",
            note=(
                "expansion rate 64: total parameters are some 43 times the active ones, because "
                "attention has no experts; with these the law is within 1% of the source's table "
                "of compute-optimal losses"
            ),
        ),
    },
    example=_EXAMPLE,
)
