"""Contrasts of groups: which one is better, and how certain is that.

Contrasts of posteriors and forecasts, crossovers and compute multipliers. Every answer is counted
from draws: of one pooled fit, whose groups are compared draw by draw, or of separate fits, whose
draws are paired at random because their posteriors are independent.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob
from bayes_scaling._core.formatting import format_count
from bayes_scaling.analysis.comparands import Comparands, as_comparands
from bayes_scaling.analysis.compare_checks import (
    check_no_group_columns,
    check_risk,
    check_targets,
    complete_rope,
    farthest_reach,
    names_of_groups,
)
from bayes_scaling.analysis.comparison import Comparison
from bayes_scaling.analysis.contrast_side import Side
from bayes_scaling.analysis.contrast_tables import (
    Key,
    best_groups,
    compute_multipliers,
    crossovers,
    exponents_alone,
    forecast_contrasts,
    parameter_contrasts,
)
from bayes_scaling.analysis.contrasts import Contrasts
from bayes_scaling.analysis.crossings import compute_range
from bayes_scaling.analysis.decision import decide
from bayes_scaling.analysis.new_runs import draw_new_runs
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.direction import common_direction
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fits import Fits
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import SIZES
from bayes_scaling.runs.targets import as_targets


def compare(
    fit: PooledFit | Fits | Mapping[Any, Fit | Chain | Group],
    at: Any,
    *,
    reference: Any = None,
    within: Sequence[float] | None = None,
    across: str | None = None,
    prob: float = 0.9,
    rope: Mapping[str, float] | None = None,
    better: str | None = None,
    of: str = "run",
    risk: float = 0.1,
) -> Comparison:
    """Contrast groups: their new runs at targets, their curves and their parameters.

    Parameters
    ----------
    fit : PooledFit, Fits, or mapping of name to Fit, Chain, Group or PooledFit
        The groups, or forecasters of one outcome. A fit that serves several sides, as the second
        law of several chains, has the same draws on all of them. A mapping of outcome to
        PooledFit compares the groups on each outcome.
    at : targets
        Runs at which the groups are compared.
    reference : str, optional
        The group that all others are compared with; every pair if left out.
    within : (smallest, largest), optional
        Compute in FLOPs in which crossovers are searched, at the M of each target; from the
        smallest to the largest compute of runs and targets if left out.
    across : str, optional
        For crossed groups, the column whose values are compared, at each level of the other
        columns and on the mean over them ("all"); the first column if left out.
    prob : float
        Probability inside the central intervals.
    rope : mapping of str to float, optional
        For a parameter, "parameters" or "forecasts": the fraction of the reference within which
        two values count as the same in practice; 0.05 for parameters and 0.005 for forecasts if
        left out.
    better : str
        "lower" for losses and errors, "higher" for accuracies, which are recognized by the name of
        the outcome where this is left out.
    of : {"run", "mean"}
        What is compared at the targets. "run", the default: a new training run of each group,
        with run-to-run noise, discrepancy and drift, as that is what a decision will be judged
        by; intervals of ratios of curves held only 67% to 85% of measured ratios of runs at a
        nominal 90%. "mean": the law's own curves. Crossovers and compute multipliers are those of
        the curves either way.
    risk : float
        Accepted probability that the best group is not among those that ``decision`` names.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If there are fewer than two groups, the fits cannot be compared, the reference, a column
        or a name in ``rope`` is unknown, or targets, ``within``, ``prob``, ``better`` or ``risk``
        are invalid.

    Warns
    -----
    FitWarning
        If a verdict on a fit is bad.
    """
    targets, prob = as_targets(at), check_prob(prob)
    better = common_direction(better, _outcomes(fit))
    check_of(of)
    check_risk(risk)
    check_no_group_columns(fit, targets)
    comparands = as_comparands(fit, across)
    names = names_of_groups(comparands, reference)
    rope = complete_rope(rope, (name for side in comparands.sides for name in side.parameters))
    check_targets(comparands, targets)
    comparands.diagnosis.warn("a comparison")
    sides = {(side.context, side.name): side for side in comparands.sides}
    pairs = _pairs_of_sides(sides, names, reference)
    curves = {key: side.curve_at(targets) for key, side in sides.items()}
    paths = _paths_along_compute(comparands, targets, within)
    outcomes = draw_new_runs(sides, targets) if of == "run" else curves
    parameters = parameter_contrasts(pairs, prob, rope)
    return Comparison(
        parameters=parameters,
        forecasts=forecast_contrasts(pairs, outcomes, targets, prob, rope["forecasts"], better, of),
        decision=decide(sides, outcomes, targets, better, risk, prob),
        best=best_groups(sides, outcomes, targets, better, of),
        crossovers=crossovers(pairs, paths, prob, better),
        multipliers=compute_multipliers(pairs, curves, targets, prob, better)
        if paths
        else Contrasts.of([], []),
        diagnosis=comparands.diagnosis + farthest_reach(comparands, targets),
        reach=describe_extrapolation(targets, comparands.training),
        of=of,
        targets=targets,
        outcome=outcome_of(fit),
        prob=prob,
        risk=risk,
        fit=fit,
        caution=exponents_alone(parameters, pairs, curves),
        amplitudes=frozenset(name for side in sides.values() for name in side.amplitudes),
    )


def outcome_of(fit: Any) -> str:
    """Return the column of what is compared.

    Parameters
    ----------
    fit : PooledFit, Fits, or mapping of name to forecaster
        As in ``compare``.

    Returns
    -------
    str
    """
    return ", ".join(_outcomes(fit))


def _outcomes(fit: Any) -> list[str]:
    """The outcomes that are compared, each once; a name may have a comma."""
    if isinstance(fit, PooledFit | Fits):
        return [fit.y]
    values = fit.values() if isinstance(fit, Mapping) else ()
    return list(dict.fromkeys(str(getattr(one, "outcome_name", "")) for one in values)) or [""]


def _pairs_of_sides(
    sides: Mapping[Key, Side], names: Sequence[Any], reference: Any
) -> list[tuple[Side, Side]]:
    """Every pair of sides in one context, or every side with the reference."""
    if reference is None:
        pairs = list(combinations(names, 2))
    else:
        pairs = [(name, reference) for name in names if name != reference]
    return [
        (sides[context, one], sides[context, two])
        for context in dict.fromkeys(context for context, _ in sides)
        for one, two in pairs
        if {(context, one), (context, two)} <= sides.keys()
    ]


def _paths_along_compute(
    comparands: Comparands, targets: pd.DataFrame, within: Sequence[float] | None
) -> list[tuple[float, float, float]]:
    """(M, smallest C, largest C) of every path to search for crossovers, if the laws read sizes."""
    inputs = {name for side in comparands.sides for part in side.parts for name in part.law.inputs}
    if not (inputs <= set(SIZES) and {"C", "M"} <= set(targets.columns)):
        return []
    frames = [targets, *(runs for runs in comparands.training if "C" in runs.columns)]
    compute = np.concatenate([frame["C"].to_numpy(float) for frame in frames])
    low, high = compute_range(within, compute.min(), compute.max())
    return [(ratio, low, high) for ratio in dict.fromkeys(float(f"{m:.3g}") for m in targets["M"])]


def describe_extrapolation(targets: pd.DataFrame, training: Sequence[pd.DataFrame]) -> str:
    """Return how far the largest target extrapolates each group's runs, as a sentence.

    Parameters
    ----------
    targets : pd.DataFrame
        The targets.
    training : sequence of pd.DataFrame
        The training runs of each group.

    Returns
    -------
    str
        "" if no target needs more compute than the runs.
    """
    largest = [runs["C"].max() for runs in training if "C" in runs.columns]
    if not largest or "C" not in targets.columns or not targets["C"].max() > min(largest):
        return ""
    least, most = (format_count(targets["C"].max() / end(largest)) for end in (max, min))
    times = least if least == most else f"{least} to {most}"
    each = "" if least == most else " of each group"
    return (
        f"The largest target needs {times} times the compute "
        f"of the largest run that was fitted{each}."
    )
