r"""Loss from parameters and parallel streams: P streams multiply parameters by k ln P + 1.

.. math:: L(N, P) = E + \left(\frac{A}{N\,(k \ln P + 1)}\right)^{\alpha_N}

Source: Chen et al. 2025 (ParScale), arXiv 2505.10475.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def _effective(x: Values, k: Array) -> Array:
    """Effective parameters."""
    return x["N"] * (k * jnp.log(x["P"]) + 1)


def mean(x: Values, E: Array, A: Array, k: Array, alpha_N: Array) -> Array:
    """Return the loss in nats/token."""
    return E + power(A / _effective(x, k), alpha_N)


def _published(E: float, A: float, alpha_N: float, k: float) -> Published:
    """Values recomputed for one corpus of the source."""
    return Published(
        {"E": E, "A": A, "k": k, "alpha_N": alpha_N},
        checked="recomputed",
        source="arXiv 2505.10475",
        note="Huber fit of the 24 runs in the authors' code; tokens fixed",
    )


parallel_scaling = Law(
    name="parallel_scaling",
    title="Parallel scaling: parameters and parallel streams",
    formula="L(N, P) = E + (A/(N (k ln P + 1)))^alpha_N",
    latex=r"L(N, P) = E + \left(\frac{A}{N\,(k \ln P + 1)}\right)^{\alpha_N}",
    inputs={"N": "parameters without embeddings", "P": "parallel streams, 1 or more"},
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the effective parameter count"),
        exponent(
            "k",
            lognormal(0.4, 0.5),
            meaning="value of a stream: parameters count k ln P + 1 times",
            reason="0.33 to 0.39 published; 0.15 to 1.1",
        ),
        Parameter(
            "A",
            lognormal(0.4, 0.9),
            unit="parameters",
            meaning="effective parameters at which the term is one nat",
            reason="the term adds 0.07 to 2.3 nats at the mean training run",
            sampled="A_term",
            sampled_meaning="size of the term at the mean training run, nats",
            publish=lambda s, ref, p: (
                power(s["A_term"], 1 / p["alpha_N"]) * _effective(ref, p["k"])
            ),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["P"],
    noise=Noise(sigma=half_normal(0.005)),
    decreasing=("N", "P"),
    applies="one corpus and one number of tokens; runs with one and with more streams",
    fails="E, alpha_N and A trade off within one decade of N; more than eight streams are untested",
    citation="Chen et al. 2025, Parallel Scaling Law for Language Models",
    arxiv="2505.10475",
    bibtex="""@article{chen2025parallel,
  title={Parallel Scaling Law for Language Models},
  author={Chen, Mouxiang and Hui, Binyuan and Cui, Zeyu and others},
  journal={arXiv preprint arXiv:2505.10475},
  year={2025}
}""",
    published={
        "stack_v2_python": _published(0.6912, 1.131e7, 0.1894, 0.3935),
        "pile": _published(1.2892, 1.970e8, 0.1965, 0.3343),
    },
    example={
        "N": tuple(n for n in (1e8, 3e8, 1e9, 3e9, 1e10) for _ in range(4)),
        "P": (1.0, 2.0, 4.0, 8.0) * 5,
    },
)
