r"""Broken power laws: linear segments on log axes, smoothly joined at breaks.

.. math:: y = a + b\, x^{-c_0} \prod_{i=1}^{n} \left(1 + (x / d_i)^{1/f_i}\right)^{-c_i f_i}

Before the first break the slope is -c0; after break i it is lower by c_i; f_i is the width of the
break.
Source: Caballero et al. 2022, arXiv 2210.14891.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.prior import half_normal
from bayes_scaling.models._breaks import log_falling_part, parameters
from bayes_scaling.models._types import Values


def bnsl1_mean(x: Values, a: Array, b: Array, c0: Array, c1: Array, d1: Array, f1: Array) -> Array:
    """Return the error or loss with one break."""
    return a + b * jnp.exp(log_falling_part(x["x"], c0, [(c1, d1, f1)]))


def bnsl2_mean(
    x: Values,
    a: Array,
    b: Array,
    c0: Array,
    c1: Array,
    d1: Array,
    f1: Array,
    c2: Array,
    d2: Array,
    f2: Array,
) -> Array:
    """Return the error or loss with two breaks."""
    return a + b * jnp.exp(log_falling_part(x["x"], c0, [(c1, d1, f1), (c2, d2, f2)]))


def bnsl3_mean(
    x: Values,
    a: Array,
    b: Array,
    c0: Array,
    c1: Array,
    d1: Array,
    f1: Array,
    c2: Array,
    d2: Array,
    f2: Array,
    c3: Array,
    d3: Array,
    f3: Array,
) -> Array:
    """Return the error or loss with three breaks."""
    return a + b * jnp.exp(log_falling_part(x["x"], c0, [(c1, d1, f1), (c2, d2, f2), (c3, d3, f3)]))


def _law(
    count: int, function: Callable, values: dict[str, float], example: tuple[float, ...]
) -> Law:
    """Broken power law with ``count`` breaks."""
    factors = " ".join(f"(1 + (x/d{i})^(1/f{i}))^(-c{i} f{i})" for i in range(1, count + 1))
    breaks = {1: "one break", 2: "two breaks", 3: "three breaks"}[count]
    return Law(
        name=f"bnsl{count}",
        title=f"Broken power law with {breaks}",
        formula=f"y = a + b x^-c0 {factors}",
        latex=(
            r"y = a + b\, x^{-c_0} \prod_{i=1}^{n} \left(1 + (x / d_i)^{1/f_i}\right)^{-c_i "
            r"f_i},\; n = "
        )
        + str(count),
        inputs={"x": "examples seen"},
        outcome="error",
        unit="error rate or loss",
        parameters=parameters(count),
        function=function,
        scale=lambda x: x["x"],
        noise=Noise(sigma=half_normal(0.05)),
        applies=(
            "curves with changes of slope, an initial plateau, or double descent; at least three "
            "points on each side of a break"
        ),
        fails=(
            "a break beyond the training range cannot be predicted: breaks are assumed to lie "
            "within it. When x spans only a small factor, slopes between breaks come out large and "
            "mean little individually. With more breaks than the runs support, the posterior may "
            "be multimodal, which the diagnostics report"
        ),
        citation="Caballero et al. 2022, Broken Neural Scaling Laws",
        arxiv="2210.14891",
        bibtex="""@article{caballero2022broken,
  title={Broken Neural Scaling Laws},
  author={Caballero, Ethan and Gupta, Kshitij and Rish, Irina and Krueger, David},
  journal={arXiv preprint arXiv:2210.14891},
  year={2022}
}""",
        published={
            "illustration": Published(
                values,
                checked="illustration",
                source="illustrative values",
                note="no constant of the source is verified",
            )
        },
        example={"x": example},
    )


bnsl1 = _law(
    1,
    bnsl1_mean,
    {"a": 0.05, "b": 1.5, "c0": 0.1, "c1": 0.6, "d1": 1e5, "f1": 0.3},
    tuple(1e3 * 2 ** (0.5 * i) for i in range(28)),
)

bnsl2 = _law(
    2,
    bnsl2_mean,
    {
        "a": 0.05,
        "b": 4.0,
        "c0": 0.25,
        "c1": -0.45,
        "d1": 2e4,
        "f1": 0.4,
        "c2": 0.8,
        "d2": 5e5,
        "f2": 0.4,
    },
    tuple(1e3 * 2 ** (0.4 * i) for i in range(36)),
)

bnsl3 = _law(
    3,
    bnsl3_mean,
    {
        "a": 0.05,
        "b": 2.0,
        "c0": 0.05,
        "c1": 0.5,
        "d1": 1e4,
        "f1": 0.3,
        "c2": -0.6,
        "d2": 2e5,
        "f2": 0.3,
        "c3": 0.8,
        "d3": 3e6,
        "f3": 0.3,
    },
    tuple(1e3 * 2 ** (0.4 * i) for i in range(40)),
)
