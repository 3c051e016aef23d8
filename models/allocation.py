r"""The best model size, learning rate and batch size of a compute budget.

.. math:: N^{*}(C) = N_0 C^{a}, \qquad \eta^{*}(C) = \eta_0 C^{b}, \qquad B^{*}(C) = B_0 C^{b}

Where each optimum has a known error (of a fitted parabola, say), give its column as ``se``.
Source: Porian et al. 2024, arXiv 2406.19146; DeepSeek-AI 2024, arXiv 2401.02954.
"""

from dataclasses import replace

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, level
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models.power_law import loss_frontier


def best_size(x, N_0, a):
    return N_0 * power(x["C"], a)


def best_rate(x, eta_0, b):
    return eta_0 * power(x["C"], b)


def best_batch(x, B_0, b):
    return B_0 * power(x["C"], b)


def _porian(N_0, a, setting, checked="authors' code"):
    return Published({"N_0": N_0, "a": a}, checked, "arXiv 2406.19146", setting)


compute_optimal_allocation = replace(
    loss_frontier,
    name="compute_optimal_allocation",
    title="Compute-optimal model size",
    formula="N*(C) = N_0 C^a",
    latex=r"N^{*}(C) = N_0\, C^{a}",
    outcome="N_opt",
    unit="parameters",
    parameters=(
        exponent("a", beta(5.0, 5.0), meaning="share of growing compute that goes to parameters; the rest goes to tokens", reason="between none and all; 0.46 to 0.86 published"),
        level("N_0", lambda x, p: power(x["C"], p["a"]), lognormal(1.0, 0.7), unit="parameters/FLOPs^a", meaning="best size at one FLOP"),
    ),
    function=best_size,
    scale=None,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.2)),
    decreasing=(),
    applies="best sizes read off isoFLOP curves, each with its own error (se)",
    fails="a best size inherits the noise, the grid and the centring of its isoFLOP curve; fit the losses themselves where they are at hand",
    published={
        "refinedweb, tuned": _porian(0.119, 0.497, "last of five steps: hyperparameters tuned, constant learning rate; N counts the last layer, not the embedding"),
    },
    example={"C": tuple(1.25e16 * 2**i for i in range(12)) + tuple(1.8e16 * 4**i for i in range(6))},
)  # fmt: skip

_DEEPSEEK = """@article{deepseek2024llm,
  title={DeepSeek LLM: Scaling Open-Source Language Models with Longtermism},
  author={{DeepSeek-AI}},
  journal={arXiv preprint arXiv:2401.02954},
  year={2024}
}"""

deepseek_lr = Law(
    name="deepseek_lr",
    title="Best learning rate of a compute budget",
    formula="lr*(C) = eta_0 C^b",
    latex=r"\eta^{*}(C) = \eta_0\, C^{b}",
    inputs={"C": "training FLOPs"},
    outcome="lr",
    unit="learning rate",
    parameters=(
        Parameter(
            "b", lognormal(0.12, 0.6), "1", "exponent of compute, negative", "larger runs take smaller steps; -0.4 to -0.04",
            sampled="rate", sampled_meaning="minus b", publish=lambda s, ref, p: -s["rate"],
        ),
        level("eta_0", lambda x, p: power(x["C"], p["b"]), lognormal(1.0, 0.7), unit="FLOPs^-b", meaning="best learning rate at one FLOP"),
    ),
    function=best_rate,
    noise=Noise(link="log", grows=False, sigma=half_normal(0.4)),
    decreasing=("C",),
    applies="best learning rates of tuned runs of one recipe; wide optima scatter by tens of percent",
    fails="its constants belong to one parametrisation, optimiser and batch rule",
    citation="DeepSeek-AI 2024, DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
    arxiv="2401.02954",
    bibtex=_DEEPSEEK,
    published={"DeepSeek LLM": Published({"eta_0": 0.3118, "b": -0.125}, "third-party notes", "arXiv 2401.02954")},
    example={"C": tuple(10.0 ** (17 + 0.2 * i) for i in range(20))},
)  # fmt: skip

deepseek_batch = replace(
    deepseek_lr,
    name="deepseek_batch",
    title="Best batch size of a compute budget",
    formula="B*(C) = B_0 C^b",
    latex=r"B^{*}(C) = B_0\, C^{b}",
    outcome="batch",
    unit="tokens",
    parameters=(
        exponent("b", lognormal(0.3, 0.4), meaning="exponent of compute", reason="between a sixth and two thirds; 0.33 published"),
        level("B_0", lambda x, p: power(x["C"], p["b"]), lognormal(1.0, 0.7), unit="tokens/FLOPs^b", meaning="best batch at one FLOP"),
    ),
    function=best_batch,
    decreasing=(),
    applies="best batch sizes of tuned runs of one recipe; wide optima scatter by tens of percent",
    published={"DeepSeek LLM": Published({"B_0": 0.292, "b": 0.3271}, "third-party notes", "arXiv 2401.02954")},
)  # fmt: skip
