"""Evidence against a forecast, computed for a report: checks of each fit, and other forecasters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import join_words
from bayes_scaling.analysis.plan.allocation import compute_optimal
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.reporting.cached_draws import CompleteTargets
from bayes_scaling.reporting.inputs import Inputs
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.results.protocol import ForecasterProtocol

MAX_TARGETS = 6  # targets whose forecasts are checked


@dataclass(frozen=True)
class Checks:
    """One check of every fit behind a forecast.

    Parameters
    ----------
    tables : list of (label, DataFrame)
        What the check returned for each fit.
    refusals : list of str
        A sentence for each fit that the check does not take.
    """

    tables: list[tuple[str, pd.DataFrame]]
    refusals: list[str]


@dataclass(frozen=True)
class OtherPlans:
    """What other forecasters would train.

    Parameters
    ----------
    plans : list of (label, Allocation)
        A plan for the same budgets.
    refusals : list of str
        A sentence for each forecaster that cannot plan.
    """

    plans: list[tuple[str, Allocation]]
    refusals: list[str]


def sensitivity_checks(inputs: Inputs) -> Checks:
    """Halve and double the prior scales of each fit; one of few runs may be fitted again."""
    from bayes_scaling.validation.sensitivity import sensitivity

    def check(fit: Any, to: CompleteTargets) -> pd.DataFrame:
        return sensitivity(fit, to, prob=inputs.prob, seed=inputs.seed)

    return _checks(inputs, check)


def influence_checks(inputs: Inputs) -> Checks:
    """Leave out each run by importance weights; no law is fitted again."""
    from bayes_scaling.validation.influence import influence

    def check(fit: Any, to: CompleteTargets) -> pd.DataFrame:
        return influence(fit, to, prob=inputs.prob, seed=inputs.seed, refits=0)

    return _checks(inputs, check)


def _checks(inputs: Inputs, check: Callable[[Any, CompleteTargets], pd.DataFrame]) -> Checks:
    """Apply a check to each fit at its first few targets, which are numbered from 0."""
    tables, refusals = [], []
    targets = inputs.targets.iloc[:MAX_TARGETS].reset_index(drop=True)
    for label, fit, to in _fits_at(inputs.forecaster, targets):
        try:
            tables.append((label, check(fit, CompleteTargets(to))))
        except InputError as error:
            refusals.append(f"{fit.law.name} of {fit.outcome_name} was not checked: {error}.")
    return Checks(tables, refusals)


def _fits_at(
    forecaster: ForecasterProtocol, to: pd.DataFrame
) -> Iterator[tuple[str, Any, pd.DataFrame]]:
    """Yield (label, fit, targets); a chain's second fit has the link at the first law's median."""
    if not isinstance(forecaster, Chain):
        for label, fit in forecaster.component_fits():
            yield label, fit, to
        return
    yield from _fits_at(forecaster.first, to)
    link = np.median(forecaster.first.draws(to, of="mean"), axis=0)
    for _, fit in forecaster.second.component_fits():
        yield forecaster.outcome_name, fit, to.assign(**{forecaster.link: link})


def labeled(comparison: Any) -> Any:
    """Return a list of forecasters or tables as a dict by their laws, anything else as it is."""
    if isinstance(comparison, list | tuple):
        return {_short_title(one): one for one in comparison}
    return comparison


def _short_title(one: object) -> str:
    """Return what a member of a list is called."""
    if isinstance(one, Forecaster):
        return cast(ForecasterProtocol, one).title.split(":")[0]
    return type(one).__name__


def forecasts_of_others(comparison: Any, inputs: Inputs) -> dict[str, pd.DataFrame] | None:
    """Return {label: forecast} of other forecasters at the same targets, None without any.

    Raises
    ------
    InputError
        One of them predicts another outcome.
    """
    if not isinstance(comparison, dict):
        return None
    if not all(isinstance(one, Forecaster) for one in comparison.values()):
        return None
    here, forecasts = inputs.forecaster, {}
    for label, other in comparison.items():
        if (other.outcome_name, other.unit) != (here.outcome_name, here.unit):
            raise InputError(
                f"comparison has {str(label)!r}, which predicts {other.outcome_name} "
                f"({other.unit}), and the report {here.outcome_name} ({here.unit}); give "
                "forecasts of the same outcome"
            )
        name = _marked(label, other.diagnosis)
        forecasts[name] = other.forecast(
            CompleteTargets(inputs.targets), prob=inputs.prob, seed=inputs.seed
        )
    return forecasts


def plans_of_others(comparison: Any, inputs: Inputs) -> OtherPlans | None:
    """Return what other forecasters would train for the plan's budgets, None without a plan."""
    plan, others = inputs.plan, comparison if isinstance(comparison, dict) else None
    if plan is None or plan.groups or others is None:
        return None
    plans, refusals = [], []
    for label, other in others.items():
        try:
            found = compute_optimal(
                other,
                list(dict.fromkeys(plan.choice["C"])),
                serve=plan.serve,
                prob=plan.prob,
                tolerance=plan.tolerance,
                within=plan.within,
                better=plan.better,
                of=plan.of,
                seed=plan.seed,
                **plan.inputs,
            )
            plans.append((_marked(label, found.diagnosis), found))
        except InputError as error:
            refusals.append(f"{label} cannot plan: {error}.")
    return OtherPlans(plans, refusals)


def _marked(label: object, diagnosis: Diagnosis) -> str:
    """A label with the bad verdicts on it."""
    if not diagnosis.sampling.ok:
        return f"{label}, not converged"
    bad = [verdict.key for verdict in diagnosis.verdicts if not verdict.ok]
    return f"{label}{f', bad {join_words(bad)}' if bad else ''}"
