r"""Pass rate of a task from model size, from samples drawn until a fixed number pass.

.. math:: PU(N) = e^{-c N^{-\alpha_N}}

Source: Hu et al. 2023, arXiv 2310.03262.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.counts import NegativeBinomial
from bayes_scaling.law.parameter import amplitude, exponent
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, c: Array, alpha_N: Array) -> Array:
    """Return the fraction of samples that pass."""
    return jnp.exp(-c * power(x["N"], -alpha_N))


passuntil = Law(
    name="passuntil",
    title=(
        "PassUntil: fraction of samples that pass, down to rates too small to measure with a fixed "
        "number of samples"
    ),
    formula="PU(N) = exp(-c / N^alpha_N)",
    latex=r"PU(N) = e^{-c N^{-\alpha_N}}",
    inputs={"N": "parameters"},
    outcome="pass_rate",
    unit="fraction of samples that pass",
    parameters=(
        exponent("alpha_N", meaning="exponent of the parameter count"),
        amplitude(
            "c",
            lambda x, p: power(x["N"], -p["alpha_N"]),
            lognormal(3.0, 0.9),
            unit="parameters^alpha_N",
            meaning="-log of the pass rate at one parameter",
            reason="pass rates of 2e-8 to 0.6 at the mean training run",
            size="in -log of the pass rate",
        ),
    ),
    function=mean,
    noise=NegativeBinomial(),
    applies=(
        "one task; samples are drawn until a fixed number pass, and passes / samples is the outcome"
    ),
    fails=(
        "items of unequal difficulty make the curve deviate from the law; emergence faster than a "
        "power law is not represented"
    ),
    citation="Hu et al. 2023, Predicting Emergent Abilities with Infinite Resolution Evaluation",
    arxiv="2310.03262",
    bibtex="""@article{hu2023predicting,
  title={Predicting Emergent Abilities with Infinite Resolution Evaluation},
  author={Hu, Shengding and Liu, Xin and Han, Xu and others},
  journal={arXiv preprint arXiv:2310.03262},
  year={2023}
}""",
    published={
        "illustration": Published(
            {"c": 900.0, "alpha_N": 0.28},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example={"N": tuple(3e7 * 1.3**i for i in range(20)), "passes": (20.0,) * 20},
)
