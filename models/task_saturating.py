r"""Error of one task from loss, with its own plateau, a known chance level and item counts.

.. math::

    \mathrm{Err}(L) = (1 - s)\left(1 - r\left(1 - e^{-k\, e^{-\gamma L}}\right)\right), \qquad
    s = c g \ (g > 0), \quad b \ (g = 0)

g is the chance level, known for each run, and s the accuracy of an untrained model: c is its ratio
to g, and b its value when g is 0. The law starts like task_binomial with k r in place of k, and
levels off when the fraction r of the range above chance is gained. The form is this project's; the
source, Gadre et al. 2024, arXiv 2403.08540, fits averages over tasks.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.counts import BetaBinomial
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.over_training import over_training


def mean(x: Values, c: Array, luck: Array, gamma: Array, reach: Array, k: Array) -> Array:
    """Return the top-1 error."""
    start = jnp.where(x["chance"] > 0, c * x["chance"], luck)
    return (1 - start) * (1 + reach * jnp.expm1(-k * jnp.exp(-gamma * x["L"])))


task_saturating = Law(
    name="task_saturating",
    title=(
        "Downstream error of one task from loss, with its own plateau, item counts and a known "
        "chance level"
    ),
    formula=(
        "Err = (1 - s) (1 - reach (1 - exp(-k exp(-gamma L)))), s = c chance, or luck where chance "
        "is 0"
    ),
    latex=(
        r"\mathrm{Err}(L) = (1 - s)\left(1 - r\left(1 - e^{-k\, e^{-\gamma L}}\right)\right), "
        r"\quad s = c\, g \ (g > 0), \ b \ (g = 0)"
    ),
    inputs={"L": "loss, nats/token", "chance": "chance accuracy"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        Parameter(
            "c",
            lognormal(1.0, 0.15),
            unit="1",
            meaning="accuracy of an untrained model divided by the chance accuracy",
            reason="constant answers, such as always the same letter, are off by a tenth or two",
        ),
        Parameter(
            "luck",
            lognormal(0.001, 2.0),
            unit="1",
            meaning="accuracy of an untrained model when the chance accuracy is 0",
            reason="mostly close to 0, up to one in twenty when answers are short and alike",
        ),
        exponent(
            "gamma",
            lognormal(1.5, 0.6),
            meaning="rate at which the hazard of a correct answer rises as loss falls, per nat",
            reason="a single task is learned within half a nat to a few nats",
        ),
        Parameter(
            "reach",
            beta(0.5, 0.5),
            unit="1",
            meaning="attainable fraction of the range above chance",
            reason="most tasks become fully learnable, some stop where a shortcut ends",
            sampled="rest",
            sampled_meaning=(
                "attainable fraction of the range that the training run of lowest loss has not "
                "gained"
            ),
            publish=lambda s, ref, p: s["gain"] + (1 - s["gain"]) * s["rest"],
        ),
        Parameter(
            "k",
            beta(1.2, 2.5),
            unit="1",
            meaning="hazard of a correct answer per unit of exp(-gamma L)",
            reason="the best run has gained between none and all of it",
            sampled="gain",
            sampled_meaning=(
                "fraction of the range above chance that the training run of lowest loss has gained"
            ),
            publish=lambda s, ref, p: (
                (jnp.log(p["reach"]) - jnp.log((1 - s["gain"]) * s["rest"]))
                * jnp.exp(p["gamma"] * ref["L_min"])
            ),
        ),
    ),
    function=mean,
    scale=lambda x: jnp.exp(-x["L"]),
    noise=BetaBinomial(),
    known=("chance",),
    applies="many tasks at once, pooled: some at chance, some being learned, some saturated",
    fails=(
        "for one task half-way up, reach stays at its prior, and a task that has leveled off is "
        "predicted to improve further unless rest has a prior near 0; a task that no small run has "
        "begun to learn is predicted to stay near chance; forecasts below the lowest training loss "
        "are overconfident without a drift: held-out small runs of the source's 46 tasks gave "
        "BetaBinomial(drift=0.3)"
    ),
    citation=over_training.citation,
    arxiv=over_training.arxiv,
    bibtex=over_training.bibtex,
    published={
        "illustration": Published(
            {"c": 1.0, "luck": 0.001, "gamma": 2.0, "reach": 0.8, "k": 150.0},
            checked="illustration",
            source="illustrative values",
            note="the form is this project's; the source fits averages over tasks",
        )
    },
    example={
        "L": tuple(2.2 + 0.12 * i for i in range(24)),
        "chance": (0.25, 0.0) * 12,
        "items": (1000.0, 4000.0) * 12,
    },
)
