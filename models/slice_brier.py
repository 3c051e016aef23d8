r"""Slice and sandwich: the Brier scores of difficulty groups by compute, and accuracy from them.

.. math::

    \mathrm{logit}\, B(C) = f_0 + s_1 z + (s_2 - s_1)\, h(z - k), \quad z = \log_{10} C, \qquad
    \mathrm{Acc}(B) = -\frac{B + i}{s}

B is the Brier score of the right answers, mean of (1 - p)^2, of one group of items of like
difficulty; h is max(v, 0) smoothed over 0.3 decades. Easy groups fall, stall and fall again, hard
ones rise before they fall. The source fits polynomials in z, of degree 5 to the easy group, which
explode beyond the runs; this line with one turn stays a line there, and between 0 and 1.
To join them, fit ``slice_brier`` with the group as ``group``, average the groups with
``bayes_scaling.average_outcomes``, and chain the mean with ``brier_accuracy``.
Source: Wu and Lo 2024, arXiv 2410.01692.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, lognormal, normal
from bayes_scaling.models._parts import logistic
from bayes_scaling.models._types import Values

_WIDTH = 0.3  # decades over which the turn is smoothed


def _hinge(v: Array) -> Array:
    """Return max(v, 0), smoothed."""
    return _WIDTH * jax.nn.softplus(v / _WIDTH)


def _decades(C: Array) -> Array:
    """Return log10 of compute."""
    return jnp.log(C) / jnp.log(10.0)


def _rise(C: Array, s_1: Array, s_2: Array, k: Array) -> Array:
    """Return the logit without its constant."""
    z = _decades(C)
    return s_1 * z + (s_2 - s_1) * _hinge(z - k)


def mean(x: Values, f_0: Array, s_1: Array, s_2: Array, k: Array) -> Array:
    """Return the Brier score."""
    return logistic(f_0 + _rise(x["C"], s_1, s_2, k))


def _turn(s: Values, ref: Values, p: Values) -> Array:
    """Return where the line turns, in decades of compute."""
    low, high = _decades(ref["C_min"]), _decades(ref["C_max"])
    return low + s["place"] * (high - low)


slice_brier = Law(
    name="slice_brier",
    title="Brier score of a difficulty group by compute: a line on the logit with one turn",
    formula="logit B(C) = f_0 + s_1 z + (s_2 - s_1) h(z - k), z = log10 C",
    latex=r"\mathrm{logit}\, B(C) = f_0 + s_1 z + (s_2 - s_1)\, h(z - k), \quad z = \log_{10} C",
    inputs={"C": "training FLOPs"},
    outcome="brier",
    unit="mean of (1 - p)^2 over the items, p the probability of the right answer",
    parameters=(
        Parameter(
            "s_1",
            normal(0.0, 0.5),
            unit="1 / decade",
            meaning="slope of the logit below the turn",
            reason="hard items become worse before they become better: either sign",
        ),
        Parameter(
            "s_2",
            normal(-0.4, 0.5),
            unit="1 / decade",
            meaning="slope of the logit above the turn",
            reason="most groups fall in the end: 1.4 down to 0.6 up",
        ),
        Parameter(
            "k",
            beta(1.5, 1.5),
            unit="decades",
            meaning="log10 of the compute at which the line turns",
            reason="somewhere within the training runs",
            sampled="place",
            sampled_meaning="position of the turn between the smallest and the largest run",
            publish=_turn,
        ),
        Parameter(
            "f_0",
            beta(1.5, 1.5),
            unit="1",
            meaning="logit at one FLOP on the first line",
            reason="easy groups start near 0, hard ones near 1",
            sampled="level",
            sampled_meaning="Brier score of the mean training run",
            publish=lambda s, ref, p: (
                jnp.log(s["level"])
                - jnp.log1p(-s["level"])
                - _rise(ref["C"], p["s_1"], p["s_2"], p["k"])
            ),
        ),
    ),
    function=mean,
    scale=lambda x: x["C"],
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.3)),
    applies=(
        "models of many families on one group of a task's items, sorted by difficulty; one fit a "
        "group, models below the threshold of emergence"
    ),
    fails=(
        "a second turn beyond the training runs is not foreseen; families differ by more than the "
        "curve moves in a decade. Beyond the threshold its intervals are too narrow: of wu2024 90% "
        "intervals of accuracy held 6 of 27 models on mmlu and none of 3 on parsinlu, although the "
        "errors are below those of a logistic curve in compute and of the polynomials"
    ),
    citation=(
        "Wu and Lo 2024, U-shaped and Inverted-U Scaling behind Emergent Abilities of Large "
        "Language Models"
    ),
    arxiv="2410.01692",
    bibtex="""@article{wu2024ushaped,
  title={U-shaped and Inverted-U Scaling behind Emergent Abilities of Large Language Models},
  author={Wu, Tung-Yu and Lo, Pei-Yu},
  journal={arXiv preprint arXiv:2410.01692},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"f_0": -10.0, "s_1": 0.5, "s_2": -0.8, "k": 21.5},
            checked="illustration",
            source="illustrative values",
            note="the source fits polynomials; this form is the project's",
        )
    },
    example={"C": tuple(10.0 ** (19.5 + 0.13 * i) for i in range(32))},
)


def accuracy(x: Values, i: Array, s: Array) -> Array:
    """Return the accuracy."""
    return -(x["B"] + i) / s


def _line(i: float, s: float, task: str) -> Published:
    """Least squares on the models below a task's threshold."""
    return Published(
        {"i": i, "s": s},
        checked="recomputed",
        source="arXiv 2410.01692",
        note=f"least squares of -B on the accuracy, models below the threshold of {task}",
    )


brier_accuracy = replace(
    slice_brier,
    name="brier_accuracy",
    title="Slice and sandwich: accuracy on a line in the Brier score",
    formula="Acc(B) = -(B + i)/s",
    latex=r"\mathrm{Acc}(B) = -\frac{B + i}{s}",
    inputs={"B": "Brier score of the right answers"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "s",
            lognormal(1.3, 0.4),
            unit="1 / accuracy",
            meaning="fall of the Brier score over the range of accuracies",
            reason="accuracy falls by 0.7 to 2.5 a unit of the Brier score; 0.9 to 1.5 published",
            sampled="loss_of_accuracy",
            sampled_meaning="accuracy lost a unit of the Brier score, 1 / s",
            publish=lambda s, ref, p: 1 / s["loss_of_accuracy"],
        ),
        Parameter(
            "i",
            beta(2.0, 2.0),
            unit="1",
            meaning="minus the Brier score at accuracy 0",
            reason="the mean model has an accuracy of 0.1 to 0.9",
            sampled="level",
            sampled_meaning="accuracy of the mean training run",
            publish=lambda s, ref, p: -(ref["B"] + p["s"] * s["level"]),
        ),
    ),
    function=accuracy,
    scale=None,
    decreasing=("B",),
    noise=Noise(link="identity", grows=False, sigma=half_normal(0.03)),
    applies="models of many families on all items of a task, below the threshold of emergence",
    fails="the line was seen below the threshold alone, and it leaves 0 and 1",
    published={
        "mmlu": _line(-0.7362, 0.6463, "mmlu"),
        "arithmetic": _line(-0.8773, 0.8670, "arithmetic"),
        "parsinlu": _line(-0.9042, 1.1554, "parsinlu"),
    },
    example={"B": tuple(0.35 + 0.01 * i for i in range(24))},
)
