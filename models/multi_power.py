r"""Loss along training from the learning-rate schedule, with power-law annealing memory.

.. math::

    L(t) = L_0 + A\, S_1^{-\alpha_S}
    - B \sum_{k \le t} (\eta_{k-1} - \eta_k)\, G(\eta_k^{-\gamma} S_k), \qquad
    G(x) = 1 - (1 + C x)^{-\beta}

S_1 is the sum of the learning rate eta over steps, S_k its sum from step k on.
Source: Luo et al. 2025, arXiv 2503.12811.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._annealing import BASE, COMMON, gain, inputs, largest_decrease
from bayes_scaling.models._types import Values


def mean(
    x: Values, L0: Array, A: Array, B: Array, C: Array, alpha_S: Array, beta: Array, gamma: Array
) -> Array:
    """Return the loss in nats/token."""
    C, beta, gamma = (jnp.asarray(value)[..., None] for value in (C, beta, gamma))
    gained = -jnp.expm1(
        -beta * jnp.log1p(C * power(jnp.maximum(x["lr"], 1e-12), -gamma) * x["since"])
    )
    return L0 + A * power(x["S1"], -alpha_S) - B * jnp.sum(x["drop"] * gained, axis=-1)


multi_power = Law(
    name="multi_power",
    title="Multi-power law: loss along training under any schedule",
    formula=(
        "L = L0 + A S1^-alpha_S - B sum_k (lr_(k-1) - lr_k) (1 - (1 + C lr_k^-gamma S_k)^-beta)"
    ),
    latex=(
        r"L(t) = L_0 + A\, S_1^{-\alpha_S} - B \sum_k (\eta_{k-1} - \eta_k)\left(1 - (1 + C "
        r"\eta_k^{-\gamma} S_k)^{-\beta}\right)"
    ),
    parameters=(
        *BASE,
        Parameter(
            "beta",
            lognormal(0.6, 0.25),
            unit="1",
            meaning="how slowly the last part of the annealing gain arrives",
            reason="0.37 to 1; 0.58 to 0.60 on three sizes",
        ),
        Parameter(
            "gamma",
            lognormal(0.65, 0.25),
            unit="1",
            meaning="how much sooner annealing takes effect at a low learning rate",
            reason="0.4 to 1.06; 0.64 to 0.66 on three sizes",
        ),
        Parameter(
            "C",
            lognormal(30.0, 1.0),
            unit="learning rate^(gamma - 1)",
            meaning="speed at which annealing takes effect",
            reason="half of the gain of a decrease arrives after 4 to 200 steps",
            sampled="half",
            sampled_meaning=(
                "steps after which half of the gain of a decrease has arrived, at a learning rate "
                "equal to the largest decrease"
            ),
            publish=lambda s, ref, p: (
                jnp.expm1(jnp.log(2.0) / p["beta"])
                / (power(largest_decrease(ref), 1 - p["gamma"]) * s["half"])
            ),
        ),
        gain("B", lambda s, ref, p: s["gain"] / largest_decrease(ref), "nats / learning rate"),
    ),
    function=mean,
    **inputs("S1", "drop", "since", "lr"),
    **COMMON,
    fails=(
        "seven parameters need three schedules of different kinds; noise along a run is "
        "correlated, which i.i.d. noise ignores"
    ),
    citation=(
        "Luo et al. 2025, A Multi-Power Law for Loss Curve Prediction Across Learning Rate "
        "Schedules"
    ),
    arxiv="2503.12811",
    bibtex="""@inproceedings{luo2025multipower,
  title={A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules},
  author={Luo, Kairong and Wen, Haodong and Hu, Shengding and others},
  booktitle={International Conference on Learning Representations},
  note={arXiv 2503.12811},
  year={2025}
}""",
    published={
        size: Published(
            dict(zip(("L0", "A", "alpha_S", "B", "C", "beta", "gamma"), values)),
            checked="authors' code",
            source="arXiv 2503.12811",
            note=(
                f"L0 is the authors' {theirs} plus B times the peak of 3e-4: they count the "
                "warm-up among the decreases, this law does not; R2 0.998 to 0.999 on their "
                "curves (luo2025)"
            ),
        )
        for size, theirs, *values in (
            ("25M", "3.040", 3.149, 0.525, 0.508, 363.8, 2.066, 0.583, 0.641),
            ("100M", "2.651", 2.782, 0.601, 0.453, 437.9, 2.132, 0.598, 0.655),
            ("400M", "2.375", 2.532, 0.654, 0.429, 523.4, 2.025, 0.594, 0.635),
        )
    },
)
