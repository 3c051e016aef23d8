r"""Downstream top-1 error from loss.

.. math:: \mathrm{Err}(L) = \varepsilon - k\, e^{-\gamma L}

Source: Gadre et al. 2024, arXiv 2403.08540.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.over_training import over_training


def mean(x: Values, epsilon: Array, k: Array, gamma: Array) -> Array:
    """Return the top-1 error."""
    return epsilon - k * jnp.exp(-gamma * x["L"])


def _published(epsilon: float, k: float, gamma: float, tasks: int) -> Published:
    """Values recomputed for one training set and task list of the source."""
    return Published(
        {"epsilon": epsilon, "k": k, "gamma": gamma},
        checked="recomputed",
        source="arXiv 2403.08540",
        note=(
            f"least squares on the mean error over {tasks} tasks against the C4-eval loss, six "
            "runs, as in the paper's table"
        ),
    )


perplexity_to_error = Law(
    name="perplexity_to_error",
    title="Downstream error from loss",
    formula="Err(L) = epsilon - k exp(-gamma L)",
    latex=r"\mathrm{Err}(L) = \varepsilon - k\, e^{-\gamma L}",
    inputs={"L": "loss, nats/token"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        Parameter(
            "epsilon",
            beta(8.0, 2.0),
            unit="top-1 error",
            meaning="error of an untrained model",
            reason="one minus the chance level of the task mix: 0.5 to 1",
        ),
        exponent(
            "gamma",
            lognormal(0.8, 0.4),
            meaning="rate at which error falls with loss, per nat",
            reason="0.7 to 1.0 published for averages over tasks",
        ),
        Parameter(
            "k",
            beta(1.5, 2.5),
            unit="top-1 error",
            meaning="gain in error per unit of exp(-gamma L)",
            reason="the best run has gained between none and all of epsilon",
            sampled="gain",
            sampled_meaning="fraction of epsilon that the training run of lowest loss has gained",
            publish=lambda s, ref, p: s["gain"] * p["epsilon"] * jnp.exp(p["gamma"] * ref["L_min"]),
        ),
    ),
    function=mean,
    scale=lambda x: jnp.exp(-x["L"]),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "averages over many tasks, or single tasks clearly above chance; the loss on one fixed "
        "validation set; a run's scale is exp(-L), so log scale counts nats below the lowest loss"
    ),
    fails=(
        "drifts at low loss, where averages over easy tasks saturate; single tasks often stay at "
        "chance"
    ),
    citation=over_training.citation,
    arxiv=over_training.arxiv,
    bibtex=over_training.bibtex,
    published={
        "c4, 17 tasks": _published(0.849742, 2.078907, 0.756121, 17),
        "redpajama, 17 tasks": _published(0.856992, 2.206486, 0.71459, 17),
        "refinedweb, 17 tasks": _published(0.86528, 2.214814, 0.707048, 17),
        "c4, 46 tasks": _published(0.758949, 1.288514, 0.972163, 46),
        "redpajama, 46 tasks": _published(0.76085, 1.322898, 0.890708, 46),
        "refinedweb, 46 tasks": _published(0.767679, 1.128073, 0.821522, 46),
    },
    example={"L": tuple(2.4 + 0.16 * i for i in range(20))},
)
