r"""Loss as a power law in training tokens, for one kind of data and one size.

.. math:: L(D) = L_\infty + A D^{-\alpha_D}

Source: Zhang et al. 2026, arXiv 2602.07298, on synthetic data of recommenders. A fine-tuned model's
cross-entropy in pretraining tokens has the same form: Isik et al. 2024, arXiv 2402.04177.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.models._types import Values


def mean(x: Values, L_inf: Array, A: Array, alpha_D: Array) -> Array:
    """Return the loss in nats/token."""
    return L_inf + A * power(x["D"], -alpha_D)


recommender_data = Law(
    name="recommender_data",
    title="Loss in training tokens of one kind of data at one size",
    formula="L(D) = L_inf + A/D^alpha_D",
    latex=r"L(D) = L_{\infty} + \frac{A}{D^{\alpha_D}}",
    inputs={"D": "training tokens of this kind of data"},
    parameters=(
        floor("L_inf"),
        exponent("alpha_D", meaning="exponent of the token count"),
        amplitude(
            "A",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
        ),
    ),
    function=mean,
    scale=lambda x: x["D"],
    decreasing=("D",),
    applies=(
        "one modality (such as interactions, item texts or synthetic data) and one model size; "
        "several of them as groups, which share the exponent as far as the data allow"
    ),
    fails="L_inf and alpha_D trade off within two decades of tokens; repeated tokens count in full",
    citation=(
        "Zhang et al. 2026, Principled Synthetic Data Enables the First Scaling Laws for LLMs in "
        "Recommendation"
    ),
    arxiv="2602.07298",
    bibtex="""@article{zhang2026recommender,
  title={Principled Synthetic Data Enables the First Scaling Laws for {LLMs} in Recommendation},
  author={Zhang, Benyu and Zhang, Qiang and Cheng, Jianpeng and others},
  journal={arXiv preprint arXiv:2602.07298},
  year={2026}
}""",
    published={
        "illustration": Published(
            {"L_inf": 1.2, "A": 250.0, "alpha_D": 0.27},
            checked="illustration",
            source="illustrative values",
            note=(
                "no constant of the source is verified; 0.6 to 8 billion parameters, up to 1.63e11 "
                "tokens"
            ),
        )
    },
    example={"D": tuple(10.0 ** (8.2 + 0.13 * i) for i in range(24))},
)
