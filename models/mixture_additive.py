r"""Loss on one target from the mixture of training domains, parameters and tokens, in a sum.

.. math::

    L(h, N, D) = E + \frac{1}{\sum_i C_i h_i^{\gamma_i}} + \frac{A}{N^{\alpha_N}}
    + \frac{B}{D^{\alpha_D}}

h_i are the fractions of the domains. The best mixture does not depend on N and D;
``bayes_scaling.plan.best_mixture`` gives it as a posterior. ``mixture_additive`` returns the law of
any domains, ``mixture_size`` that of runs whose tokens are all the same or unknown; the laws of the
registry are those of web, code and books.
Source: Shukor et al. 2025, arXiv 2507.09404.
"""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.parameter import Parameter, amplitude, exponent, floor
from bayes_scaling.law.prior import lognormal
from bayes_scaling.models._domains import THREE, WHOLE_EXAMPLE, cached
from bayes_scaling.models._types import Values


def _power_of_fraction(h: Array, gamma: Array) -> Array:
    """Return h^gamma, exactly 0 with a finite gradient where a domain is left out."""
    return jnp.where(h > 0, power(jnp.where(h > 0, h, 1.0), gamma), 0.0)


def _parameters(domains: Sequence[str]) -> tuple[Parameter, ...]:
    """Exponent and amplitude of each domain."""
    exponents = (
        exponent(
            f"gamma_{name}",
            lognormal(0.3, 0.7),
            meaning=f"exponent of the fraction of {name}",
            reason="0.08 to 1.2: the first percents of a domain count most",
        )
        for name in domains
    )
    amplitudes = (
        Parameter(
            f"C_{name}",
            lognormal(3.0 / len(domains), 1.2),
            unit="1 / nats",
            meaning=f"how much {name} helps",
            reason="a domain brings a tenth to ten times its even part, and all of them leave some "
            "third of a nat",
            sampled=f"help_{name}",
            sampled_meaning=f"part of {name} in the sum at the mean mixture, 1 / nats",
            publish=lambda s, ref, p, name=name: (
                s[f"help_{name}"] * power(ref[f"w_{name}"], -p[f"gamma_{name}"])
            ),
        )
        for name in domains
    )
    return (*exponents, *amplitudes)


def _size(name: str, size: str, unit: str) -> tuple[Parameter, Parameter]:
    """Exponent and amplitude of a size's term."""
    alpha = f"alpha_{size}"
    return exponent(alpha, meaning=f"exponent of the {unit[:-1]} count"), amplitude(
        name,
        lambda x, p: power(x[size], -p[alpha]),
        unit=f"nats x {unit}^{alpha}",
        meaning=f"amplitude of the term in {unit}",
    )


_SIZES = {"N": ("A", "parameters"), "D": ("B", "tokens")}


def mixture_term(x: Values, p: Values, domains: Sequence[str]) -> Array:
    """Return what the mixture adds to the loss, nats.

    Parameters
    ----------
    x : mapping of str to array
        Fractions, as ``w_<domain>``.
    p : mapping of str to array
        Published parameters.
    domains : sequence of str
        Names of the domains.

    Returns
    -------
    array
    """
    parts = (p[f"C_{n}"] * _power_of_fraction(x[f"w_{n}"], p[f"gamma_{n}"]) for n in domains)
    return 1 / sum(parts, start=jnp.zeros(()))


def _build(name: str, domains: Sequence[str], sizes: Sequence[str]) -> Law:
    """Return the law of these domains and of these sizes."""
    names = tuple(domains)

    def mean(x: Values, **p: Array) -> Array:
        terms = (p[_SIZES[n][0]] * power(x[n], -p[f"alpha_{n}"]) for n in sizes)
        return p["E"] + mixture_term(x, p, names) + sum(terms, start=jnp.zeros(()))

    formula = " + ".join(f"C_{n} w_{n}^gamma_{n}" for n in names)
    written = " + ".join(f"{_SIZES[n][0]}/{n}^alpha_{n}" for n in sizes)
    registered = names == THREE
    return Law(
        name=name if registered else f"{name}({', '.join(names)})",
        title="Additive mixture law: domains"
        + (", parameters and tokens" if "D" in sizes else " and parameters"),
        formula=f"L = E + 1/({formula}) + {written}",
        latex=r"L = E + \frac{1}{\sum_i C_i h_i^{\gamma_i}} + "
        + " + ".join(rf"\frac{{{_SIZES[n][0]}}}{{{n}^{{\alpha_{n}}}}}" for n in sizes),
        inputs={
            **{n: {"N": "parameters", "D": "training tokens"}[n] for n in sizes},
            **{f"w_{n}": f"fraction of {n}" for n in names},
        },
        parameters=(
            floor("E"),
            *_parameters(names),
            *(q for n in sizes for q in _size(_SIZES[n][0], n, _SIZES[n][1])),
        ),
        function=mean,
        scale=(lambda x: x["N"] * x["D"]) if "D" in sizes else (lambda x: x["N"]),
        decreasing=tuple(sizes),
        applies=(
            "small runs on mixtures that cover the simplex, at several sizes, with their loss on "
            "one target; one fit a target"
        ),
        fails=(
            "the mixture's term is the same at every size, which overstates it for targets on "
            "which large models do without their domain"
        ),
        citation="Shukor et al. 2025, Scaling Laws for Optimal Data Mixtures",
        arxiv="2507.09404",
        bibtex=_BIBTEX,
        published={"illustration": _illustration(names, sizes)},
        example={n: _EXAMPLE[n] for n in (*sizes, *(f"w_{n}" for n in names))}
        if registered
        else {f"w_{n}": (0.0, 1.0) for n in names},  # a domain may be left out
    )


_BIBTEX = """@article{shukor2025scaling,
  title={Scaling Laws for Optimal Data Mixtures},
  author={Shukor, Mustafa and Bethune, Louis and Busbridge, Dan and others},
  journal={arXiv preprint arXiv:2507.09404},
  year={2025}
}"""

_EXAMPLE = {
    "N": tuple(n for n in (1e8, 3e8, 7e8, 2e9) for _ in range(len(WHOLE_EXAMPLE["w_web"]))),
    "D": tuple(d for d in (2e9, 8e9, 3e10) * (len(WHOLE_EXAMPLE["w_web"]) * 4 // 3)),
    **{name: values * 4 for name, values in WHOLE_EXAMPLE.items()},
}


def _illustration(names: Sequence[str], sizes: Sequence[str]) -> Published:
    """Return plausible values for any domains."""
    values = {"E": 1.6}
    for i, name in enumerate(names):
        values |= {f"C_{name}": 1.5 + i, f"gamma_{name}": 0.25 + 0.1 * (i % 4)}
    values |= {"A": 300.0, "alpha_N": 0.33}
    if "D" in sizes:
        values |= {"B": 700.0, "alpha_D": 0.33}
    return Published(
        values,
        checked="illustration",
        source="illustrative values",
        note="no constant of the source is verified",
    )


@cached
def mixture_additive(domains: Sequence[str] = THREE) -> Law:
    """Return the additive mixture law of these domains, parameters and tokens.

    Parameters
    ----------
    domains : sequence of str
        Two or more domain names; columns ``w_<name>`` hold the fractions of all of them.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        A domain name is repeated or is not a plain word, or there are fewer than two.
    """
    return _build("mixture_additive", domains, ("N", "D"))


@cached
def mixture_size(domains: Sequence[str] = THREE) -> Law:
    """Return the additive mixture law of these domains and parameters, without tokens.

    Parameters and errors are as in ``mixture_additive``.
    """
    return _build("mixture_size", domains, ("N",))


mixture_additive_3, mixture_size_3 = mixture_additive(), mixture_size()
