r"""Error of a post-trained model from its size and its RL budget.

.. math::

    \ln \mathrm{Err}(N, X) = -k(N) \ln \frac{X}{X_0} + e_0 - s \ln N, \qquad
    k(N) = \frac{K_\mathrm{max}}{1 + N_0/N}

Larger models learn faster, up to a limit.
Source: Tan et al. 2025, arXiv 2509.25300, where the intercept E(N) is free for every size; here
E(N) = k(N) ln X_0 + e_0 - s ln N: at the budget X_0 the error is a power law in N.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, K_max: Array, N_0: Array, X_0: Array, s: Array, e_0: Array) -> Array:
    """Return the error, 1 - pass@1."""
    return jnp.exp(
        e_0 - s * jnp.log(x["N"]) - K_max / (1 + N_0 / x["N"]) * (jnp.log(x["X"]) - jnp.log(X_0))
    )


def _intercept(s: Values, ref: Values, p: Values) -> Array:
    """e_0 from the error of the smallest model at the smallest budget."""
    learned = (
        p["K_max"] / (1 + p["N_0"] / ref["N_min"]) * (jnp.log(ref["X_min"]) - jnp.log(p["X_0"]))
    )
    return jnp.log(s["first"]) + learned + p["s"] * jnp.log(ref["N_min"])


rl_posttraining = Law(
    name="rl_posttraining",
    title="RL post-training: error from model size and budget",
    formula="ln Err(N, X) = -K_max/(1 + N_0/N) ln(X/X_0) + e_0 - s ln N",
    latex=(
        r"\ln \mathrm{Err}(N, X) = -\frac{K_\mathrm{max}}{1 + N_0/N} \ln \frac{X}{X_0} + e_0 - s "
        r"\ln N"
    ),
    inputs={"N": "parameters", "X": "RL training FLOPs, or training samples"},
    outcome="error",
    unit="1 - pass@1",
    parameters=(
        Parameter(
            "N_0",
            lognormal(7e9, 1.0),
            unit="parameters",
            meaning="size at which half of the limiting learning exponent is reached",
            reason="1e9 to 5e10: within the sizes that are post-trained",
        ),
        Parameter(
            "K_max",
            lognormal(0.1, 0.8),
            unit="1",
            meaning="learning exponent of an infinite model",
            reason="0.02 to 0.5: error falls by 5% to 70% per decade",
            sampled="rate",
            sampled_meaning="learning exponent at the mean training run's size",
            publish=lambda s, ref, p: s["rate"] * (1 + p["N_0"] / ref["N"]),
        ),
        Parameter(
            "X_0",
            lognormal(0.3, 1.0),
            unit="unit of X",
            meaning="budget at which the error is a power law in N",
            reason="within a few times a third of the mean training run's budget",
            sampled="start",
            sampled_meaning="X_0 divided by the budget of the mean training run",
            publish=lambda s, ref, p: s["start"] * ref["X"],
        ),
        Parameter(
            "s",
            lognormal(0.15, 0.6),
            unit="1",
            meaning="exponent of the size at the budget X_0",
            reason="0.05 to 0.5: a model ten times larger has 10% to 70% less error",
        ),
        Parameter(
            "e_0",
            beta(6.0, 2.0),
            unit="1",
            meaning="intercept",
            reason="0.42 to 0.96: the smallest model has learned little at first",
            sampled="first",
            sampled_meaning="error of the smallest model at the smallest budget",
            publish=_intercept,
        ),
    ),
    function=mean,
    decreasing=("X",),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "one model family post-trained with one recipe; X is compute or data, the same throughout"
    ),
    fails=(
        "the source leaves the intercept of every size free, this law does not; points along one "
        "run are not independent; the error has no floor"
    ),
    citation="Tan et al. 2025, Scaling Behaviors of LLM Reinforcement Learning Post-Training",
    arxiv="2509.25300",
    bibtex="""@article{tan2025scaling,
  title={Scaling Behaviors of LLM Reinforcement Learning Post-Training: An Empirical Study in \
Mathematical Reasoning},
  author={Tan, Zelin and Geng, Hejia and Yu, Xiaohang and others},
  journal={arXiv preprint arXiv:2509.25300},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"N_0": 7e9, "K_max": 0.2, "X_0": 3e19, "s": 0.12, "e_0": 2.1},
            checked="illustration",
            source="arXiv 2509.25300",
            note=(
                "N_0 is the initial value in the authors' code; the rest is illustrative: no "
                "fitted constants were found"
            ),
        ),
    },
    example={
        "N": tuple(n for n in (5e8, 1.5e9, 3e9, 7e9, 1.4e10, 3.2e10, 7.2e10) for _ in range(5)),
        "X": (1e19, 4e19, 1.6e20, 6.4e20, 2.6e21) * 7,
    },
)
