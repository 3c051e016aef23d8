r"""Probability of the right choice by compute, and accuracy from it.

.. math::

    \mathrm{logit}\, p(C) = \Delta + \frac{A_w}{C^{\alpha_w}} - \frac{A_c}{C^{\alpha_c}}, \qquad
    \mathrm{Acc}(p) = \Phi\!\left(\frac{\mathrm{logit}\, p - b}{s}\right)

The log likelihoods of the right choice and of all wrong ones together are power laws in compute,
and the choice is their softmax: p = p_c / (p_c + sum p_w). Learning the right answer raises p,
learning to write plausible wrong ones lowers it. Items then scatter by s about the mean log odds,
and those above b are right. The chain of metrics is the source's; the two laws are this project's
form of it.
Source: Schaeffer et al. 2024, arXiv 2406.04391.
"""

from dataclasses import replace

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal, normal
from bayes_scaling.models._parts import logistic
from bayes_scaling.models._types import Values


def _logit(p: Array) -> Array:
    """Return the log odds."""
    return jnp.log(p) - jnp.log1p(-p)


def _terms(C: Array, p: Values) -> Array:
    """Return what the two likelihoods have still to gain, wrong less right, nats."""
    return p["A_w"] * power(C, -p["alpha_w"]) - p["A_c"] * power(C, -p["alpha_c"])


def mean(x: Values, margin: Array, **p: Array) -> Array:
    """Return the probability of the right choice among those offered."""
    return logistic(margin + _terms(x["C"], p))


def accuracy(x: Values, b: Array, s: Array) -> Array:
    """Return the accuracy."""
    return ndtr((_logit(x["p_choices"]) - b) / s)


def _term(name: str, slope: str, size: float, meaning: str) -> Parameter:
    """Return the amplitude of one likelihood's power law."""
    return amplitude(
        name,
        lambda x, p: power(x["C"], -p[slope]),
        half_normal(size),
        unit=f"nats x FLOPs^{slope}",
        meaning=f"amplitude of {meaning}",
        reason=f"0 to {2 * size:g} nats are left to gain at the mean training run",
    )


choice_probability = Law(
    name="choice_probability",
    title="Probability of the right choice: the softmax of two power laws in compute",
    formula="logit p(C) = margin + A_w/C^alpha_w - A_c/C^alpha_c",
    latex=(r"\mathrm{logit}\, p(C) = \Delta + \frac{A_w}{C^{\alpha_w}} - \frac{A_c}{C^{\alpha_c}}"),
    inputs={"C": "training FLOPs"},
    outcome="p_choices",
    unit="probability of the right choice among those offered, mean over items",
    parameters=(
        exponent(
            "alpha_c",
            lognormal(0.15, 0.6),
            meaning="exponent of the right choice's log likelihood",
            reason="as of losses in compute: 0.05 to 0.5",
        ),
        exponent(
            "alpha_w",
            lognormal(0.15, 0.6),
            meaning="exponent of the wrong choices' log likelihood",
            reason="as of losses in compute: 0.05 to 0.5",
        ),
        _term("A_c", "alpha_c", 2.0, "the right choice's power law"),
        _term("A_w", "alpha_w", 1.0, "the wrong choices' power law"),
        Parameter(
            "margin",
            beta(2.0, 2.0),
            unit="nats",
            meaning="log odds of the right choice with endless compute",
            reason="the mean training run has a probability of 0.1 to 0.9",
            sampled="level",
            sampled_meaning="probability of the right choice of the mean training run",
            publish=lambda s, ref, p: _logit(s["level"]) - _terms(ref["C"], p),
        ),
    ),
    function=mean,
    scale=lambda x: x["C"],
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "multiple-choice tasks with the likelihood of every choice, one recipe over two or more "
        "decades of compute"
    ),
    fails=(
        "the probability alone determines the difference of the two power laws: each of them rests "
        "on its prior; fit power_law_floor to the two log likelihoods to see them apart. The mean "
        "over items is not a softmax of means where items differ much"
    ),
    citation=(
        "Schaeffer et al. 2024, Why Has Predicting Downstream Capabilities of Frontier AI Models "
        "with Scale Remained Elusive?"
    ),
    arxiv="2406.04391",
    bibtex="""@article{schaeffer2024why,
  title={Why Has Predicting Downstream Capabilities of Frontier AI Models with Scale Remained \
Elusive?},
  author={Schaeffer, Rylan and Schoelkopf, Hailey and Miranda, Brando and others},
  journal={arXiv preprint arXiv:2406.04391},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"alpha_c": 0.15, "alpha_w": 0.12, "A_c": 1600.0, "A_w": 130.0, "margin": 2.0},
            checked="illustration",
            source="illustrative values",
            note="the source has identities and correlations, and fits no law",
        )
    },
    example={"C": tuple(10.0 ** (18 + 0.15 * i) for i in range(30))},
)

choice_accuracy = replace(
    choice_probability,
    name="choice_accuracy",
    title="Accuracy from the probability of the right choice: a probit over items",
    formula="Acc(p) = Phi((logit p - b)/s)",
    latex=r"\mathrm{Acc}(p) = \Phi\!\left(\frac{\mathrm{logit}\, p - b}{s}\right)",
    inputs={"p_choices": "probability of the right choice among those offered"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "b",
            normal(-0.5, 0.5),
            unit="nats",
            meaning="log odds at which half of the items are right",
            reason="with several wrong choices the right one leads below even odds: -1.5 to 0.5",
        ),
        Parameter(
            "s",
            lognormal(1.5, 0.5),
            unit="nats",
            meaning="sd of the items' log odds",
            reason="0.6 to 4 nats",
        ),
    ),
    function=accuracy,
    scale=None,
    applies=(
        "one task, models of one recipe; as the second law of a chain after choice_probability"
    ),
    fails="has no chance level: near chance fit models clearly above it",
    published={
        "illustration": Published(
            {"b": -0.7, "s": 1.6},
            checked="illustration",
            source="illustrative values",
            note="the source has identities and correlations, and fits no law",
        )
    },
    example={"p_choices": tuple(0.25 + 0.02 * i for i in range(26))},
)
