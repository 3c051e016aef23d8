"""The answer of ``next_run`` in words."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import describe_run, percent
from bayes_scaling._core.messages import shorten_list
from bayes_scaling.analysis.plan.candidate_rows import Study, size_columns
from bayes_scaling.results.convergence_checks import LIMITS


def candidate_names(study: Study, table: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """Return each candidate by its label and its size, in the order of the table's rows."""
    columns = size_columns(study)
    return [
        f"{label} ({_describe_size(row.to_dict())})"
        for label, (_, row) in zip(labels, table[columns].iterrows())
    ]


def _describe_size(run: dict[Any, Any]) -> str:
    """A candidate by its size, and its compute where the size does not imply it."""
    compute = f", {run['C']:.2g} FLOPs" if {"N", "D", "C"} <= run.keys() else ""
    return f"{describe_run(run)}{compute}"


def describe_candidates(
    study: Study, table: pd.DataFrame, names: Sequence[str], drift_moves: bool
) -> Iterator[str]:
    """Yield the best candidate, and what to know of the others.

    Parameters
    ----------
    study : Study
        What was asked.
    table : pd.DataFrame
        Candidates in order.
    names : sequence of str
        Names of the candidates, in that order.
    drift_moves : bool
        Whether some candidate moves the start of the drift.

    Yields
    ------
    str
        One sentence or two.
    """
    obtained = (table["how"] == "weights").to_numpy()
    informative = np.flatnonzero((table["shrunk"] > 2 * table["error"]).to_numpy()).tolist()
    if informative:
        yield from _best_candidates(study, table, names, informative)
    elif obtained.any():
        yield (
            f"No candidate is expected to narrow {_interval(study)} by more than twice the "
            f"Monte-Carlo error, {table['error'].max():.1%} at most."
        )
    if not obtained.all():
        yield _not_obtained([names[i] for i in np.flatnonzero(~obtained).tolist()])
    if drift_moves and obtained.any():
        yield (
            "Part of it is the drift off the law, which would begin at the candidate where that "
            "is larger than every run."
        )


def _best_candidates(
    study: Study, table: pd.DataFrame, names: Sequence[str], informative: Sequence[int]
) -> Iterator[str]:
    """The best for its cost, those that may be as good, and the best at any cost."""
    shrunk, has_cost = table["shrunk"].to_numpy(), "C" in table
    first, most = informative[0], max(informative, key=shrunk.__getitem__)
    yield (
        f"Best{' for its cost' if has_cost else ''}: candidate {names[first]}. "
        f"Once it is measured {_interval(study)} is expected to be {_gain(table, first)}."
    )
    if not has_cost:
        return
    low, high = (
        ((shrunk + 2 * sign * table["error"].to_numpy()) / table["C"].to_numpy())
        for sign in (-1, 1)
    )
    rivals = [names[i] for i in np.flatnonzero(high > low[first]).tolist() if i != first]
    if rivals:
        yield (
            f"For each FLOP {_candidates(rivals)} may be as informative: "
            "the Monte-Carlo error is too large to rank them."
        )
    if most != first:
        yield f"Best at any cost: candidate {names[most]}, {_gain(table, most)}."


def _gain(table: pd.DataFrame, i: int) -> str:
    """How much narrower the interval becomes, and that for each FLOP."""
    row = table.iloc[i]
    text = f"{row['shrunk']:.1%} narrower, Monte-Carlo error {row['error']:.1%}"
    if "C" not in table:
        return text
    unit = 10.0 ** np.floor(np.log10(row["C"]))
    rate = f" ({100 * row['per_flop'] * unit:.2g}% for each {unit:.0e} FLOPs)"
    return text + rate.replace("e+", "e")


def _interval(study: Study) -> str:
    """The interval that narrows."""
    runs = study.targets.runs
    if len(runs) == 1:
        target = f"at {describe_run(runs.iloc[0].to_dict())}"
    else:
        target = f"at {len(runs)} targets, by the geometric mean,"
    what = "of a new run" if study.of == "run" else "of the curve"
    return f"the {percent(study.prob)} interval of {study.loss.outcome_name} {what} {target}"


def _not_obtained(names: Sequence[str]) -> str:
    return (
        f"Not obtained for {_candidates(names)}: the draws of this fit cannot be reweighted by "
        f"what would be measured (Pareto k above {LIMITS['pareto_k']}, or too few draws left); "
        "give the fit more draws or ask for nearer candidates; if that does not help, "
        "only a real run will."
    )


def _candidates(names: Sequence[str]) -> str:
    return f"candidate{'' if len(names) == 1 else 's'} {shorten_list(names, 3)}"
