r"""Dense models and mixtures of experts in one law.

.. math:: L = E + A N^{-\alpha_N} X^{-\gamma} + B D^{-\alpha_D}

X is the number of experts.
Source: Wang et al. 2024, arXiv 2410.05661.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.law.prior import half_normal
from bayes_scaling.models._types import Values


def mean(
    x: Values, E: Array, A: Array, B: Array, alpha_N: Array, alpha_D: Array, gamma: Array
) -> Array:
    """Return the loss in nats/token."""
    return E + A * power(x["N"], -alpha_N) * power(x["X"], -gamma) + B * power(x["D"], -alpha_D)


_EXAMPLE = {
    "N": tuple(n for n in (5e7, 2e8, 7e8, 3e9) for _ in range(8)),
    "D": (1e9, 5e9, 2e10, 1e11) * 8,
    "X": (1.0, 1.0, 8.0, 1.0, 8.0, 64.0, 1.0, 32.0, 1.0, 16.0, 1.0, 8.0, 32.0, 1.0, 64.0, 1.0) * 2,
}  # fmt: skip

dense_moe_joint = Law(
    name="dense_moe_joint",
    title="Dense and sparse models in one law",
    formula="L(N, D, X) = E + A/(N^alpha_N X^gamma) + B/D^alpha_D",
    latex=r"L(N, D, X) = E + \frac{A}{N^{\alpha_N} X^{\gamma}} + \frac{B}{D^{\alpha_D}}",
    inputs={
        "N": "parameters of the dense model",
        "D": "training tokens",
        "X": "experts, 1 for a dense model",
    },
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the parameter count"),
        exponent("alpha_D", meaning="exponent of the token count"),
        exponent(
            "gamma",
            half_normal(0.2),
            meaning="exponent of the number of experts",
            reason="about 0.1 in notes on the source; experts are worth less than parameters",
        ),
        amplitude(
            "A",
            lambda x, p: power(x["N"], -p["alpha_N"]) * power(x["X"], -p["gamma"]),
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
    decreasing=("N", "D", "X"),
    applies="dense runs and runs with fewer than a hundred experts under one recipe",
    fails="more experts always help; beyond a hundred they stop helping",
    citation="Wang et al. 2024, Scaling Laws Across Model Architectures",
    arxiv="2410.05661",
    bibtex="""@article{wang2024scaling,
  title={Scaling Laws Across Model Architectures: A Comparative Analysis of Dense and MoE Models \
in Large Language Models},
  author={Wang, Siqi and Chen, Zhengyu and Li, Bei and others},
  journal={arXiv preprint arXiv:2410.05661},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"E": 1.7, "A": 400.0, "B": 1500.0, "alpha_N": 0.34, "alpha_D": 0.36, "gamma": 0.12},
            checked="illustration",
            source="illustrative values",
            note=(
                "no constant of the source is verified: the exponents in circulation sum to 1 and "
                "resemble compute-allocation fractions"
            ),
        ),
    },
    example=_EXAMPLE,
)
