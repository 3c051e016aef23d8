r"""Mixtures of experts in five factors: total and active size, tokens, granularity, shared experts.

.. math::

    L = \left(e G + \frac{f}{G} + m S^2 + n S\right)
        \left(N^{-\alpha} + k N_a^{-\alpha} + h \frac{N_a}{N}\right)
        + a N^{-\alpha} + b D^{-\beta} + c N_a^{-\alpha} + \epsilon

G is the granularity and S the fraction of active experts that is shared. The best ones are
sqrt(f / e) and -n / (2 m), at any size.
Source: Zhao et al. 2025, arXiv 2509.23678.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values


def _weight(x: Values, p: Values) -> Array:
    """Return how much the architecture counts at this size."""
    return (
        power(x["N"], -p["alpha_N"])
        + p["k"] * power(x["N_a"], -p["alpha_N"])
        + p["h"] * x["N_a"] / x["N"]
    )


def mean(x: Values, **p: Array) -> Array:
    """Return the loss in nats/token."""
    architecture = p["e"] * x["G"] + p["f"] / x["G"] + (p["m"] * x["S"] + p["n"]) * x["S"]
    return (
        architecture * _weight(x, p)
        + p["a"] * power(x["N"], -p["alpha_N"])
        + p["b"] * power(x["D"], -p["alpha_D"])
        + p["c"] * power(x["N_a"], -p["alpha_N"])
        + p["epsilon"]
    )


def _grain(s: Values, ref: Values, p: Values) -> Array:
    """Return half of the granularity factor at its best value."""
    return s["grain"] / (2 * _weight(ref, p))


_ARCHITECTURE = (
    Parameter(
        "k",
        lognormal(0.01, 1.5),
        unit="1",
        meaning="weight of active beside total parameters in the architecture's effect",
        reason="0.0005 to 0.2; 0.0013 published",
    ),
    Parameter(
        "h",
        lognormal(0.03, 1.0),
        unit="parameters^-alpha_N",
        meaning="weight of the active fraction in the architecture's effect",
        reason="0.004 to 0.2; 0.045 published",
    ),
    Parameter(
        "e",
        lognormal(0.02, 1.0),
        unit="nats x parameters^alpha_N",
        meaning="cost of granularity",
        reason="granularity is worth 0.003 to 0.14 nats",
        sampled="grain",
        sampled_meaning="granularity's part of the loss at the mean size and the best one, nats",
        publish=lambda s, ref, p: _grain(s, ref, p) / s["G_best"],
    ),
    Parameter(
        "f",
        lognormal(7.0, 0.5),
        unit="nats x parameters^alpha_N",
        meaning="cost of coarse experts",
        reason="2.6 to 19; 6.8 published",
        sampled="G_best",
        sampled_meaning="best granularity",
        publish=lambda s, ref, p: _grain(s, ref, p) * s["G_best"],
    ),
    Parameter(
        "m",
        lognormal(0.04, 1.0),
        unit="nats x parameters^alpha_N",
        meaning="curvature in the fraction of shared experts",
        reason="a fraction that is off by one would cost 0.006 to 0.3 nats",
        sampled="shared",
        sampled_meaning="loss per squared distance from the best fraction at the mean size, nats",
        publish=lambda s, ref, p: s["shared"] / _weight(ref, p),
    ),
    Parameter(
        "n",
        beta(3.0, 5.0),
        unit="nats x parameters^alpha_N",
        meaning="slope in the fraction of shared experts, negative",
        reason="some experts are shared at best, not all; 0.31 published",
        sampled="S_best",
        sampled_meaning="best fraction of shared experts",
        publish=lambda s, ref, p: -2 * p["m"] * s["S_best"],
    ),
)


def _size(name: str, size: str, exponent_name: str, what: str) -> Parameter:
    """Amplitude of a term that falls with one size."""
    return amplitude(
        name,
        lambda x, p: power(x[size], -p[exponent_name]),
        lognormal(0.3, 0.7),
        unit=f"nats x size^{exponent_name}",
        meaning=f"amplitude of the term in {what}",
        reason="the term adds 0.08 to 1.2 nats at the mean training run",
    )


moe_five_factor = Law(
    name="moe_five_factor",
    title="Mixtures of experts in five factors",
    formula=(
        "L = (e G + f/G + m S^2 + n S) (1/N^alpha_N + k/N_a^alpha_N + h N_a/N) + a/N^alpha_N + "
        "b/D^alpha_D + c/N_a^alpha_N + epsilon"
    ),
    latex=(
        r"L = \left(e G + \frac{f}{G} + m S^2 + n S\right)\left(N^{-\alpha_N} + k N_a^{-\alpha_N} "
        r"+ h \frac{N_a}{N}\right) + a N^{-\alpha_N} + b D^{-\alpha_D} + c N_a^{-\alpha_N} + "
        r"\epsilon"
    ),
    inputs={
        "N": "total parameters",
        "N_a": "active parameters",
        "D": "training tokens",
        "G": "granularity of the experts",
        "S": "fraction of the active experts that is shared, from 0 to 1",
    },
    parameters=(
        exponent("alpha_N", meaning="exponent of the parameter counts"),
        exponent("alpha_D", meaning="exponent of the token count"),
        *_ARCHITECTURE,
        floor("epsilon"),
        _size("a", "N", "alpha_N", "total parameters"),
        _size("b", "D", "alpha_D", "tokens"),
        _size("c", "N_a", "alpha_N", "active parameters"),
    ),
    function=mean,
    scale=lambda x: x["N_a"] * x["D"],
    decreasing=("D",),
    applies="a few hundred mixtures of experts that vary in all five factors",
    fails="twelve parameters: those of the architecture stay at their priors in small grids",
    citation="Zhao et al. 2025, Towards a Comprehensive Scaling Law of Mixture-of-Experts",
    arxiv="2509.23678",
    bibtex="""@article{zhao2025comprehensive,
  title={Towards a Comprehensive Scaling Law of Mixture-of-Experts},
  author={Zhao, Guoliang and Fu, Yuhan and Li, Shuaipeng and others},
  journal={arXiv preprint arXiv:2509.23678},
  year={2025}
}""",
    published={
        "Zhao 2025": Published(
            {
                "e": 0.1577,
                "f": 7.2446,
                "m": 5.1395,
                "n": -3.2363,
                "k": 0.0013,
                "h": 0.0450,
                "a": 38.051,
                "alpha_N": 0.2383,
                "b": 27129.05,
                "alpha_D": 0.4694,
                "c": 31.096,
                "epsilon": 1.8182,
            },
            checked="third-party notes",
            source="arXiv 2509.23678",
            note="446 runs; its best granularity of 7 and fraction of 0.31 follow",
        )
    },
    example={
        "N": tuple(n for n in (5e8, 2e9, 8e9) for _ in range(24)),
        "N_a": tuple(n * r for n in (5e8, 2e9, 8e9) for r in (0.05, 0.1, 0.2, 0.4) * 6),
        "D": (5e9, 2e10, 1e11, 5e10, 1e10, 2e11) * 12,
        "G": (2.0, 8.0, 4.0, 16.0, 32.0, 1.0, 8.0, 2.0) * 9,
        "S": (0.0, 0.25, 0.5, 0.1, 0.8) * 14 + (0.25, 0.0),
    },
)
