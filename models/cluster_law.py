r"""Accuracy of a cluster of items from pretraining compute.

.. math:: \mathrm{Acc}(C) = g + (1 - g)\, e^{-(a C^{-b} + c)}

Source: Xu et al. 2025, arXiv 2502.17262.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._parts import log_rate_amplitude
from bayes_scaling.models._types import Values


def mean(x: Values, g: Array, c: Array, b: Array, a: Array) -> Array:
    """Return the accuracy."""
    return g + (1 - g) * jnp.exp(-c - a * power(x["C"], -b))


cluster_law = Law(
    name="cluster_law",
    title="Accuracy of a cluster of items from compute",
    formula="Acc(C) = g + (1 - g) exp(-a/C^b - c)",
    latex=r"\mathrm{Acc}(C) = g + (1 - g)\, e^{-a C^{-b} - c}",
    inputs={"C": "training FLOPs"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "g",
            beta(4.0, 10.0),
            unit="accuracy",
            meaning="accuracy at chance level",
            reason="0.09 to 0.53: four choices give 0.25; set the cluster's own",
        ),
        Parameter(
            "c",
            beta(8.0, 2.0),
            unit="-log of the pass rate",
            meaning="limit at infinite compute",
            reason="0.52 to 0.97: in most clusters more than half can be learned",
            sampled="ceiling",
            sampled_meaning="exp(-c): attainable fraction of the range above chance",
            publish=lambda s, ref, p: -jnp.log(s["ceiling"]),
        ),
        exponent("b", lognormal(0.2, 0.5), meaning="exponent of compute", reason="0.08 to 0.53"),
        log_rate_amplitude(
            "a",
            "C",
            "b",
            lognormal(1.0, 0.9),
            unit="FLOPs^b",
            meaning="amplitude",
            reason="0.3% to 84% of the attainable range above chance, at the mean training run",
        ),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "items clustered by how their difficulty changes with scale, one fit per cluster; the "
        "clusters are given, not inferred"
    ),
    fails=(
        "predicting the complete set needs a map from its predictable clusters to all items; "
        "clusters that stay at chance are uninformative"
    ),
    citation=(
        "Xu et al. 2025, Unveiling Downstream Performance Scaling of LLMs: A Clustering-Based "
        "Perspective"
    ),
    arxiv="2502.17262",
    bibtex="""@article{xu2025unveiling,
  title={Unveiling Downstream Performance Scaling of LLMs: A Clustering-Based Perspective},
  author={Xu, Chengyin and others},
  journal={arXiv preprint arXiv:2502.17262},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"g": 0.25, "c": 0.1, "b": 0.25, "a": 130000.0},
            checked="illustration",
            source="arXiv 2502.17262",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(26))},
)
