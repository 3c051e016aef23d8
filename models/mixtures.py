r"""Loss from the mixture of training domains.

.. math:: L(r) = c + k\, e^{\sum_j t_j r_j} \qquad\text{and}\qquad L(r) = c + \sum_j w_j r_j

The fractions r sum to 1, so the last domain is the reference: its t (or w) is 0, its fraction is
not an input, and c + k (or c) is the loss of training on it alone. ``mixing_law`` and
``regmix_linear`` return the law of any domains; the laws of that name in the registry are those of
web, code and books.
Sources: Ye et al. 2024, arXiv 2403.16952; Liu et al. 2024, arXiv 2407.01492.
"""

from collections.abc import Callable, Sequence

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.floor_prior import NATS_FLOOR, NATS_REASON
from bayes_scaling.law.law import Law, Published
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models._domains import THREE, cached, common_fields, weighted_sum
from bayes_scaling.models._types import Publish, Values


def _functions(names: Sequence[str]) -> tuple[Callable, Callable, Publish, Publish]:
    """Means of both laws for these domains, and their amplitudes from the sampled quantities."""

    def exponential(x: Values, c: Array, k: Array, **t: Array) -> Array:
        return c + k * jnp.exp(weighted_sum(x, names, {name: t[f"t_{name}"] for name in names}))

    def linear(x: Values, c: Array, **w: Array) -> Array:
        return c + weighted_sum(x, names, {name: w[f"weight_{name}"] for name in names})

    def factor(s: Values, ref: Values, p: Values) -> Array:
        # the exponential part at the mean mixture is the sampled quantity
        return s["k_term"] / jnp.exp(
            weighted_sum(ref, names, {name: p[f"t_{name}"] for name in names})
        )

    def constant(s: Values, ref: Values, p: Values) -> Array:
        return s["level"] * jnp.sqrt(ref["y_min"] * ref["y_max"]) - weighted_sum(
            ref, names, {name: p[f"weight_{name}"] for name in names}
        )

    return exponential, linear, factor, constant


@cached
def mixing_law(domains: Sequence[str] = THREE) -> Law:
    """Return the exponential mixing law of these domains.

    Parameters
    ----------
    domains : sequence of str
        Two or more domain names; columns ``w_<name>`` hold their fractions. The last domain is the
        reference and has no column.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        A domain name is repeated or is not a plain word, or there are fewer than two.
    """
    *names, last = domains
    exponential, _, factor, _ = _functions(names)
    exponents = " + ".join(f"t_{name} w_{name}" for name in names)
    return Law(
        **common_fields("mixing_law", domains, names),
        title=f"Mixing law: loss from the mixture of domains, relative to {last}",
        formula=f"L = c + k exp({exponents})",
        latex=r"L(r) = c + k\, e^{\sum_j t_j r_j}",
        parameters=(
            Parameter(
                "c",
                NATS_FLOOR,
                unit="nats/token",
                meaning="lower bound of the loss over all mixtures",
                reason=NATS_REASON,
                sampled="c_share",
                sampled_meaning="c as a fraction of the smallest observed loss",
                publish=lambda s, ref, p: s["c_share"] * ref["y_min"],
                is_floor=True,
            ),
            *(
                Parameter(
                    f"t_{name}",
                    normal(0.0, 1.0),
                    unit="1",
                    meaning=f"log effect on the loss above c of {name} in place of {last}",
                    reason=(
                        "replacing all of one domain with all of another changes it by up to a "
                        "factor of 7"
                    ),
                )
                for name in names
            ),
            Parameter(
                "k",
                lognormal(0.8, 0.7),
                unit="nats/token",
                meaning=f"loss above c when training on {last} alone",
                reason="the loss is 0.2 to 3 nats above c at the mean mixture",
                sampled="k_term",
                sampled_meaning="nats above c at the mean mixture",
                publish=factor,
            ),
        ),
        function=exponential,
        fails=(
            "one size and budget at a time; domains whose fraction hardly varies stay at their "
            "priors, and so does c"
        ),
        citation="Ye et al. 2024, Data Mixing Laws",
        arxiv="2403.16952",
        bibtex="""@article{ye2024data,
  title={Data Mixing Laws: Optimizing Data Mixtures by Predicting Language Modeling Performance},
  author={Ye, Jiasheng and Liu, Peiju and Sun, Tianxiang and others},
  journal={arXiv preprint arXiv:2403.16952},
  year={2024}
}""",
        published={
            "illustration": Published(
                {
                    "c": 2.0,
                    "k": 0.8,
                    **{f"t_{name}": 0.7 - 1.6 * i for i, name in enumerate(names)},
                },
                checked="illustration",
                source="illustrative values",
                note="no constant of the source is verified",
            )
        },
    )


@cached
def regmix_linear(domains: Sequence[str] = THREE) -> Law:
    """Return the linear mixing law of these domains.

    Parameters
    ----------
    domains : sequence of str
        Two or more domain names; columns ``w_<name>`` hold their fractions. The last domain is the
        reference and has no column.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        A domain name is repeated or is not a plain word, or there are fewer than two.
    """
    *names, last = domains
    _, linear, _, constant = _functions(names)
    terms = " + ".join(f"weight_{name} w_{name}" for name in names)
    return Law(
        **common_fields("regmix_linear", domains, names),
        title=f"RegMix: loss linear in the mixture of domains, relative to {last}",
        formula=f"L = c + {terms}",
        latex=r"L(r) = c + \sum_j w_j r_j",
        parameters=(
            *(
                Parameter(
                    f"weight_{name}",
                    normal(0.0, 1.0),
                    unit="nats/token",
                    meaning=f"change in loss from training on {name} alone instead of {last} alone",
                    reason="up to two nats, either sign",
                )
                for name in names
            ),
            Parameter(
                "c",
                lognormal(1.0, 0.2),
                unit="nats/token",
                meaning=f"loss of training on {last} alone",
                reason="the line passes through the observed losses",
                sampled="level",
                sampled_meaning=(
                    "loss at the mean mixture, divided by the geometric mean of the smallest and "
                    "largest losses"
                ),
                publish=constant,
            ),
        ),
        function=linear,
        fails=(
            "the last percents of a domain count as much as the first, which is not so in "
            "practice: see mixing_law"
        ),
        citation=(
            "Liu et al. 2024, RegMix: Data Mixture as Regression for Language Model Pre-training"
        ),
        arxiv="2407.01492",
        bibtex="""@article{liu2024regmix,
  title={RegMix: Data Mixture as Regression for Language Model Pre-training},
  author={Liu, Qian and Zheng, Xiaosen and Muennighoff, Niklas and others},
  journal={arXiv preprint arXiv:2407.01492},
  year={2024}
}""",
        published={
            "illustration": Published(
                {"c": 3.0, **{f"weight_{name}": 0.5 - i for i, name in enumerate(names)}},
                checked="illustration",
                source="illustrative values",
                note="the source publishes no weights",
            )
        },
    )


mixing_law_3, regmix_linear_3 = mixing_law(), regmix_linear()
