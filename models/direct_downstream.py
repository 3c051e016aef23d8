r"""Downstream accuracy directly from compute, without an intermediate loss.

.. math:: -\log \mathrm{Acc}(C) = a\, C^{-\alpha_C}

At one ratio of tokens to parameters.
Source: Krajewski et al. 2025, arXiv 2512.08894.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import amplitude, exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, a: Array, alpha_C: Array) -> Array:
    """Return the top-1 accuracy."""
    return jnp.exp(-a * power(x["C"], -alpha_C))


direct_downstream = Law(
    name="direct_downstream",
    title="Downstream accuracy directly from compute",
    formula="-log Acc(C) = a/C^alpha_C",
    latex=r"-\log \mathrm{Acc}(C) = \frac{a}{C^{\alpha_C}}",
    inputs={"C": "training FLOPs"},
    outcome="accuracy",
    unit="top-1 accuracy",
    parameters=(
        exponent(
            "alpha_C",
            lognormal(0.15, 0.6),
            meaning="exponent of compute",
            reason="-log accuracy halves over one to six decades of compute",
        ),
        amplitude(
            "a",
            lambda x, p: power(x["C"], -p["alpha_C"]),
            lognormal(0.7, 0.6),
            unit="FLOPs^alpha_C",
            meaning="-log accuracy at one FLOP",
            reason="accuracy of 0.1 to 0.8 at the mean training run",
            size="in -log of the accuracy",
        ),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies="tasks clearly above chance, runs of one recipe at one ratio of tokens to parameters",
    fails=(
        "has no chance level, so it falls below chance at small compute; the source's forms across "
        "token ratios were not consulted"
    ),
    citation=(
        "Krajewski et al. 2025, Revisiting the Scaling Properties of Downstream Metrics in Large "
        "Language Model Training"
    ),
    arxiv="2512.08894",
    bibtex="""@article{krajewski2025revisiting,
  title={Revisiting the Scaling Properties of Downstream Metrics in Large Language Model Training},
  author={Krajewski, Jakub and Shidani, Amitis and Busbridge, Dan and others},
  journal={arXiv preprint arXiv:2512.08894},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"a": 1500.0, "alpha_C": 0.165},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example={"C": tuple(10.0 ** (18 + 0.25 * i) for i in range(20))},
)
