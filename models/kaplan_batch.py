r"""Loss from parameters, steps and batch size, as an implicit equation in the loss.

.. math::

    L = \left(\frac{N_c}{N}\right)^{\alpha_N} + \left(\frac{S_c}{S_{min}}\right)^{\alpha_S}, \qquad
    S_{min} = \frac{S}{1 + B_{crit}/B}, \qquad B_{crit} = \frac{B_*}{L^{1/\alpha_B}}

The loss appears on both sides because the critical batch size grows as the loss falls.
Source: Kaplan et al. 2020, arXiv 2001.08361; Su et al. 2024, arXiv 2403.06563.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.implicit import root
from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def _equation(
    log_L: Array, size: Array, steps: Array, alpha_S: Array, ratio: Array, alpha_B: Array
) -> Array:
    """Log of the loss minus log of the right-hand side at that loss."""
    return log_L - jnp.log(size + steps * power(1 + ratio * jnp.exp(-log_L / alpha_B), alpha_S))


def mean(
    x: Values, N_c: Array, alpha_N: Array, S_c: Array, alpha_S: Array, B_star: Array, alpha_B: Array
) -> Array:
    """Return the loss in nats/token: the root of the implicit equation."""
    size, steps = power(N_c / x["N"], alpha_N), power(S_c / x["S"], alpha_S)
    lowest = jnp.log(size + steps)  # at infinite batch size; every other loss is higher
    return jnp.exp(
        root(_equation, lowest, lowest + 60.0, size, steps, alpha_S, B_star / x["B"], alpha_B)
    )


kaplan_batch = Law(
    name="kaplan_batch",
    title="Kaplan with batch size: loss from parameters, steps and batch size",
    formula="L = (N_c/N)^alpha_N + [(S_c/S) (1 + B_star/(B L^(1/alpha_B)))]^alpha_S",
    latex=(
        r"L = \left(\frac{N_c}{N}\right)^{\alpha_N} + \left[\frac{S_c}{S}\left(1 + \frac{B_*}{B\, "
        r"L^{1/\alpha_B}}\right)\right]^{\alpha_S}"
    ),
    inputs={
        "N": "parameters excluding embeddings",
        "S": "training steps",
        "B": "batch size, tokens",
    },
    parameters=(
        exponent(
            "alpha_N",
            lognormal(0.08, 0.4),
            meaning="exponent of the parameter count",
            reason="0.04 to 0.18: there is no floor",
        ),
        exponent(
            "alpha_S",
            lognormal(0.7, 0.3),
            meaning="exponent of steps",
            reason="0.39 to 1.3; 0.76 published",
        ),
        Parameter(
            "alpha_B",
            lognormal(0.21, 0.4),
            unit="1",
            meaning="exponent of the critical batch size in the loss",
            reason="0.1 to 0.46; 0.21 published",
        ),
        Parameter(
            "N_c",
            lognormal(2.5, 0.4),
            unit="parameters",
            meaning="parameters at which the converged loss would be one nat",
            reason="a mean-size model converges at 1.1 to 5.5 nats",
            sampled="N_term",
            sampled_meaning="size of the parameter term at the mean training run, nats",
            publish=lambda s, ref, p: ref["N"] * power(s["N_term"], 1 / p["alpha_N"]),
        ),
        Parameter(
            "B_star",
            lognormal(1.0, 1.2),
            unit="tokens",
            meaning="critical batch size at a loss of one nat",
            reason="batch sizes are chosen within an order of magnitude of the critical one",
            sampled="B_ratio",
            sampled_meaning=(
                "critical batch size at the geometric mean of the smallest and largest losses, "
                "divided by the mean batch size"
            ),
            publish=lambda s, ref, p: (
                s["B_ratio"] * ref["B"] * power(ref["y_min"] * ref["y_max"], 0.5 / p["alpha_B"])
            ),
        ),
        Parameter(
            "S_c",
            lognormal(0.3, 1.0),
            unit="steps",
            meaning="steps at which the step term would be one nat",
            reason="the step term is 0.04 to 2 nats at the mean training run",
            sampled="S_term",
            sampled_meaning=(
                "size of the step term at the mean training run and infinite batch size, nats"
            ),
            publish=lambda s, ref, p: ref["S"] * power(s["S_term"], 1 / p["alpha_S"]),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["S"] * x["B"],
    decreasing=("N", "S", "B"),
    applies=(
        "points along training curves at constant learning rate, with batch sizes on both sides of "
        "the critical one"
    ),
    fails="no floor and no warm-up; points of one curve are correlated, which i.i.d. noise ignores",
    citation="Kaplan et al. 2020, Scaling Laws for Neural Language Models; Su et al. 2024",
    arxiv="2403.06563",
    bibtex="""@article{su2024unraveling,
  title={Unraveling the Mystery of Scaling Laws: Part I},
  author={Su, Hui and Tian, Zhi and Shen, Xiaoyu and Cai, Xunliang},
  journal={arXiv preprint arXiv:2403.06563},
  year={2024}
}""",
    published={
        "Kaplan 2020": Published(
            {
                "N_c": 6.5e13,
                "alpha_N": 0.077,
                "S_c": 2.1e3,
                "alpha_S": 0.76,
                "B_star": 2e8,
                "alpha_B": 0.21,
            },
            checked="third-party notes",
            source="arXiv 2001.08361",
            note=(
                "the joint fit of parameters and steps, and the fit of the critical batch size; "
                "the constants of Su et al. are not verified"
            ),
        ),
    },
    example={
        "N": tuple(n for n in (1e6, 1e7, 1e8, 1e9) for _ in range(9)),
        "S": (2e3, 1e4, 1e5) * 12,
        "B": (2e4, 2e4, 2e4, 3e5, 3e5, 3e5, 4e6, 4e6, 4e6) * 4,
    },
)
