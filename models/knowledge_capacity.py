r"""Bits of knowledge that a model stores.

.. math:: \mathrm{bits}(N, H) = \left((R N)^{-s} + H^{-s}\right)^{-1/s}

Source: Allen-Zhu & Li 2024, arXiv 2404.05405, with the hard minimum of R N and H, which the smooth
one approaches as s grows.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, R: Array, s: Array) -> Array:
    """Return the stored knowledge in bits."""
    return jnp.exp(-jnp.logaddexp(-s * (jnp.log(R) + jnp.log(x["N"])), -s * jnp.log(x["H"])) / s)


knowledge_capacity = Law(
    name="knowledge_capacity",
    title="Knowledge stored in a model",
    formula="bits(N, H) = ((R N)^-s + H^-s)^(-1/s)",
    latex=r"\mathrm{bits}(N, H) = \left((R N)^{-s} + H^{-s}\right)^{-1/s}",
    inputs={"N": "parameters", "H": "bits of knowledge in the training data"},
    outcome="bits",
    unit="bits",
    parameters=(
        Parameter(
            "R",
            lognormal(1.5, 0.5),
            unit="bits/parameter",
            meaning="capacity of a parameter",
            reason="0.6 to 4: 2 after a thousand exposures of each fact, 1 after a hundred",
        ),
        Parameter(
            "s",
            lognormal(4.0, 0.6),
            unit="1",
            meaning=(
                "sharpness of the transition from capacity-limited to data-limited: infinite s is "
                "the hard minimum"
            ),
            reason="1.2 to 13: from a wide transition to nearly the hard minimum",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"],
    applies=(
        "models trained to convergence on synthetic facts of known entropy, each seen equally "
        "often; R holds for one number of exposures"
    ),
    fails=(
        "the source has a hard minimum: s belongs to this package. Quantized weights, junk data "
        "and few exposures lower R"
    ),
    citation=(
        "Allen-Zhu & Li 2024, Physics of Language Models: Part 3.3, Knowledge Capacity Scaling Laws"
    ),
    arxiv="2404.05405",
    bibtex="""@article{allenzhu2024physics,
  title={Physics of Language Models: Part 3.3, Knowledge Capacity Scaling Laws},
  author={Allen-Zhu, Zeyuan and Li, Yuanzhi},
  journal={arXiv preprint arXiv:2404.05405},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"R": 2.0, "s": 4.0},
            checked="illustration",
            source="arXiv 2404.05405",
            note="R from the abstract, after a thousand exposures; s is illustrative",
        ),
    },
    example={
        "N": tuple(n for n in (1e6, 3e6, 1e7, 3e7, 1e8, 3e8) for _ in range(4)),
        "H": (4e6, 2e7, 1e8, 5e8) * 6,
    },
)
