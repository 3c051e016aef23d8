r"""Error of one task from loss, with a known chance level and item counts.

.. math:: \mathrm{Err}(L) = (1 - g)\left(1 - k\, e^{-\gamma L}\right)

g is the chance level, known for each run.
Source: Gadre et al. 2024, arXiv 2403.08540.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.counts import BetaBinomial
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.over_training import over_training


def mean(x: Values, k: Array, gamma: Array) -> Array:
    """Return the top-1 error."""
    return (1 - x["chance"]) * (1 - k * jnp.exp(-gamma * x["L"]))


task_binomial = Law(
    name="task_binomial",
    title="Downstream error of one task from loss, with item counts and a known chance level",
    formula="Err = (1 - chance) (1 - k exp(-gamma L))",
    latex=r"\mathrm{Err}(L) = (1 - g)\left(1 - k\, e^{-\gamma L}\right)",
    inputs={"L": "loss, nats/token", "chance": "chance accuracy"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        exponent(
            "gamma",
            lognormal(0.8, 0.4),
            meaning="rate at which error falls with loss, per nat",
            reason="0.7 to 1.0 published for averages over tasks",
        ),
        Parameter(
            "k",
            beta(1.2, 2.5),
            unit="1",
            meaning="fraction of the range above chance gained per unit of exp(-gamma L)",
            reason="the best run has gained between none and all of it",
            sampled="gain",
            sampled_meaning=(
                "fraction of the range above chance that the training run of lowest loss has gained"
            ),
            publish=lambda s, ref, p: s["gain"] * jnp.exp(p["gamma"] * ref["L_min"]),
        ),
    ),
    function=mean,
    noise=BetaBinomial(),
    known=("chance",),
    applies="single tasks: the error of each run, the number of items and the chance accuracy",
    fails=(
        "tasks at chance do not identify gamma; errors above the chance error are treated as "
        "chance; a task saturates sooner at low loss"
    ),
    citation=over_training.citation,
    arxiv=over_training.arxiv,
    bibtex=over_training.bibtex,
    published={
        "illustration": Published(
            {"gamma": 0.9, "k": 4.0},
            checked="illustration",
            source="illustrative values",
            note="the source fits averages over tasks, with a free chance error",
        )
    },
    example={
        "L": tuple(2.2 + 0.12 * i for i in range(24)),
        "chance": (0.25,) * 24,
        "items": (1000.0, 4000.0) * 12,
    },
)
