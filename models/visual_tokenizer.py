r"""FID of image generators on visual tokens, from generator compute.

.. math:: \mathrm{FID}(C) = L_\mathrm{min} + e^{\lambda} C^{\alpha_C}

Source: Ramanujan et al. 2024, arXiv 2412.16326.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, L_min: Array, alpha_C: Array, lambda_C: Array) -> Array:
    """Return the FID."""
    return L_min + jnp.exp(lambda_C + alpha_C * jnp.log(x["C"]))


visual_tokenizer = Law(
    name="visual_tokenizer",
    title="Visual tokens: FID from generator compute",
    formula="FID(C) = L_min + exp(lambda_C) C^alpha_C",
    latex=r"\mathrm{FID}(C) = L_\mathrm{min} + e^{\lambda_C} C^{\alpha_C}",
    inputs={"C": "training FLOPs of the second stage"},
    outcome="fid",
    unit="FID",
    parameters=(
        floor(
            "L_min",
            unit="FID",
            meaning="FID in the limit of infinite compute, set by the tokenizer",
        ),
        Parameter(
            "alpha_C",
            lognormal(0.5, 0.5),
            unit="1",
            meaning="exponent of compute, negative",
            reason="0.65 to 0.73 published: 0.19 to 1.3",
            sampled="rate",
            sampled_meaning="-alpha_C",
            publish=lambda s, ref, p: -s["rate"],
        ),
        Parameter(
            "lambda_C",
            lognormal(0.6, 0.6),
            unit="log(FID x FLOPs^rate)",
            meaning="log amplitude",
            reason="the term is 0.2 to 2 times the largest FID",
            sampled="term_share",
            sampled_meaning=(
                "the compute term at the smallest compute, as a fraction of the largest outcome"
            ),
            publish=lambda s, ref, p: (
                jnp.log(s["term_share"] * ref["y_max"]) - p["alpha_C"] * jnp.log(ref["C_min"])
            ),
        ),
    ),
    function=mean,
    decreasing=("C",),
    scale=lambda x: x["C"],
    noise=Noise(sigma=half_normal(0.05)),
    applies=(
        "generators of increasing compute on the tokens of one tokenizer; compare tokenizers by "
        "L_min and alpha_C"
    ),
    fails="FID of few samples is biased upwards, which resembles a floor",
    citation=(
        "Ramanujan et al. 2024, When Worse is Better: Navigating the compression-generation "
        "tradeoff in visual tokenization"
    ),
    arxiv="2412.16326",
    bibtex="""@article{ramanujan2024worse,
  title={When Worse is Better: Navigating the compression-generation tradeoff in visual \
tokenization},
  author={Ramanujan, Vivek and Tirumala, Kushal and Aghajanyan, Armen and Zettlemoyer, Luke and \
Farhadi, Ali},
  journal={arXiv preprint arXiv:2412.16326},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"L_min": 2.0, "alpha_C": -0.65, "lambda_C": 33.0},
            checked="illustration",
            source="arXiv 2412.16326",
            note=(
                "the exponent from third-party notes for the plain tokenizer (-0.73 for the "
                "causally regularized one); the rest is illustrative"
            ),
        ),
    },
    example={"C": tuple(1e20 * 10 ** (0.13 * i) for i in range(20))},
)
