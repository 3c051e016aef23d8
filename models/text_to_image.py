r"""Score of text-to-image models as a power law in size, and with 1 as its upper bound.

.. math:: S(X) = a X^{b}, \qquad S(X) = 1 - a X^{-b}

Source: Li et al. 2024, arXiv 2404.02883.
"""

from typing import Any

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._parts import at_mean
from bayes_scaling.models._types import Values


def score(x: Values, b: Array, a: Array) -> Array:
    """Return the TIFA score, unbounded."""
    return a * power(x["X"], b)


def bounded_score(x: Values, b: Array, a: Array) -> Array:
    """Return the TIFA score, below 1."""
    return 1 - a * power(x["X"], -b)


_IMAGE: dict[str, Any] = dict(
    outcome="score",
    unit="TIFA score",
    inputs={"X": "compute in GFLOPs, parameters in billions, or image-noun pairs in millions"},
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    citation="Li et al. 2024, On the Scalability of Diffusion-based Text-to-Image Generation",
    arxiv="2404.02883",
    bibtex="""@article{li2024scalability,
  title={On the Scalability of Diffusion-based Text-to-Image Generation},
  author={Li, Hao and Zou, Yang and Wang, Ying and others},
  journal={arXiv preprint arXiv:2404.02883},
  year={2024}
}""",
    example={"X": tuple(10.0 ** (1 + 0.25 * i) for i in range(20))},
)

text_to_image = Law(
    name="text_to_image",
    title="Text-to-image: score as a power law in size",
    formula="S(X) = a X^b",
    latex=r"S(X) = a\, X^{b}",
    parameters=(
        exponent(
            "b",
            lognormal(0.05, 0.7),
            meaning="exponent of the size",
            reason="0.02 to 0.11 published",
        ),
        at_mean(
            "a",
            lambda x, p: power(x["X"], p["b"]),
            lognormal(1.0, 0.1),
            unit="score / unit of X^b",
            meaning="score at one unit of X",
            reason="scores change little: the mean training run lies within a fifth of the middle",
        ),
    ),
    function=score,
    applies="the frontier of TIFA scores along one axis, within its range",
    fails="exceeds 1 for large X, which no score can: see text_to_image_bounded",
    published={
        "compute": Published(
            {"b": 0.02, "a": 0.47}, checked="paper", source="arXiv 2404.02883", note="X in GFLOPs"
        ),
        "data": Published(
            {"b": 0.03, "a": 0.64},
            checked="paper",
            source="arXiv 2404.02883",
            note="X in millions of image-noun pairs",
        ),
        "parameters": Published(
            {"b": 0.11, "a": 0.77},
            checked="paper",
            source="arXiv 2404.02883",
            note=(
                "the text states X in millions, which gives scores above 1; billions give 0.85 at "
                "2.4B"
            ),
        ),
    },
    **_IMAGE,
)

text_to_image_bounded = Law(
    name="text_to_image_bounded",
    title="Text-to-image: distance of the score from 1 as a power law in size",
    formula="S(X) = 1 - a/X^b",
    latex=r"S(X) = 1 - \frac{a}{X^{b}}",
    parameters=(
        exponent(
            "b",
            lognormal(0.08, 0.7),
            meaning="exponent of the size",
            reason="falls as slowly as the published score rises: 0.02 to 0.3",
        ),
        Parameter(
            "a",
            beta(2.0, 2.0),
            unit="score x unit of X^b",
            meaning="1 minus the score at one unit of X",
            reason="1 minus the score is 0.1 to 0.9 at the smallest training run",
            sampled="missing",
            sampled_meaning="1 minus the score at the smallest training run",
            publish=lambda s, ref, p: s["missing"] * power(ref["X_min"], p["b"]),
        ),
    ),
    function=bounded_score,
    applies="the frontier of scores along one axis, also in extrapolation: it stays below 1",
    fails=(
        "this package's own form, not the source's; a score whose ceiling is below 1 deviates from "
        "it"
    ),
    published={
        "illustration": Published(
            {"b": 0.04, "a": 0.55},
            checked="illustration",
            source="arXiv 2404.02883",
            note="illustrative, near the published power law in compute",
        ),
    },
    **_IMAGE,
)
