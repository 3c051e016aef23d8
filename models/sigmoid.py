r"""Score or reward as a sigmoid in log compute.

.. math:: S(C) = S_0 + \frac{S_1 - S_0}{1 + (C_\mathrm{mid}/C)^{h}}

Sources: Ruan et al. 2024, arXiv 2405.10938 (the logit of a score is linear in log compute); Khatri
et al. 2025, arXiv 2510.13786 (the same curve in RL compute).
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import Prior, beta, half_normal, lognormal
from bayes_scaling.models._parts import logistic
from bayes_scaling.models._types import Values


def _sigmoid_parameters(
    bottom: str,
    top: str,
    middle: str,
    steep: str,
    x: str,
    *,
    outcome: str,
    unit: str,
    floor: Prior,
    slope: Prior,
) -> tuple[Parameter, ...]:
    """Return the two ends, the midpoint and the slope of the curve."""
    return (
        Parameter(
            bottom,
            floor,
            unit=outcome,
            meaning="score of an untrained model",
            reason="chance level, or where training starts: set the task's own",
        ),
        Parameter(
            top,
            beta(4.0, 2.0),
            unit=outcome,
            meaning="score in the limit of infinite compute",
            reason="28% to 95% of the range above the start",
            sampled="reach",
            sampled_meaning=f"({top} - {bottom}) as a fraction of (1 - {bottom})",
            publish=lambda s, ref, p: p[bottom] + s["reach"] * (1 - p[bottom]),
        ),
        Parameter(
            middle,
            lognormal(1.0, 2.0),
            unit=unit,
            meaning="compute at which half of the rise is done",
            reason="within about two decades of the mean training run",
            sampled="middle",
            sampled_meaning=f"{middle} divided by the compute of the mean training run",
            publish=lambda s, ref, p: s["middle"] * ref[x],
        ),
        exponent(
            steep,
            slope,
            meaning="slope of the logit of the rise in log compute",
            reason="a rise from 10% to 90% takes one to ten decades"
            if steep == "h"
            else "about 1: the early curve is close to a power law",
        ),
    )


def score(x: Values, S_0: Array, S_1: Array, C_mid: Array, h: Array) -> Array:
    """Return the score from training compute."""
    return S_0 + (S_1 - S_0) * logistic(h * (jnp.log(x["C"]) - jnp.log(C_mid)))


def reward(x: Values, R_0: Array, A: Array, C_mid: Array, B: Array) -> Array:
    """Return the pass rate from RL compute."""
    return R_0 + (A - R_0) * logistic(B * (jnp.log(x["X"]) - jnp.log(C_mid)))


sigmoid = Law(
    name="sigmoid",
    title="Score as a sigmoid in log compute",
    formula="S(C) = S_0 + (S_1 - S_0) / (1 + (C_mid/C)^h)",
    latex=r"S(C) = S_0 + \frac{S_1 - S_0}{1 + (C_\mathrm{mid}/C)^{h}}",
    inputs={"C": "training FLOPs"},
    outcome="accuracy",
    unit="accuracy",
    parameters=_sigmoid_parameters(
        "S_0",
        "S_1",
        "C_mid",
        "h",
        "C",
        outcome="accuracy",
        unit="FLOPs",
        floor=beta(3.0, 8.0),
        slope=lognormal(0.6, 0.6),
    ),
    function=score,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies="one task and one model family, with runs below and above the midpoint of the rise",
    fails=(
        "runs that stop below the midpoint leave the ceiling at its prior; mixed recipes scatter "
        "along C"
    ),
    citation=(
        "Ruan et al. 2024, Observational Scaling Laws and the Predictability of Language Model "
        "Performance"
    ),
    arxiv="2405.10938",
    bibtex="""@article{ruan2024observational,
  title={Observational Scaling Laws and the Predictability of Language Model Performance},
  author={Ruan, Yangjun and Maddison, Chris J. and Hashimoto, Tatsunori},
  journal={arXiv preprint arXiv:2405.10938},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"S_0": 0.25, "S_1": 0.85, "C_mid": 3e21, "h": 0.6},
            checked="illustration",
            source="arXiv 2405.10938",
            note=(
                "illustrative: the source has latent factors instead of one compute axis, and none "
                "of its constants are verified"
            ),
        ),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(24))},
)

rl_sigmoid = Law(
    name="rl_sigmoid",
    title="Reward as a sigmoid in RL compute",
    formula="R(X) = R_0 + (A - R_0) / (1 + (C_mid/X)^B)",
    latex=r"R(X) = R_0 + \frac{A - R_0}{1 + (C_\mathrm{mid}/X)^{B}}",
    inputs={"X": "RL compute, in GPU-hours or any one unit"},
    outcome="reward",
    unit="pass rate",
    parameters=_sigmoid_parameters(
        "R_0",
        "A",
        "C_mid",
        "B",
        "X",
        outcome="pass rate",
        unit="unit of X",
        floor=beta(3.0, 8.0),
        slope=lognormal(1.0, 0.5),
    ),
    function=reward,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "the mean pass rate of one RL run along its compute, without early instability; recipes "
        "compared by A and B"
    ),
    fails=(
        "points of one run are not independent: the interval is too narrow for another run of the "
        "recipe; early points carry little information about A"
    ),
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
            {"R_0": 0.25, "A": 0.61, "C_mid": 2000.0, "B": 1.2},
            checked="illustration",
            source="arXiv 2510.13786",
            note="A from third-party notes for ScaleRL; R_0, C_mid and B are illustrative",
        ),
    },
    example={"X": tuple(100.0 * 1.3**i for i in range(24))},
)
