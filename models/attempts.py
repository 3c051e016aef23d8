r"""Rates of success as the exponential of minus a power law: along attempts, along compute, and for clusters of items.

.. math:: \mathrm{pass@}k = e^{-a k^{-b}}, \qquad \mathrm{pass}(C) = e^{-(E_0 + C_0 C^{-\alpha_C})}, \qquad
   \mathrm{Acc}(C) = g + (1 - g)\, e^{-(a C^{-b} + c)}

Sources: Schaeffer et al. 2025, arXiv 2502.17578 and arXiv 2509.24012; Xu et al. 2025, arXiv 2502.17262.
"""

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent
from bayes_scaling.law.prior import beta, half_normal, lognormal

_NOISE = Noise(link="logit", grows=False, sigma=half_normal(0.1))


def _scarcity(name, x, rate, prior, *, unit, meaning, reason):
    """An amplitude of minus the log of the rate, sampled as its size at the mean training run."""
    return Parameter(
        name, prior, unit, meaning, reason,
        sampled=f"{name}_term", sampled_meaning=f"size of the {name} term at the mean training run, in minus log of the rate",
        publish=lambda s, ref, p: s[f"{name}_term"] * power(ref[x], p[rate]),
    )  # fmt: skip


def along_attempts(x, b, a):
    return jnp.exp(-a * power(x["k"], -b))


passk_power = Law(
    name="passk_power",
    title="pass@k as a power law of attempts",
    formula="pass@k = exp(-a k^-b)",
    latex=r"-\log \mathrm{pass@}k = a\, k^{-b}",
    inputs={"k": "attempts"},
    outcome="pass_rate",
    unit="pass@k",
    parameters=(
        exponent("b", lognormal(0.3, 0.7), meaning="exponent of the attempts: the density of hard items near a single-attempt rate of 0 goes as rate^(b - 1)", reason="0.08 to 1.2"),
        _scarcity("a", "k", "b", lognormal(1.0, 0.9), unit="1", meaning="minus log of pass@1", reason="0.3% to 84% solved at the mean training run's attempts"),
    ),
    function=along_attempts,
    noise=_NOISE,
    applies="the mean of pass@k over many items of one model, for k above ten or so",
    fails="small k curves away; items that no number of attempts solves give a floor that the law lacks. Points of one set of samples "
    "are not independent: where counts of solved attempts are at hand a beta-binomial of the items tells the exponent far better",
    citation="Schaeffer et al. 2025, How Do Large Language Monkeys Get Their Power (Laws)?",
    arxiv="2502.17578",
    bibtex="""@article{schaeffer2025monkeys,
  title={How Do Large Language Monkeys Get Their Power (Laws)?},
  author={Schaeffer, Rylan and Kazdan, Joshua and Hughes, John and others},
  journal={arXiv preprint arXiv:2502.17578},
  year={2025}
}""",
    published={
        "illustration": Published({"b": 0.35, "a": 3.0}, "illustration", "arXiv 2502.17578", "made up: no constants of the source are verified"),
    },
    example={"k": tuple(2.0**i for i in range(16))},
)  # fmt: skip


def along_compute(x, E_0, alpha_C, C_0):
    return jnp.exp(-E_0 - C_0 * power(x["C"], -alpha_C))


passk_gen = Law(
    name="passk_gen",
    title="pass@k of generative tasks from compute",
    formula="pass@k(C) = exp(-(E_0 + C_0/C^alpha_C))",
    latex=r"-\log \mathrm{pass@}k = E_0 + \frac{C_0}{C^{\alpha_C}}",
    inputs={"C": "pretraining FLOPs"},
    outcome="pass_rate",
    unit="pass@k",
    parameters=(
        Parameter("E_0", half_normal(0.3), "minus log of the rate", "what no compute wins", "near 0 for many attempts: more than half is solved in the end"),
        exponent("alpha_C", lognormal(0.22, 0.5), meaning="exponent of compute", reason="0.12 at one attempt to 0.38 at many"),
        _scarcity("C_0", "C", "alpha_C", lognormal(1.0, 0.9), unit="FLOPs^alpha_C", meaning="amplitude", reason="0.3% to 84% of what can be solved, at the mean training run"),
    ),
    function=along_compute,
    noise=_NOISE,
    applies="one k at a time: E_0, C_0 and alpha_C all change with k; models of one family",
    fails="the constants settle over the last two decades of compute only, so forecasts further than that are unsafe; rates near 0 say nothing",
    citation="Schaeffer et al. 2025, Pretraining Scaling Laws for Generative Evaluations of Language Models",
    arxiv="2509.24012",
    bibtex="""@article{schaeffer2025pretraining,
  title={Pretraining Scaling Laws for Generative Evaluations of Language Models},
  author={Schaeffer, Rylan and Levi, Noam and Miranda, Brando and Koyejo, Sanmi},
  journal={arXiv preprint arXiv:2509.24012},
  year={2025}
}""",
    published={
        "illustration": Published(
            {"E_0": 0.15, "alpha_C": 0.2, "C_0": 9000.0}, "illustration", "arXiv 2509.24012",
            "the exponent lies between the source's 0.12 (one attempt) and 0.38 (many); E_0 and C_0 are made up",
        ),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(24))},
)  # fmt: skip


def of_cluster(x, g, c, b, a):
    return g + (1 - g) * jnp.exp(-c - a * power(x["C"], -b))


cluster_law = Law(
    name="cluster_law",
    title="Accuracy of a cluster of items from compute",
    formula="Acc(C) = g + (1 - g) exp(-a/C^b - c)",
    latex=r"\mathrm{Acc}(C) = g + (1 - g)\, e^{-a C^{-b} - c}",
    inputs={"C": "training FLOPs"},
    outcome="accuracy",
    unit="accuracy",
    parameters=(
        Parameter("g", beta(4.0, 10.0), "accuracy", "accuracy at chance", "0.09 to 0.53: four choices give 0.25; give the cluster's own"),
        Parameter(
            "c", beta(8.0, 2.0), "minus log of the rate", "what no compute wins", "0.52 to 0.97: most clusters can be learned for more than half",
            sampled="ceiling", sampled_meaning="exp(-c): what can be won of what chance leaves", publish=lambda s, ref, p: -jnp.log(s["ceiling"]),
        ),
        exponent("b", lognormal(0.2, 0.5), meaning="exponent of compute", reason="0.08 to 0.53"),
        _scarcity("a", "C", "b", lognormal(1.0, 0.9), unit="FLOPs^b", meaning="amplitude", reason="0.3% to 84% of what can be won above chance, at the mean training run"),
    ),
    function=of_cluster,
    noise=_NOISE,
    applies="items grouped by how their difficulty moves with scale, one fit a cluster; the clusters are given, not found",
    fails="the whole set needs a map from its predictable clusters to all items; clusters that stay at chance say nothing",
    citation="Xu et al. 2025, Unveiling Downstream Performance Scaling of LLMs: A Clustering-Based Perspective",
    arxiv="2502.17262",
    bibtex="""@article{xu2025unveiling,
  title={Unveiling Downstream Performance Scaling of LLMs: A Clustering-Based Perspective},
  author={Xu, Chengyin and others},
  journal={arXiv preprint arXiv:2502.17262},
  year={2025}
}""",
    published={
        "illustration": Published({"g": 0.25, "c": 0.1, "b": 0.25, "a": 130000.0}, "illustration", "arXiv 2502.17262", "made up: no constants of the source are verified"),
    },
    example={"C": tuple(1e18 * 10 ** (0.25 * i) for i in range(26))},
)  # fmt: skip
