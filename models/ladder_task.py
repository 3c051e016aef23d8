r"""Task accuracy as a sigmoid in the loss of the task's correct answers.

.. math:: \mathrm{Acc}(L) = b + \frac{a}{1 + e^{-k (L - L_0)}}

k is negative: accuracy falls with loss.
Source: Bhagia et al. 2024, arXiv 2412.04403.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._parts import logistic
from bayes_scaling.models._types import Values


def mean(x: Values, b: Array, a: Array, L_0: Array, k: Array) -> Array:
    """Return the accuracy."""
    return b + a * logistic(k * (x["L"] - L_0))


def _ladder(b: float, a: float, L_0: float, k: float) -> Published:
    """Fit to the runs of the authors' ladder on one task."""
    return Published(
        {"b": b, "a": a, "L_0": L_0, "k": k},
        checked="recomputed",
        source="arXiv 2412.04403",
        note=(
            "least squares on the final accuracy and bits per byte of the 25 runs of the authors' "
            "ladder, 190M to 3B; test questions, five-shot"
        ),
    )


ladder_task = Law(
    name="ladder_task",
    title="Task accuracy from task loss",
    formula="Acc(L) = b + a / (1 + exp(-k (L - L_0)))",
    latex=r"\mathrm{Acc}(L) = b + \frac{a}{1 + e^{-k (L - L_0)}}",
    inputs={"L": "loss of the correct answers, bits per byte"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "b",
            beta(4.0, 10.0),
            unit="accuracy",
            meaning="accuracy at chance level",
            reason="0.09 to 0.53: four choices give 0.25; set the task's own",
        ),
        Parameter(
            "a",
            beta(6.0, 2.0),
            unit="accuracy",
            meaning="attainable gain above chance",
            reason=(
                "most tasks can be learned, few completely: 42% to 96% of the range above chance"
            ),
            sampled="reach",
            sampled_meaning="(ceiling - chance) as a fraction of (1 - chance)",
            publish=lambda s, ref, p: s["reach"] * (1 - p["b"]),
        ),
        Parameter(
            "L_0",
            lognormal(0.85, 0.25),
            unit="bits per byte",
            meaning="loss at the midpoint of the rise",
            reason="0.5 to 1.4 times the loss of the mean training run",
            sampled="middle",
            sampled_meaning="L_0 divided by the loss of the mean training run",
            publish=lambda s, ref, p: s["middle"] * ref["L"],
        ),
        Parameter(
            "k",
            lognormal(8.0, 0.6),
            unit="1 / (bits per byte)",
            meaning="steepness, negative: accuracy falls with loss",
            reason="the sigmoid spans a tenth to all of the mean training run's loss",
            sampled="steepness",
            sampled_meaning="-k times the loss of the mean training run",
            publish=lambda s, ref, p: -s["steepness"] / ref["L"],
        ),
    ),
    function=mean,
    decreasing=("L",),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "multiple-choice tasks and the loss of their correct answers; as the second law of a "
        "chain, after a loss law of L. Any other loss works too, with L_0 and k in its unit (the "
        "loss-to-performance step of the densing law is this one)"
    ),
    fails=(
        "runs that stop half-way up the sigmoid leave the ceiling at its prior (an unconstrained "
        "fit to HellaSwag puts it above 1); some tasks switch late; the ladder's own 7B and 13B "
        "targets lie above the curve on science questions"
    ),
    citation=(
        "Bhagia et al. 2024, Establishing Task Scaling Laws via Compute-Efficient Model Ladders"
    ),
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
)
