"""Checks of what ``compare`` is given."""

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import did_you_mean
from bayes_scaling.analysis.comparands import Comparands
from bayes_scaling.inference.target_inputs import check_inputs
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.target_checks import ratio_cautions
from bayes_scaling.results.target_reach import reach_of_targets
from bayes_scaling.results.verdict import Verdict

# fraction of the reference within which two values count as the same
ROPE = {"parameters": 0.05, "forecasts": 0.005}


def check_no_group_columns(fit: Any, targets: pd.DataFrame) -> None:
    """Refuse targets that name a group: all groups are compared at each target."""
    for column in fit.pool.by if isinstance(fit, PooledFit) else ():
        if column in targets.columns:
            raise InputError(
                f"at has the column {column}, which identifies the groups; "
                "leave it out: the groups are compared at each target"
            )


def check_risk(risk: float) -> None:
    """Refuse a risk that is no probability between 0 and 1."""
    if isinstance(risk, bool) or not isinstance(risk, Real) or not 0 < risk < 1:
        raise InputError(f"risk is {risk!r}; give a probability between 0 and 1, such as 0.1")


def names_of_groups(comparands: Comparands, reference: Any) -> list[Any]:
    """Return the groups' names, at least two, the reference among them."""
    names = list(dict.fromkeys(side.name for side in comparands.sides))
    if len(names) < 2:
        raise InputError(f"there is one group, {names[0]}; give at least two to compare")
    if reference is not None and reference not in names:
        raise InputError(
            f"the reference {reference!r} is not a group{did_you_mean(reference, names)}; "
            f"groups are {', '.join(map(repr, names[:10]))}"
        )
    return names


def complete_rope(rope: Mapping[str, float] | None, parameters: Iterable[str]) -> dict[str, float]:
    """Return the fractions within which two values count as the same, defaults included."""
    if not isinstance(rope or {}, Mapping) or any(
        isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < 1
        for value in (rope or {}).values()
    ):
        raise InputError(
            f"rope is {rope!r}; give fractions by name, such as {{'eta': 0.02, 'forecasts': 0.005}}"
        )
    known = [*dict.fromkeys([*ROPE, *parameters])]
    for name in rope or {}:
        if name not in known:
            raise InputError(
                f"rope names {name!r}{did_you_mean(name, known)}; there are {', '.join(known)}"
            )
    return ROPE | dict(rope or {})


def check_targets(comparands: Comparands, targets: pd.DataFrame) -> None:
    """Refuse targets that lack an input of a law."""
    for part in {part.law: part for side in comparands.sides for part in side.parts}.values():
        known = {name: targets.get(name, value) for name, value in part.known.items()}
        check_inputs(part.law, targets.assign(**known))


def farthest_reach(comparands: Comparands, targets: pd.DataFrame) -> Diagnosis:
    """Return the verdict on the reach of the group whose runs lie farthest from the targets."""
    kind = comparands.sides[0].parts[0].law.outcome.split("_")[0]
    verdicts = [reach_of_targets(targets, runs, (), kind) for runs in comparands.training]
    worst = max(verdicts, key=lambda verdict: verdict.numbers.get("distance", 0.0))
    ratios = [text for runs in comparands.training for text in ratio_cautions(targets, runs)]
    far = Verdict("Reach", cautions=tuple(dict.fromkeys(ratios)))
    return Diagnosis(reach=worst) + Diagnosis(reach=far)
