r"""Loss between a floor and the chance level, with overfitting when unique data are scarce.

.. math::

    L(N, D, U) = E + (L_0 - E)\, \frac{h}{1 + h}, \qquad
    h = a N^{-\alpha_N} + b D^{-\alpha_D} + c\, N^{\gamma} U^{-\delta}

D tokens are seen (T in the source), of which U are unique (D in the source).
Source: Bryant and Liu 2026, arXiv 2605.09189.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Term, Values


def mean(
    x: Values,
    E: Array,
    L_0: Array,
    a: Array,
    b: Array,
    c: Array,
    alpha_N: Array,
    alpha_D: Array,
    gamma: Array,
    delta: Array,
) -> Array:
    """Return the loss in nats/token."""
    h = (
        a * power(x["N"], -alpha_N)
        + b * power(x["D"], -alpha_D)
        + c * power(x["N"], gamma) * power(x["U"], -delta)
    )
    return E + (L_0 - E) * h / (1 + h)


def _part(name: str, shape: Term, unit: str, meaning: str, median: float = 0.05) -> Parameter:
    """Amplitude of one term of h."""
    low, high = (100 * h / (1 + h) for h in (median / 5.84, median * 5.84))
    reason = (
        f"alone the term moves the loss {low:.1g}% to {high:.2g}% of the way from floor to chance "
        "level at the mean training run"
    )
    return amplitude(
        name,
        shape,
        lognormal(median, 0.9),
        unit=unit,
        meaning=meaning,
        reason=reason,
        size="a contribution to h",
    )


bounded_data_constrained = Law(
    name="bounded_data_constrained",
    title="Bounded loss with repeated data",
    formula=(
        "L(N, D, U) = E + (L_0 - E) h/(1 + h), h = a/N^alpha_N + b/D^alpha_D + c N^gamma/U^delta"
    ),
    latex=(
        r"L(N, D, U) = E + (L_0 - E)\frac{h}{1 + h}, \quad h = \frac{a}{N^{\alpha_N}} + "
        r"\frac{b}{D^{\alpha_D}} + \frac{c\, N^{\gamma}}{U^{\delta}}"
    ),
    inputs={
        "N": "parameters",
        "D": "training tokens seen, repeats included",
        "U": "unique training tokens",
    },
    parameters=(
        floor("E"),
        exponent(
            "L_0",
            lognormal(10.5, 0.05),
            meaning="loss of a uniform guess, nats/token",
            reason="the logarithm of a vocabulary size of 15 to 100 thousand",
        ),
        exponent("alpha_N", meaning="exponent of the parameter count"),
        exponent("alpha_D", meaning="exponent of the tokens seen"),
        exponent(
            "gamma",
            lognormal(0.4, 0.5),
            meaning="growth of overfitting with parameters",
            reason="0.15 to 1.1: larger models overfit more",
        ),
        exponent(
            "delta",
            lognormal(0.8, 0.5),
            meaning="decrease of overfitting with unique tokens",
            reason="0.3 to 2.1: faster than it grows with parameters",
        ),
        _part(
            "a",
            lambda x, p: power(x["N"], -p["alpha_N"]),
            "parameters^alpha_N",
            "amplitude of the parameter term of h",
        ),
        _part(
            "b",
            lambda x, p: power(x["D"], -p["alpha_D"]),
            "tokens^alpha_D",
            "amplitude of the term in tokens seen",
        ),
        _part(
            "c",
            lambda x, p: power(x["N"], p["gamma"]) * power(x["U"], -p["delta"]),
            "tokens^delta/parameters^gamma",
            "amplitude of the overfitting term",
            0.02,
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("D", "U"),
    applies="runs that repeat their data, some so often that larger models overfit",
    fails=(
        "the loss at chance level is visible only in runs that hardly learned; otherwise it stays "
        "at its prior"
    ),
    citation=(
        "Bryant and Liu 2026, Practical Scaling Laws: Converting Compute into Performance in a "
        "Data-Constrained World"
    ),
    arxiv="2605.09189",
    bibtex="""@article{bryant2026practical,
  title={Practical Scaling Laws: Converting Compute into Performance in a Data-Constrained World},
  author={Bryant and Liu},
  journal={arXiv preprint arXiv:2605.09189},
  year={2026}
}""",
    published={
        "illustration": Published(
            {
                "E": 1.8,
                "L_0": 10.5,
                "a": 30.0,
                "b": 140.0,
                "c": 5e3,
                "alpha_N": 0.34,
                "alpha_D": 0.36,
                "gamma": 0.4,
                "delta": 0.9,
            },
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        ),
    },
    example={
        "N": tuple(n for n in (1e7, 1e8, 1e9, 8e9) for _ in range(10)),
        "D": (1e8, 1e9, 1e10, 1e11, 1e9, 1e10, 1e11, 1e10, 1e11, 1e11) * 4,
        "U": (1e8, 1e8, 1e8, 1e8, 1e9, 1e9, 1e9, 1e10, 1e10, 1e11) * 4,
    },
)
