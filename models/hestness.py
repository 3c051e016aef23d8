r"""Loss from the number of training samples: a power law above a floor.

.. math:: \epsilon(m) = a\, m^{\beta_g} + \gamma

beta_g is negative, as in the source.
Source: Hestness et al. 2017, arXiv 1712.00409.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, a: Array, beta_g: Array, gamma: Array) -> Array:
    """Return the loss in nats."""
    return a * power(x["m"], beta_g) + gamma


hestness = Law(
    name="hestness",
    title="Learning curve: loss from training samples",
    formula="eps(m) = a m^beta_g + gamma",
    latex=r"\epsilon(m) = a\, m^{\beta_g} + \gamma",
    inputs={"m": "training samples"},
    unit="nats",
    parameters=(
        floor(
            "gamma",
            unit="nats",
        ),
        Parameter(
            "beta_g",
            lognormal(0.15, 0.7),
            unit="1",
            meaning="exponent of the training-set size, negative",
            reason="published between -0.5 (images) and -0.07 (words)",
            sampled="rate",
            sampled_meaning="-beta_g",
            publish=lambda s, ref, p: -s["rate"],
        ),
        amplitude(
            "a",
            lambda x, p: power(x["m"], p["beta_g"]),
            half_normal(2.0),
            unit="nats x samples^-beta_g",
            meaning="amplitude of the power law",
            reason="the term adds 0 to 4.5 nats at the mean training run, little near a floor",
        ),
    ),
    function=mean,
    scale=lambda x: x["m"],
    decreasing=("m",),
    applies="the power-law region of one model family, tuned at every training-set size",
    fails="small training sets stay at chance-level loss, above the law",
    citation="Hestness et al. 2017, Deep Learning Scaling is Predictable, Empirically",
    arxiv="1712.00409",
    bibtex="""@article{hestness2017deep,
  title={Deep Learning Scaling is Predictable, Empirically},
  author={Hestness, Joel and Narang, Sharan and Ardalani, Newsha and others},
  journal={arXiv preprint arXiv:1712.00409},
  year={2017}
}""",
    published={
        "illustration": Published(
            {"a": 60.0, "beta_g": -0.35, "gamma": 0.6},
            checked="illustration",
            source="illustrative values",
            note=(
                "the exponent is that of image classification in cross-entropy, from third-party "
                "notes; no other constant is verified"
            ),
        ),
        "words": Published(
            {"a": 11.9, "beta_g": -0.066, "gamma": 0.0},
            checked="third-party notes",
            source="arXiv 1712.00409",
            note="word language model, fitted without a floor",
        ),
    },
    example={"m": tuple(2e4 * 10 ** (0.15 * i) for i in range(20))},
)
