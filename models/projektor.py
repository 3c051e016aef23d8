r"""Performance from the distance between the training mixture and the validation data.

.. math::

    \mathrm{Acc}(p, d) = c_0 + \sum_i c_i p_i
    + d \left(b_0 + \sum_i (b_i p_i + q_i p_i^2)\right), \qquad
    \mathrm{Acc}(m) = c_0 + c_1 \ln m

d is the optimal-transport distance between the mixture and the validation data, which the user
computes. The fractions sum to 1, so the last domain is the reference and has no column.
``projektor`` is the law of any domains at one size; ``projektor_size`` extrapolates in the number
of samples: the source draws the line through two sizes, which is this law without noise.
Source: Kang et al. 2023, arXiv 2307.02460.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, normal
from bayes_scaling.models._domains import THREE, cached, common_fields, weighted_sum
from bayes_scaling.models._types import Publish, Values

_CITATION: dict[str, Any] = {
    "citation": "Kang et al. 2023, Performance Scaling via Optimal Transport: Enabling Data "
    "Selection from Partially Revealed Sources",
    "arxiv": "2307.02460",
    "bibtex": """@article{kang2023performance,
  title={Performance Scaling via Optimal Transport: Enabling Data Selection from Partially \
Revealed Sources},
  author={Kang, Feiyang and Just, Hoang Anh and Sahu, Anit Kumar and Jia, Ruoxi},
  journal={arXiv preprint arXiv:2307.02460},
  year={2023}
}""",
}
_NOISE = Noise(link="identity", grows=False, sigma=half_normal(0.03))


def _slope(x: Values, p: Values, names: Sequence[str]) -> Array:
    """Return the change in accuracy a unit of distance at a mixture."""
    squares = sum(p[f"q_{n}"] * x[f"w_{n}"] ** 2 for n in names)
    return p["b_0"] + weighted_sum(x, names, {n: p[f"b_{n}"] for n in names}) + squares


def _relative(kind: str, name: str, meaning: str) -> Parameter:
    """Return how the effect of distance changes with a fraction, at the mean distance."""
    return Parameter(
        f"{kind}_{name}",
        normal(0.0, 0.2),
        unit="accuracy / distance",
        meaning=meaning,
        reason="up to 0.4 in accuracy at the mean distance, either sign",
        sampled=f"{kind}_{name}_gain",
        sampled_meaning=f"{meaning}, times the distance at the mean training run",
        publish=lambda s, ref, p: s[f"{kind}_{name}_gain"] / ref["distance"],
    )


def _base(names: Sequence[str]) -> tuple[Publish, Publish]:
    """Return how b_0 and c_0 follow from the mean training run."""

    def distance(s: Values, ref: Values, p: Values) -> Array:
        return s["gain"] / ref["distance"] - _slope(ref, {**p, "b_0": jnp.zeros(())}, names)

    def constant(s: Values, ref: Values, p: Values) -> Array:
        linear = weighted_sum(ref, names, {n: p[f"c_{n}"] for n in names})
        return s["level"] - linear - ref["distance"] * _slope(ref, p, names)

    return distance, constant


@cached
def projektor(domains: Sequence[str] = THREE) -> Law:
    """Return the law of performance in distance and mixture of these domains.

    Parameters
    ----------
    domains : sequence of str
        Two or more domain names; columns ``w_<name>`` hold their fractions. The last domain is the
        reference and has no column.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        A domain name is repeated or is not a plain word, or there are fewer than two.
    """
    *names, last = domains
    distance, constant = _base(names)

    def mean(x: Values, c_0: Array, **p: Array) -> Array:
        linear = weighted_sum(x, names, {n: p[f"c_{n}"] for n in names})
        return c_0 + linear + x["distance"] * _slope(x, p, names)

    fields: dict[str, Any] = common_fields("projektor", domains, names)
    linear = " + ".join(f"c_{n} w_{n}" for n in names)
    curved = " + ".join(f"b_{n} w_{n} + q_{n} w_{n}^2" for n in names)
    fields["inputs"] |= {
        "distance": "optimal-transport distance of the mixture to the validation data"
    }
    fields["applies"] = _APPLIES
    count = len(next(iter(fields["example"].values())))
    fields["example"] |= {"distance": tuple(1 + 2 * (7 * i % 11) / 11 for i in range(count))}
    return Law(
        **fields,
        title=f"Performance from optimal-transport distance and mixture, relative to {last}",
        formula=f"Acc = c_0 + {linear} + distance (b_0 + {curved})",
        latex=r"\mathrm{Acc} = c_0 + \sum_i c_i p_i + d (b_0 + \sum_i (b_i p_i + q_i "
        r"p_i^2))",
        outcome="accuracy",
        unit="accuracy",
        parameters=(
            *(
                Parameter(
                    f"c_{n}",
                    normal(0.0, 0.3),
                    unit="accuracy",
                    meaning=f"change in accuracy of {n} in place of {last} at distance 0",
                    reason="up to 0.6, either sign",
                )
                for n in names
            ),
            *(_relative("b", n, f"change in the slope in distance with {n}") for n in names),
            *(_relative("q", n, f"curvature of that change with {n}") for n in names),
            Parameter(
                "b_0",
                normal(-0.2, 0.2),
                unit="accuracy / distance",
                meaning=f"slope in distance when training on {last} alone",
                reason="distance costs accuracy: between 0.6 lost and 0.2 gained",
                sampled="gain",
                sampled_meaning="change in accuracy from distance 0 to that of the mean training "
                "run, at its mixture",
                publish=distance,
            ),
            Parameter(
                "c_0",
                beta(2.0, 2.0),
                unit="accuracy",
                meaning=f"accuracy of training on {last} alone at distance 0",
                reason="the mean training run has an accuracy of 0.1 to 0.9",
                sampled="level",
                sampled_meaning="accuracy of the mean training run",
                publish=constant,
            ),
        ),
        function=mean,
        noise=_NOISE,
        fails=(
            "accuracies near 0 or 1, which a plane leaves; domains whose fraction hardly varies; "
            "one size at a time: see projektor_size"
        ),
        **_CITATION,
        published={
            "illustration": Published(
                {
                    "c_0": 0.8,
                    "b_0": -0.1,
                    **{f"c_{n}": 0.1 - 0.15 * i for i, n in enumerate(names)},
                    **{f"b_{n}": 0.05 - 0.08 * i for i, n in enumerate(names)},
                    **{f"q_{n}": -0.04 + 0.06 * i for i, n in enumerate(names)},
                },
                checked="illustration",
                source="illustrative values",
                note="the source publishes no coefficients; its released fit has these terms",
            )
        },
    )


_APPLIES = (
    "training sets of one size that mix the domains in other proportions, with their distance to "
    "the validation data and one accuracy"
)
projektor_3 = projektor()


def accuracy(x: Values, c_0: Array, c_1: Array) -> Array:
    """Return the accuracy."""
    return c_0 + c_1 * jnp.log(x["m"])


def _rise(s: Values, ref: Values) -> Array:
    """Return the slope in the logarithm of the samples."""
    return (s["last"] - s["first"]) / (jnp.log(ref["m_max"]) - jnp.log(ref["m_min"]))


projektor_size = Law(
    name="projektor_size",
    title="Performance on the line in the logarithm of training samples",
    formula="Acc(m) = c_0 + c_1 ln m",
    latex=r"\mathrm{Acc}(m) = c_0 + c_1 \ln m",
    inputs={"m": "training samples"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "c_1",
            beta(2.0, 2.0),
            unit="accuracy",
            meaning="accuracy gained when the samples grow e-fold",
            reason="0.1 to 0.9",
            sampled="last",
            sampled_meaning="accuracy at the largest training size",
            publish=lambda s, ref, p: _rise(s, ref),
        ),
        Parameter(
            "c_0",
            beta(2.0, 2.0),
            unit="accuracy",
            meaning="accuracy at one sample",
            reason="0.1 to 0.9",
            sampled="first",
            sampled_meaning="accuracy at the smallest training size",
            publish=lambda s, ref, p: s["first"] - p["c_1"] * jnp.log(ref["m_min"]),
        ),
    ),
    function=accuracy,
    scale=lambda x: x["m"],
    noise=_NOISE,
    applies="one mixture at two or more sizes, and forecasts at most a decade beyond",
    fails="grows without bound: accuracies near 1, or near chance, leave the line",
    **_CITATION,
    published={
        "illustration": Published(
            {"c_0": 0.1, "c_1": 0.06},
            checked="illustration",
            source="illustrative values",
            note="the source has no parameter here: two sizes give the line",
        )
    },
    example={"m": tuple(1e3 * 1.3**i for i in range(20))},
)
