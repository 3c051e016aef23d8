r"""Loss with repeated tokens that can rise again: a penalty for over-fitting.

.. math::

    L = E + \frac{A}{N^{\alpha_N}} + \frac{B}{D^{\alpha_D}}
    + c \left(\frac{N}{U}\right)^{\gamma} \log^2 \frac{D}{U}

U is min(U, D), so that runs of one epoch have no penalty. The form is this package's: of eight that
were fitted to the training runs of li2026_data_constrained, it predicts the largest best.
``data_constrained`` has diminishing returns in place of a penalty and never rises.
Source of the runs: Muennighoff et al. 2023, arXiv 2305.16264.
"""

from dataclasses import replace
from math import log

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.data_constrained import data_constrained


def mean(x: Values, **p: Array) -> Array:
    """Return the loss in nats/token."""
    unique = jnp.minimum(x["U"], x["D"])
    epochs = jnp.log(x["D"] / unique)
    return (
        p["E"]
        + p["A"] * power(x["N"], -p["alpha_N"])
        + p["B"] * power(x["D"], -p["alpha_D"])
        + p["c"] * power(x["N"] / unique, p["gamma"]) * epochs * epochs
    )


repetition_penalty = replace(
    data_constrained,
    name="repetition_penalty",
    title="Repeated data: a penalty that grows with epochs and model size",
    formula=("L = E + A/N^alpha_N + B/D^alpha_D + c (N/U)^gamma log(D/U)^2, U at most D"),
    latex=(
        r"L = E + \frac{A}{N^{\alpha_N}} + \frac{B}{D^{\alpha_D}} + c \left(\frac{N}{U}"
        r"\right)^{\gamma} \log^2 \frac{D}{U}"
    ),
    parameters=(
        floor("E"),
        exponent("alpha_N", meaning="exponent of the parameter count"),
        exponent("alpha_D", meaning="exponent of the token count, repeats included"),
        exponent(
            "gamma",
            lognormal(0.7, 0.4),
            meaning="exponent of parameters per unique token in the penalty",
            reason="larger models over-fit sooner: 0.3 to 1.5",
        ),
        amplitude(
            "A",
            lambda x, p: power(x["N"], -p["alpha_N"]),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term",
        ),
        Parameter(
            "c",
            half_normal(0.1),
            unit="nats",
            meaning="amplitude of the penalty",
            reason="ten epochs cost up to 0.2 nats",
            sampled="penalty",
            sampled_meaning="penalty of ten epochs at the mean parameters and unique tokens, nats",
            publish=lambda s, ref, p: (
                s["penalty"] / log(10) ** 2 * power(ref["U"] / ref["N"], p["gamma"])
            ),
        ),
    ),
    function=mean,
    decreasing=(),
    applies="runs of one to hundreds of epochs, over-fitted ones too",
    fails=(
        "early over-training of small models on few tokens; the penalty is the same for every "
        "regularization and does not saturate"
    ),
    published={
        "li2026_data_constrained, fitted here": Published(
            {
                "E": 2.22526,
                "alpha_N": 0.41679,
                "alpha_D": 0.478855,
                "gamma": 0.726992,
                "A": 1734.39,
                "B": 26969.2,
                "c": 0.0134624,
            },
            checked="recomputed",
            source="this package, a posterior draw of least error",
            note="161 training runs",
        )
    },
)
