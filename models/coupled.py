r"""Chinchilla's two terms under one exponent, so that parameters and data interact.

.. math:: L(N, D) = E + (A N^{-\alpha_N} + B D^{-\alpha_D})^{k}

k = 1 is Chinchilla: N and D act apart. With k < 1 parameters are worth more where data is plenty.
Source: Videau et al. 2026, arXiv 2608.07222.
"""

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import beta, lognormal


def mean(x, E, A, B, alpha_N, alpha_D, k):
    return E + power(A * power(x["N"], -alpha_N) + B * power(x["D"], -alpha_D), k)


def _slope(name, meaning):
    """An exponent of the inner sum, sampled as the slope it has where its term is alone: alpha times k."""
    slope = name.replace("alpha", "slope")
    return Parameter(
        name, lognormal(0.25, 0.6), "1", meaning, "the slope takes the place of Chinchilla's exponent: 0.08 to 0.61",
        sampled=slope, sampled_meaning=f"{name} times k, the exponent where this term is alone", publish=lambda s, ref, p: s[slope] / p["k"],
    )  # fmt: skip


def _inner(s, ref, p, share, of):
    """An inner amplitude from the reducible loss at the mean training run and its term's share of the inner sum."""
    return share * power(s["reducible"], 1 / p["k"]) * power(ref[of], p[f"alpha_{of}"])


coupled = Law(
    name="coupled",
    title="Coupled: parameters and data interact",
    formula="L(N, D) = E + (A/N^alpha_N + B/D^alpha_D)^k",
    latex=r"L(N, D) = E + \left(\frac{A}{N^{\alpha_N}} + \frac{B}{D^{\alpha_D}}\right)^{k}",
    inputs={"N": "parameters", "D": "training tokens"},
    parameters=(
        floor("E"),
        exponent("k", lognormal(0.7, 0.4), meaning="coupling: 1 lets N and D act apart, below 1 they help one another", reason="0.31 to 0.90 published; 1 is Chinchilla"),
        _slope("alpha_N", "exponent of the parameter count inside the sum"),
        _slope("alpha_D", "exponent of the token count inside the sum"),
        Parameter(
            "A", lognormal(0.8, 0.9), "nats^(1/k) x parameters^alpha_N", "amplitude of the parameter term inside the sum", "0.14 to 4.7 nats above the floor",
            sampled="reducible", sampled_meaning="reducible loss at the mean training run, nats", publish=lambda s, ref, p: _inner(s, ref, p, s["share_N"], "N"),
        ),
        Parameter(
            "B", beta(2.0, 2.0), "nats^(1/k) x tokens^alpha_D", "amplitude of the data term inside the sum", "neither term is all of it at the mean training run",
            sampled="share_N", sampled_meaning="share of the parameter term in the inner sum at the mean training run", publish=lambda s, ref, p: _inner(s, ref, p, 1 - s["share_N"], "D"),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    decreasing=("N", "D"),
    applies="grids over N and D with small models trained long and large ones briefly",
    fails="E is weakly identified once k < 1: read the sum, not the floor",
    citation="Videau et al. 2026 (Skaling)",
    arxiv="2608.07222",
    bibtex="""@article{videau2026skaling,
  title={Skaling},
  author={Videau and others},
  journal={arXiv preprint arXiv:2608.07222},
  year={2026}
}""",
    published={
        "redpajama, fitted here": Published(
            {"E": 1.413, "k": 0.4561, "alpha_N": 0.4792, "alpha_D": 0.499, "A": 23117.4, "B": 146207.9},
            "recomputed", "this package, posterior mode", "no constants of the source are verified; gadre2024, RedPajama runs of at most 411M, C4-eval loss",
        ),
    },
    example={
        "N": tuple(n for n in (1.1e7, 7.9e7, 1.5e8, 4.1e8, 1.2e9) for _ in range(5)),
        "D": tuple(n * m for n in (1.1e7, 7.9e7, 1.5e8, 4.1e8, 1.2e9) for m in (5.0, 20.0, 80.0, 320.0, 1280.0)),
    },
)  # fmt: skip
