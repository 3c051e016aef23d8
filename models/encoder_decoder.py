r"""Translation loss from encoder and decoder sizes.

.. math:: L(N_e, N_d) = A N_e^{-p_e} N_d^{-p_d} + L_\infty

Source: Ghorbani et al. 2021, arXiv 2109.07740 (A stands for its alpha Nbar_e^p_e Nbar_d^p_d).
"""

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import amplitude, exponent, floor
from bayes_scaling.models._types import Values


def _product(x: Values, p: Values) -> Array:
    """Return the size-dependent term without A."""
    return power(x["N_e"], -p["p_e"]) * power(x["N_d"], -p["p_d"])


def mean(x: Values, L_inf: Array, p_e: Array, p_d: Array, A: Array) -> Array:
    """Return the loss in nats/token."""
    return L_inf + A * _product(x, {"p_e": p_e, "p_d": p_d})


encoder_decoder = Law(
    name="encoder_decoder",
    title="Translation loss from encoder and decoder sizes",
    formula="L(N_e, N_d) = A/(N_e^p_e N_d^p_d) + L_inf",
    latex=r"L(N_e, N_d) = \frac{A}{N_e^{p_e}\, N_d^{p_d}} + L_\infty",
    inputs={
        "N_e": "encoder parameters without embeddings",
        "N_d": "decoder parameters without embeddings",
    },
    parameters=(
        floor("L_inf"),
        exponent("p_e", meaning="exponent of the encoder size"),
        exponent("p_d", meaning="exponent of the decoder size"),
        amplitude(
            "A",
            _product,
            unit="nats x parameters^(p_e + p_d)",
            meaning="amplitude of the product of both sizes",
        ),
    ),
    function=mean,
    scale=lambda x: x["N_e"] + x["N_d"],
    decreasing=("N_e", "N_d"),
    applies=(
        "encoder-decoder models of one language pair with unlimited data; both sizes varied "
        "independently. The optimal split of N is p_e : p_d"
    ),
    fails=(
        "does not depend on the amount of data; test sets translated from the target language can "
        "follow other exponents"
    ),
    citation="Ghorbani et al. 2021, Scaling Laws for Neural Machine Translation",
    arxiv="2109.07740",
    bibtex="""@article{ghorbani2021scaling,
  title={Scaling Laws for Neural Machine Translation},
  author={Ghorbani, Behrooz and Firat, Orhan and Freitag, Markus and others},
  journal={arXiv preprint arXiv:2109.07740},
  year={2021}
}""",
    published={
        "illustration": Published(
            {"L_inf": 1.0, "p_e": 0.15, "p_d": 0.25, "A": 950.0},
            checked="illustration",
            source="arXiv 2109.07740",
            note="illustrative: no constants of the source are verified",
        ),
    },
    example={
        "N_e": tuple(n for n in (1e7, 4e7, 1.6e8, 6.4e8, 2.5e9) for _ in range(5)),
        "N_d": (1e7, 4e7, 1.6e8, 6.4e8, 2.5e9) * 5,
    },
)
