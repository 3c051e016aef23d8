r"""Unigram-normalized loss from vocabulary size, model size and data.

.. math::

    L_u = -E + A_1 N_{nv}^{-\alpha_1} + A_2 (V d)^{-\alpha_2} + B\, D^{-\alpha_1}, \qquad
    D = H f(V)

L_u is negative: the loss minus that of the unigram distribution. N_nv are the parameters outside
the vocabulary, V d those inside it, H characters, and f(V) = 0.00639222 ln(V)^2 - 0.15811069 ln(V)
+ 1.20470122 tokens per character. Data and N_nv have the same exponent. Units: the source counts
N_nv in 10^6, V and d in 10^3 and H in 10^9. Its released script also passes V / 1000 to f, which
gives the published constants their fit; this law does the same, so that those constants can be
used. In counts that is a smooth function of V with the wrong unit, not tokens per character.
Source: Tao et al. 2024, arXiv 2407.13623.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import half_normal, lognormal, normal
from bayes_scaling.models._types import Values


def _data(x: Values) -> Array:
    """Return the source's measure of data: 10^9 characters times f of the vocabulary in 10^3."""
    log_V = jnp.log(x["V"] / 1e3)
    return x["H"] / 1e9 * (0.00639222 * log_V**2 - 0.15811069 * log_V + 1.20470122)


def mean(
    x: Values, E: Array, A1: Array, A2: Array, B: Array, alpha_1: Array, alpha_2: Array
) -> Array:
    """Return the loss above the unigram loss in nats/token."""
    model = A1 * power(x["N_nv"] / 1e6, -alpha_1) + A2 * power(x["V"] * x["d"] / 1e6, -alpha_2)
    return -E + model + B * power(_data(x), -alpha_1)


vocabulary = Law(
    name="vocabulary",
    title="Vocabulary: unigram-normalized loss from vocabulary, model and data",
    formula="L_u = -E + A1/N_nv^alpha_1 + A2/(V d)^alpha_2 + B/D^alpha_1, D = H f(V)",
    latex=(
        r"L_u = -E + \frac{A_1}{N_{nv}^{\alpha_1}} + \frac{A_2}{(V d)^{\alpha_2}} + "
        r"\frac{B}{D^{\alpha_1}}"
    ),
    inputs={
        "N_nv": "parameters outside the vocabulary",
        "V": "vocabulary size",
        "d": "embedding width",
        "H": "training characters",
    },
    outcome="loss_u",
    unit="nats/token above the unigram loss",
    parameters=(
        exponent(
            "alpha_1",
            lognormal(0.35, 0.4),
            meaning="exponent of the other parameters and of data",
            reason="0.2 to 0.8; 0.45 published",
        ),
        exponent(
            "alpha_2",
            lognormal(0.5, 0.5),
            meaning="exponent of the vocabulary's parameters",
            reason="0.2 to 1.3; 0.67 published",
        ),
        amplitude(
            "A1",
            lambda x, p: power(x["N_nv"] / 1e6, -p["alpha_1"]),
            unit="nats x (10^6 parameters)^alpha_1",
            meaning="amplitude of the term of the other parameters",
        ),
        amplitude(
            "A2",
            lambda x, p: power(x["V"] * x["d"] / 1e6, -p["alpha_2"]),
            lognormal(0.1, 0.9),
            unit="nats x (10^6 parameters)^alpha_2",
            meaning="amplitude of the vocabulary term",
            reason=(
                "the term adds 0.02 to 0.6 nats at the mean training run, less than the other two"
            ),
        ),
        amplitude(
            "B",
            lambda x, p: power(_data(x), -p["alpha_1"]),
            unit="nats x (10^9 characters, see source)^alpha_1",
            meaning="amplitude of the data term",
        ),
        Parameter(
            "E",
            normal(0.7, 0.5),
            unit="nats/token",
            meaning="floor, negated",
            reason=(
                "the best run is up to 1.7 nats above the floor, or slightly below it where runs "
                "have reached their floor"
            ),
            sampled="above",
            sampled_meaning="smallest outcome minus the floor, nats",
            publish=lambda s, ref, p: s["above"] - ref["y_min"],
        ),
    ),
    function=mean,
    noise=Noise(link="identity", grows=False, sigma=half_normal(0.1)),
    decreasing=("N_nv", "H"),
    applies=(
        "models that differ in vocabulary, compared by unigram-normalized loss; C of at least 2e17 "
        "FLOPs"
    ),
    fails=(
        "checkpoints of one run are correlated, which independent noise ignores: 90% intervals of "
        "a new vocabulary held 77%, and 90% with the run of each row and "
        "RunEffects(link='identity', grows=False); f(V) takes V in thousands"
    ),
    citation=(
        "Tao et al. 2024, Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies"
    ),
    arxiv="2407.13623",
    bibtex="""@article{tao2024scaling,
  title={Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies},
  author={Tao, Chaofan and Liu, Qian and Dou, Longxu and others},
  journal={arXiv preprint arXiv:2407.13623},
  year={2024}
}""",
    published={
        "Tao 2024": Published(
            {"E": 5.533, "A1": 1.831, "A2": 0.196, "B": 2.124, "alpha_1": 0.447, "alpha_2": 0.671},
            checked="third-party notes",
            source="arXiv 2407.13623",
            note=(
                "RMSE 0.091 on the authors' runs of at least 2.18e17 FLOPs, with f taking V in "
                "thousands as in their script; 0.165 without f (H for D), 0.53 with V as a count"
            ),
        ),
    },
    example={
        "N_nv": tuple(n for n in (3.3e7, 8.5e7, 3e8, 1.1e9) for _ in range(10)),
        "V": (4e3, 8e3, 1.6e4, 3.2e4, 9.6e4, 4e3, 8e3, 1.6e4, 3.2e4, 9.6e4) * 4,
        "d": tuple(d for d in (512.0, 768.0, 1024.0, 2048.0) for _ in range(10)),
        "H": (3e8, 2e9, 1e10, 5e10, 2e10, 5e10, 1e10, 6e8, 2e9, 3e8) * 4,
    },
)
