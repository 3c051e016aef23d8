r"""pass@k of generative tasks from pretraining compute.

.. math:: \mathrm{pass@}k(C) = e^{-(E_0 + C_0 C^{-\alpha_C})}

Source: Schaeffer et al. 2025, arXiv 2509.24012.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._parts import log_rate_amplitude
from bayes_scaling.models._types import Values


def mean(x: Values, E_0: Array, alpha_C: Array, C_0: Array) -> Array:
    """Return pass@k at compute C."""
    return jnp.exp(-E_0 - C_0 * power(x["C"], -alpha_C))


passk_gen = Law(
    name="passk_gen",
    title="pass@k of generative tasks from compute",
    formula="pass@k(C) = exp(-(E_0 + C_0/C^alpha_C))",
    latex=r"-\log \mathrm{pass@}k = E_0 + \frac{C_0}{C^{\alpha_C}}",
    inputs={"C": "pretraining FLOPs"},
    outcome="pass_rate",
    unit="pass@k",
    parameters=(
        Parameter(
            "E_0",
            half_normal(0.3),
            unit="-log of the pass rate",
            meaning="limit at infinite compute",
            reason="near 0 for many attempts: more than half of the items are solved eventually",
        ),
        exponent(
            "alpha_C",
            lognormal(0.22, 0.5),
            meaning="exponent of compute",
            reason="0.12 at one attempt to 0.38 at many",
        ),
        log_rate_amplitude(
            "C_0",
            "C",
            "alpha_C",
            lognormal(1.0, 0.9),
            unit="FLOPs^alpha_C",
            meaning="amplitude",
            reason="0.3% to 84% of what can be solved, at the mean training run",
        ),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies="one k at a time: E_0, C_0 and alpha_C all change with k; models of one family",
    fails=(
        "the constants stabilize only over the last two decades of compute, so longer "
        "extrapolations are unreliable; rates near 0 are uninformative"
    ),
    citation=(
        "Schaeffer et al. 2025, Pretraining Scaling Laws for Generative Evaluations of Language "
        "Models"
    ),
    arxiv="2509.24012",
    bibtex="""@article{schaeffer2025pretraining,
  title={Pretraining Scaling Laws for Generative Evaluations of Language Models},
  author={Schaeffer, Rylan and Levi, Noam and Miranda, Brando and Koyejo, Sanmi},
  journal={arXiv preprint arXiv:2509.24012},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"E_0": 0.15, "alpha_C": 0.2, "C_0": 9000.0},
            checked="illustration",
            source="arXiv 2509.24012",
            note=(
                "the exponent lies between the source's 0.12 (one attempt) and 0.38 (many); E_0 "
                "and C_0 are illustrative"
            ),
        ),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(24))},
)
