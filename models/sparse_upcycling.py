r"""Upcycling: a dense model becomes a mixture of experts and trains on.

.. math::

    L = E + A N_a^{-\alpha} P^{-(\lambda + \mu \log(N_a / N_d))} + B D_2^{-\beta}

N_d and N_a are the dense model's and the active parameters, P the total over the active parameters
and D_2 the tokens after the upcycling. More experts help where more of them are active. The source
studies such runs, also over the tokens before the upcycling; this form is this package's.
Source: Liew et al. 2025, arXiv 2502.03009.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models._types import Values


def _sparse(x: Values, p: Values) -> Array:
    """Return the sparsity's factor of the parameter term."""
    value = p["lambda_P"] + p["mu_P"] * jnp.log(x["N_active"] / x["N_dense"])
    return power(x["P"], -value)


def mean(x: Values, **p: Array) -> Array:
    """Return the loss in nats/token."""
    return (
        p["E"]
        + p["A"] * power(x["N_active"], -p["alpha_N"]) * _sparse(x, p)
        + p["B"] * power(x["D2"], -p["alpha_D"])
    )


sparse_upcycling = Law(
    name="sparse_upcycling",
    title="Upcycling of dense models to sparse ones",
    formula=(
        "L = E + A/(N_active^alpha_N P^(lambda_P + mu_P log(N_active/N_dense))) + B/D2^alpha_D"
    ),
    latex=(
        r"L = E + A\, N_a^{-\alpha_N} P^{-(\lambda_P + \mu_P \log(N_a/N_d))} + B\, D_2^{-\alpha_D}"
    ),
    inputs={
        "N_dense": "parameters of the dense model",
        "N_active": "active parameters of the sparse model",
        "P": "sparsity: total over active parameters",
        "D2": "training tokens after the upcycling",
    },
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the active parameters"),
        exponent(
            "alpha_D",
            lognormal(0.15, 0.6),
            meaning="exponent of the tokens after the upcycling",
            reason="0.05 to 0.5: the tokens before it have done part of the work",
        ),
        Parameter(
            "mu_P",
            normal(0.1, 0.1),
            unit="1",
            meaning="how activating more experts than one raises the value of sparsity",
            reason="-0.1 to 0.3 for each factor e of active over dense parameters",
        ),
        Parameter(
            "lambda_P",
            normal(0.0, 0.1),
            unit="1",
            meaning="exponent of sparsity when the active size is that of the dense model",
            reason="-0.2 to 0.2: with one active expert sparsity may hurt",
        ),
        amplitude(
            "A",
            lambda x, p: power(x["N_active"], -p["alpha_N"]) * _sparse(x, p),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["D2"], -p["alpha_D"]),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
        ),
    ),
    function=mean,
    scale=lambda x: x["N_active"] * x["D2"],
    decreasing=("D2",),
    applies="runs from one kind of dense checkpoint with the same tokens before the upcycling",
    fails="leaves out the tokens before the upcycling, which interact with those after it",
    citation="Liew et al. 2025, Scaling Laws for Upcycling Mixture-of-Experts Language Models",
    arxiv="2502.03009",
    bibtex="""@inproceedings{liew2025scaling,
  title={Scaling Laws for Upcycling Mixture-of-Experts Language Models},
  author={Liew, Seng Pei and Kato, Takuya and Takase, Sho},
  booktitle={International Conference on Machine Learning},
  note={arXiv 2502.03009},
  year={2025}
}""",
    published={
        "li2026_sparsity, fitted here": Published(
            {
                "E": 1.11692,
                "alpha_N": 0.234614,
                "alpha_D": 0.083504,
                "mu_P": 0.00777755,
                "lambda_P": 0.00411944,
                "A": 45.8298,
                "B": 6.65904,
            },
            checked="recomputed",
            source="this package, a posterior draw of least error",
            note="70 runs, whose tokens before the upcycling are the same",
        )
    },
    example={
        "N_dense": tuple(n for n in (1.5e7, 4.4e7, 9.8e7) for _ in range(18)),
        "N_active": tuple(n * r for n in (1.5e7, 4.4e7, 9.8e7) for r in (1.0, 1.75, 3.25) * 6),
        "P": (2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 8.0, 8.0, 8.0) * 6,
        "D2": tuple(d for _ in range(6) for d in (1.2e9, 2.3e9, 4.6e9) for _ in range(3)),
    },
)
