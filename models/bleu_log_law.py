r"""BLEU from the amount of pretraining data.

.. math:: \mathrm{BLEU}(D) = (\log A + \alpha_D \log D)^{\beta}

Source: Isik et al. 2024, arXiv 2402.04177.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values

_SMALLEST = 1e-6  # smallest log_A + alpha_D log D: the source's law is undefined below 0


def mean(x: Values, beta: Array, alpha_D: Array, log_A: Array) -> Array:
    """Return the BLEU points."""
    return power(jnp.maximum(log_A + alpha_D * jnp.log(x["D"]), _SMALLEST), beta)


def _inner(s: Values, ref: Values) -> Array:
    """Return the base of the power at the mean training run."""
    return power(s["mean_share"] * ref["y_max"], 1 / s["beta"])


bleu_log_law = Law(
    name="bleu_log_law",
    title="BLEU from the amount of pretraining data",
    formula="BLEU(D) = (log_A + alpha_D log D)^beta",
    latex=r"\mathrm{BLEU}(D) = \left(\log A + \alpha_D \log D\right)^{\beta}",
    inputs={"D": "pretraining tokens"},
    outcome="bleu",
    unit="BLEU points",
    parameters=(
        exponent(
            "beta",
            lognormal(3.0, 0.7),
            meaning="power of the logarithm",
            reason="0.76 to 12: weakly identified, so the prior must bound it",
        ),
        Parameter(
            "alpha_D",
            beta(6.0, 2.0),
            unit="1",
            meaning="exponent of the tokens inside the logarithm",
            reason=(
                "scores rise with pretraining data, starting from most of the mean training run's "
                "score"
            ),
            sampled="start_share",
            sampled_meaning=(
                "score at the fewest tokens as a fraction of that at the mean training run"
            ),
            publish=lambda s, ref, p: (
                _inner(s, ref)
                * (1 - power(s["start_share"], 1 / s["beta"]))
                / jnp.log(ref["D"] / ref["D_min"])
            ),
        ),
        Parameter(
            "log_A",
            beta(6.0, 2.0),
            unit="1",
            meaning="logarithm of the source's A, which itself can span any number of decades",
            reason="the mean training run scores most of what the best one does",
            sampled="mean_share",
            sampled_meaning="score at the mean training run as a fraction of the largest outcome",
            publish=lambda s, ref, p: _inner(s, ref) - p["alpha_D"] * jnp.log(ref["D"]),
        ),
    ),
    function=mean,
    noise=Noise(link="identity", grows=False, sigma=half_normal(1.0)),
    applies=(
        "a model pretrained on D tokens and then fine-tuned for translation, when the pretraining "
        "data suit the task; COMET and ROUGE too. The law's base is above 0 at every training run "
        "by construction"
    ),
    fails=(
        "when the pretraining data suit the task badly, scores fall or fluctuate with D; only "
        "curvature separates beta, alpha_D and log_A"
    ),
    citation=(
        "Isik et al. 2024, Scaling Laws for Downstream Task Performance in Machine Translation"
    ),
    arxiv="2402.04177",
    bibtex="""@article{isik2024scaling,
  title={Scaling Laws for Downstream Task Performance in Machine Translation},
  author={Isik, Berivan and Ponomareva, Natalia and Hazimeh, Hussein and Paparas, Dimitris and \
Vassilvitskii, Sergei and Koyejo, Sanmi},
  journal={arXiv preprint arXiv:2402.04177},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"beta": 2.0, "alpha_D": 0.4, "log_A": -5.0},
            checked="illustration",
            source="arXiv 2402.04177",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={"D": tuple(1e8 * 1.45**i for i in range(20))},
)
