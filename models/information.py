r"""Information: what a model holds, shares and lacks.

.. math:: I(N) = \lambda \log \frac{N}{N_c}, \qquad \mathrm{bits}(N, H) = \left((R N)^{-s} + H^{-s}\right)^{-1/s}, \qquad U(X) = c\, X^{\gamma}

Sources: Henighan et al. 2020, arXiv 2010.14701; Allen-Zhu & Li 2024, arXiv 2404.05405 (there the hard minimum of R N and
H, which the soft one nears as s grows); Rosso et al. 2025, arXiv 2506.09648.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.models._parts import at_least


def shared(x, lambda_I, N_c):
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
        Parameter("lambda_I", lognormal(0.3, 1.0), "nats", "information gained by a model e times larger", "0.04 to 2.1 nats"),
        Parameter(
            "N_c", lognormal(0.7, 1.0), "parameters", "size at which the information is nothing", "the smallest model holds 0.1 to 5 nats, so every run is above N_c",
            sampled="least", sampled_meaning="information at the smallest training run, nats", publish=lambda s, ref, p: ref["N_min"] * jnp.exp(-s["least"] / p["lambda_I"]),
        ),
    ),
    function=shared,
    scale=lambda x: x["N"],
    applies="what a model's loss on text falls by when it sees the image (or the reverse), within a few decades of size",
    fails="grows without end, while the true information is finite; below N_c it is no information at all",
    citation="Henighan et al. 2020, Scaling Laws for Autoregressive Generative Modeling",
    arxiv="2010.14701",
    bibtex="""@article{henighan2020scaling,
  title={Scaling Laws for Autoregressive Generative Modeling},
  author={Henighan, Tom and Kaplan, Jared and Katz, Mor and others},
  journal={arXiv preprint arXiv:2010.14701},
  year={2020}
}""",
    published={
        "illustration": Published({"lambda_I": 0.3, "N_c": 1e4}, "illustration", "arXiv 2010.14701", "made up: no constants of the source are verified"),
    },
    example={"N": tuple(1e6 * 10 ** (0.2 * i) for i in range(18))},
)  # fmt: skip


def stored(x, R, s):
    return jnp.exp(-jnp.logaddexp(-s * (jnp.log(R) + jnp.log(x["N"])), -s * jnp.log(x["H"])) / s)


knowledge_capacity = Law(
    name="knowledge_capacity",
    title="Knowledge that a model stores",
    formula="bits(N, H) = ((R N)^-s + H^-s)^(-1/s)",
    latex=r"\mathrm{bits}(N, H) = \left((R N)^{-s} + H^{-s}\right)^{-1/s}",
    inputs={"N": "parameters", "H": "bits of knowledge in the training data"},
    outcome="bits",
    unit="bits",
    parameters=(
        Parameter("R", lognormal(1.5, 0.5), "bits/parameter", "capacity of a parameter", "0.6 to 4: 2 after a thousand exposures of each fact, 1 after a hundred"),
        Parameter("s", lognormal(4.0, 0.6), "1", "sharpness of the bend from capacity to data: the hard minimum without end", "1.2 to 13: from a wide bend to nearly the hard minimum"),
    ),
    function=stored,
    scale=lambda x: x["N"],
    applies="models trained to convergence on made-up facts of known entropy, each seen equally often; R is one number for one count of exposures",
    fails="the source gives a hard minimum: s is this package's own. Quantised weights, junk data and few exposures lower R",
    citation="Allen-Zhu & Li 2024, Physics of Language Models: Part 3.3, Knowledge Capacity Scaling Laws",
    arxiv="2404.05405",
    bibtex="""@article{allenzhu2024physics,
  title={Physics of Language Models: Part 3.3, Knowledge Capacity Scaling Laws},
  author={Allen-Zhu, Zeyuan and Li, Yuanzhi},
  journal={arXiv preprint arXiv:2404.05405},
  year={2024}
}""",
    published={
        "illustration": Published({"R": 2.0, "s": 4.0}, "illustration", "arXiv 2404.05405", "R is the abstract's, after a thousand exposures; s is made up"),
    },
    example={
        "N": tuple(n for n in (1e6, 3e6, 1e7, 3e7, 1e8, 3e8) for _ in range(4)),
        "H": (4e6, 2e7, 1e8, 5e8) * 6,
    },
)  # fmt: skip


def unsure(x, gamma, c):
    return c * power(x["X"], gamma)


uncertainty_decay = Law(
    name="uncertainty_decay",
    title="Predictive uncertainty from data or size",
    formula="U(X) = c X^gamma",
    latex=r"U(X) = c\, X^{\gamma}",
    inputs={"X": "training examples, parameters or FLOPs"},
    outcome="uncertainty",
    unit="nats",
    parameters=(
        Parameter(
            "gamma", lognormal(0.5, 0.6), "1", "exponent, negative; -1 is the limit of epistemic uncertainty in an identifiable model", "0.15 to 1.6",
            sampled="rate", sampled_meaning="minus gamma", publish=lambda s, ref, p: -s["rate"],
        ),
        at_least("c", lambda x, p: power(x["X"], p["gamma"]), lognormal(1.0, 0.3), unit="nats / unit of X^gamma", meaning="uncertainty at one unit of X", reason="the smallest run is about the least sure"),
    ),
    function=unsure,
    decreasing=("X",),
    scale=lambda x: x["X"],
    noise=Noise(sigma=half_normal(0.1)),
    applies="epistemic uncertainty (mutual information) of one method along one axis; total uncertainty only where little of it is aleatoric",
    fails="aleatoric uncertainty does not vanish: a total bends to a floor. Exponents of methods differ",
    citation="Rosso et al. 2025, Scaling Laws for Uncertainty in Deep Learning",
    arxiv="2506.09648",
    bibtex="""@article{rosso2025scaling,
  title={Scaling Laws for Uncertainty in Deep Learning},
  author={Rosso, Mattia and Rossi, Simone and Franzese, Giulio and Heinonen, Markus and Filippone, Maurizio},
  journal={arXiv preprint arXiv:2506.09648},
  year={2025}
}""",
    published={
        "illustration": Published({"gamma": -0.7, "c": 30.0}, "illustration", "arXiv 2506.09648", "made up: no constants of the source are verified"),
    },
    example={"X": tuple(500.0 * 1.5**i for i in range(18))},
)  # fmt: skip
