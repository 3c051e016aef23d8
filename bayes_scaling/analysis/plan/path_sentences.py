"""The answer of a plan for one budget, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bayes_scaling._core.formatting import format_count, format_to_width, percent
from bayes_scaling.analysis.plan.budget_path import BudgetPath
from bayes_scaling.analysis.plan.forecasters import has_one_ratio
from bayes_scaling.analysis.plan.path_minimum import finite_quantiles
from bayes_scaling.analysis.plan.split_options import describe_inputs, widen_search
from bayes_scaling.results.group import Group

# what an interval is of, after a value
OUTCOMES = {"run": "for a new run", "mean": "by the law's curve"}

type Row = Mapping[str, Any]  # what ``choice_row`` returned


def describe_choice(path: BudgetPath, row: Row, prob: float, of: str) -> str:
    """Return what to train for the budget, how certain that is and what it extrapolates.

    Parameters
    ----------
    path : BudgetPath
        The path.
    row : mapping
        What ``choice_row`` returned.
    prob : float
        Probability of the intervals.
    of : {"run", "mean"}
        Whether the outcome is that of a new run, or the law's curve.

    Returns
    -------
    str
        Several sentences.
    """
    if not path.has_choice:
        return _no_choice(path, row)
    missing = _missing(path, row)
    return " ".join(
        [
            _run_to_train(path, row, prob, of),
            *_range_of_best(path, prob),
            *_range_of_close(path, row, prob),
            *([f"{missing[0].upper()}{missing[1:]}."] if missing else []),
            *_ratio_beside_runs(path, row),
            *_compute_beside_runs(path, row),
        ]
    )


def _lead(path: BudgetPath) -> str:
    """The budget and what it has to pay for, as the start of a sentence."""
    serve, inputs = path.options.serve, path.options.inputs
    served = f", {format_count(serve)} tokens of serving among them" if serve else ""
    comma = "," if serve or inputs else ""
    return f"With {path.budget:.3g} FLOPs{served}{describe_inputs(inputs)}{comma}"


def _missing(path: BudgetPath, row: Row) -> str:
    """How many draws have no best; "" if all have one."""
    if not row["none"]:
        return ""
    low, high = path.options.within
    return (
        f"{_percent_of_draws(row['none'])} of the draws have no best "
        f"between {low:,g} and {high:,g} tokens per parameter"
    )


def _no_choice(path: BudgetPath, row: Row) -> str:
    """Why no run is named, and what to do."""
    end = "fewest" if path.chosen_log_m < 0 else "most"
    missing = _missing(path, row)
    return (
        f"{_lead(path)} there is no best run to name: the expected "
        f"{path.forecaster.outcome_name} is best at the {end} tokens per parameter that were "
        f"searched{f', and {missing}' if missing else ''}; {widen_search(path.options.within)}."
    )


def _run_to_train(path: BudgetPath, row: Row, prob: float, of: str) -> str:
    """The run, its outcome, and how far it is expected to be from the best."""
    value, lower, upper = format_to_width(
        (row["median"], row["lower"], row["upper"]), row["upper"] - row["lower"]
    )
    distance = (
        f"expected to be {row['excess']:.2g} {path.forecaster.unit} from the best possible"
        if np.isfinite(row["excess"])
        else "its distance from the best possible is unknown"
    )
    return (
        f"{_lead(path)} train {format_count(row['N'])} parameters on {format_count(row['D'])} "
        f"tokens, {row['M']:.3g} per parameter: {path.forecaster.outcome_name} {value} "
        f"{OUTCOMES[of]} ({percent(prob)}: {lower} to {upper}), {distance}."
    )


def _range_of_best(path: BudgetPath, prob: float) -> Iterator[str]:
    """The interval of the best split itself, if it lies inside the search."""
    ratio = np.exp(finite_quantiles(path.best_log_m, [(1 - prob) / 2, (1 + prob) / 2]))
    if np.isfinite(ratio).all():
        N = path.parameters(ratio)
        yield (
            f"The best run has {format_count(N[1])} to {format_count(N[0])} parameters, "
            f"M {ratio[1]:.3g} to {ratio[0]:.3g} ({percent(prob)})."
        )


def _range_of_close(path: BudgetPath, row: Row, prob: float) -> Iterator[str]:
    """The runs that are close to the best, or how often the chosen one is."""
    least, most = row["N_least"], row["N_most"]
    close = f"within {percent(path.options.tolerance)} of the best {path.forecaster.outcome_name}"
    close_enough = f"{close} with probability {percent(prob)} or more"
    if np.isfinite(least) and np.isfinite(most):
        yield (
            f"A run of {format_count(least)} to {format_count(most)} parameters "
            f"(M {row['M_most']:.3g} to {row['M_least']:.3g}) is {close_enough}."
        )
    elif np.isfinite(least):
        yield f"A run of {format_count(least)} parameters or more is {close_enough}."
    elif np.isfinite(most):
        yield f"A run of up to {format_count(most)} parameters is {close_enough}."
    elif np.isfinite(row["excess"]):
        none = f"; no run reaches probability {percent(prob)}" if path.p_close.max() < prob else ""
        yield f"The run to train is {close} with probability {row['close']:.2f}{none}."


def _ratio_beside_runs(path: BudgetPath, row: Row) -> Iterator[str]:
    """How the tokens per parameter compare with those of the runs."""
    if "M" not in path.runs:
        return
    low, high = path.runs["M"].min(), path.runs["M"].max()
    if has_one_ratio(path.runs):
        yield f"All runs had M = {low:.3g}: the best M depends on the prior alone."
    elif not low <= row["M"] <= high:
        few_or_many = "few" if row["M"] < low else "many"
        yield f"No run had so {few_or_many} tokens per parameter ({low:.3g} to {high:.3g})."
    elif row["outside"] > row["none"] + 0.05:
        yield (
            f"In {_percent_of_draws(row['outside'])} of the draws the best M lies outside that of "
            f"all runs ({low:.3g} to {high:.3g})."
        )


def _compute_beside_runs(path: BudgetPath, row: Row) -> Iterator[str]:
    """How the compute compares with that of the runs."""
    if row["extrapolation"] > 1:
        group = " of its group" if isinstance(path.forecaster, Group) else ""
        times = format_count(row["extrapolation"])
        yield f"It takes {times} times the compute of the largest run{group}."
    elif "C" in path.runs:
        compute = path.runs["C"]
        if row["extrapolation"] * compute.max() < compute.min():
            yield f"It takes less compute than every run ({compute.min():.3g} FLOPs or more)."


def _percent_of_draws(fraction: float) -> str:
    return f"{fraction:.0%}" if fraction >= 0.01 else "less than 1%"
