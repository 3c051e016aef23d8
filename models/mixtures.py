r"""Loss from the mixture of training domains.

.. math:: L(r) = c + k\, e^{\sum_j t_j r_j} \qquad\text{and}\qquad L(r) = c + \sum_j w_j r_j

The shares r sum to 1, so the last domain is what the others are compared with: its t (or w) is 0, its share is no
input, and c + k (or c) is the loss of training on it alone. ``mixing_law`` and ``regmix_linear`` make the law of any
domains; the laws of that name in the registry are those of three, web, code and books.
Sources: Ye et al. 2024, arXiv 2403.16952; Liu et al. 2024, arXiv 2407.01492.
"""

import re
from functools import wraps

import jax.numpy as jnp

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import beta, lognormal, normal

_THREE = ("web", "code", "books")
_EXAMPLE = (
    (0.9, 0.05), (0.05, 0.9), (0.05, 0.05), (0.6, 0.3), (0.3, 0.6), (0.6, 0.1), (0.1, 0.6), (0.3, 0.1), (0.1, 0.3), (0.33, 0.33), (0.5, 0.5), (0.5, 0.0),
    (0.0, 0.5), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (0.75, 0.1), (0.1, 0.75), (0.15, 0.15), (0.45, 0.3), (0.2, 0.4), (0.7, 0.25), (0.25, 0.7), (0.85, 0.0),
)  # fmt: skip


def _names(domains):
    """The compared domains and the last, refused where they can not name columns and parameters."""
    if isinstance(domains, str) or len(domains) < 2 or len(set(domains)) < len(domains):
        raise InputError(f"domains are {domains!r}; give the names of two or more, each once, the one to compare with last")
    for name in domains:
        if not re.fullmatch(r"\w+", str(name)):
            raise InputError(f"the domain {name!r} is no plain word; its share stands in a column w_name")
    return tuple(domains[:-1]), domains[-1]


def _sum(x, names, weights):
    return sum(weights[name] * x[f"w_{name}"] for name in names)


def _once(make):
    """The same law for the same domains each time: one compiled program serves it."""
    made = {}

    @wraps(make)
    def law(domains=_THREE):
        names, last = _names(domains)
        if (*names, last) not in made:
            made[*names, last] = make((*names, last))
        return made[*names, last]

    return law


def _functions(names):
    """Means of both laws for these domains, and their amplitudes from what is sampled."""

    def exponential(x, c, k, **t):
        return c + k * jnp.exp(_sum(x, names, {name: t[f"t_{name}"] for name in names}))

    def linear(x, c, **w):
        return c + _sum(x, names, {name: w[f"weight_{name}"] for name in names})

    def factor(s, ref, p):  # the exponential part at the mean mixture is what was sampled for it
        return s["k_term"] / jnp.exp(_sum(ref, names, {name: p[f"t_{name}"] for name in names}))

    def constant(s, ref, p):
        return s["level"] * jnp.sqrt(ref["y_min"] * ref["y_max"]) - _sum(ref, names, {name: p[f"weight_{name}"] for name in names})

    return exponential, linear, factor, constant


def _common(name, domains, names):
    return dict(
        name=name if tuple(domains) == _THREE else f"{name}({', '.join(domains)})",
        inputs={f"w_{name}": f"share of {name}" for name in names},
        example={f"w_{name}": tuple(row[i] for row in _EXAMPLE) for i, name in enumerate(names)} if tuple(domains) == _THREE else {},
        applies="proxy runs of one size and budget on mixtures spread over the simplex, their loss on one validation set",
    )


@_once
def mixing_law(domains=_THREE):
    """The exponential mixing law of these domains; columns w_name hold their shares, and the last is compared with."""
    *names, last = domains
    exponential, _, factor, _ = _functions(names)
    exponents = " + ".join(f"t_{name} w_{name}" for name in names)
    return Law(
        **_common("mixing_law", domains, names),
        title=f"Mixing law: loss from the mixture of domains, compared with {last}",
        formula=f"L = c + k exp({exponents})",
        latex=r"L(r) = c + k\, e^{\sum_j t_j r_j}",
        parameters=(
            Parameter("c", beta(4.0, 2.0), "nats/token", "loss that no mixture goes below", "below every observed loss, two thirds of the least in the middle",
                      sampled="c_share", sampled_meaning="c as a share of the smallest observed loss", publish=lambda s, ref, p: s["c_share"] * ref["y_min"]),
            *(Parameter(f"t_{name}", normal(0.0, 1.0), "1", f"log effect of {name} in place of {last} on what lies above c", "all of one domain for all of another changes that by up to a factor of 7") for name in names),
            Parameter("k", lognormal(0.8, 0.7), "nats/token", f"what lies above c when training on {last} alone", "0.2 to 3 nats lie above c at the mean mixture",
                      sampled="k_term", sampled_meaning="nats above c at the mean mixture", publish=factor),
        ),
        function=exponential,
        fails="one size and budget at a time; domains whose share hardly varies rest on the prior, and so does c",
        citation="Ye et al. 2024, Data Mixing Laws",
        arxiv="2403.16952",
        bibtex="""@article{ye2024data,
  title={Data Mixing Laws: Optimizing Data Mixtures by Predicting Language Modeling Performance},
  author={Ye, Jiasheng and Liu, Peiju and Sun, Tianxiang and others},
  journal={arXiv preprint arXiv:2403.16952},
  year={2024}
}""",
        published={"illustration": Published({"c": 2.0, "k": 0.8, **{f"t_{name}": 0.7 - 1.6 * i for i, name in enumerate(names)}}, "illustration", "made up", "no constant of the source is verified")},
    )  # fmt: skip


@_once
def regmix_linear(domains=_THREE):
    """The linear mixing law of these domains; columns w_name hold their shares, and the last is compared with."""
    *names, last = domains
    _, linear, _, constant = _functions(names)
    terms = " + ".join(f"weight_{name} w_{name}" for name in names)
    return Law(
        **_common("regmix_linear", domains, names),
        title=f"RegMix: loss linear in the mixture of domains, compared with {last}",
        formula=f"L = c + {terms}",
        latex=r"L(r) = c + \sum_j w_j r_j",
        parameters=(
            *(Parameter(f"weight_{name}", normal(0.0, 1.0), "nats/token", f"change of the loss with all of {name} in place of all of {last}", "up to two nats, either way") for name in names),
            Parameter("c", lognormal(1.0, 0.2), "nats/token", f"loss of training on {last} alone", "the line passes through the losses",
                      sampled="level", sampled_meaning="loss at the mean mixture over the middle of the losses", publish=constant),
        ),
        function=linear,
        fails="the last percents of a domain are worth as much as the first in it, which they are not: see mixing_law",
        citation="Liu et al. 2024, RegMix: Data Mixture as Regression for Language Model Pre-training",
        arxiv="2407.01492",
        bibtex="""@article{liu2024regmix,
  title={RegMix: Data Mixture as Regression for Language Model Pre-training},
  author={Liu, Qian and Zheng, Xiaosen and Muennighoff, Niklas and others},
  journal={arXiv preprint arXiv:2407.01492},
  year={2024}
}""",
        published={"illustration": Published({"c": 3.0, **{f"weight_{name}": 0.5 - i for i, name in enumerate(names)}}, "illustration", "made up", "the source publishes no weights")},
    )  # fmt: skip


mixing_law_3, regmix_linear_3 = mixing_law(), regmix_linear()
