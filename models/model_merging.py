r"""Loss of several fine-tuned models merged into one, from size and count.

.. math:: L(N, k) = L_{*} + \frac{B}{N^{\beta_N}} + \frac{A_0}{N^{\gamma_N} (k + b)}

k models of N parameters are merged; what their number still leaves falls as 1/k.
Source: Wang et al. 2025, arXiv 2509.24244.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values


def _tail(x: Values, b: Array, gamma_N: Array) -> Array:
    """Return the rest of the term of the count."""
    return power(x["N"], -gamma_N) / (x["k"] + b)


def mean(
    x: Values, L_0: Array, beta_N: Array, gamma_N: Array, b: Array, B: Array, A_0: Array
) -> Array:
    """Return the loss in nats/token."""
    return L_0 + B * power(x["N"], -beta_N) + A_0 * _tail(x, b, gamma_N)


model_merging = Law(
    name="model_merging",
    title="Merged models: loss from their size and their number",
    formula="L(N, k) = L_0 + B/N^beta_N + A_0/(N^gamma_N (k + b))",
    latex=r"L(N, k) = L_{*} + \frac{B}{N^{\beta_N}} + \frac{A_0}{N^{\gamma_N} (k + b)}",
    inputs={"N": "parameters of each model", "k": "number of merged models"},
    parameters=(
        floor("L_0", meaning="loss of endless models without end"),
        exponent("beta_N", meaning="exponent of size in the loss that merging cannot remove"),
        exponent(
            "gamma_N",
            lognormal(0.2, 0.7),
            meaning="exponent of size in what more models gain",
            reason="larger models gain as much or less: 0.06 to 0.6",
        ),
        Parameter(
            "b",
            lognormal(1.0, 0.7),
            unit="models",
            meaning="models by which the count is shifted",
            reason="most of the gain comes with the first few models: 0.3 to 3",
        ),
        amplitude(
            "B",
            lambda x, p: power(x["N"], -p["beta_N"]),
            unit="nats x parameters^beta_N",
            meaning="amplitude of the size term",
        ),
        amplitude(
            "A_0",
            lambda x, p: _tail(x, p["b"], p["gamma_N"]),
            half_normal(0.3),
            unit="nats x models x parameters^gamma_N",
            meaning="amplitude of the term of the count",
            reason="more models than the mean merge bring up to 0.6 nats",
        ),
    ),
    function=mean,
    scale=lambda x: x["N"] * x["k"],
    decreasing=("N", "k"),
    applies="merges of 1 to some 20 models of one family and one method, averaged over the choices",
    fails="which models are merged is not in the law: single merges scatter most at small k",
    citation="Wang et al. 2025, Model Merging Scaling Laws in Large Language Models",
    arxiv="2509.24244",
    bibtex="""@article{wang2025merging,
  title={Model Merging Scaling Laws in Large Language Models},
  author={Wang, Yuanyi and Gu, Yanggan and Zhang, Yiming and others},
  journal={arXiv preprint arXiv:2509.24244},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"L_0": 0.3, "B": 60.0, "beta_N": 0.22, "A_0": 25.0, "gamma_N": 0.2, "b": 0.8},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified; 0.5 to 72 billion parameters",
        )
    },
    example={
        "N": tuple(n for n in (5e8, 1.5e9, 3e9, 7e9, 1.4e10, 3.2e10) for _ in range(5)),
        "k": (1.0, 2.0, 4.0, 6.0, 9.0) * 6,
    },
)
