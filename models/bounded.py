r"""Four curves of error (or loss) against the amount of data, from a power law to one with two plateaus.

.. math::

    M1:\; y = \beta x^{c} \qquad M2:\; y = \varepsilon_\infty + \beta x^{c} \qquad M3:\; y = \beta\,(1/x + \gamma)^{-c} \qquad
    M4:\; \frac{y - \varepsilon_\infty}{(\varepsilon_0 - y)^{a}} = \beta x^{c}

c is negative, as in the source. M4 is an equation in y: it starts at the error of a guess, eps_0, and ends at eps_inf.
Source: Alabdulmohsin et al. 2022, arXiv 2209.06640 (whose alpha is here a).
"""

import jax
import jax.numpy as jnp

from bayes_scaling.law.implicit import root
from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal


def m1_mean(x, beta, c):
    return beta * power(x["x"], c)


def m2_mean(x, eps_inf, beta, c):
    return eps_inf + beta * power(x["x"], c)


def m3_mean(x, beta, gamma, c):
    return beta * power(1 / x["x"] + gamma, -c)


def _equation(t, a, right):
    """M4 in the log odds t of the way from eps_inf to eps_0, its right-hand side as a logarithm."""
    return t + (a - 1) * jax.nn.softplus(t) - right


def m4_mean(x, eps_inf, eps_0, a, beta, c):
    room = eps_0 - eps_inf
    right = jnp.log(beta) + c * jnp.log(x["x"]) - (1 - a) * jnp.log(room)
    far = jnp.clip(right - (a - 1) * jnp.log(2.0), -2000.0, 2000.0)  # from t = 0 the equation rises with a slope between 1 and a
    t = root(_equation, jnp.minimum(far, far / a), jnp.maximum(far, far / a), a, right)
    return eps_inf + room * jax.nn.sigmoid(t)


def _middle(ref):
    """The middle of the outcomes, on the log scale: what a prior that knows no unit is stated against."""
    return jnp.sqrt(ref["y_min"] * ref["y_max"])


_slope = Parameter(
    "c", lognormal(0.25, 0.8), "1", "exponent, negative", "published slopes of error: 0.05 to 1.2",
    sampled="slope", sampled_meaning="-c, the slope of the falling part", publish=lambda s, ref, p: -s["slope"],
)  # fmt: skip


def _level(publish):
    return Parameter(
        "beta", lognormal(1.0, 0.3), "outcome x examples^-c", "amplitude", "the curve passes through the outcomes",
        sampled="level", sampled_meaning="curve at the mean training run over the middle of the outcomes", publish=publish,
    )  # fmt: skip


_end = Parameter(
    "eps_inf", beta(1.2, 1.2), "outcome", "outcome that no amount of data goes below", "anywhere between 0 and the least outcome",
    sampled="eps_inf_share", sampled_meaning="eps_inf as a share of the smallest observed outcome", publish=lambda s, ref, p: s["eps_inf_share"] * ref["y_min"],
)  # fmt: skip
_common = dict(
    inputs={"x": "examples seen"}, outcome="error", unit="error rate or loss", scale=lambda x: x["x"], decreasing=("x",),
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
)  # fmt: skip


def _shown(**values):
    return {"illustration": Published(values, "illustration", "made up", "no constant of the source is verified")}


m1 = Law(
    name="m1", title="M1: a power law", formula="y = beta x^c", latex=r"y = \beta x^{c}", function=m1_mean,
    parameters=(_slope, _level(lambda s, ref, p: s["level"] * _middle(ref) * power(ref["x"], -p["c"]))),
    applies="curves that show neither plateau; c below 0", fails="no floor: far extrapolations are too low",
    published=_shown(beta=2.0, c=-0.15), **_common,
)  # fmt: skip

m2 = Law(
    name="m2", title="M2: a power law above a floor", formula="y = eps_inf + beta x^c", latex=r"y = \varepsilon_\infty + \beta x^{c}", function=m2_mean,
    parameters=(
        _end, _slope,
        Parameter(
            "beta", lognormal(0.5, 0.9), "outcome x examples^-c", "amplitude", "the falling part is a tenth to most of the outcome",
            sampled="beta_term", sampled_meaning="falling part at the mean training run over the middle of the outcomes",
            publish=lambda s, ref, p: s["beta_term"] * _middle(ref) * power(ref["x"], -p["c"]),
        ),
    ),
    applies="curves past their start", fails="takes a first plateau, at the error of a guess, for part of the power law",
    published=_shown(eps_inf=0.1, beta=30.0, c=-0.4), **_common,
)  # fmt: skip

m3 = Law(
    name="m3", title="M3: a power law that levels off", formula="y = beta (1/x + gamma)^-c", latex=r"y = \beta\,(1/x + \gamma)^{-c}", function=m3_mean,
    parameters=(
        _slope,
        Parameter(
            "gamma", lognormal(0.3, 1.5), "1/examples", "where the curve levels off: at 1/gamma examples", "from far beyond the largest run to well within the runs",
            sampled="levelling", sampled_meaning="largest training x over the x at which the curve levels off", publish=lambda s, ref, p: s["levelling"] / ref["x_max"],
        ),
        _level(lambda s, ref, p: s["level"] * _middle(ref) * power(1 / ref["x"] + p["gamma"], p["c"])),
    ),
    applies="curves that level off at a certain amount of data", fails="the floor is reached faster than M2 says; which of the two is right shows late",
    published=_shown(beta=30.0, gamma=1e-8, c=-0.4), **_common,
)  # fmt: skip

m4 = Law(
    name="m4", title="M4: a power law between two plateaus",
    formula="(y - eps_inf) / (eps_0 - y)^a = beta x^c", latex=r"\frac{y - \varepsilon_\infty}{(\varepsilon_0 - y)^{a}} = \beta x^{c}", function=m4_mean,
    parameters=(
        _end,
        Parameter(
            "eps_0", lognormal(1.15, 0.3), "outcome", "outcome of a model that has seen nothing", "at the largest outcome or above it; noise may lift that one a little",
            sampled="reach", sampled_meaning="eps_0 - eps_inf over what the largest outcome is above eps_inf", publish=lambda s, ref, p: p["eps_inf"] + s["reach"] * (ref["y_max"] - p["eps_inf"]),
        ),
        _slope,
        Parameter("a", lognormal(0.8, 0.5), "1", "how the first plateau is left: 0 is M2, large is slow", "0.3 to 2; the data say little of it where the first plateau is not seen"),
        Parameter(
            "beta", beta(1.5, 1.5), "outcome^(1 - a) x examples^-c", "amplitude", "the mean run is somewhere between the plateaus",
            sampled="way", sampled_meaning="part of the way from eps_inf to eps_0 where the curve is at the mean training run",
            publish=lambda s, ref, p: s["way"] * (1 - s["way"]) ** -p["a"] * power(p["eps_0"] - p["eps_inf"], 1 - p["a"]) * power(ref["x"], -p["c"]),
        ),
    ),
    applies="learning curves from the first examples on; eps_0 is then the error of a guess", fails="without runs near the first plateau, eps_0 and a rest on their priors",
    published=_shown(eps_inf=0.1, eps_0=0.9, a=0.7, beta=4000.0, c=-0.6), **_common,
)  # fmt: skip
