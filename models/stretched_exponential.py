r"""Error that falls faster than a power law: a stretched exponential in the retained data.

.. math:: \varepsilon(P) = E + a\, e^{-c P^{s}}

This package's own form, between the power law and the exponential of Sorscher et al. 2022, arXiv
2206.14486, who give no single empirical formula.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, E: Array, a: Array, s: Array, c: Array) -> Array:
    """Return the top-1 error."""
    return E + a * jnp.exp(-c * power(x["P"], s))


stretched_exponential = Law(
    name="stretched_exponential",
    title="Stretched exponential: error of well-pruned data",
    formula="Err(P) = E + a exp(-c P^s)",
    latex=r"\varepsilon(P) = E + a\, e^{-c P^{s}}",
    inputs={"P": "training examples after pruning"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        floor(
            "E",
            unit="top-1 error",
            meaning="error in the limit of infinite data",
        ),
        Parameter(
            "a",
            beta(5.0, 2.0),
            unit="top-1 error",
            meaning="error reduction in the limit of infinite data",
            reason="a model without data is almost always wrong",
            sampled="start",
            sampled_meaning="(error without data - E) as a fraction of (1 - E)",
            publish=lambda s, ref, p: s["start"] * (1 - p["E"]),
        ),
        exponent(
            "s",
            beta(2.5, 2.5),
            meaning=(
                "stretching exponent: 1 is the exponential, towards 0 it approaches a power law"
            ),
            reason="between the two limits",
        ),
        Parameter(
            "c",
            lognormal(0.8, 0.8),
            unit="1 / examples^s",
            meaning="rate",
            reason="15% to 98% of the total reduction is reached at the mean training run",
            sampled="decay",
            sampled_meaning="c P^s at the mean training run",
            publish=lambda s, ref, p: s["decay"] * power(ref["P"], -p["s"]),
        ),
    ),
    function=mean,
    decreasing=("P",),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies=(
        "the best pruning at each amount of data (the frontier); compare with a power law with a "
        "floor to test whether error falls faster"
    ),
    fails=(
        "has no published fit; over one decade of data it is hardly distinguishable from a power "
        "law with a floor"
    ),
    citation=(
        "Sorscher et al. 2022, Beyond neural scaling laws: beating power law scaling via data "
        "pruning"
    ),
    arxiv="2206.14486",
    bibtex="""@article{sorscher2022beyond,
  title={Beyond neural scaling laws: beating power law scaling via data pruning},
  author={Sorscher, Ben and Geirhos, Robert and Shekhar, Shashank and Ganguli, Surya and \
Morcos, Ari S.},
  journal={arXiv preprint arXiv:2206.14486},
  year={2022}
}""",
    published={
        "illustration": Published(
            {"E": 0.03, "a": 0.8, "s": 0.4, "c": 0.012},
            checked="illustration",
            source="arXiv 2206.14486",
            note="illustrative: the source fits no such form",
        ),
    },
    example={"P": tuple(2000.0 * 1.45**i for i in range(20))},
)
