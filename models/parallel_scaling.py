r"""Loss from parameters and parallel streams: P streams are worth a factor k ln P + 1 of parameters.

.. math:: L(N, P) = E + \left(\frac{A}{N\,(k \ln P + 1)}\right)^{\alpha_N}

Source: Chen et al. 2025 (ParScale), arXiv 2505.10475.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal


def _effective(x, k):
    return x["N"] * (k * jnp.log(x["P"]) + 1)


def mean(x, E, A, k, alpha_N):
    return E + power(A / _effective(x, k), alpha_N)


def _published(E, A, alpha_N, k):
    return Published({"E": E, "A": A, "k": k, "alpha_N": alpha_N}, "recomputed", "arXiv 2505.10475", "Huber fit of the 24 runs that the authors' code holds; tokens fixed")


parallel_scaling = Law(
    name="parallel_scaling",
    title="Parallel scaling: parameters and parallel streams",
    formula="L(N, P) = E + (A/(N (k ln P + 1)))^alpha_N",
    latex=r"L(N, P) = E + \left(\frac{A}{N\,(k \ln P + 1)}\right)^{\alpha_N}",
    inputs={"N": "parameters without embeddings", "P": "parallel streams, 1 or more"},
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the effective parameter count"),
        exponent("k", lognormal(0.4, 0.5), meaning="what a stream is worth: parameters count for k ln P + 1 times as much", reason="0.33 to 0.39 published; 0.15 to 1.1"),
        Parameter(
            "A", lognormal(0.4, 0.9), "parameters", "effective parameters at which the term is one nat", "the term adds 0.07 to 2.3 nats at the mean training run",
            sampled="A_term", sampled_meaning="size of the term at the mean training run, nats",
            publish=lambda s, ref, p: power(s["A_term"], 1 / p["alpha_N"]) * _effective(ref, p["k"]),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["P"],
    noise=Noise(sigma=half_normal(0.005)),
    decreasing=("N", "P"),
    applies="one corpus and one number of tokens; runs with one and with several streams",
    fails="E, alpha_N and A trade off within one decade of N; streams beyond eight are unseen",
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
)  # fmt: skip
