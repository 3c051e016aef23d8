r"""Chinchilla's two terms under one exponent, so that parameters and data interact.

.. math:: L(N, D) = E + (A N^{-\alpha_N} + B D^{-\alpha_D})^{k}

k = 1 is Chinchilla: N and D act independently. With k < 1 parameters are worth more when data are
ample.
Source: Videau et al. 2026, arXiv 2608.07222.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values


def mean(
    x: Values, E: Array, A: Array, B: Array, alpha_N: Array, alpha_D: Array, k: Array
) -> Array:
    """Return the loss in nats/token."""
    return E + power(A * power(x["N"], -alpha_N) + B * power(x["D"], -alpha_D), k)


def _slope(name: str, meaning: str) -> Parameter:
    """Exponent of the inner sum, sampled as the slope of its term alone: alpha times k."""
    slope = name.replace("alpha", "slope")
    return Parameter(
        name,
        lognormal(0.25, 0.6),
        unit="1",
        meaning=meaning,
        reason="the slope replaces Chinchilla's exponent: 0.08 to 0.61",
        sampled=slope,
        sampled_meaning=f"{name} times k, the exponent when this term dominates",
        publish=lambda s, ref, p: s[slope] / p["k"],
        reported=(0.08, 0.61),
    )


def _inner(s: Values, ref: Values, p: Values, fraction: Array, size: str) -> Array:
    """Inner amplitude from the reducible loss at the mean training run and its fraction."""
    return fraction * power(s["reducible"], 1 / p["k"]) * power(ref[size], p[f"alpha_{size}"])


coupled = Law(
    name="coupled",
    title="Coupled: parameters and data interact",
    formula="L(N, D) = E + (A/N^alpha_N + B/D^alpha_D)^k",
    latex=r"L(N, D) = E + \left(\frac{A}{N^{\alpha_N}} + \frac{B}{D^{\alpha_D}}\right)^{k}",
    inputs={"N": "parameters", "D": "training tokens"},
    parameters=(
        floor("E"),
        exponent(
            "k",
            lognormal(0.7, 0.4),
            meaning="coupling: at 1 N and D act independently, below 1 they reinforce one another",
            reason="0.31 to 0.90 published; 1 is Chinchilla",
        ),
        _slope("alpha_N", "exponent of the parameter count inside the sum"),
        _slope("alpha_D", "exponent of the token count inside the sum"),
        Parameter(
            "A",
            lognormal(0.8, 0.9),
            unit="nats^(1/k) x parameters^alpha_N",
            meaning="amplitude of the parameter term inside the sum",
            reason="0.14 to 4.7 nats above the floor",
            sampled="reducible",
            sampled_meaning="reducible loss at the mean training run, nats",
            publish=lambda s, ref, p: _inner(s, ref, p, s["share_N"], "N"),
        ),
        Parameter(
            "B",
            beta(2.0, 2.0),
            unit="nats^(1/k) x tokens^alpha_D",
            meaning="amplitude of the data term inside the sum",
            reason="neither term is all of the sum at the mean training run",
            sampled="share_N",
            sampled_meaning=(
                "fraction of the inner sum that is the parameter term, at the mean training run"
            ),
            publish=lambda s, ref, p: _inner(s, ref, p, 1 - s["share_N"], "D"),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D"),
    applies="grids over N and D with small models trained long and large ones briefly",
    fails="E is weakly identified once k < 1: interpret the sum, not the floor",
    citation="Videau et al. 2026, Skaling: Chinchilla's Exponents Meet Kaplan's Coupling",
    arxiv="2608.07222",
    bibtex="""@article{videau2026skaling,
  title={Skaling: Chinchilla's Exponents Meet Kaplan's Coupling},
  author={Videau and others},
  journal={arXiv preprint arXiv:2608.07222},
  year={2026}
}""",
    published={
        "redpajama, fitted here": Published(
            {
                "E": 1.413,
                "k": 0.4561,
                "alpha_N": 0.4792,
                "alpha_D": 0.499,
                "A": 23117.4,
                "B": 146207.9,
            },
            checked="recomputed",
            source="this package, posterior mode",
            note=(
                "no constants of the source are verified; gadre2024, RedPajama runs of at most "
                "411M, C4-eval loss"
            ),
        ),
        "Busbridge 2025, supervised": Published(
            {
                "E": 1.22,
                "k": 0.452,
                "alpha_N": 0.408,
                "alpha_D": 0.431,
                "A": 3355.0,
                "B": 18186.0,
            },
            checked="third-party notes",
            source="arXiv 2502.08606",
            note="the loss without a teacher in the distillation scaling law, which has this form",
        ),
    },
    example={
        "N": tuple(n for n in (1.1e7, 7.9e7, 1.5e8, 4.1e8, 1.2e9) for _ in range(5)),
        "D": tuple(
            n * m
            for n in (1.1e7, 7.9e7, 1.5e8, 4.1e8, 1.2e9)
            for m in (5.0, 20.0, 80.0, 320.0, 1280.0)
        ),
    },
)
