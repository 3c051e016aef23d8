r"""Task accuracy as the logarithm of a line in the loss of selected tokens.

.. math:: \mathrm{Acc}(L) = \log(a L + c)

a is negative: accuracy rises as the loss of the selected tokens falls. The source prints the
opposite sign beside a figure in which accuracy rises as that loss falls. The user supplies the
loss, because which tokens are selected depends on a reference model.
Source: Lin et al. 2024 (Rho-1), arXiv 2404.07965.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._types import Values

_LEAST = 1e-3  # keeps the logarithm finite where the line is not positive


def mean(x: Values, a: Array, c: Array) -> Array:
    """Return the accuracy, far below 0 where the line is not positive."""
    return jnp.log(jnp.maximum(a * x["L"] + c, _LEAST))


selected_loss = Law(
    name="selected_loss",
    title="Task accuracy from the loss of selected tokens",
    formula="Acc(L) = log(a L + c)",
    latex=r"\mathrm{Acc}(L) = \log(a L + c)",
    inputs={"L": "loss of the selected tokens, nats/token"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter(
            "a",
            lognormal(1.0, 0.7),
            unit="tokens/nat",
            meaning="slope of exp(accuracy) in the loss, negative",
            reason="a tenth of a nat is worth 3 to 40 points of accuracy",
            sampled="gain",
            sampled_meaning="accuracy gained per nat at the mean training run",
            publish=lambda s, ref, p: -s["gain"] * jnp.exp(ref["y_min"]) * s["level"],
        ),
        Parameter(
            "c",
            lognormal(1.1, 0.1),
            unit="1",
            meaning="exp(accuracy) at zero loss",
            reason="the mean training run lies near the observed accuracies",
            sampled="level",
            sampled_meaning="exp(accuracy) at the mean training run, over that at the smallest",
            publish=lambda s, ref, p: jnp.exp(ref["y_min"]) * s["level"] - p["a"] * ref["L"],
        ),
    ),
    function=mean,
    decreasing=("L",),
    noise=Noise(link="identity", grows=False, sigma=half_normal(0.03)),
    applies="checkpoints of one recipe, with the loss of the tokens that a reference model selects",
    fails=(
        "has no chance level and no ceiling, and the line reaches 0 a little above the largest "
        "loss; ladder_task is the better default"
    ),
    citation="Lin et al. 2024, Rho-1: Not All Tokens Are What You Need",
    arxiv="2404.07965",
    bibtex="""@article{lin2024rho,
  title={Rho-1: Not All Tokens Are What You Need},
  author={Lin, Zhenghao and Gou, Zhibin and Gong, Yeyun and others},
  journal={arXiv preprint arXiv:2404.07965},
  year={2024}
}""",
    published={
        "ends of figure 7": Published(
            {"a": -1.62336, "c": 2.64216},
            checked="illustration",
            source="arXiv 2404.07965",
            note=(
                "the curve through the two ends of the source's figure 7, 5% at 0.98 and 22% at "
                "0.86 nats; the source publishes no constants"
            ),
        )
    },
    example={"L": tuple(0.98 - 0.006 * i for i in range(20))},
)
