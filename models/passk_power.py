r"""pass@k as a power law in the number of attempts.

.. math:: \mathrm{pass@}k = e^{-a k^{-b}}

Source: Schaeffer et al. 2025, arXiv 2502.17578.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._parts import log_rate_amplitude
from bayes_scaling.models._types import Values


def mean(x: Values, b: Array, a: Array) -> Array:
    """Return pass@k after k attempts."""
    return jnp.exp(-a * power(x["k"], -b))


passk_power = Law(
    name="passk_power",
    title="pass@k as a power law in attempts",
    formula="pass@k = exp(-a k^-b)",
    latex=r"-\log \mathrm{pass@}k = a\, k^{-b}",
    inputs={"k": "attempts"},
    outcome="pass_rate",
    unit="pass@k",
    parameters=(
        exponent(
            "b",
            lognormal(0.3, 0.7),
            meaning=(
                "exponent of the attempts: the density of hard items near a single-attempt rate of "
                "0 scales as rate^(b - 1)"
            ),
            reason="0.08 to 1.2",
        ),
        log_rate_amplitude(
            "a",
            "k",
            "b",
            lognormal(1.0, 0.9),
            unit="1",
            meaning="-log of pass@1",
            reason="0.3% to 84% solved at the attempts of the mean training run",
        ),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies="the mean of pass@k over many items for one model, with k above about ten",
    fails=(
        "curves away from the law at small k; items that no number of attempts solves create a "
        "floor that the law lacks. Points computed from one set of samples are not independent: "
        "when counts of solved attempts are available, a beta-binomial over items identifies the "
        "exponent much better"
    ),
    citation="Schaeffer et al. 2025, How Do Large Language Monkeys Get Their Power (Laws)?",
    arxiv="2502.17578",
    bibtex="""@article{schaeffer2025monkeys,
  title={How Do Large Language Monkeys Get Their Power (Laws)?},
  author={Schaeffer, Rylan and Kazdan, Joshua and Hughes, John and others},
  journal={arXiv preprint arXiv:2502.17578},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"b": 0.35, "a": 3.0},
            checked="illustration",
            source="arXiv 2502.17578",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={"k": tuple(2.0**i for i in range(16))},
)
