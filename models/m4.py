r"""Error or loss against the amount of data: a power law between two plateaus.

.. math:: \frac{y - \varepsilon_\infty}{(\varepsilon_0 - y)^{a}} = \beta x^{c}

c is negative, as in the source. The law is an implicit equation in y: it starts at the chance error
eps_0 and ends at eps_inf.
Source: Alabdulmohsin et al. 2022, arXiv 2209.06640 (its alpha is called a here).
"""

import jax
import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.implicit import root
from bayes_scaling.law.law import Law, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.bounded import COMMON, FLOOR, SLOPE, illustration


def _equation(t: Array, a: Array, right: Array) -> Array:
    """M4 in the log odds t of the way from eps_inf to eps_0, minus log of its right side."""
    return t + (a - 1) * jax.nn.softplus(t) - right


def mean(x: Values, eps_inf: Array, eps_0: Array, a: Array, beta: Array, c: Array) -> Array:
    """Return the error or loss: the root of the implicit equation."""
    height = eps_0 - eps_inf
    right = jnp.log(beta) + c * jnp.log(x["x"]) - (1 - a) * jnp.log(height)
    # from t = 0 the equation rises with a slope between 1 and a: both give a bound
    far = jnp.clip(right - (a - 1) * jnp.log(2.0), -2000.0, 2000.0)
    t = root(_equation, jnp.minimum(far, far / a), jnp.maximum(far, far / a), a, right)
    return eps_inf + height * jax.nn.sigmoid(t)


m4 = Law(
    name="m4",
    title="M4: a power law between two plateaus",
    formula="(y - eps_inf) / (eps_0 - y)^a = beta x^c",
    latex=r"\frac{y - \varepsilon_\infty}{(\varepsilon_0 - y)^{a}} = \beta x^{c}",
    function=mean,
    parameters=(
        FLOOR,
        Parameter(
            "eps_0",
            lognormal(1.15, 0.3),
            unit="outcome",
            meaning="outcome of an untrained model",
            reason="at or above the largest outcome; noise may raise that outcome a little",
            sampled="reach",
            sampled_meaning="(eps_0 - eps_inf) divided by (largest outcome - eps_inf)",
            publish=lambda s, ref, p: (
                p["eps_inf"]
                + s["reach"] * jnp.maximum(ref["y_max"] - p["eps_inf"], 1e-3 * ref["y_max"])
            ),
        ),
        SLOPE,
        Parameter(
            "a",
            lognormal(0.8, 0.5),
            unit="1",
            meaning="how the curve leaves the first plateau: 0 is M2, large values leave slowly",
            reason="0.3 to 2; weakly identified when the first plateau is not observed",
        ),
        Parameter(
            "beta",
            beta(1.5, 1.5),
            unit="outcome^(1 - a) x examples^-c",
            meaning="amplitude",
            reason="the mean training run lies somewhere between the plateaus",
            sampled="way",
            sampled_meaning=(
                "fraction of the way from eps_inf to eps_0 at which the curve lies at the mean "
                "training run"
            ),
            publish=lambda s, ref, p: (
                s["way"]
                * (1 - s["way"]) ** -p["a"]
                * power(p["eps_0"] - p["eps_inf"], 1 - p["a"])
                * power(ref["x"], -p["c"])
            ),
        ),
    ),
    applies="learning curves from the first examples on; eps_0 is then the error at chance level",
    fails="without runs near the first plateau, eps_0 and a stay at their priors",
    published=illustration(eps_inf=0.1, eps_0=0.9, a=0.7, beta=4000.0, c=-0.6),
    **COMMON,
)
