r"""Loss from model width under superposition of features.

.. math:: L(m) = L_0 + A\, m^{-\alpha_m}

Source: Liu et al. 2025, arXiv 2505.10465: strong superposition gives alpha_m = 1.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, L_0: Array, alpha_m: Array, A: Array) -> Array:
    """Return the loss in nats/token."""
    return L_0 + A * power(x["m"], -alpha_m)


superposition_width = Law(
    name="superposition_width",
    title="Superposition: loss from width",
    formula="L(m) = L_0 + A/m^alpha_m",
    latex=r"L(m) = L_0 + \frac{A}{m^{\alpha_m}}",
    inputs={"m": "model dimension (width)"},
    parameters=(
        floor(
            "L_0", meaning="loss in the limit of infinite width, for this corpus and model family"
        ),
        exponent(
            "alpha_m",
            lognormal(1.0, 0.3),
            meaning="exponent of the width",
            reason="1 under strong superposition: 0.56 to 1.8",
        ),
        amplitude(
            "A",
            lambda x, p: power(x["m"], -p["alpha_m"]),
            unit="nats x width^alpha_m",
            meaning="amplitude of the width term",
        ),
    ),
    function=mean,
    scale=lambda x: x["m"],
    decreasing=("m",),
    applies=(
        "trained models of one family on one corpus, when width is the limiting factor; L_0 is "
        "specific to family and corpus, alpha_m and A are common"
    ),
    fails=(
        "width and depth grow together in most families, and the law attributes everything to width"
    ),
    citation="Liu et al. 2025, Superposition Yields Robust Neural Scaling",
    arxiv="2505.10465",
    bibtex="""@article{liu2025superposition,
  title={Superposition Yields Robust Neural Scaling},
  author={Liu, Yizhou and Liu, Ziming and Gore, Jeff},
  journal={arXiv preprint arXiv:2505.10465},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"L_0": 2.0, "alpha_m": 1.0, "A": 900.0},
            checked="illustration",
            source="arXiv 2505.10465",
            note="the exponent is from theory; the rest is illustrative",
        ),
    },
    example={"m": tuple(round(256 * 1.22**i) for i in range(20))},
)
