r"""Algorithmic progress: parameters and tokens become more effective every year.

.. math:: L(N, D, Y) = E + A N^{-\alpha_N} e^{-r_N (Y - 2012)} + B D^{-\alpha_D} e^{-r_D (Y - 2012)}

Source: Ho et al. 2024, arXiv 2403.05812.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal, normal
from bayes_scaling.models._types import Values

START = 2012.0


def _shrink(x: Values, rate: Array) -> Array:
    """Factor by which a term has shrunk since 2012."""
    return jnp.exp(-rate * (x["year"] - START))


def mean(
    x: Values,
    E: Array,
    A: Array,
    B: Array,
    alpha_N: Array,
    alpha_D: Array,
    rate_N: Array,
    rate_D: Array,
) -> Array:
    """Return the loss in nats/word."""
    return (
        E
        + A * power(x["N"], -alpha_N) * _shrink(x, rate_N)
        + B * power(x["D"], -alpha_D) * _shrink(x, rate_D)
    )


def _rate(name: str, term: str) -> Parameter:
    """Yearly rate at which one term shrinks."""
    return Parameter(
        name,
        normal(0.03, 0.04),
        unit="1/year",
        meaning=f"yearly rate at which the {term} term shrinks",
        reason="0.00 and 0.04 per year published; either sign, because the two rates trade off",
    )


_EXAMPLE = {
    "N": (
        1e7, 3e6, 1e8, 2e7, 3e7, 1e8, 3e8, 1e7, 1e9, 1e8, 3e9, 1e8, 1e7, 1e10, 1e9, 1e8, 3e10,
        1e9, 1e8, 1e11, 1e10, 1e8, 1e9, 1e10,
    ) * 2,
    "D": (
        1e6, 1e8, 1e8, 1e9, 1e6, 1e8, 1e7, 1e9, 1e8, 1e10, 1e9, 1e7, 1e11, 1e10, 1e11, 1e9, 3e11,
        1e9, 1e12, 3e11, 1e12, 1e11, 1e7, 1e10,
    ) * 2,
    "year": tuple(2012.0 + 0.5 * i for i in range(24)) + tuple(2023.5 - 0.5 * i for i in range(24)),
}  # fmt: skip

algorithmic_progress = Law(
    name="algorithmic_progress",
    title="Algorithmic progress: loss from parameters, tokens and publication year",
    formula=(
        "L(N, D, year) = E + A/N^alpha_N exp(-rate_N (year-2012)) + B/D^alpha_D exp(-rate_D "
        "(year-2012))"
    ),
    latex=(
        r"L(N, D, Y) = E + \frac{A}{N^{\alpha_N}} e^{-r_N (Y - 2012)} + \frac{B}{D^{\alpha_D}} "
        r"e^{-r_D (Y - 2012)}"
    ),
    inputs={"N": "parameters", "D": "training tokens", "year": "year of publication"},
    unit="nats/word",
    parameters=(
        floor(
            "E",
            unit="nats/word",
        ),
        exponent(
            "alpha_N",
            lognormal(0.1, 0.6),
            meaning="exponent of the parameter count",
            reason="0.07 published; small when models from many labs are pooled",
        ),
        exponent(
            "alpha_D",
            lognormal(0.1, 0.6),
            meaning="exponent of the token count",
            reason="0.04 published; small when models from many labs are pooled",
        ),
        _rate("rate_N", "parameter"),
        _rate("rate_D", "data"),
        amplitude(
            "A",
            lambda x, p: power(x["N"], -p["alpha_N"]) * _shrink(x, p["rate_N"]),
            lognormal(0.8, 0.8),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term in 2012",
            reason="the term adds 0.17 to 3.8 nats at the mean training run",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["D"], -p["alpha_D"]) * _shrink(x, p["rate_D"]),
            lognormal(0.8, 0.8),
            unit="nats x tokens^alpha_D",
            meaning="amplitude of the data term in 2012",
            reason="the term adds 0.17 to 3.8 nats at the mean training run",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    noise=Noise(sigma=half_normal(0.1)),
    decreasing=("N", "D"),
    applies="models from many years and many labs on one benchmark",
    fails=(
        "labs choose model size according to how good their methods are, which biases the rates; "
        "only the sum of the rates is well identified"
    ),
    citation="Ho et al. 2024, Algorithmic Progress in Language Models",
    arxiv="2403.05812",
    bibtex="""@article{ho2024algorithmic,
  title={Algorithmic Progress in Language Models},
  author={Ho, Anson and Besiroglu, Tamay and Erdil, Ege and others},
  journal={arXiv preprint arXiv:2403.05812},
  year={2024}
}""",
    published={
        "illustration": Published(
            {
                "E": 1.2,
                "A": 15.0,
                "B": 12.0,
                "alpha_N": 0.15,
                "alpha_D": 0.12,
                "rate_N": 0.03,
                "rate_D": 0.05,
            },
            checked="illustration",
            source="illustrative values",
            note=(
                "notes on the source give alpha_N 0.068, rate_N 0.004, alpha_D 0.040, rate_D "
                "0.036, with N and D scaled by constants that were not available and without a "
                "floor"
            ),
        ),
    },
    example=_EXAMPLE,
)
