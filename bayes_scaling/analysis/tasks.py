"""Single tasks: their errors as counts in one table, and which tasks are above chance."""

from collections.abc import Mapping
from importlib import resources
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import combine_diagnoses
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.reshape import to_long
from bayes_scaling.runs.targets import as_targets

# the number of items of which the scores are exact fractions, where the source lists another
# (2376): see data/sources.toml
ITEMS = {"arc_challenge": 1172}

_CERTAIN, _UNLIKELY = 0.95, 0.05  # probabilities from which, and below which, a verdict is given


def task_errors(runs: pd.DataFrame) -> pd.DataFrame:
    """Reshape the testbed gadre2024 to one row a run and task.

    Parameters
    ----------
    runs : pd.DataFrame
        Rows of ``load_runs("gadre2024")``.

    Returns
    -------
    pd.DataFrame
        task, error (a fraction), items, chance (the accuracy of a guess, a fraction), and the other
        columns of the run without standard errors (ending in _se).

    Raises
    ------
    InputError
        If the runs lack the error of a task, or have a column task or error already.
    """
    with resources.files("bayes_scaling.data").joinpath("gadre2024_tasks.csv").open() as file:
        tasks = pd.read_csv(file).set_index("task")
    columns = [f"error_{task}" for task in tasks.index]
    if not set(columns) <= set(runs.columns):
        raise InputError(
            f"the runs have no errors of single tasks, such as {columns[0]}; "
            "give rows of load_runs('gadre2024')"
        )
    without_se = runs.drop(columns=[name for name in runs.columns if name.endswith("_se")])
    table = to_long(without_se, columns, name="task", y="error")
    table["task"] = table["task"].str.removeprefix("error_")
    items = tasks["items"].astype(float)
    for task, count in ITEMS.items():
        items.loc[task] = count
    return table.assign(
        items=table["task"].map(items),
        chance=1 - table["task"].map(tasks["chance"]),
    )


def tasks_above_chance(
    fit: PooledFit | Mapping[Any, Fit | Group | Chain],
    at: Any,
    *,
    share: float = 0.05,
    prob: float = 0.9,
) -> AnnotatedTable:
    """Forecast how far each task is above chance at a target, and whether it is at all.

    Parameters
    ----------
    fit : PooledFit, or mapping of task to Fit, Group or Chain
        A pooled fit over tasks, or forecasters of tasks, whose last law reads a known ``chance``.
    at : targets
        One target.
    share : float
        Fraction of the distance from chance to no errors from which a task counts as off chance.
    prob : float
        Probability inside the interval.

    Returns
    -------
    Table
        task; won, the median fraction of the distance from chance to no errors, with lower and
        upper; p_off_chance; and verdict ("off chance" or "at chance" if that is 95% certain, else
        "unclear"). Rows are sorted by won; ``.diagnosis`` is that of the fits.

    Raises
    ------
    InputError
        If there are several targets, ``prob`` or ``share`` is invalid, or a law has no chance
        level.

    Warns
    -----
    FitWarning
        If the draws have not converged.
    """
    prob, target = check_prob(prob), as_targets(at)
    if len(target) != 1:
        raise InputError(f"at has {len(target)} targets; give one")
    _check_share(share)
    forecasters = _forecasters_by_task(fit)
    rows = []
    for task, forecaster in forecasters.items():
        chance = accuracy_at_chance(forecaster)
        won = 1 - forecaster.draws(target, of="mean")[:, 0] / (1 - chance)
        rows.append({"task": task, **_verdict_row(won, share, prob)})
    table = AnnotatedTable(rows).sort_values("won", ascending=False, ignore_index=True)
    table.diagnosis = combine_diagnoses(one.diagnosis for one in forecasters.values())
    if not table.diagnosis.ok:
        table.foot = str(table.diagnosis)
        table.diagnosis.warn("tasks_above_chance is an answer")
    return table


def _check_share(share: float) -> None:
    """Refuse what is no fraction."""
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 < share < 1:
        raise InputError(
            f"share is {share!r}; "
            "give a fraction of the distance from chance to no errors, such as 0.05"
        )


def _forecasters_by_task(fit: Any) -> dict[Any, Fit | Group | Chain]:
    """One forecaster for each task."""
    if isinstance(fit, PooledFit):
        return {fit.label(group): fit.group(group) for group in fit.groups}
    if isinstance(fit, Mapping):
        return dict(fit)
    raise InputError(
        "tasks_above_chance takes a pooled fit over tasks, or {task: forecaster}; "
        f"{type(fit).__name__} is neither"
    )


def accuracy_at_chance(forecaster: Fit | Group | Chain) -> float:
    """Return the accuracy of a model that has learned nothing of the task.

    Parameters
    ----------
    forecaster : Fit, Group or Chain
        A forecaster whose last law reads a known ``chance``.

    Returns
    -------
    float
        A fraction.

    Raises
    ------
    InputError
        If the law reads no ``chance``.
    """
    last = forecaster.second if isinstance(forecaster, Chain) else forecaster
    law = last.law
    if "chance" not in law.known:
        others = f"; its known inputs are {shorten_list(law.known)}" if law.known else ""
        raise InputError(
            f"{law.name} has no chance level; use a law that does, such as task_saturating{others}"
        )
    chance = float(np.asarray(last.with_known(pd.DataFrame({"L": [1.0]}))["chance"])[0])
    if "c" not in law.names:
        return chance
    # such laws begin at a fraction c of chance, or at a small accuracy where chance is 0
    draws = last.fit.published(last.key) if isinstance(last, Group) else last.flat("c", "luck")
    return chance * float(np.median(draws["c"])) or float(np.median(draws["luck"]))


def _verdict_row(won: np.ndarray, share: float, prob: float) -> dict[str, Any]:
    """Median, interval and verdict of draws of the fraction that a task has won."""
    lower, median, upper = np.quantile(won, [(1 - prob) / 2, 0.5, (1 + prob) / 2])
    off_chance = float((won > share).mean())
    if off_chance > _CERTAIN:
        verdict = "off chance"
    else:
        verdict = "at chance" if off_chance < _UNLIKELY else "unclear"
    return {
        "won": median,
        "lower": lower,
        "upper": upper,
        "p_off_chance": off_chance,
        "verdict": verdict,
    }
