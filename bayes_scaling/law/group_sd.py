"""Priors of the sds tau by which groups differ, on the unconstrained scale."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.prior import Prior, half_normal


def default_group_sds(
    names: Iterable[str], prior_sds: Iterable[float], modes: Mapping[str, str]
) -> dict[str, Prior]:
    """Default priors of the group sds: HalfNormal, half as wide as the quantity's prior.

    Parameters
    ----------
    names : iterable of str
        Sampled names.
    prior_sds : iterable of float
        Sd of each quantity's prior on the unconstrained scale.
    modes : mapping of str to str
        Sampled name -> "partial", "shared" or "free".

    Returns
    -------
    dict of str to Prior
        Of the partially pooled quantities.
    """
    return {
        name: half_normal(float(f"{sd / 2:.2g}"))
        for name, sd in zip(names, prior_sds)
        if modes[name] == "partial"
    }


def read_group_sd(name: str, prior: Any) -> Prior:
    """A user's prior of tau_<name>; InputError where it is not positive."""
    result = Prior.of(prior, f"tau_{name}")
    support = cast(Any, result.dist().support)
    if float(support(-1.0)) or not float(support(1.0)):
        raise InputError(
            f"the prior of tau_{name} is {prior!r}; "
            "a group sd is positive: give a distribution such as HalfNormal(0.3)"
        )
    return result


def split_priors(priors: Any) -> tuple[Any, dict[str, Any]]:
    """Split a user's priors into those of quantities and those of group sds.

    Parameters
    ----------
    priors : dict or None
        Prior by sampled name, or by tau_<sampled name>. Anything else is returned as it is.

    Returns
    -------
    dict or None, dict
        {sampled name: prior}, None where it would be empty; {sampled name: prior of its tau}.
    """
    if not isinstance(priors or {}, dict):
        return priors, {}
    given: dict[Any, Any] = priors or {}
    group_sds = {
        name.removeprefix("tau_"): prior
        for name, prior in given.items()
        if str(name).startswith("tau_")
    }
    others = {name: prior for name, prior in given.items() if not str(name).startswith("tau_")}
    return others or None, group_sds
