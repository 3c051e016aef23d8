r"""Loss from compute and over-training, with one exponent for parameters and data.

.. math:: L(C, M) = E + (a M^{\eta} + b M^{-\eta}) C^{-\eta}

The same as Chinchilla's law with both exponents 2 eta.
Source: Gadre et al. 2024, arXiv 2403.08540.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, E: Array, a: Array, b: Array, eta: Array) -> Array:
    """Return the loss in nats/token."""
    return E + a * power(x["C"] / x["M"], -eta) + b * power(x["C"] * x["M"], -eta)


def _published(a: float, b: float, eta: float, E: float) -> Published:
    """Values recomputed for one training set of the source."""
    return Published(
        {"E": E, "a": a, "b": b, "eta": eta},
        checked="recomputed",
        source="arXiv 2403.08540",
        note=(
            "least squares on the C4-eval loss of five runs (the four small sizes at M = 20, the "
            "smallest at M = 320), as in the paper's table"
        ),
    )


over_training = Law(
    name="over_training",
    title="Over-training: loss from compute and tokens per parameter",
    formula="L(C, M) = E + (a M^eta + b M^-eta) C^-eta",
    latex=r"L(C, M) = E + \left(a\, M^{\eta} + b\, M^{-\eta}\right) C^{-\eta}",
    inputs={"C": "training FLOPs, 6 N D", "M": "tokens per parameter, D / N"},
    parameters=(
        floor("E"),
        exponent(
            "eta",
            lognormal(0.13, 0.4),
            meaning="exponent of compute; half the exponent of N and of D",
            reason="0.12 to 0.14 on three corpora; half of Chinchilla's 0.2 to 0.5",
            reported=(0.04, 0.31),  # half of the range of Chinchilla's exponents
        ),
        amplitude(
            "a",
            lambda x, p: power(x["C"] / x["M"], -p["eta"]),
            unit="nats x FLOPs^eta",
            meaning="amplitude of the term that falls with parameters",
        ),
        amplitude(
            "b",
            lambda x, p: power(x["C"] * x["M"], -p["eta"]),
            unit="nats x FLOPs^eta",
            meaning="amplitude of the term that falls with tokens",
        ),
    ),
    function=mean,
    scale=lambda x: x["C"],
    decreasing=("C",),
    applies=(
        "runs of one recipe from about M = 20 to M = 640 and beyond, less well down to M = 5; at "
        "least two values of M are needed to separate a from b"
    ),
    fails=(
        "runs far below M = 20 lie above the law; one exponent for N and D is an assumption (see "
        "chinchilla, coupled)"
    ),
    citation=(
        "Gadre et al. 2024, Language models scale reliably with over-training and on downstream "
        "tasks"
    ),
    arxiv="2403.08540",
    bibtex="""@article{gadre2024language,
  title={Language models scale reliably with over-training and on downstream tasks},
  author={Gadre, Samir Yitzhak and Smyrnis, Georgios and Shankar, Vaishaal and others},
  journal={arXiv preprint arXiv:2403.08540},
  year={2024}
}""",
    published={
        "c4": _published(141.2773, 189.5155, 0.1212361, 1.508261),
        "redpajama": _published(212.2361, 366.6872, 0.1364254, 1.836648),
        "refinedweb": _published(157.1163, 246.2067, 0.1271974, 1.734462),
    },
    example={
        "C": tuple(
            6 * n**2 * m for n in (1.1e7, 7.9e7, 1.5e8, 4.1e8) for m in (5.0, 20.0, 80.0, 320.0)
        ),
        "M": (5.0, 20.0, 80.0, 320.0) * 4,
    },
)
