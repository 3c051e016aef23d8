r"""Error of a filtered data pool over epochs.

.. math::

    y_k = d + a\, n_1^{b_1} \prod_{j=2}^{k} \left(\frac{n_j}{n_{j-1}}\right)^{b_j}, \qquad
    b_j = b\, 2^{-(j-1)/\tau}

n_j samples are seen after epoch j; b < 0; tau epochs halve the utility of the pool.
Source: Goyal et al. 2024, arXiv 2404.07177.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values

_EPOCHS = 64  # data beyond this many epochs have no utility


def mean(x: Values, a: Array | float, b: Array, d: Array | float, tau: Array) -> Array:
    """Return the error rate."""
    first = jnp.minimum(x["n"], x["pool"])
    before = jnp.arange(1.0, _EPOCHS)  # epochs before j = 2, 3, ...
    # the last, incomplete epoch counts up to the samples seen
    epochs = jnp.clip((x["n"] / x["pool"])[..., None], before, before + 1)
    decayed = jnp.sum(
        jnp.exp2(-before / jnp.asarray(tau)[..., None]) * jnp.log(epochs / before), axis=-1
    )
    return d + a * jnp.exp(b * (jnp.log(first) + decayed))


_EXAMPLE = {
    "n": (
        5e6, 1e7, 2e7, 4e7, 1e8, 3e8, 3e7, 6e7, 1.2e8, 2.4e8, 6e8, 2e9, 1e8, 2e8, 4e8, 8e8, 2e9,
        6e9, 1e9, 3e9,
    ),
    "pool": (
        1e7, 1e7, 1e7, 1e7, 1e7, 1e7, 6e7, 6e7, 6e7, 6e7, 6e7, 6e7, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8,
        3e9, 3e9,
    ),
}  # fmt: skip

data_filtering = Law(
    name="data_filtering",
    title="Data filtering: error of a data pool over epochs, its utility halving every tau",
    formula="y_k = d + a n_1^b prod_j (n_j / n_(j-1))^(b 2^(-(j-1)/tau))",
    latex=r"y_k = d + a\, n_1^{b} \prod_{j=2}^{k} \left(n_j / n_{j-1}\right)^{b\, 2^{-(j-1)/\tau}}",
    inputs={"n": "samples seen, repeats included", "pool": "samples in the pool"},
    outcome="error",
    unit="error rate",
    parameters=(
        Parameter(
            "d",
            beta(2.0, 10.0),
            unit="error rate",
            meaning="error in the limit of infinite data",
            reason="0.02 to 0.4; 0.1 in the source",
        ),
        Parameter(
            "b",
            lognormal(0.2, 0.5),
            unit="1",
            meaning="utility of fresh data, negative",
            reason="errors fall by 5% to 25% per doubling of fresh data",
            sampled="slope",
            sampled_meaning="-b, the slope in the first epoch",
            publish=lambda s, ref, p: -s["slope"],
        ),
        Parameter(
            "tau",
            lognormal(5.0, 0.7),
            unit="epochs",
            meaning="epochs that halve the utility of the pool",
            reason="1.3 to 20 epochs",
        ),
        Parameter(
            "a",
            lognormal(0.7, 0.4),
            unit="error rate x samples^-b",
            meaning="amplitude",
            reason="the falling part is a third to all of the error",
            sampled="a_term",
            sampled_meaning=(
                "falling part at the mean training run, divided by the geometric mean of the "
                "smallest and largest outcomes"
            ),
            publish=lambda s, ref, p: (
                s["a_term"]
                * jnp.sqrt(ref["y_min"] * ref["y_max"])
                / mean(ref, 1.0, p["b"], 0.0, p["tau"])
            ),
        ),
    ),
    function=mean,
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    decreasing=("n",),
    applies=(
        "contrastive or language-model pools of varying size, each seen for one to tens of epochs"
    ),
    fails=(
        "beyond 64 epochs more data have no effect; the released code scales d down in later "
        "epochs, the formula (and this law) does not"
    ),
    citation="Goyal et al. 2024, Scaling Laws for Data Filtering",
    arxiv="2404.07177",
    bibtex="""@article{goyal2024scaling,
  title={Scaling Laws for Data Filtering: Data Curation cannot be Compute Agnostic},
  author={Goyal, Sachin and Maini, Pratyush and Lipton, Zachary and others},
  journal={arXiv preprint arXiv:2404.07177},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"d": 0.1, "b": -0.2, "tau": 4.0, "a": 6.0},
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example=_EXAMPLE,
)
