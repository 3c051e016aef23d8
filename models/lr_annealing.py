r"""Loss along training from the learning-rate schedule, with exponential annealing memory.

.. math::

    L(s) = L_0 + A\, S_1^{-\alpha_S} - C\, S_2, \qquad
    S_2 = \sum_{k \le s} (\eta_{k-1} - \eta_k) \frac{1 - \lambda^{s - k + 1}}{1 - \lambda}

S_1 is the sum of the learning rate eta over steps.
Source: Tissue et al. 2024, arXiv 2408.11029.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._annealing import BASE, COMMON, gain, inputs, largest_decrease
from bayes_scaling.models._types import Values


def mean(x: Values, L0: Array, A: Array, C: Array, alpha_S: Array, lam: Array) -> Array:
    """Return the loss in nats/token."""
    log_lam = jnp.log(jnp.asarray(lam))[..., None]
    memory = jnp.expm1(x["age"] * log_lam) / jnp.expm1(log_lam)
    return L0 + A * power(x["S1"], -alpha_S) - C * jnp.sum(x["drop"] * memory, axis=-1)


lr_annealing = Law(
    name="lr_annealing",
    title="LR annealing: loss along training under any schedule",
    formula="L = L0 + A S1^-alpha_S - C S2, S2 = sum_k (lr_(k-1) - lr_k) (1 - lam^age) / (1 - lam)",
    latex=r"L(s) = L_0 + A\, S_1^{-\alpha_S} - C\, S_2",
    parameters=(
        *BASE,
        Parameter(
            "lam",
            lognormal(1e-3, 0.7),
            unit="1",
            meaning="annealing memory per step",
            reason="annealing takes effect over 250 to 4,000 steps",
            sampled="forgotten",
            sampled_meaning=(
                "1 - lam, the inverse of the number of steps that annealing takes to act"
            ),
            publish=lambda s, ref, p: 1 - s["forgotten"],
        ),
        gain(
            "C",
            lambda s, ref, p: s["gain"] * s["forgotten"] / largest_decrease(ref),
            "nats / (learning rate x steps)",
        ),
    ),
    function=mean,
    **inputs("S1", "drop", "age"),
    **COMMON,
    fails=(
        "steps at a learning rate of 0 lower the forecast; scaling up the schedule always lowers "
        "it; noise along a run is correlated"
    ),
    citation="Tissue et al. 2024, Scaling Law with Learning Rate Annealing",
    arxiv="2408.11029",
    bibtex="""@article{tissue2024scaling,
  title={Scaling Law with Learning Rate Annealing},
  author={Tissue, Howe and Wang, Venus and Wang, Lu},
  journal={arXiv preprint arXiv:2408.11029},
  year={2024}
}""",
    published={
        f"{size}, cosine and constant": Published(
            {"L0": L0, "A": A, "alpha_S": alpha_S, "C": C, "lam": 0.999},
            checked="recomputed",
            source="curves of arXiv 2503.12811",
            note=(
                "robust least squares on the cosine and the constant schedule of 24,000 steps, lam "
                "held at 0.999"
            ),
        )
        for size, L0, A, alpha_S, C in (
            ("25M", 3.164, 0.509, 0.524, 0.406),
            ("100M", 2.790, 0.592, 0.456, 0.480),
            ("400M", 2.537, 0.639, 0.430, 0.573),
        )
    },
)
