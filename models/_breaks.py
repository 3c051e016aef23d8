"""Parameters of broken power laws.

The sampled quantities are those that the runs identify: on log axes, the mean slope of the falling
part from the smallest run to the largest, and how far each break lifts it above the line between
these ends. A break near an end, which the runs barely identify, can then change the slope a lot or
a little at the same lift, and an absent break has no lift wherever it lies. The changes of slope
themselves would be free near the ends and narrow between them, which chains explore very slowly.
Breaks are ordered and lie within the training range: their positions divide the log range like a
Dirichlet(2, ..., 2), each conditional on those before it.
"""

import jax
import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.floor_prior import ANY_FLOOR, ANY_REASON
from bayes_scaling.law.law import power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, lognormal, normal
from bayes_scaling.models._types import Values

type Breaks = list[tuple[Array, Array, Array]]  # change of slope, position, width


def log_falling_part(x: Array, c0: Array, breaks: Breaks) -> Array:
    """Log of the falling part without b."""
    slopes = sum(c * f * jax.nn.softplus((jnp.log(x) - jnp.log(d)) / f) for c, d, f in breaks)
    return -c0 * jnp.log(x) - slopes


def _ends(i: int, ref: Values, p: Values) -> tuple[Array, Array, Array]:
    """Effect of break i at c = 1 on the smallest and the largest run, and its relative position."""
    low, high = (jnp.log(ref[end] / p[f"d{i}"]) for end in ("x_min", "x_max"))
    f = p[f"f{i}"]
    return f * jax.nn.softplus(low / f), f * jax.nn.softplus(high / f), low / (low - high)


def _break(i: int, count: int) -> tuple[Parameter, ...]:
    """Return the parameters of break i of ``count``."""

    def position(s: Values, ref: Values, p: Values) -> Array:
        before = ref["x_min"] if i == 1 else p[f"d{i - 1}"]
        return before * power(ref["x_max"] / before, s[f"step{i}"])

    def slope_change(s: Values, ref: Values, p: Values) -> Array:
        low, high, where = _ends(i, ref, p)
        return s[f"lift{i}"] / ((1 - where) * low + where * high - p[f"f{i}"] * jnp.log(2.0))

    start = "the smallest run" if i == 1 else f"break {i - 1}"
    return (
        Parameter(
            f"d{i}",
            beta(2.0, 2.0 * (count + 1 - i)),
            unit="examples",
            meaning=f"position of break {i}",
            reason="breaks lie within the training range, apart from each other and from its ends",
            sampled=f"step{i}",
            sampled_meaning=(
                f"log distance of break {i} from {start}, divided by that of the largest run"
            ),
            publish=position,
        ),
        Parameter(
            f"f{i}",
            lognormal(0.135, 1.0),
            unit="log examples",
            meaning=f"width of break {i}",
            reason="log f has mean -2 and sd 1: from a sharp corner to a wide transition",
        ),
        Parameter(
            f"c{i}",
            normal(0.0, 1.0 if count == 1 else 0.7),
            unit="1",
            meaning=f"change of slope at break {i}",
            reason="either sign, mostly less than a factor of seven"
            if count == 1
            else "either sign, mostly less than a factor of four each",
            sampled=f"lift{i}",
            sampled_meaning=(
                f"log of the falling part at break {i}, above the line from the smallest to the "
                "largest run, due to this break"
            ),
            publish=slope_change,
        ),
    )


def parameters(count: int) -> tuple[Parameter, ...]:
    """Return the parameters of the law with ``count`` breaks."""

    def first_slope(s: Values, ref: Values, p: Values) -> Array:
        total = 0.0
        for i in range(1, count + 1):
            low, high, _ = _ends(i, ref, p)
            total = total + p[f"c{i}"] * (high - low)
        return s["slope"] - total / jnp.log(ref["x_max"] / ref["x_min"])

    def scale(s: Values, ref: Values, p: Values) -> Array:
        breaks = [(p[f"c{i}"], p[f"d{i}"], p[f"f{i}"]) for i in range(1, count + 1)]
        return (
            s["b_term"]
            * jnp.sqrt(ref["y_min"] * ref["y_max"])
            * jnp.exp(-log_falling_part(ref["x"], p["c0"], breaks))
        )

    return (
        Parameter(
            "a",
            ANY_FLOOR,
            unit="outcome",
            meaning="outcome in the limit of infinite data",
            reason=ANY_REASON,
            sampled="a_share",
            sampled_meaning="a as a fraction of the smallest observed outcome",
            publish=lambda s, ref, p: s["a_share"] * ref["y_min"],
            is_floor=True,
        ),
        *(parameter for i in range(1, count + 1) for parameter in _break(i, count)),
        Parameter(
            "c0",
            normal(0.2, 0.3),
            unit="1",
            meaning="slope before the first break, negated",
            reason="most curves fall more slowly than 1/x",
            sampled="slope",
            sampled_meaning=(
                "mean slope of the falling part from the smallest run to the largest, negated"
            ),
            publish=first_slope,
        ),
        Parameter(
            "b",
            half_normal(1.0),
            unit="outcome x examples^c0",
            meaning="amplitude",
            reason="the falling part is anything from almost none to all of the outcome",
            sampled="b_term",
            sampled_meaning=(
                "falling part at the mean training run, divided by the geometric mean of the "
                "smallest and largest outcomes"
            ),
            publish=scale,
        ),
    )
