r"""Loss on one data set from the loss on another, of the same models.

.. math:: L_1 = K (L_0 - E_0)^{\kappa} + E_1

Source: Brandfonbrener et al. 2024, arXiv 2411.12925.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models._types import Values

_SMALLEST = 1e-6  # nats: a loss at or below E_0 maps to E_1, so that an extrapolation is never NaN


def _above(L: Array, E_0: Array) -> Array:
    """Reducible loss on the first set, kept positive."""
    return jnp.maximum(L - E_0, _SMALLEST)


def mean(x: Values, E_0: Array, kappa: Array, K: Array, E_1: Array) -> Array:
    """Return the loss in nats/token."""
    return E_1 + K * power(_above(x["L"], E_0), kappa)


def _published(E_1: float, K: float, kappa: float, data: str) -> Published:
    """Fit from FineWeb-Edu to another training set."""
    return Published(
        {"E_0": 2.002, "kappa": kappa, "K": K, "E_1": E_1},
        checked="recomputed",
        source="arXiv 2411.12925",
        note=(
            "from models trained and validated on FineWeb-Edu to models trained and validated on "
            f"{data}, at equal N and D; fitted to the authors' sweep, with both floors as the "
            "authors fitted them"
        ),
    )


loss_to_loss = Law(
    name="loss_to_loss",
    title="Loss on one data set from the loss on another",
    formula="L_1 = K (L - E_0)^kappa + E_1",
    latex=r"L_1 = K \left(L - E_0\right)^{\kappa} + E_1",
    inputs={"L": "loss on the first set, nats/token"},
    parameters=(
        Parameter(
            "E_0",
            beta(4.0, 2.0),
            unit="nats/token",
            meaning="irreducible loss on the first set",
            reason="keeps it below every input loss, two thirds of the smallest one on average",
            sampled="E_0_share",
            sampled_meaning="E_0 as a fraction of the smallest input loss",
            publish=lambda s, ref, p: s["E_0_share"] * ref["L_min"],
        ),
        exponent(
            "kappa",
            lognormal(1.0, 0.3),
            meaning="exponent: 1 where both sets fall at the same rate",
            reason=(
                "0.94 to 1.09 recomputed for five training sets; validation sets unlike the "
                "training data lie further out"
            ),
        ),
        Parameter(
            "K",
            lognormal(1.0, 0.4),
            unit="nats^(1 - kappa)",
            meaning="ratio of the reducible losses where kappa is 1",
            reason="0.45 to 2.2: both sets are text and fall alike",
            sampled="slope",
            sampled_meaning="slope of the second loss in the first at the mean training run",
            publish=lambda s, ref, p: (
                s["slope"] / p["kappa"] * power(_above(ref["L"], p["E_0"]), 1 - p["kappa"])
            ),
        ),
        Parameter(
            "E_1",
            lognormal(1.25, 0.2),
            unit="nats/token",
            meaning="irreducible loss on the second set",
            reason="the mean training run lies at 0.85 to 1.9 times the smallest loss",
            sampled="level",
            sampled_meaning="second loss at the mean training run divided by the smallest one",
            publish=lambda s, ref, p: (
                s["level"] * ref["y_min"] - s["slope"] / p["kappa"] * _above(ref["L"], p["E_0"])
            ),
        ),
    ),
    function=mean,
    applies=(
        "two losses of the same models, or of models that differ only in their training set; also "
        "one validation set from another"
    ),
    fails=(
        "over one or two decades of compute the two floors are hardly separable: with a narrow "
        "range of losses interpret the curve, not E_0 and E_1; E_1 may then be below 0 or above "
        "the smallest outcome. The input is treated as exact"
    ),
    citation="Brandfonbrener et al. 2024, Loss-to-Loss Prediction: Scaling Laws for All Datasets",
    arxiv="2411.12925",
    bibtex="""@article{brandfonbrener2024loss,
  title={Loss-to-Loss Prediction: Scaling Laws for All Datasets},
  author={Brandfonbrener, David and Anand, Nikhil and Vyas, Nikhil and Malach, Eran and \
Kakade, Sham},
  journal={arXiv preprint arXiv:2411.12925},
  year={2024}
}""",
    published={
        "fineweb-edu to fineweb": _published(2.147, 1.077, 0.936, "FineWeb"),
        "fineweb-edu to proof-pile-2": _published(1.330, 0.617, 1.045, "Proof-Pile-2"),
        "fineweb-edu to slimpajama": _published(2.007, 1.050, 0.972, "SlimPajama"),
        "fineweb-edu to smollm": _published(1.552, 1.092, 0.984, "the SmolLM corpus"),
    },
    example={"L": tuple(2.55 * 1.025**i for i in range(28))},
)
