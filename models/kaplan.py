r"""Kaplan's laws: parameters and data in one bracket, and each of them alone.

.. math::

    L(N, D) = \left[
    \left(\frac{N_c}{N}\right)^{\alpha_N / \alpha_D} + \frac{D_c}{D}
    \right]^{\alpha_D}, \qquad
    L(N) = \left(\frac{N_c}{N}\right)^{\alpha_N}, \qquad
    L(D) = \left(\frac{D_c}{D}\right)^{\alpha_D}

N counts parameters without embeddings.
Source: Kaplan et al. 2020, arXiv 2001.08361.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._time_series import time_series_values
from bayes_scaling.models._types import Values
from bayes_scaling.models.power_law import constant, power_law

_EXPONENT = "published exponents without a floor: 0.05 to 0.12"

_SOURCE = "arXiv 2001.08361"


def joint(x: Values, N_c: Array, D_c: Array, alpha_N: Array, alpha_D: Array) -> Array:
    """Return the loss from parameters and tokens in nats/token."""
    return power(power(N_c / x["N"], alpha_N / alpha_D) + D_c / x["D"], alpha_D)


def size_alone(x: Values, N_c: Array, alpha_N: Array) -> Array:
    """Return the loss from parameters alone in nats/token."""
    return power(N_c / x["N"], alpha_N)


def data_alone(x: Values, D_c: Array, alpha_D: Array) -> Array:
    """Return the loss from tokens alone in nats/token."""
    return power(D_c / x["D"], alpha_D)


def _bracket(s: Values, ref: Values, p: Values) -> Array:
    """Return the bracket at the mean training run, from the loss there."""
    return power(s["loss_level"] * (ref["y_min"] * ref["y_max"]) ** 0.5, 1 / p["alpha_D"])


kaplan = replace(
    power_law,
    name="kaplan",
    title="Kaplan: parameters and data in one bracket",
    formula="L(N, D) = [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D",
    latex=(
        r"L(N, D) = \left[\left(\frac{N_c}{N}\right)^{\alpha_N/\alpha_D} + "
        r"\frac{D_c}{D}\right]^{\alpha_D}"
    ),
    inputs={"N": "parameters without embeddings", "D": "training tokens"},
    parameters=(
        exponent(
            "alpha_N",
            lognormal(0.08, 0.4),
            meaning="exponent of the parameter count when data are ample",
            reason=_EXPONENT,
        ),
        exponent(
            "alpha_D",
            lognormal(0.08, 0.4),
            meaning="exponent of the token count where the model is large",
            reason=_EXPONENT,
        ),
        Parameter(
            "N_c",
            lognormal(1.0, 0.3),
            unit="parameters",
            meaning="parameters at which the loss would be one nat with infinite data",
            reason="the mean training run lies within the range of observed losses",
            sampled="loss_level",
            sampled_meaning=(
                "loss at the mean training run divided by the geometric mean of the smallest and "
                "largest observed losses"
            ),
            publish=lambda s, ref, p: (
                ref["N"] * power(s["share_N"] * _bracket(s, ref, p), p["alpha_D"] / p["alpha_N"])
            ),
        ),
        Parameter(
            "D_c",
            beta(2.0, 2.0),
            unit="tokens",
            meaning="tokens at which the loss would be one nat with an infinite model",
            reason="neither term is all of the sum at the mean training run",
            sampled="share_N",
            sampled_meaning=(
                "fraction of the bracket that is the parameter term, at the mean training run"
            ),
            publish=lambda s, ref, p: ref["D"] * (1 - s["share_N"]) * _bracket(s, ref, p),
        ),
    ),
    function=joint,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D"),
    applies=(
        "runs stopped early or trained for one epoch, N without embeddings, losses far above their "
        "floor"
    ),
    fails=(
        "has no floor; with schedules that do not end with the run it favors large models trained "
        "briefly (arXiv 2406.19146)"
    ),
    published={
        "Kaplan 2020": Published(
            {"N_c": 6.4e13, "D_c": 1.8e13, "alpha_N": 0.076, "alpha_D": 0.103},
            checked="third-party notes",
            source=_SOURCE,
            note="joint fit of parameters and data",
        ),
    },
    example={
        "N": tuple(n for n in (1e6, 1e7, 1e8, 1e9) for _ in range(6)),
        "D": (2e7, 1e8, 5e8, 2e9, 1e10, 5e10) * 4,
    },
)

kaplan_N = replace(
    power_law,
    name="kaplan_N",
    title="Kaplan: parameters alone",
    formula="L(N) = (N_c/N)^alpha_N",
    latex=r"L(N) = \left(\frac{N_c}{N}\right)^{\alpha_N}",
    inputs={"N": "parameters without embeddings"},
    parameters=(
        exponent(
            "alpha_N",
            lognormal(0.08, 0.4),
            meaning="exponent of the parameter count",
            reason=_EXPONENT,
        ),
        constant(
            "N_c", "N", "alpha_N", "parameters", "parameters at which the loss would be one nat"
        ),
    ),
    function=size_alone,
    scale=lambda x: x["N"],
    decreasing=("N",),
    applies="models trained to convergence on ample data, so that size alone limits the loss",
    published={
        "Kaplan 2020": Published(
            {"N_c": 8.8e13, "alpha_N": 0.076},
            checked="third-party notes",
            source=_SOURCE,
            note="models trained to convergence",
        ),
        **time_series_values(
            "N_c",
            "alpha_N",
            {"own": (3.7e16, 0.029), "LSF": (1.4e31, 0.026), "Monash": (6.7e36, 0.023)},
            {"own": (2.0e34, 0.015), "LSF": (2.9e47, 0.016), "Monash": (1.5e48, 0.017)},
        ),
    },
    example={"N": tuple(10.0 ** (6 + 0.2 * i) for i in range(20))},
)

kaplan_D = replace(
    power_law,
    name="kaplan_D",
    title="Kaplan: data alone",
    formula="L(D) = (D_c/D)^alpha_D",
    latex=r"L(D) = \left(\frac{D_c}{D}\right)^{\alpha_D}",
    inputs={"D": "training tokens"},
    parameters=(
        exponent(
            "alpha_D", lognormal(0.08, 0.4), meaning="exponent of the token count", reason=_EXPONENT
        ),
        constant("D_c", "D", "alpha_D", "tokens", "tokens at which the loss would be one nat"),
    ),
    function=data_alone,
    scale=lambda x: x["D"],
    decreasing=("D",),
    applies="large models stopped early on limited data, so that data alone limits the loss",
    published={
        "Kaplan 2020": Published(
            {"D_c": 5.4e13, "alpha_D": 0.095},
            checked="third-party notes",
            source=_SOURCE,
            note="large models with early stopping",
        ),
        **time_series_values(
            "D_c",
            "alpha_D",
            {"own": (5.3e12, 0.094), "LSF": (9.6e30, 0.029), "Monash": (1.0e39, 0.023)},
            {"own": (9.9e13, 0.090), "LSF": (1.1e44, 0.019), "Monash": (4.4e31, 0.030)},
        ),
    },
    example={"D": tuple(10.0 ** (7 + 0.2 * i) for i in range(20))},
)
