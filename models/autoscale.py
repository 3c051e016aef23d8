r"""Perplexity from the tokens of one domain, and the tokens of each domain at the optimum.

.. math:: y(x) = (x + a)^{-b} + c, \qquad T_d^{*}(T) = A\, T^{s}

x and y are the domain's tokens and the perplexity divided by those of a base run; a stands for the
data of all other domains, and the amplitude is 1. One fit a domain; the mixture at one budget is
that of the lowest sum of (x_i + a_i)^(-b_i). Over budgets each domain's optimum is a power of the
budget; the source draws it through two budgets without a remainder.
Source: Kang et al. 2024, arXiv 2407.20177.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, exponent, floor, level
from bayes_scaling.law.prior import half_normal, lognormal, normal, positive_normal
from bayes_scaling.models._types import Values


def mean(x: Values, a: Array, b: Array, c: Array) -> Array:
    """Return the perplexity divided by that of the base run."""
    return c + power(x["x"] + a, -b)


def tokens(x: Values, A: Array | float, s: Array) -> Array:
    """Return the tokens of one domain at the optimum."""
    return A * power(x["T"], s)


# domain: equivalent data a, exponent b, floor c; slope s of its optimal tokens, and their weight
# at 5.0005e9 tokens, four times 1.2e9
_DOMAINS = {
    "common_crawl": (2.66587, 1.24920, 0.80265, 1.033, 0.2342),
    "github": (6.61618, 1.43600, 0.94582, 1.000, 0.0274),
    "books": (2.67360, 1.53626, 0.86452, 1.080, 0.1995),
    "wikipedia": (2.46311, 1.82873, 0.89685, 0.885, 0.1421),
    "c4": (2.51838, 1.18587, 0.77504, 1.147, 0.3080),
    "stackexchange": (2.88996, 1.95363, 0.92962, 0.931, 0.0773),
    "arxiv": (3.31917, 1.92667, 0.94033, 0.374, 0.0115),
}


def _published(values: dict[str, float], note: str) -> Published:
    """Values recomputed from the authors' notebook."""
    return Published(values, checked="recomputed", source="arXiv 2407.20177", note=note)


autoscale = Law(
    name="autoscale",
    title="AutoScale: perplexity from the tokens of one domain, the others fixed",
    formula="y(x) = (x + a)^-b + c",
    latex=r"y(x) = (x + a)^{-b} + c",
    inputs={"x": "tokens of the domain divided by those of the base run"},
    outcome="perplexity_ratio",
    unit="perplexity divided by that of the base run",
    parameters=(
        Parameter(
            "a",
            lognormal(3.0, 0.5),
            unit="the domain's tokens in the base run",
            meaning="data of the other domains, as tokens of this one",
            reason="1.3 to 7; 2.5 to 6.6 published for seven domains",
        ),
        exponent(
            "b",
            lognormal(1.5, 0.4),
            meaning="exponent of the data",
            reason="0.8 to 2.9; 1.2 to 2.0 published",
        ),
        floor(
            "c",
            positive_normal(0.9, 0.1),
            unit="perplexity divided by that of the base run",
            meaning="perplexity ratio with endless tokens of this domain",
            reason="one domain of several changes the average little; 0.85 to 0.97 published",
        ),
    ),
    function=mean,
    scale=lambda x: x["x"],
    decreasing=("x",),
    noise=Noise(grows=False, sigma=half_normal(0.02)),
    applies=(
        "runs of one size in which one domain's tokens vary and the others stay, with a perplexity "
        "over all domains; one fit a domain"
    ),
    fails=(
        "the amplitude is 1 by convention, so a and b also carry the effect's size; three runs "
        "a domain, as in the source, leave its parameters to their priors. Domains do not interact"
    ),
    citation=(
        "Kang et al. 2024, AutoScale: Scale-Aware Data Mixing for Pre-Training Large Language "
        "Models"
    ),
    arxiv="2407.20177",
    bibtex="""@article{kang2024autoscale,
  title={AutoScale: Scale-Aware Data Mixing for Pre-Training Large Language Models},
  author={Kang, Feiyang and Sun, Yifan and Wen, Bingbing and others},
  journal={arXiv preprint arXiv:2407.20177},
  year={2024}
}""",
    published={
        name: _published(
            {"a": a, "b": b, "c": c},
            "GPT-2 Large, three runs: a fifth, all and three times the domain's tokens",
        )
        for name, (a, b, c, _, _) in _DOMAINS.items()
    },
    example={"x": tuple(0.05 * 1.32**i for i in range(24))},
)

_STEP, _TOTAL = 4 * 1.2e9, 5.0005e9  # budget by name, and the sum of what it extrapolates to

autoscale_domain = replace(
    autoscale,
    name="autoscale_domain",
    title="AutoScale: a domain's tokens at the optimal mixture of each budget",
    formula="T_d*(T) = A T^s",
    latex=r"T_d^{*}(T) = A\, T^{s}",
    inputs={"T": "training tokens of all domains"},
    outcome="domain_tokens",
    unit="tokens of the domain",
    parameters=(
        Parameter(
            "s",
            normal(1.0, 0.3),
            unit="1",
            meaning="exponent of the budget: above 1 where the domain's fraction grows",
            reason="0.5 to 1.5; 0.37 to 1.15 published",
        ),
        level(
            "A",
            lambda x, p: tokens(x, 1.0, p["s"]),
            lognormal(1.0, 0.5),
            unit="tokens^(1 - s)",
            meaning="amplitude of the domain's tokens",
        ),
    ),
    function=tokens,
    scale=lambda x: x["T"],
    decreasing=(),
    noise=Noise(grows=False, sigma=half_normal(0.1)),
    applies=(
        "the best mixture at several small budgets; one fit a domain. Divide the forecasts of all "
        "domains by their sum: it is not the budget"
    ),
    fails=(
        "two budgets, as in the source, fit exactly and leave the error unknown; a domain with s "
        "below 1 dies out, one above 1 outgrows the budget"
    ),
    published={
        name: _published(
            {"s": s, "A": weight * _TOTAL / _STEP**s},
            "through the optima of 3e8 and 1.2e9 tokens, GPT-2 Large",
        )
        for name, (_, _, _, s, weight) in _DOMAINS.items()
    },
    example={"T": tuple(3e8 * 1.35**i for i in range(20))},
)
