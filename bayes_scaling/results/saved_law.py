"""A law as plain data in a saved file: its name and formula, its priors, its likelihood."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from bayes_scaling._core.command_line import option
from bayes_scaling._core.errors import InputError
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.counts import (
    BetaBinomial,
    Binomial,
    ItemBetaBinomial,
    NegativeBinomial,
)
from bayes_scaling.law.likelihoods.group_paths import GroupPaths
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.likelihoods.run_effects import RunEffects
from bayes_scaling.law.prior import Prior
from bayes_scaling.models import LAWS
from bayes_scaling.models._packages import offered
from bayes_scaling.models._registry import find_law

LIKELIHOODS = {
    kind.__name__: kind
    for kind in (
        Noise,
        GroupPaths,
        RunEffects,
        Binomial,
        BetaBinomial,
        ItemBetaBinomial,
        NegativeBinomial,
        Censored,
    )
}


def law_to_data(law: Law) -> dict[str, Any]:
    """Describe a law by what identifies it, its priors and its likelihood."""
    return {
        "law": law.name,
        "formula": law.formula,
        "priors": {q.sampled: prior_to_data(q.prior) for q in law.parameters},
        "noise": _likelihood_to_data(law.noise),
        "chosen": law.chosen,
    }


def prior_to_data(prior: Prior) -> dict[str, Any]:
    """Describe a prior by its family and its numbers."""
    return {"family": prior.family, **dict(prior.args)}


def prior_from_data(data: Mapping[str, Any]) -> Prior:
    """Restore a prior."""
    numbers = {name: value for name, value in data.items() if name != "family"}
    prior = Prior(data["family"], tuple(numbers.items()))
    prior.dist()  # fails where there is no such family, or not with these numbers
    return prior


def _likelihood_to_data(likelihood: Any) -> dict[str, Any]:
    """Describe a likelihood by its kind and its fields."""
    data: dict[str, Any] = {"kind": type(likelihood).__name__}
    for part in fields(likelihood):
        value = getattr(likelihood, part.name)
        if isinstance(value, Prior):
            value = prior_to_data(value)
        elif isinstance(value, Noise):
            value = _likelihood_to_data(value)
        elif isinstance(value, LearnedDrift):
            value = asdict(value)
        data[part.name] = value
    return data


def _part_from_data(data: Mapping[str, Any]) -> Any:
    """Restore a prior, a learned drift or a likelihood within a likelihood."""
    if "family" in data:
        return prior_from_data(data)
    if "log_sd" in data:
        return LearnedDrift(**data)
    return _likelihood_from_data(data)


def own_runs_to_data(own: OwnRuns | None) -> dict[str, Any] | None:
    """Describe the evidence of a table's own held-out runs on its drift."""
    return own and {"log_density": own.log_density.tolist(), "count": own.count}


def own_runs_from_data(data: Mapping[str, Any] | None) -> OwnRuns | None:
    """Restore the evidence of a table's own held-out runs on its drift."""
    if data is None:
        return None
    return OwnRuns(np.array(data["log_density"], float), int(data["count"]))


def _likelihood_from_data(data: Mapping[str, Any]) -> Likelihood:
    """Restore a likelihood."""
    kind = LIKELIHOODS[data.get("kind", "Noise")]  # the first files have no kind
    arguments: dict[str, Any] = {"drift": 0.0} if kind is Noise else {}  # nor a drift
    for name, value in data.items():
        if isinstance(value, dict):
            value = _part_from_data(value)
        if name != "kind":
            arguments[name] = value
    return kind(**arguments)


def law_from_data(data: Mapping[str, Any], law: Law | str | None, path: Any) -> Law:
    """Restore the law of a file: from the registry or as given, with the file's priors and noise.

    Parameters
    ----------
    data : dict
        What the file has of ``law_to_data``.
    law : Law or str, optional
        The law or its name, where it is not in the registry.
    path : str or pathlib.Path
        The file, for messages.

    Returns
    -------
    Law
        The law.

    Raises
    ------
    InputError
        The law is unknown, or is not the one of the file.
    """
    if law is None and data["law"] not in {*LAWS, *offered()}:
        hint = option("law", f"path.py:{data['law']}", "law=...")
        raise InputError(
            f"{path} holds a fit of {data['law']}, a law of your own; give it as {hint}"
        )
    law = find_law(law or data["law"])
    if (law.name, law.formula) != (data["law"], data["formula"]):
        raise InputError(
            f"{path} holds a fit of {data['law']}: {data['formula']}; the law given is"
            f" {law.name}: {law.formula}; give the law it was made with"
        )
    sampled = [q.sampled for q in law.parameters]
    if set(sampled) != set(data["priors"]):
        raise InputError(
            f"{path} holds a fit of {law.name}: {law.formula} by {', '.join(data['priors'])}; the"
            f" law samples {', '.join(sampled)}: give the law it was made with, or fit again"
        )
    priors = {name: prior_from_data(prior) for name, prior in data["priors"].items()}
    law = replace(law, chosen=data.get("chosen", ""))
    return law.with_noise(_likelihood_from_data(data["noise"])).with_priors(**priors)
