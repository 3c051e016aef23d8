r"""Error of CLIP and MaMMUT along the compute frontier.

.. math:: \mathrm{Err}(C) = E + A (C + B)^{-\alpha_C}

Source: Nezhurina et al. 2025, arXiv 2506.04598.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, E: Array, alpha_C: Array, B: Array, A: Array) -> Array:
    """Return the error rate."""
    return E + A * power(x["C"] + B, -alpha_C)


def _frontier(E: float, A: float, B: float, alpha_C: float, points: int) -> Published:
    """Fit to the frontier points of one architecture."""
    return Published(
        {"E": E, "alpha_C": alpha_C, "B": B, "A": A},
        checked="recomputed",
        source="arXiv 2506.04598",
        note=(
            f"least squares in log error on the {points} frontier points of 1 - mIoU (ADE20K, "
            "DataComp), each better than every point of less compute"
        ),
    )


clip_mammut = Law(
    name="clip_mammut",
    title="Vision-language models: error along the compute frontier",
    formula="Err(C) = E + A (C + B)^-alpha_C",
    latex=r"\mathrm{Err}(C) = E + A\,(C + B)^{-\alpha_C}",
    inputs={"C": "training FLOPs"},
    outcome="error",
    unit="error rate",
    parameters=(
        floor(
            "E",
            unit="error rate",
            meaning="error in the limit of infinite compute",
        ),
        exponent(
            "alpha_C",
            lognormal(0.15, 0.7),
            meaning="exponent of compute",
            reason="0.055 and 0.063 without a floor, 0.20 and 0.34 with one, recomputed",
        ),
        Parameter(
            "B",
            lognormal(1.0, 1.2),
            unit="FLOPs",
            meaning="compute below which the curve is flat",
            reason="a tenth to ten times the smallest compute",
            sampled="shift",
            sampled_meaning="B divided by the smallest compute",
            publish=lambda s, ref, p: s["shift"] * ref["C_min"],
        ),
        Parameter(
            "A",
            beta(3.0, 1.5),
            unit="error rate x FLOPs^alpha_C",
            meaning="amplitude",
            reason=(
                "the smallest run is almost always wrong: 0.25 to 0.97 of the reducible error "
                "remains"
            ),
            sampled="start",
            sampled_meaning="(error at the smallest compute - E) as a fraction of (1 - E)",
            publish=lambda s, ref, p: (
                s["start"] * (1 - p["E"]) * power(ref["C_min"] + p["B"], p["alpha_C"])
            ),
        ),
    ),
    function=mean,
    decreasing=("C",),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "the best run at each compute (the Pareto frontier) of one architecture on one data set; 1 "
        "- accuracy, 1 - recall, 1 - mIoU"
    ),
    fails=(
        "the best of many runs is partly luck, so the frontier lies below the law of a typical "
        "run; symmetric noise is an approximation"
    ),
    citation=(
        "Nezhurina et al. 2025, Scaling Laws for Robust Comparison of Open Foundation "
        "Language-Vision Models and Datasets"
    ),
    arxiv="2506.04598",
    bibtex="""@article{nezhurina2025scaling,
  title={Scaling Laws for Robust Comparison of Open Foundation Language-Vision Models and Datasets},
  author={Nezhurina, Marianna and Porian, Tomer and others},
  journal={arXiv preprint arXiv:2506.04598},
  year={2025}
}""",
    published={
        "clip": _frontier(0.4641338, 1120.53, 4.036265e16, 0.2033023, 31),
        "mammut": _frontier(0.4948841, 236436.2, 1.22057e17, 0.3351955, 35),
    },
    example={"C": tuple(1e16 * 10 ** (0.2 * i) for i in range(25))},
)
