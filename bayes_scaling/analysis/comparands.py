"""What a comparison compares: its sides, the diagnosis of their draws and the training runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.analysis.contrast_side import GroupDraws, NewRuns, Side
from bayes_scaling.analysis.crossed_groups import sides_of_pooled
from bayes_scaling.analysis.paired_draws import Stages, complete_fit, pair_draws, paired_draws
from bayes_scaling.results.chain import Chain, link_input
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.group import Group, identity
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.verdict import Verdict

_COMPARABLE = (Fit, Group, Chain)


@dataclass(frozen=True, eq=False)
class Comparands:
    """What a comparison compares.

    Parameters
    ----------
    sides : list of Side
        The groups, in each context.
    diagnosis : Diagnosis
        Diagnosis of all fits whose draws are used.
    training : list of pd.DataFrame
        The training runs of each group.
    """

    sides: list[Side]
    diagnosis: Diagnosis
    training: list[pd.DataFrame]


@singledispatch
def as_comparands(fit: Any, across: str | None = None) -> Comparands:
    """Return the comparands of a pooled fit, of Fits, or of named forecasters.

    Parameters
    ----------
    fit : PooledFit, Fits, or mapping of name to Fit, Chain or Group
        What holds the groups.
    across : str, optional
        Column of a pooled fit's crossed groups whose values are compared.

    Returns
    -------
    Comparands

    Raises
    ------
    InputError
        If ``fit`` holds nothing that can be compared, or ``across`` is no column of its groups.
    """
    raise _not_comparable(type(fit).__name__)


@as_comparands.register(PooledFit)
def _of_pooled_fit(fit: PooledFit, across: str | None = None) -> Comparands:
    training = [fit.table[fit.place[0] == i] for i in range(len(fit.groups))]
    return Comparands(sides_of_pooled(fit, across), fit.diagnosis, training)


@as_comparands.register(Fits)
def _of_fits(fits: Fits, across: str | None = None) -> Comparands:
    named = {
        " / ".join(map(str, group)) if isinstance(group, tuple) else group: fits[group]
        for group in fits
    }
    return as_comparands(named, across)


@as_comparands.register(Mapping)
def _of_forecasters(
    forecasters: Mapping[Any, Fit | Group | Chain], across: str | None = None
) -> Comparands:
    if forecasters and all(isinstance(one, PooledFit) for one in forecasters.values()):
        return _of_outcomes(forecasters, across)
    _check_kinds(forecasters)
    if across is not None:
        raise InputError(
            f"across is {across!r}, and separate fits have no crossed columns; leave it out"
        )
    _check_one_outcome(forecasters)
    stages = {name: _stages_of(name, one) for name, one in forecasters.items()}
    order = pair_draws([fit for fits in stages.values() for fit in fits])
    sides = [
        Side(name, (), (_with_runs(paired_draws(fits, order), forecasters[name], fits, order),))
        for name, fits in stages.items()
    ]
    diagnosis = (
        _diagnosis_of_fits(stages) + _link_cautions(forecasters) + shared_law_cautions(stages)
    )
    return Comparands(sides, diagnosis, [fits[0].training for fits in stages.values()])


def _of_outcomes(fits: Mapping[Any, Any], across: str | None) -> Comparands:
    """The groups of several pooled fits, one for each outcome, which is a context."""
    parts = {name: as_comparands(fit, across) for name, fit in fits.items()}
    sides = [
        replace(side, context=(("outcome", name), *side.context))
        for name, part in parts.items()
        for side in part.sides
    ]
    diagnosis = sum((part.diagnosis.named(str(name)) for name, part in parts.items()), Diagnosis())
    return Comparands(sides, diagnosis, [runs for part in parts.values() for runs in part.training])


def _with_runs(
    draws: GroupDraws, forecaster: Fit | Group | Chain, fits: Stages, order: dict[int, np.ndarray]
) -> GroupDraws:
    """Add what draws new runs of a forecaster, in the order of its other draws."""
    chain = forecaster if isinstance(forecaster, Chain) else None
    return replace(draws, runs=NewRuns(fits[0], order[id(complete_fit(fits[0]))], chain))


def _not_comparable(what: str) -> InputError:
    """The error for something that cannot be compared."""
    return InputError(
        "compare takes a pooled fit (fit(..., group=...)), {outcome: pooled fit}, Fits, or "
        f"{{name: Fit, Chain or group}}; {what} is none of them"
    )


def _check_kinds(forecasters: Mapping[Any, Any]) -> None:
    """Refuse an empty mapping, and values that are no fit, group or chain."""
    if not forecasters:
        raise _not_comparable(type(forecasters).__name__)
    for one in forecasters.values():
        if not isinstance(one, _COMPARABLE):
            raise _not_comparable(f"a mapping with a {type(one).__name__}")


def _check_one_outcome(forecasters: Mapping[Any, Fit | Group | Chain]) -> None:
    """Refuse forecasters of several outcomes or units."""
    outcomes = {name: (one.law.outcome, one.unit) for name, one in forecasters.items()}
    if len(set(outcomes.values())) > 1:
        each = ", ".join(f"{name} {what} in {unit}" for name, (what, unit) in outcomes.items())
        raise InputError(
            f"the fits predict different outcomes: {each}; compare fits of one outcome"
        )


def _stages_of(name: Any, forecaster: Fit | Group | Chain) -> Stages:
    """The fit, or both fits of a chain, in the order in which their laws apply."""
    if not isinstance(forecaster, Chain):
        return (forecaster,)
    first, second = forecaster.first, forecaster.second
    if not isinstance(first, Fit | Group):
        raise InputError(
            f"{name} begins with an {type(first).__name__}; "
            "compare chains that begin with the fit of one law"
        )
    return first, second


def _diagnosis_of_fits(stages: dict[Any, Stages]) -> Diagnosis:
    """The diagnosis of every fit, once, led by the names of the sides that use it."""
    names_by_fit: dict[int, tuple[Fit | PooledFit, list[str]]] = {}
    for name, fits in stages.items():
        for fit in map(complete_fit, fits):
            names_by_fit.setdefault(id(fit), (fit, []))[1].append(str(name))
    return sum(
        (
            fit.diagnosis.named(join_words(dict.fromkeys(names)))
            for fit, names in names_by_fit.values()
        ),
        Diagnosis(),
    )


def _link_cautions(forecasters: Mapping[Any, Fit | Group | Chain]) -> Diagnosis:
    """Cautions of chains whose second law was fitted on another column than the first predicts."""
    return sum(
        (
            one.linked.named(str(name))
            for name, one in forecasters.items()
            if isinstance(one, Chain)
        ),
        Diagnosis(),
    )


def shared_law_cautions(stages: Mapping[Any, Stages]) -> Diagnosis:
    """Return a caution for each second law that serves several chains.

    Parameters
    ----------
    stages : mapping of name to tuple of Fit or Group
        The fit of each side, or both fits of a chain.

    Returns
    -------
    Diagnosis
    """
    users: dict[Any, dict[Any, Stages]] = {}
    for name, fits in stages.items():
        if len(fits) > 1:
            users.setdefault(identity(fits[1]), {})[name] = fits
    cautions = []
    for chains in users.values():
        second = next(iter(chains.values()))[1]
        if len({identity(fits[0]) for fits in chains.values()}) > 1:
            cautions.append(
                f"one {second.law.name} serves {join_words(chains)}: equal "
                f"{link_input(second.law)} then means equal {second.outcome_name}, whatever the "
                "data; fit a second law for each to test that"
            )
    verdict = Verdict("Fit", cautions=tuple(cautions)) if cautions else None
    return Diagnosis(fit=verdict)
