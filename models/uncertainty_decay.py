r"""Predictive uncertainty from data or model size.

.. math:: U(X) = c\, X^{\gamma}

Source: Rosso et al. 2025, arXiv 2506.09648.
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._parts import at_least
from bayes_scaling.models._types import Values


def mean(x: Values, gamma: Array, c: Array) -> Array:
    """Return the uncertainty in nats."""
    return c * power(x["X"], gamma)


uncertainty_decay = Law(
    name="uncertainty_decay",
    title="Predictive uncertainty from data or size",
    formula="U(X) = c X^gamma",
    latex=r"U(X) = c\, X^{\gamma}",
    inputs={"X": "training examples, parameters or FLOPs"},
    outcome="uncertainty",
    unit="nats",
    parameters=(
        Parameter(
            "gamma",
            lognormal(0.5, 0.6),
            unit="1",
            meaning=(
                "exponent, negative; -1 is the limit of epistemic uncertainty in an identifiable "
                "model"
            ),
            reason="0.15 to 1.6",
            sampled="rate",
            sampled_meaning="-gamma",
            publish=lambda s, ref, p: -s["rate"],
        ),
        at_least(
            "c",
            lambda x, p: power(x["X"], p["gamma"]),
            lognormal(1.0, 0.3),
            unit="nats / unit of X^gamma",
            meaning="uncertainty at one unit of X",
            reason="the smallest run is about the most uncertain",
        ),
    ),
    function=mean,
    decreasing=("X",),
    scale=lambda x: x["X"],
    noise=Noise(sigma=half_normal(0.1)),
    applies=(
        "epistemic uncertainty (mutual information) of one method along one axis; total "
        "uncertainty only when the aleatoric part is small"
    ),
    fails=(
        "aleatoric uncertainty does not vanish: total uncertainty levels off at a floor. Exponents "
        "differ between methods"
    ),
    citation="Rosso et al. 2025, Scaling Laws for Uncertainty in Deep Learning",
    arxiv="2506.09648",
    bibtex="""@article{rosso2025scaling,
  title={Scaling Laws for Uncertainty in Deep Learning},
  author={Rosso, Mattia and Rossi, Simone and Franzese, Giulio and Heinonen, Markus and \
Filippone, Maurizio},
  journal={arXiv preprint arXiv:2506.09648},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"gamma": -0.7, "c": 30.0},
            checked="illustration",
            source="arXiv 2506.09648",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={"X": tuple(500.0 * 1.5**i for i in range(18))},
)
