r"""Loss against the number of training samples: Hestness' learning curve, and the two regimes of Bahri.

.. math::

    \epsilon(m) = a\, m^{\beta_g} + \gamma, \qquad L(D) = E + \frac{c}{D} + A D^{-\alpha_D}

The sign of beta_g is the source's: negative.
Source: Hestness et al. 2017, arXiv 1712.00409; Bahri et al. 2021, arXiv 2102.06701.
"""

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import beta, lognormal


def learning_curve(x, a, beta_g, gamma):
    return a * power(x["m"], beta_g) + gamma


def two_regimes(x, E, c, A, alpha_D):
    return E + c / x["D"] + A * power(x["D"], -alpha_D)


hestness = Law(
    name="hestness",
    title="Learning curve: loss from training samples",
    formula="eps(m) = a m^beta_g + gamma",
    latex=r"\epsilon(m) = a\, m^{\beta_g} + \gamma",
    inputs={"m": "training samples"},
    unit="nats",
    parameters=(
        floor("gamma", beta(2.0, 2.0), unit="nats", reason="anywhere between none and all of the smallest loss"),
        Parameter(
            "beta_g", lognormal(0.15, 0.7), "1", "exponent of the training set's size, negative", "published between -0.5 (images) and -0.07 (words)",
            sampled="rate", sampled_meaning="minus beta_g", publish=lambda s, ref, p: -s["rate"],
        ),
        amplitude("a", lambda x, p: power(x["m"], p["beta_g"]), lognormal(0.8, 0.9), unit="nats x samples^-beta_g", meaning="amplitude of the power law", reason="the term adds 0.14 to 4.7 nats at the mean training run"),
    ),
    function=learning_curve,
    scale=lambda x: x["m"],
    decreasing=("m",),
    applies="the power-law region of one model family tuned at every size of the training set",
    fails="small training sets sit at the loss of a guess, above the law",
    citation="Hestness et al. 2017, Deep Learning Scaling is Predictable, Empirically",
    arxiv="1712.00409",
    bibtex="""@article{hestness2017deep,
  title={Deep Learning Scaling is Predictable, Empirically},
  author={Hestness, Joel and Narang, Sharan and Ardalani, Newsha and others},
  journal={arXiv preprint arXiv:1712.00409},
  year={2017}
}""",
    published={
        "illustration": Published({"a": 60.0, "beta_g": -0.35, "gamma": 0.6}, "illustration", "made up", "the exponent is that of image classification in cross-entropy, from third-party notes; no other constant is verified"),
        "words": Published({"a": 11.9, "beta_g": -0.066, "gamma": 0.0}, "third-party notes", "arXiv 1712.00409", "word language model, fitted without a floor"),
    },
    example={"m": tuple(2e4 * 10 ** (0.15 * i) for i in range(20))},
)  # fmt: skip

four_regimes = Law(
    name="four_regimes",
    title="Variance-limited and resolution-limited loss",
    formula="L(D) = E + c/D + A/D^alpha_D",
    latex=r"L(D) = E + \frac{c}{D} + \frac{A}{D^{\alpha_D}}",
    inputs={"D": "training samples or tokens"},
    parameters=(
        floor("E", beta(2.0, 2.0), reason="anywhere between none and all of the smallest loss"),
        exponent("alpha_D", beta(2.0, 4.0), meaning="exponent of the resolution-limited regime, below 1", reason="about 4 over the dimension of the data's manifold, which is far above 4"),
        Parameter(
            "c", lognormal(0.3, 1.0), "nats x samples", "amplitude of the variance-limited term, whose exponent is 1", "0.04 to 2 nats where there is least data",
            sampled="c_term", sampled_meaning="size of the c term at the smallest training set, nats", publish=lambda s, ref, p: s["c_term"] * ref["D_min"],
        ),
        amplitude(
            "A", lambda x, p: power(x["D"], -p["alpha_D"]), lognormal(0.3, 0.8), unit="nats x samples^alpha_D",
            meaning="amplitude of the resolution-limited term", reason="the term adds 0.06 to 1.4 nats at the mean training run",
        ),
    ),
    function=two_regimes,
    scale=lambda x: x["D"],
    decreasing=("D",),
    applies="one model family over a wide range of data (or width, named as D), from few samples on",
    fails="the sum of the source's separate regimes is this package's reading; within two decades its terms can not be told apart",
    citation="Bahri et al. 2021, Explaining Neural Scaling Laws",
    arxiv="2102.06701",
    bibtex="""@article{bahri2021explaining,
  title={Explaining Neural Scaling Laws},
  author={Bahri, Yasaman and Dyer, Ethan and Kaplan, Jared and others},
  journal={arXiv preprint arXiv:2102.06701},
  year={2021}
}""",
    published={"illustration": Published({"E": 0.8, "c": 100.0, "A": 12.0, "alpha_D": 0.3}, "illustration", "made up", "no constant of the source is verified; its exponent of 1 is part of the law")},
    example={"D": tuple(1e2 * 10 ** (0.2 * i) for i in range(25))},
)  # fmt: skip
