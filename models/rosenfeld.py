r"""Error from model size and data, with the transition from chance.

.. math::

    \tilde\varepsilon(n, m) = \frac{a}{n^{\alpha_n}} + \frac{b}{m^{\alpha_m}} + c, \qquad
    \varepsilon = \varepsilon_0 \frac{\tilde\varepsilon}{\sqrt{\tilde\varepsilon^2 + \eta^2}}

n are training samples, m parameters. epsilon_0 is the error of chance, eta the pole at which a
model begins to learn.
Source: Rosenfeld et al. 2020, arXiv 1909.12673.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal
from bayes_scaling.models._types import Values


def mean(
    x: Values,
    epsilon_0: Array,
    eta: Array,
    alpha_n: Array,
    alpha_m: Array,
    a: Array,
    b: Array,
    c: Array,
) -> Array:
    """Return the error."""
    ratio = (a * power(x["n"], -alpha_n) + b * power(x["m"], -alpha_m) + c) / eta
    return epsilon_0 * ratio / jnp.sqrt(1 + ratio**2)


rosenfeld = Law(
    name="rosenfeld",
    title="Error from model size and data, from chance to the floor",
    formula=("eps = epsilon_0 e/sqrt(e^2 + eta^2), e = a/n^alpha_n + b/m^alpha_m + c"),
    latex=(
        r"\varepsilon = \varepsilon_0 \frac{\tilde\varepsilon}{\sqrt{\tilde\varepsilon^2 + "
        r"\eta^2}}, \quad \tilde\varepsilon = \frac{a}{n^{\alpha_n}} + "
        r"\frac{b}{m^{\alpha_m}} + c"
    ),
    inputs={"n": "training samples", "m": "parameters"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        Parameter(
            "epsilon_0",
            beta(8.0, 1.2),
            unit="top-1 error",
            meaning="error of chance",
            reason="one minus the chance level: 0.6 to 1; set the task's own",
        ),
        Parameter(
            "eta",
            lognormal(1.0, 0.7),
            unit="top-1 error",
            meaning="size of the sum at which the error is 0.7 of that of chance",
            reason="a third to three times one: learning begins within the runs or before them",
        ),
        exponent(
            "alpha_n",
            lognormal(0.5, 0.5),
            meaning="exponent of the samples",
            reason="0.2 to 1.1, as of errors of vision",
        ),
        exponent(
            "alpha_m",
            lognormal(0.5, 0.5),
            meaning="exponent of the parameters",
            reason="0.2 to 1.1, as of errors of vision",
        ),
        *(
            amplitude(
                name,
                lambda x, p, size=size: power(x[size], -p[f"alpha_{size}"]),
                half_normal(0.4),
                unit=f"top-1 error x {unit}^alpha_{size}",
                meaning=f"amplitude of the term in {unit}",
                reason="the term adds up to 0.8 at the mean training run",
                size="top-1 error",
            )
            for name, size, unit in (("a", "n", "samples"), ("b", "m", "parameters"))
        ),
        Parameter(
            "c",
            half_normal(0.2),
            unit="top-1 error",
            meaning="what neither size nor data remove",
            reason="errors fall to a few percent on some tasks and stay near 0.4 on others",
        ),
    ),
    function=mean,
    scale=lambda x: x["n"] * x["m"],
    decreasing=("n", "m"),
    noise=Noise(link="logit", grows=False, sigma=half_normal(0.1)),
    applies="errors of classifiers over a grid of model sizes and of subsets of the data",
    fails=(
        "runs far from chance leave epsilon_0 and eta at their priors: then only the ratio of the "
        "sum to eta is determined"
    ),
    citation=(
        "Rosenfeld et al. 2020, A Constructive Prediction of the Generalization Error Across Scales"
    ),
    arxiv="1909.12673",
    bibtex="""@article{rosenfeld2020constructive,
  title={A Constructive Prediction of the Generalization Error Across Scales},
  author={Rosenfeld, Jonathan S. and Rosenfeld, Amir and Belinkov, Yonatan and Shavit, Nir},
  journal={arXiv preprint arXiv:1909.12673},
  year={2020}
}""",
    published={
        "illustration": Published(
            {
                "epsilon_0": 0.9,
                "eta": 0.8,
                "alpha_n": 0.6,
                "alpha_m": 0.5,
                "a": 150.0,
                "b": 90.0,
                "c": 0.05,
            },
            checked="illustration",
            source="illustrative values",
            note="no constant of the source is verified",
        )
    },
    example={
        "n": tuple(n for n in (8e2, 3e3, 1.2e4, 5e4, 2e5, 8e5) for _ in range(5)),
        "m": (2e3, 1e4, 6e4, 4e5, 3e6) * 6,
    },
)
