r"""Translation: loss from encoder and decoder sizes, BLEU from the amount of pretraining data.

.. math:: L(N_e, N_d) = A N_e^{-p_e} N_d^{-p_d} + L_\infty, \qquad \mathrm{BLEU}(D) = (\log A + \alpha_D \log D)^{\beta}

Sources: Ghorbani et al. 2021, arXiv 2109.07740 (A stands for its alpha Nbar_e^p_e Nbar_d^p_d); Isik et al. 2024,
arXiv 2402.04177.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, half_normal, lognormal

_LEAST = 1e-6  # of log_A + alpha_D log D, below which the source's law has no value


def _product(x, p):
    return power(x["N_e"], -p["p_e"]) * power(x["N_d"], -p["p_d"])


def loss(x, L_inf, p_e, p_d, A):
    return L_inf + A * _product(x, {"p_e": p_e, "p_d": p_d})


encoder_decoder = Law(
    name="encoder_decoder",
    title="Translation loss from encoder and decoder sizes",
    formula="L(N_e, N_d) = A/(N_e^p_e N_d^p_d) + L_inf",
    latex=r"L(N_e, N_d) = \frac{A}{N_e^{p_e}\, N_d^{p_d}} + L_\infty",
    inputs={"N_e": "encoder parameters without embeddings", "N_d": "decoder parameters without embeddings"},
    parameters=(
        floor("L_inf"),
        exponent("p_e", meaning="exponent of the encoder size"),
        exponent("p_d", meaning="exponent of the decoder size"),
        amplitude("A", _product, unit="nats x parameters^(p_e + p_d)", meaning="amplitude of the product of both sizes"),
    ),
    function=loss,
    scale=lambda x: x["N_e"] + x["N_d"],
    decreasing=("N_e", "N_d"),
    applies="encoder-decoder models of one language pair on data without end; both sizes varied apart. The best split of N is p_e : p_d",
    fails="says nothing of the amount of data; test sets translated from the target language can follow other exponents",
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
            {"L_inf": 1.0, "p_e": 0.15, "p_d": 0.25, "A": 950.0}, "illustration", "arXiv 2109.07740",
            "made up: no constants of the source are verified",
        ),
    },
    example={
        "N_e": tuple(n for n in (1e7, 4e7, 1.6e8, 6.4e8, 2.5e9) for _ in range(5)),
        "N_d": (1e7, 4e7, 1.6e8, 6.4e8, 2.5e9) * 5,
    },
)  # fmt: skip


def bleu(x, beta, alpha_D, log_A):
    return power(jnp.maximum(log_A + alpha_D * jnp.log(x["D"]), _LEAST), beta)


def _inner(s, ref):
    """The base of the power at the mean training run."""
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
        exponent("beta", lognormal(3.0, 0.7), meaning="power of the logarithm", reason="0.76 to 12: the data say little of it, so it must not run away"),
        Parameter(
            "alpha_D", beta(6.0, 2.0), "1", "exponent of the tokens inside the logarithm", "scores rise with pretraining data, from most of the mean run's score",
            sampled="start_share", sampled_meaning="score at the fewest tokens as a share of that at the mean training run",
            publish=lambda s, ref, p: _inner(s, ref) * (1 - power(s["start_share"], 1 / s["beta"])) / jnp.log(ref["D"] / ref["D_min"]),
        ),
        Parameter(
            "log_A", beta(6.0, 2.0), "1", "logarithm of the source's A, which itself spans any number of decades", "the mean run scores most of what the best one does",
            sampled="mean_share", sampled_meaning="score at the mean training run as a share of the largest outcome",
            publish=lambda s, ref, p: _inner(s, ref) - p["alpha_D"] * jnp.log(ref["D"]),
        ),
    ),
    function=bleu,
    noise=Noise(link="identity", grows=False, sigma=half_normal(1.0)),
    applies="a model pretrained on D tokens and then fine-tuned for translation, where pretraining data suit the task; COMET and ROUGE too. "
    "The law's base is above 0 at every training run by construction",
    fails="where pretraining data suit the task badly scores fall or wander with D; beta, alpha_D and log_A are told from one another by curvature alone",
    citation="Isik et al. 2024, Scaling Laws for Downstream Task Performance in Machine Translation",
    arxiv="2402.04177",
    bibtex="""@article{isik2024scaling,
  title={Scaling Laws for Downstream Task Performance in Machine Translation},
  author={Isik, Berivan and Ponomareva, Natalia and Hazimeh, Hussein and Paparas, Dimitris and Vassilvitskii, Sergei and Koyejo, Sanmi},
  journal={arXiv preprint arXiv:2402.04177},
  year={2024}
}""",
    published={
        "illustration": Published(
            {"beta": 2.0, "alpha_D": 0.4, "log_A": -5.0}, "illustration", "arXiv 2402.04177",
            "made up: no constants of the source are verified",
        ),
    },
    example={"D": tuple(1e8 * 1.45**i for i in range(20))},
)  # fmt: skip
