r"""Error or loss against the amount of data: power laws with at most one plateau.

.. math::

    M1:\; y = \beta x^{c} \qquad M2:\; y = \varepsilon_\infty + \beta x^{c} \qquad
    M3:\; y = \beta\,(1/x + \gamma)^{-c}

c is negative, as in the source.
Source: Alabdulmohsin et al. 2022, arXiv 2209.06640.
"""

from typing import Any

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.floor_prior import ANY_FLOOR, ANY_REASON
from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Publish, Values


def m1_mean(x: Values, beta: Array, c: Array) -> Array:
    """Return the error or loss of M1."""
    return beta * power(x["x"], c)


def m2_mean(x: Values, eps_inf: Array, beta: Array, c: Array) -> Array:
    """Return the error or loss of M2."""
    return eps_inf + beta * power(x["x"], c)


def m3_mean(x: Values, beta: Array, gamma: Array, c: Array) -> Array:
    """Return the error or loss of M3."""
    return beta * power(1 / x["x"] + gamma, -c)


def geometric_middle(ref: Values) -> Array:
    """Geometric mean of the smallest and largest outcomes, the scale of unit-free priors."""
    return jnp.sqrt(ref["y_min"] * ref["y_max"])


SLOPE = Parameter(
    "c",
    lognormal(0.25, 0.8),
    unit="1",
    meaning="exponent, negative",
    reason="published slopes of error: 0.05 to 1.2",
    sampled="slope",
    sampled_meaning="-c, the slope of the falling part",
    publish=lambda s, ref, p: -s["slope"],
)


def _level(publish: Publish) -> Parameter:
    """Amplitude, sampled as the level of the curve at the mean training run."""
    return Parameter(
        "beta",
        lognormal(1.0, 0.3),
        unit="outcome x examples^-c",
        meaning="amplitude",
        reason="the curve passes through the observed outcomes",
        sampled="level",
        sampled_meaning=(
            "curve at the mean training run, divided by the geometric mean of the smallest and "
            "largest outcomes"
        ),
        publish=publish,
    )


FLOOR = Parameter(
    "eps_inf",
    ANY_FLOOR,
    unit="outcome",
    meaning="outcome in the limit of infinite data",
    reason=ANY_REASON,
    sampled="eps_inf_share",
    sampled_meaning="eps_inf as a fraction of the smallest observed outcome",
    publish=lambda s, ref, p: s["eps_inf_share"] * ref["y_min"],
    is_floor=True,
)

COMMON: dict[str, Any] = dict(
    inputs={"x": "examples seen"},
    outcome="error",
    unit="error rate or loss",
    scale=lambda x: x["x"],
    noise=Noise(sigma=half_normal(0.05)),
    decreasing=("x",),
    citation="Alabdulmohsin et al. 2022, Revisiting Neural Scaling Laws in Language and Vision",
    arxiv="2209.06640",
    bibtex="""@inproceedings{alabdulmohsin2022revisiting,
  title={Revisiting Neural Scaling Laws in Language and Vision},
  author={Alabdulmohsin, Ibrahim and Neyshabur, Behnam and Zhai, Xiaohua},
  booktitle={Advances in Neural Information Processing Systems},
  note={arXiv 2209.06640},
  year={2022}
}""",
    example={"x": tuple(1e4 * 2**i for i in range(20))},
)


def illustration(**values: float) -> dict[str, Published]:
    """Return the published settings of a law without verified values."""
    return {
        "illustration": Published(
            values,
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    }


m1 = Law(
    name="m1",
    title="M1: a power law",
    formula="y = beta x^c",
    latex=r"y = \beta x^{c}",
    function=m1_mean,
    parameters=(
        SLOPE,
        _level(lambda s, ref, p: s["level"] * geometric_middle(ref) * power(ref["x"], -p["c"])),
    ),
    applies="curves that show neither plateau; c below 0",
    fails="no floor: long extrapolations are too low",
    published=illustration(beta=2.0, c=-0.15),
    **COMMON,
)

m2 = Law(
    name="m2",
    title="M2: a power law above a floor",
    formula="y = eps_inf + beta x^c",
    latex=r"y = \varepsilon_\infty + \beta x^{c}",
    function=m2_mean,
    parameters=(
        FLOOR,
        SLOPE,
        Parameter(
            "beta",
            half_normal(1.0),
            unit="outcome x examples^-c",
            meaning="amplitude",
            reason="the falling part is anything from almost none to most of the outcome",
            sampled="beta_term",
            sampled_meaning=(
                "falling part at the mean training run, divided by the geometric mean of the "
                "smallest and largest outcomes"
            ),
            publish=lambda s, ref, p: (
                s["beta_term"] * geometric_middle(ref) * power(ref["x"], -p["c"])
            ),
        ),
    ),
    applies="curves past their initial plateau",
    fails="mistakes an initial plateau at chance level for part of the power law",
    published=illustration(eps_inf=0.1, beta=30.0, c=-0.4),
    **COMMON,
)

m3 = Law(
    name="m3",
    title="M3: a power law that levels off",
    formula="y = beta (1/x + gamma)^-c",
    latex=r"y = \beta\,(1/x + \gamma)^{-c}",
    function=m3_mean,
    parameters=(
        SLOPE,
        Parameter(
            "gamma",
            lognormal(0.3, 1.5),
            unit="1/examples",
            meaning="where the curve levels off: at 1/gamma examples",
            reason="from far above the largest run to well within the training range",
            sampled="levelling",
            sampled_meaning="largest training x divided by the x at which the curve levels off",
            publish=lambda s, ref, p: s["levelling"] / ref["x_max"],
        ),
        _level(
            lambda s, ref, p: (
                s["level"] * geometric_middle(ref) * power(1 / ref["x"] + p["gamma"], p["c"])
            )
        ),
    ),
    applies="curves that level off at a certain amount of data",
    fails=(
        "reaches the floor faster than M2; large data sets are needed to decide which of the two "
        "holds"
    ),
    published=illustration(beta=30.0, gamma=1e-8, c=-0.4),
    **COMMON,
)
