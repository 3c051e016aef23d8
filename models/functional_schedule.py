r"""Loss along training from the schedule: the practical form of the functional scaling law.

.. math::

    L = L_0 + c_1 T^{-s} - c_2 \sum_k (\eta_{k-1} - \eta_k)\,
    (c_3 + T_k^{-s}) \left(1 - (1 + c_4 (T - T_k))^{-\gamma}\right)

T is the sum of the learning rate over steps, T_k that sum at decrease k. A decrease gains more
early, when much is left to learn.
Source: Li et al. 2025, arXiv 2509.19189.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._annealing import BASE, COMMON, gain, inputs, largest_decrease
from bayes_scaling.models._types import Values


def mean(
    x: Values, L0: Array, A: Array, c2: Array, c3: Array, c4: Array, alpha_S: Array, gamma: Array
) -> Array:
    """Return the loss in nats/token."""
    c3, c4, s, g = (jnp.asarray(value)[..., None] for value in (c3, c4, alpha_S, gamma))
    at_drop = jnp.maximum(x["S1"][..., None] - x["since"], 1e-12)  # padding has no drop
    arrived = -jnp.expm1(-g * jnp.log1p(c4 * x["since"]))
    gained = jnp.sum(x["drop"] * (c3 + power(at_drop, -s)) * arrived, axis=-1)
    return L0 + A * power(x["S1"], -alpha_S) - c2 * gained


functional_schedule = Law(
    name="functional_schedule",
    title="Functional scaling law: loss along training under any schedule",
    formula=(
        "L = L0 + A T^-alpha_S - c2 sum_k (lr_(k-1) - lr_k) (c3 + T_k^-alpha_S) (1 - (1 + c4 (T - "
        "T_k))^-gamma), T = S1"
    ),
    latex=(
        r"L = L_0 + A\, T^{-\alpha_S} - c_2 \sum_k (\eta_{k-1} - \eta_k)(c_3 + T_k^{-\alpha_S})"
        r"\left(1 - (1 + c_4 (T - T_k))^{-\gamma}\right)"
    ),
    parameters=(
        *BASE,
        Parameter(
            "gamma",
            lognormal(0.6, 0.3),
            unit="1",
            meaning="how slowly the last part of the annealing gain arrives",
            reason="0.33 to 1.1, as in the multi-power law",
        ),
        Parameter(
            "c4",
            lognormal(0.01, 1.2),
            unit="1 / learning rate",
            meaning="speed at which annealing takes effect",
            reason="half of a decrease's gain arrives after 0.1% to 10% of the mean learning-rate "
            "sum",
            sampled="half",
            sampled_meaning="learning-rate sum after which half of the gain of a decrease has "
            "arrived, divided by the mean sum of a run",
            publish=lambda s, ref, p: (
                jnp.expm1(jnp.log(2.0) / p["gamma"]) / (s["half"] * ref["S1"])
            ),
        ),
        Parameter(
            "c3",
            beta(2.0, 2.0),
            unit="learning rate^-alpha_S",
            meaning="part of the annealing gain that does not depend on when it happens",
            reason="anything between none and all of it",
            sampled="steady",
            sampled_meaning="that part at the mean learning-rate sum, as a fraction of the gain",
            publish=lambda s, ref, p: (
                s["steady"] / (1 - s["steady"]) * power(ref["S1"], -p["alpha_S"])
            ),
        ),
        gain(
            "c2",
            lambda s, ref, p: (
                s["gain"] / (largest_decrease(ref) * (p["c3"] + power(ref["S1"], -p["alpha_S"])))
            ),
            "nats x learning rate^(alpha_S - 1)",
        ),
    ),
    function=mean,
    **inputs("S1", "drop", "since"),
    **COMMON,
    fails=(
        "seven parameters need three schedules of different kinds; noise along a run is "
        "correlated, which i.i.d. noise ignores"
    ),
    citation=(
        "Li et al. 2025, Unveiling the Role of Learning Rate Schedules via Functional Scaling Laws"
    ),
    arxiv="2509.19189",
    bibtex="""@article{li2025functional,
  title={Unveiling the Role of Learning Rate Schedules via Functional Scaling Laws},
  author={Li, Binghui and Chen, Fengling and Huang, Zixun and others},
  journal={arXiv preprint arXiv:2509.19189},
  year={2025}
}""",
    published={
        "25M, fitted here": Published(
            {
                "L0": 3.15005,
                "alpha_S": 0.502242,
                "A": 0.522453,
                "gamma": 0.445637,
                "c4": 54.0243,
                "c3": 15.8273,
                "c2": 30.1712,
            },
            checked="recomputed",
            source="this package, a posterior draw of least error",
            note=(
                "luo2025, 25M, three schedules of 24,000 steps; the source publishes no constants "
                "of this form"
            ),
        )
    },
)
