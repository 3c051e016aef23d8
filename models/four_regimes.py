r"""Loss from the number of training samples: variance-limited and resolution-limited terms.

.. math:: L(D) = E + \frac{c}{D} + A D^{-\alpha_D}

Source: Bahri et al. 2021, arXiv 2102.06701.
"""

from jax import Array

from bayes_scaling.law.floor_prior import ANY_FLOOR, ANY_REASON
from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, E: Array, c: Array, A: Array, alpha_D: Array) -> Array:
    """Return the loss in nats/token."""
    return E + c / x["D"] + A * power(x["D"], -alpha_D)


four_regimes = Law(
    name="four_regimes",
    title="Variance-limited and resolution-limited loss",
    formula="L(D) = E + c/D + A/D^alpha_D",
    latex=r"L(D) = E + \frac{c}{D} + \frac{A}{D^{\alpha_D}}",
    inputs={"D": "training samples or tokens"},
    parameters=(
        floor("E", ANY_FLOOR, reason=ANY_REASON),
        exponent(
            "alpha_D",
            beta(2.0, 4.0),
            meaning="exponent of the resolution-limited regime, below 1",
            reason="about 4 divided by the dimension of the data manifold, which is far above 4",
        ),
        Parameter(
            "c",
            lognormal(0.3, 1.0),
            unit="nats x samples",
            meaning="amplitude of the variance-limited term, whose exponent is 1",
            reason="0.04 to 2 nats at the smallest training set",
            sampled="c_term",
            sampled_meaning="size of the c term at the smallest training set, nats",
            publish=lambda s, ref, p: s["c_term"] * ref["D_min"],
        ),
        amplitude(
            "A",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            lognormal(0.3, 0.8),
            unit="nats x samples^alpha_D",
            meaning="amplitude of the resolution-limited term",
            reason="the term adds 0.06 to 1.4 nats at the mean training run",
        ),
    ),
    function=mean,
    scale=lambda x: x["D"],
    decreasing=("D",),
    applies=(
        "one model family over a wide range of data (or of width, given as D), from few samples on"
    ),
    fails=(
        "the sum of the source's separate regimes is this package's interpretation; within two "
        "decades its terms cannot be separated"
    ),
    citation="Bahri et al. 2021, Explaining Neural Scaling Laws",
    arxiv="2102.06701",
    bibtex="""@article{bahri2021explaining,
  title={Explaining Neural Scaling Laws},
  author={Bahri, Yasaman and Dyer, Ethan and Kaplan, Jared and others},
  journal={arXiv preprint arXiv:2102.06701},
  year={2021}
}""",
    published={
        "illustration": Published(
            {"E": 0.8, "c": 100.0, "A": 12.0, "alpha_D": 0.3},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified; its exponent of 1 is part of the law",
        )
    },
    example={"D": tuple(1e2 * 10 ** (0.2 * i) for i in range(25))},
)
