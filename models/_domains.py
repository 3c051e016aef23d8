"""Parts of the laws of loss on the mixture of training domains.

The fractions sum to 1, so the last domain is the reference and its fraction is not an input.
"""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import cast

from jax import Array

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.law import Law
from bayes_scaling.models._types import Values

THREE = ("web", "code", "books")

_EXAMPLE = (
    (0.9, 0.05), (0.05, 0.9), (0.05, 0.05), (0.6, 0.3), (0.3, 0.6), (0.6, 0.1),
    (0.1, 0.6), (0.3, 0.1), (0.1, 0.3), (0.33, 0.33), (0.5, 0.5), (0.5, 0.0),
    (0.0, 0.5), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (0.75, 0.1), (0.1, 0.75),
    (0.15, 0.15), (0.45, 0.3), (0.2, 0.4), (0.7, 0.25), (0.25, 0.7), (0.85, 0.0),
)  # fmt: skip
# the same mixtures with the fraction of every domain
WHOLE_EXAMPLE = {
    "w_web": tuple(web for web, _ in _EXAMPLE),
    "w_code": tuple(code for _, code in _EXAMPLE),
    "w_books": tuple(max(round(1 - web - code, 10), 0.0) for web, code in _EXAMPLE),
}


def _split_reference(domains: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the other domains and the reference, checked as parts of column names."""
    if isinstance(domains, str) or len(domains) < 2 or len(set(domains)) < len(domains):
        raise InputError(
            f"domains are {domains!r}; give two or more names, each once, with the reference last"
        )
    for name in domains:
        if not re.fullmatch(r"\w+", str(name)):
            raise InputError(
                f"the domain {name!r} is not a plain word; rename it, because its fraction is "
                "in a column w_name"
            )
    return tuple(domains[:-1]), domains[-1]


def weighted_sum(x: Values, names: Sequence[str], weights: Values) -> Array:
    """Return the weighted sum of the fractions."""
    return cast(Array, sum(weights[name] * x[f"w_{name}"] for name in names))


def cached(build: Callable[[Sequence[str]], Law]) -> Callable[..., Law]:
    """Return the same law for the same domains, so that its program compiles once."""
    laws = {}

    @wraps(build)
    def law(domains: Sequence[str] = THREE) -> Law:
        names, last = _split_reference(domains)
        if (*names, last) not in laws:
            laws[*names, last] = build((*names, last))
        return laws[*names, last]

    return law


def common_fields(name: str, domains: Sequence[str], names: Sequence[str]) -> dict:
    """Return the fields that both laws have in common."""
    return dict(
        name=name if tuple(domains) == THREE else f"{name}({', '.join(domains)})",
        inputs={f"w_{name}": f"fraction of {name}" for name in names},
        example={f"w_{name}": tuple(row[i] for row in _EXAMPLE) for i, name in enumerate(names)}
        if tuple(domains) == THREE
        else {f"w_{name}": (0.0, 1.0) for name in names},  # a domain may be left out
        applies=(
            "proxy runs of one size and budget on mixtures that cover the simplex, with their loss "
            "on one validation set"
        ),
    )
