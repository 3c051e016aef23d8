r"""Accuracy that stays at chance until the loss falls below a threshold.

.. math:: \mathrm{acc}(L) = g + (1 - g)\left(1 - e^{-r\, h(\eta - L)}\right)

g is the chance level, known for each run; h is max(x, 0) smoothed over 0.05 nats. The shape past
the threshold is this project's choice; the source leaves it open.
Source: Du et al. 2024, arXiv 2403.15796.
"""

import jax
import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.counts import BetaBinomial
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values

_WIDTH = 0.05  # nats over which the threshold is smoothed


def mean(x: Values, eta: Array, rate: Array) -> Array:
    """Return the accuracy."""
    above = _WIDTH * jax.nn.softplus((eta - x["L"]) / _WIDTH)
    return x["chance"] - (1 - x["chance"]) * jnp.expm1(-rate * above)


threshold_emergence = Law(
    name="threshold_emergence",
    title="Emergence: accuracy stays at chance until the loss is below a threshold",
    formula="acc = chance + (1 - chance) (1 - exp(-rate softplus(eta - L)))",
    latex=r"\mathrm{acc}(L) = g + (1 - g)\left(1 - e^{-r\, h(\eta - L)}\right)",
    inputs={"L": "loss, nats/token", "chance": "chance accuracy"},
    outcome="accuracy",
    unit="fraction of items answered correctly",
    parameters=(
        Parameter(
            "eta",
            beta(1.5, 1.5),
            unit="nats/token",
            meaning="loss at which accuracy rises above chance",
            reason="somewhere within the observed losses",
            sampled="eta_place",
            sampled_meaning="position of eta between the smallest and the largest loss",
            publish=lambda s, ref, p: ref["L_min"] + s["eta_place"] * (ref["L_max"] - ref["L_min"]),
        ),
        Parameter(
            "rate",
            lognormal(1.0, 0.7),
            unit="1/nat",
            meaning="fraction of the remaining range gained per nat below eta",
            reason="a fifth to all of it in the first nat",
        ),
    ),
    function=mean,
    noise=BetaBinomial(),
    known=("chance",),
    applies=(
        "one task, or tasks of one kind, with the number of items; models on both sides of the "
        "threshold"
    ),
    fails=(
        "when every model is at chance, or every model is above it, the threshold stays at its "
        "prior; accuracy below chance is not represented"
    ),
    citation=(
        "Du et al. 2024, Understanding Emergent Abilities of Language Models from the Loss "
        "Perspective"
    ),
    arxiv="2403.15796",
    bibtex="""@article{du2024understanding,
  title={Understanding Emergent Abilities of Language Models from the Loss Perspective},
  author={Du, Zhengxiao and Zeng, Aohan and Dong, Yuxiao and Tang, Jie},
  journal={arXiv preprint arXiv:2403.15796},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"eta": 2.2, "rate": 1.2},
            checked="illustration",
            source="arXiv 2403.15796",
            note=(
                "eta of about 2.2 nats is reported for MMLU, C-Eval and GSM8K; the rate is "
                "illustrative"
            ),
        )
    },
    example={
        "L": tuple(1.6 + 0.06 * i for i in range(24)),
        "chance": (0.25,) * 24,
        "items": (1000.0,) * 24,
    },
)
