r"""Broken power laws: straight pieces on log axes, smoothly joined at breaks.

.. math:: y = a + b\, x^{-c_0} \prod_{i=1}^{n} \left(1 + (x / d_i)^{1/f_i}\right)^{-c_i f_i}

Before the first break the slope is -c0, after break i it is less by c_i; f_i is how wide the break is. Source: Caballero et al.
2022, arXiv 2210.14891.

What is sampled is what the runs can tell: on log axes, the mean slope of the falling part from the smallest run to the largest, and
how far each break lifts it off the straight line between these ends. A break near an end, of which the runs tell little, then
changes the slope by much or by little for one and the same lift, and a break that is none has no lift wherever it lies; the
changes of slope themselves would be free near the ends and narrow between them, which chains take very long to explore.
Breaks are ordered and lie within the runs: their places part the log range like a Dirichlet(2, ..., 2), each given those before it.
"""

import jax
import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal, normal


def _shape(x, c0, breaks):
    """log of the falling part without b."""
    bends = sum(c * f * jax.nn.softplus((jnp.log(x) - jnp.log(d)) / f) for c, d, f in breaks)
    return -c0 * jnp.log(x) - bends


def bnsl1_mean(x, a, b, c0, c1, d1, f1):
    return a + b * jnp.exp(_shape(x["x"], c0, [(c1, d1, f1)]))


def bnsl2_mean(x, a, b, c0, c1, d1, f1, c2, d2, f2):
    return a + b * jnp.exp(_shape(x["x"], c0, [(c1, d1, f1), (c2, d2, f2)]))


def bnsl3_mean(x, a, b, c0, c1, d1, f1, c2, d2, f2, c3, d3, f3):
    return a + b * jnp.exp(_shape(x["x"], c0, [(c1, d1, f1), (c2, d2, f2), (c3, d3, f3)]))


def _ends(i, ref, p):
    """What break i takes off the log of the falling part at the smallest and the largest run if c is 1, and its place among them."""
    low, high = (jnp.log(ref[end] / p[f"d{i}"]) for end in ("x_min", "x_max"))
    f = p[f"f{i}"]
    return f * jax.nn.softplus(low / f), f * jax.nn.softplus(high / f), low / (low - high)


def _break(i, count):
    """The parameters of break i of ``count``."""

    def place(s, ref, p):
        before = ref["x_min"] if i == 1 else p[f"d{i - 1}"]
        return before * power(ref["x_max"] / before, s[f"step{i}"])

    def change(s, ref, p):
        low, high, at = _ends(i, ref, p)
        return s[f"lift{i}"] / ((1 - at) * low + at * high - p[f"f{i}"] * jnp.log(2.0))

    start = "the smallest run" if i == 1 else f"break {i - 1}"
    return (
        Parameter(
            f"d{i}", beta(2.0, 2.0 * (count + 1 - i)), "examples", f"place of break {i}", "breaks lie within the runs and apart from each other and from the ends",
            sampled=f"step{i}", sampled_meaning=f"log distance of break {i} from {start}, over that of the largest run from there", publish=place,
        ),
        Parameter(f"f{i}", lognormal(0.135, 1.0), "log examples", f"width of break {i}", "log f has mean -2 and sd 1: from a corner to a wide bend"),
        Parameter(
            f"c{i}", normal(0.0, 1.0 if count == 1 else 0.7), "1", f"change of slope at break {i}", "either way, mostly by less than a factor of seven" if count == 1 else "either way, mostly by less than a factor of four each",
            sampled=f"lift{i}", sampled_meaning=f"log of the falling part at break {i} above the straight line between the smallest and the largest run, by this break", publish=change,
        ),
    )  # fmt: skip


def _parameters(count):
    def first(s, ref, p):
        falls = 0.0
        for i in range(1, count + 1):
            low, high, _ = _ends(i, ref, p)
            falls = falls + p[f"c{i}"] * (high - low)
        return s["slope"] - falls / jnp.log(ref["x_max"] / ref["x_min"])

    def scaled(s, ref, p):
        breaks = [(p[f"c{i}"], p[f"d{i}"], p[f"f{i}"]) for i in range(1, count + 1)]
        return s["b_term"] * jnp.sqrt(ref["y_min"] * ref["y_max"]) * jnp.exp(-_shape(ref["x"], p["c0"], breaks))

    return (
        Parameter(
            "a", beta(1.2, 1.5), "outcome", "outcome that no amount of data goes below", "anywhere between 0 and the least outcome",
            sampled="a_share", sampled_meaning="a as a share of the smallest observed outcome", publish=lambda s, ref, p: s["a_share"] * ref["y_min"],
        ),
        *(parameter for i in range(1, count + 1) for parameter in _break(i, count)),
        Parameter(
            "c0", normal(0.2, 0.3), "1", "slope before the first break, sign turned", "most curves fall, by less than one power of x",
            sampled="slope", sampled_meaning="mean slope of the falling part from the smallest run to the largest, sign turned", publish=first,
        ),
        Parameter(
            "b", lognormal(0.7, 0.7), "outcome x examples^c0", "amplitude", "the falling part is a fifth to all of the outcome",
            sampled="b_term", sampled_meaning="falling part at the mean training run over the middle of the outcomes", publish=scaled,
        ),
    )  # fmt: skip


def _law(count, function, values, example):
    breaks = " ".join(f"(1 + (x/d{i})^(1/f{i}))^(-c{i} f{i})" for i in range(1, count + 1))
    word = {1: "one break", 2: "two breaks", 3: "three breaks"}[count]
    return Law(
        name=f"bnsl{count}",
        title=f"Broken power law with {word}",
        formula=f"y = a + b x^-c0 {breaks}",
        latex=r"y = a + b\, x^{-c_0} \prod_{i=1}^{n} \left(1 + (x / d_i)^{1/f_i}\right)^{-c_i f_i},\; n = " + str(count),
        inputs={"x": "examples seen"},
        outcome="error",
        unit="error rate or loss",
        parameters=_parameters(count),
        function=function,
        scale=lambda x: x["x"],
        applies="curves with bends, a plateau before a fall, or double descent; three points or more on each side of a break",
        fails="a break beyond the data can not be foretold: breaks are taken to lie within the runs; where x spans a factor of a few only, slopes between breaks come out large and mean little by themselves; with a break more than the runs show, the posterior may have several modes, which the diagnosis tells of",
        citation="Caballero et al. 2022, Broken Neural Scaling Laws",
        arxiv="2210.14891",
        bibtex="""@article{caballero2022broken,
  title={Broken Neural Scaling Laws},
  author={Caballero, Ethan and Gupta, Kshitij and Rish, Irina and Krueger, David},
  journal={arXiv preprint arXiv:2210.14891},
  year={2022}
}""",
        published={"illustration": Published(values, "illustration", "made up", "no constant of the source is verified")},
        example={"x": example},
    )


bnsl1 = _law(1, bnsl1_mean, {"a": 0.05, "b": 1.5, "c0": 0.1, "c1": 0.6, "d1": 1e5, "f1": 0.3}, tuple(1e3 * 2 ** (0.5 * i) for i in range(28)))
bnsl2 = _law(
    2, bnsl2_mean, {"a": 0.05, "b": 4.0, "c0": 0.25, "c1": -0.45, "d1": 2e4, "f1": 0.4, "c2": 0.8, "d2": 5e5, "f2": 0.4}, tuple(1e3 * 2 ** (0.4 * i) for i in range(36))
)
bnsl3 = _law(
    3, bnsl3_mean,
    {"a": 0.05, "b": 2.0, "c0": 0.05, "c1": 0.5, "d1": 1e4, "f1": 0.3, "c2": -0.6, "d2": 2e5, "f2": 0.3, "c3": 0.8, "d3": 3e6, "f3": 0.3},
    tuple(1e3 * 2 ** (0.4 * i) for i in range(40)),
)  # fmt: skip
