r"""Compute-optimal model size of a compute budget.

.. math:: N^{*}(C) = N_0 C^{a}

When each optimum has a known standard error (for example from a fitted parabola), pass its column
as ``se``.
Source: Porian et al. 2024, arXiv 2406.19146.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import exponent, level
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values
from bayes_scaling.models.power_law import loss_frontier


def mean(x: Values, N_0: Array, a: Array) -> Array:
    """Return the optimal size in parameters."""
    return N_0 * power(x["C"], a)


_TUNED = (
    "last of five steps: tuned hyperparameters, constant learning rate; N counts the last layer "
    "but not the embedding"
)

compute_optimal_allocation = replace(
    loss_frontier,
    name="compute_optimal_allocation",
    title="Compute-optimal model size",
    formula="N*(C) = N_0 C^a",
    latex=r"N^{*}(C) = N_0\, C^{a}",
    outcome="N_opt",
    unit="parameters",
    parameters=(
        exponent(
            "a",
            beta(5.0, 5.0),
            meaning="fraction of compute growth that goes to parameters; the rest goes to tokens",
            reason="between 0 and 1; 0.46 to 0.86 published",
        ),
        level(
            "N_0",
            lambda x, p: power(x["C"], p["a"]),
            lognormal(1.0, 0.7),
            unit="parameters/FLOPs^a",
            meaning="optimal size at one FLOP",
        ),
    ),
    function=mean,
    scale=None,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.2)),
    decreasing=(),
    applies="optimal sizes estimated from isoFLOP curves, each with its own standard error (se)",
    fails=(
        "an optimal size inherits the noise, grid and centering of its isoFLOP curve; fit the "
        "losses themselves when they are available"
    ),
    published={
        "refinedweb, tuned": Published(
            {"N_0": 0.119, "a": 0.497},
            checked="authors' code",
            source="arXiv 2406.19146",
            note=_TUNED,
        ),
    },
    example={
        "C": tuple(1.25e16 * 2**i for i in range(12)) + tuple(1.8e16 * 4**i for i in range(6))
    },
)
