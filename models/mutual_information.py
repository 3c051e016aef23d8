r"""Mutual information of two modalities from model size.

.. math:: I(N) = \lambda \log \frac{N}{N_c}

Source: Henighan et al. 2020, arXiv 2010.14701.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._types import Values


def mean(x: Values, lambda_I: Array, N_c: Array) -> Array:
    """Return the information in nats per pair."""
    return lambda_I * (jnp.log(x["N"]) - jnp.log(N_c))


mutual_information = Law(
    name="mutual_information",
    title="Mutual information of two modalities from model size",
    formula="I(N) = lambda_I log(N/N_c)",
    latex=r"I(N) = \lambda_I \log \frac{N}{N_c}",
    inputs={"N": "parameters"},
    outcome="information",
    unit="nats per pair",
    parameters=(
        Parameter(
            "lambda_I",
            lognormal(0.3, 1.0),
            unit="nats",
            meaning="information gained when the model is e times larger",
            reason="0.04 to 2.1 nats",
        ),
        Parameter(
            "N_c",
            lognormal(0.7, 1.0),
            unit="parameters",
            meaning="size at which the information is zero",
            reason="the smallest model holds 0.1 to 5 nats, so every run is above N_c",
            sampled="least",
            sampled_meaning="information at the smallest training run, nats",
            publish=lambda s, ref, p: ref["N_min"] * jnp.exp(-s["least"] / p["lambda_I"]),
        ),
    ),
    function=mean,
    scale=lambda x: x["N"],
    applies=(
        "reduction of a model's text loss when it is given the image (or the reverse), within a "
        "few decades of size"
    ),
    fails="grows without bound, while the true information is finite; negative below N_c",
    citation="Henighan et al. 2020, Scaling Laws for Autoregressive Generative Modeling",
    arxiv="2010.14701",
    bibtex="""@article{henighan2020scaling,
  title={Scaling Laws for Autoregressive Generative Modeling},
  author={Henighan, Tom and Kaplan, Jared and Katz, Mor and others},
  journal={arXiv preprint arXiv:2010.14701},
  year={2020}
}""",
    published={
        "illustration": Published(
            {"lambda_I": 0.3, "N_c": 1e4},
            checked="illustration",
            source="arXiv 2010.14701",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={"N": tuple(1e6 * 10 ** (0.2 * i) for i in range(18))},
)
