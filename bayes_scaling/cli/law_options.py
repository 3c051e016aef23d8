"""Options that name laws, their likelihoods and their weights, read and checked."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import plural
from bayes_scaling.cli.run_options import read_runs, select_rows
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.places import axes
from bayes_scaling.models._registry import find_law
from bayes_scaling.results.choose_law import choose_law, is_auto, on_paths

_TERMS = ("drift", "df", "smooth")


def read_law(options: Namespace, name: str) -> Law:
    """The law of a name, with --drift, --df and --smooth in place of its own terms."""
    law = _chosen_law(options) if is_auto(name) else find_law(name)
    terms = {term: vars(options)[term] for term in _TERMS}
    terms = {term: value for term, value in terms.items() if value is not None}
    if not terms:
        return law
    noise: Any = law.noise.noise if isinstance(law.noise, Censored) else law.noise
    _check_terms(law, noise, terms)
    if "smooth" in terms and terms.setdefault("df", None) not in (None, "normal"):
        raise InputError(
            f"--smooth needs Normal noise, and --df is {terms['df']:g}; leave --df out"
        )
    if terms.get("df") == "normal":
        terms["df"] = None
    try:
        changed = replace(noise, **terms)
        if isinstance(law.noise, Censored):
            changed = replace(law.noise, noise=changed)
        return law.with_noise(changed)
    except InputError as error:  # a user's law whose noise is smooth, or censored
        raise InputError(f"--{next(iter(terms))} does not suit {law.name}: {error}") from None


def _chosen_law(options: Namespace) -> Law:
    """The law that suits the runs of --runs, chosen once for a command."""
    if "chosen_law" not in options:
        (runs, columns), asked = read_runs(options), vars(options)
        train = select_rows(runs, asked.get("train"))
        options.chosen_law = choose_law(train, asked.get("y"), columns)
        several = options.command == "compare" and len(asked["y"] or ()) > 1  # crossed with groups
        if options.command in ("compare", "decide") and not several:
            group, pool = asked["group"], asked.get("pool") or None
            options.chosen_law = on_paths(options.chosen_law, group, pool)
    return options.chosen_law


def _check_terms(law: Law, noise: Likelihood, terms: dict[str, Any]) -> None:
    """Refuse terms that a law's likelihood does not have."""
    known = {field.name for field in fields(noise)} if is_dataclass(noise) else set()
    for term in terms:
        if term not in known:
            raise InputError(
                f"--{term}: the likelihood of {law.name}, {law.noise}, has no such term; "
                f"leave --{term} out"
            )
        if (term == "smooth" and law.scale is None) or (term == "drift" and not axes(law)):
            raise InputError(
                f"--{term}: {law.name} has no scale of a run for it to vary with; "
                f"leave --{term} out"
            )


def read_laws(options: Namespace) -> list[Law]:
    """The laws of --law, each named once."""
    laws = [read_law(options, name) for name in options.law]
    names = [law.name for law in laws]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--law names {name} twice; name each law once")
    return laws


def inputs_of(law: Law) -> set[str]:
    """What a law and its likelihood read of a run."""
    return {*law.inputs, *law.noise.reads}


def read_weights(options: Namespace, laws: Sequence[Law]) -> str | dict[str, float]:
    """The weights of --weights: a rule, or {law: number} in the order of --law."""
    text = vars(options).get("weights")
    if text is None and len(laws) == 1:
        return "equal"
    from bayes_scaling.analysis.average_weights import given_weights
    from bayes_scaling.analysis.law_weights import RULES

    text = text or RULES[0]
    if text in (*RULES, "equal"):
        return text
    try:
        numbers = list(map(float, text.split(",")))
    except ValueError:
        raise InputError(
            f"--weights is {text!r}; use {', '.join(RULES)}, equal or a number for each law, "
            "such as 0.6,0.4"
        ) from None
    if len(numbers) != len(laws):
        raise InputError(
            f"--weights has {plural(len(numbers), 'number')} and --law "
            f"{plural(len(laws), 'law')}; give one for each, such as 0.6,0.4"
        )
    weights = dict(zip([law.name for law in laws], numbers))
    given_weights(weights, weights)  # refuses invalid numbers
    return weights
