r"""Scores that rise from a floor to a ceiling along an S: in the task's own loss, or in the logarithm of compute.

.. math:: \mathrm{Acc}(L) = b + \frac{a}{1 + e^{-k (L - L_0)}}, \qquad S(C) = S_0 + \frac{S_1 - S_0}{1 + (C_\mathrm{mid}/C)^{h}}

Sources: Bhagia et al. 2024, arXiv 2412.04403 (k < 0: accuracy falls with loss); Ruan et al. 2024, arXiv 2405.10938 (the
logit of a score is linear in log compute); Khatri et al. 2025, arXiv 2510.13786 (the same curve along RL compute).
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal

_NOISE = Noise(link="logit", grows=False, sigma=half_normal(0.1))


def _rise(z):
    """1 / (1 + exp(-z)), in the form that has a gradient everywhere."""
    return 0.5 * (1 + jnp.tanh(z / 2))


def from_loss(x, b, a, L_0, k):
    return b + a * _rise(k * (x["L"] - L_0))


def _ladder(b, a, L_0, k):
    return Published(
        {"b": b, "a": a, "L_0": L_0, "k": k}, "recomputed", "arXiv 2412.04403",
        "least squares on the final accuracy and bits per byte of the 25 runs of the authors' ladder, 190M to 3B; test questions, five shots",
    )  # fmt: skip


ladder_task = Law(
    name="ladder_task",
    title="Task accuracy from task loss",
    formula="Acc(L) = b + a / (1 + exp(-k (L - L_0)))",
    latex=r"\mathrm{Acc}(L) = b + \frac{a}{1 + e^{-k (L - L_0)}}",
    inputs={"L": "loss of the right answers, bits per byte"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter("b", beta(4.0, 10.0), "accuracy", "accuracy at chance", "0.09 to 0.53: four choices give 0.25; give the task's own"),
        Parameter(
            "a", beta(6.0, 2.0), "accuracy", "what can be won above chance", "most tasks can be learned, few without a rest: 42% to 96% of what chance leaves",
            sampled="reach", sampled_meaning="ceiling minus chance, as a share of 1 minus chance", publish=lambda s, ref, p: s["reach"] * (1 - p["b"]),
        ),
        Parameter(
            "L_0", lognormal(0.85, 0.25), "bits per byte", "loss at which half of it is won", "0.5 to 1.4 times the mean training run's",
            sampled="middle", sampled_meaning="L_0 over the loss of the mean training run", publish=lambda s, ref, p: s["middle"] * ref["L"],
        ),
        Parameter(
            "k", lognormal(8.0, 0.6), "1 / (bits per byte)", "steepness, negative: accuracy falls with loss", "the S spans a tenth to the whole of the mean training run's loss",
            sampled="steepness", sampled_meaning="-k times the loss of the mean training run", publish=lambda s, ref, p: -s["steepness"] / ref["L"],
        ),
    ),
    function=from_loss,
    decreasing=("L",),
    noise=_NOISE,
    applies="multiple-choice tasks and the loss of their right answers; as the second law of a chain, after a loss law of L. "
    "Any other loss serves too, then L_0 and k are in its unit (the loss-to-performance step of the densing law is this one)",
    fails="runs that stop half-way up the S leave the ceiling to the prior (a free fit to HellaSwag puts it above 1); some tasks switch late; the ladder's own 7B and 13B targets lie above the curve on science questions",
    citation="Bhagia et al. 2024, Establishing Task Scaling Laws via Compute-Efficient Model Ladders",
    arxiv="2412.04403",
    bibtex="""@article{bhagia2024establishing,
  title={Establishing Task Scaling Laws via Compute-Efficient Model Ladders},
  author={Bhagia, Akshita and Liu, Jiacheng and Wettig, Alexander and others},
  journal={arXiv preprint arXiv:2412.04403},
  year={2024}
}""",
    published={
        "arc_challenge": _ladder(0.2308043, 0.3679652, 0.8972847, -8.625533),
        "csqa": _ladder(0.2285058, 0.5717693, 1.259254, -3.638),
        "socialiqa": _ladder(0.4014375, 0.2940409, 1.038336, -8.749007),
    },
    example={"L": tuple(1.6 - 0.035 * i for i in range(30))},
)  # fmt: skip


def _logistic(bottom, top, middle, steep, x, *, what, unit, floor, slope):
    """The four Parameters of the curve along a budget: the two ends, the middle and the slope."""
    return (
        Parameter(bottom, floor, what, "score of a model that has learned nothing yet", "chance, or where training starts: give the task's own"),
        Parameter(
            top, beta(4.0, 2.0), what, "score at any budget", "most of what is left above the start: 28% to 95%",
            sampled="reach", sampled_meaning=f"{top} minus {bottom}, as a share of 1 minus {bottom}", publish=lambda s, ref, p: p[bottom] + s["reach"] * (1 - p[bottom]),
        ),
        Parameter(
            middle, lognormal(1.0, 2.0), unit, "budget at which half of the rise is done", "within about two decades of the mean training run",
            sampled="middle", sampled_meaning=f"{middle} over the budget of the mean training run", publish=lambda s, ref, p: s["middle"] * ref[x],
        ),
        exponent(steep, slope, meaning="slope: of the logit of the rise in log budget", reason="a rise from 10% to 90% takes one to ten decades" if steep == "h" else "about 1: the early curve is near a power law"),
    )  # fmt: skip


def along_compute(x, S_0, S_1, C_mid, h):
    return S_0 + (S_1 - S_0) * _rise(h * (jnp.log(x["C"]) - jnp.log(C_mid)))


def along_rl(x, R_0, A, C_mid, B):
    return R_0 + (A - R_0) * _rise(B * (jnp.log(x["X"]) - jnp.log(C_mid)))


sigmoid = Law(
    name="sigmoid",
    title="Score along an S in log compute",
    formula="S(C) = S_0 + (S_1 - S_0) / (1 + (C_mid/C)^h)",
    latex=r"S(C) = S_0 + \frac{S_1 - S_0}{1 + (C_\mathrm{mid}/C)^{h}}",
    inputs={"C": "training FLOPs"},
    outcome="accuracy",
    unit="accuracy",
    parameters=_logistic("S_0", "S_1", "C_mid", "h", "C", what="accuracy", unit="FLOPs", floor=beta(3.0, 8.0), slope=lognormal(0.6, 0.6)),
    function=along_compute,
    noise=_NOISE,
    applies="one task and one family of models, from runs below and above the middle of the rise",
    fails="runs that stop below the middle leave the ceiling to the prior; mixed recipes scatter along C",
    citation="Ruan et al. 2024, Observational Scaling Laws and the Predictability of Language Model Performance",
    arxiv="2405.10938",
    bibtex="""@article{ruan2024observational,
  title={Observational Scaling Laws and the Predictability of Language Model Performance},
  author={Ruan, Yangjun and Maddison, Chris J. and Hashimoto, Tatsunori},
  journal={arXiv preprint arXiv:2405.10938},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"S_0": 0.25, "S_1": 0.85, "C_mid": 3e21, "h": 0.6}, "illustration", "arXiv 2405.10938",
            "made up: the source has latent factors in place of a single compute axis, and no constants of it are verified",
        ),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(24))},
)  # fmt: skip

rl_sigmoid = Law(
    name="rl_sigmoid",
    title="Reward along an S in RL compute",
    formula="R(X) = R_0 + (A - R_0) / (1 + (C_mid/X)^B)",
    latex=r"R(X) = R_0 + \frac{A - R_0}{1 + (C_\mathrm{mid}/X)^{B}}",
    inputs={"X": "RL compute, GPU-hours or any one unit"},
    outcome="reward",
    unit="pass rate",
    parameters=_logistic("R_0", "A", "C_mid", "B", "X", what="pass rate", unit="unit of X", floor=beta(3.0, 8.0), slope=lognormal(1.0, 0.5)),
    function=along_rl,
    noise=_NOISE,
    applies="the mean pass rate of one RL run along its compute, early instability left out; recipes compared by A and by B",
    fails="points of one run are not independent: the interval is too narrow for another run of the recipe; early points say little of A",
    citation="Khatri et al. 2025, The Art of Scaling Reinforcement Learning Compute for LLMs",
    arxiv="2510.13786",
    bibtex="""@article{khatri2025art,
  title={The Art of Scaling Reinforcement Learning Compute for LLMs},
  author={Khatri, Devvrit and others},
  journal={arXiv preprint arXiv:2510.13786},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"R_0": 0.25, "A": 0.61, "C_mid": 2000.0, "B": 1.2}, "illustration", "arXiv 2510.13786",
            "A as third-party notes give it for ScaleRL; R_0, C_mid and B are made up",
        ),
    },
    example={"X": tuple(100.0 * 1.3**i for i in range(24))},
)  # fmt: skip
