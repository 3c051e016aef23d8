r"""Task error of video language models from size, frames, tokens per frame and data.

.. math::

    f(N, T, V, n) = \sum_{x} A_x x^{-a_x} + n^{-d} \Big(\xi + \sum_{x} B_x x^{b_x}\Big) + E,
    \qquad x \in \{N, T, V\}

The second sum lets larger inputs need more data.
Source: Wang et al. 2025, arXiv 2505.18855 (its additive form with interaction).
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import half_normal, lognormal, normal
from bayes_scaling.models._parts import at_least
from bayes_scaling.models._types import Values

_AXES = {"N": "language-model parameters", "T": "frames", "V": "visual tokens per frame"}


def mean(x: Values, E: Array, d: Array, xi: Array, **p: Array) -> Array:
    """Return the task error."""
    alone = sum(p[f"A_{k}"] * power(x[k], -p[f"a_{k}"]) for k in _AXES)
    together = xi + sum(p[f"B_{k}"] * power(x[k], p[f"b_{k}"]) for k in _AXES)
    return E + alone + together * power(x["n"], -d)


def _axis(k: str, meaning: str) -> tuple[Parameter, ...]:
    """Return the four parameters of one axis: its own term and its part in the data term."""
    small = lognormal(0.06, 0.8)
    return (
        exponent(
            f"a_{k}",
            lognormal(0.35, 0.5),
            meaning=f"exponent of the {meaning}",
            reason="0.13 to 0.93",
        ),
        at_least(
            f"A_{k}",
            lambda x, p: power(x[k], -p[f"a_{k}"]),
            small,
            unit=f"error x {k}^a_{k}",
            meaning=f"amplitude of the {meaning}",
            reason="the term is 1% to 30% of the largest error",
        ),
        Parameter(
            f"b_{k}",
            normal(0.0, 0.2),
            unit="1",
            meaning=f"exponent of the {meaning} in the data term",
            reason="either sign, and weak: larger inputs may need more data or less",
        ),
        at_least(
            f"B_{k}",
            lambda x, p: power(x[k], p[f"b_{k}"]) * power(x["n"], -p["d"]),
            small,
            unit=f"error x n^d / {k}^b_{k}",
            meaning=f"amplitude of the {meaning} in the data term",
            reason="the term is 1% to 30% of the largest error",
        ),
    )


video_vlm = Law(
    name="video_vlm",
    title="Video language models: error from model size, frames, visual tokens and data",
    formula="f = sum_x A_x/x^a_x + (xi + sum_x B_x x^b_x)/n^d + E, x in N, T, V",
    latex=(
        r"f = \sum_x \frac{A_x}{x^{a_x}} + \frac{\xi + \sum_x B_x x^{b_x}}{n^{d}} + E, \quad x \in "
        r"\{N, T, V\}"
    ),
    inputs={**_AXES, "n": "fine-tuning examples"},
    outcome="error",
    unit="task error",
    parameters=(
        floor(
            "E",
            unit="task error",
            meaning="error in the limit of infinite size and data",
        ),
        exponent(
            "d",
            lognormal(0.3, 0.5),
            meaning="exponent of the fine-tuning data",
            reason="0.11 to 0.8",
        ),
        at_least(
            "xi",
            lambda x, p: power(x["n"], -p["d"]),
            lognormal(0.06, 0.8),
            unit="error x n^d",
            meaning="amplitude of the data alone",
            reason="the term is 1% to 30% of the largest error",
        ),
        *(parameter for k, meaning in _AXES.items() for parameter in _axis(k, meaning)),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "at least about a hundred runs over all four axes; with the cost of a run it gives the "
        "optimal split of an inference budget"
    ),
    fails=(
        "15 parameters: with fewer runs most stay at their priors, and only the sum should be "
        "interpreted"
    ),
    citation="Wang et al. 2025, Inference Compute-Optimal Video Vision Language Models",
    arxiv="2505.18855",
    bibtex="""@article{wang2025inference,
  title={Inference Compute-Optimal Video Vision Language Models},
  author={Wang, Peiqi and others},
  journal={arXiv preprint arXiv:2505.18855},
  year={2025}
}""",
    published={
        "illustration": Published(
            {
                "E": 0.2,
                "d": 0.3,
                "xi": 0.6,
                "a_N": 0.35,
                "A_N": 70.0,
                "b_N": 0.05,
                "B_N": 0.15,
                "a_T": 0.4,
                "A_T": 0.12,
                "b_T": 0.1,
                "B_T": 0.35,
                "a_V": 0.4,
                "A_V": 0.2,
                "b_V": 0.1,
                "B_V": 0.35,
            },
            checked="illustration",
            source="arXiv 2505.18855",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={
        "N": (5e8, 1e9, 2e9, 8e9) * 10,
        "T": tuple((4, 8, 16, 32, 64)[(i + i // 4) % 5] for i in range(40)),
        "V": tuple((16, 49, 100, 196)[(i // 3 + i // 5) % 4] for i in range(40)),
        "n": tuple((2e3, 2e4, 2e5, 2e6)[(i // 7 + i // 2) % 4] for i in range(40)),
    },
)
