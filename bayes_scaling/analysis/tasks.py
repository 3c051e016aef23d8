"""Single tasks: their errors as counts, in one table, and which of them a model of this size has begun to learn."""

from collections.abc import Mapping
from importlib import resources
from numbers import Real

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import FitWarning, InputError, warn
from bayes_scaling._core.messages import shown
from bayes_scaling._core.table import Told
from bayes_scaling.results.diagnosis import together
from bayes_scaling.runs.reshape import to_long
from bayes_scaling.runs.targets import as_targets

ITEMS = {
    "arc_challenge": 1172
}  # of which its scores are whole shares, where 2376 are listed: see data/sources.toml


def task_errors(runs):
    """One row a run and task of the testbed gadre2024: task, error, items, chance (the accuracy of a guess), and the run's other columns.

    Parameters
    ----------
    runs : rows of ``load_runs("gadre2024")``.

    Returns
    -------
    DataFrame; error and chance are shares, and columns of standard errors (ending in _se) are left out.

    Raises
    ------
    InputError : the runs lack the error of a task, or have a column task or error already.
    """
    about = pd.read_csv(
        resources.files("bayes_scaling.data").joinpath("gadre2024_tasks.csv")
    ).set_index("task")
    columns = [f"error_{task}" for task in about.index]
    if not set(columns) <= set(runs.columns):
        raise InputError(
            f"the runs have no errors of single tasks, such as {columns[0]}; give rows of load_runs('gadre2024')"
        )
    made = to_long(
        runs.drop(columns=[c for c in runs.columns if c.endswith("_se")]),
        columns,
        name="task",
        y="error",
    )
    made["task"] = made["task"].str.removeprefix("error_")
    return made.assign(
        items=made["task"].map(ITEMS).fillna(made["task"].map(about["items"])),
        chance=1 - made["task"].map(about["chance"]),
    )


def tasks_above_chance(fit, at, *, share=0.05, prob=0.9):
    """How much of the room above chance each task has won at a target, and whether it has left chance at all.

    Parameters
    ----------
    fit : PooledFit over tasks of a law with a known ``chance``, or {task: forecaster} that ends in one, such as chains.
    at : one target.
    share : of the room above chance that counts as off chance.
    prob : probability inside the interval.

    Returns
    -------
    Table, with ``.diagnosis``: task, won (median share of the room above chance), lower, upper, p_off_chance, verdict ("off chance" and "at chance" where
    that is 95% sure, else "unclear"), sorted by what was won.

    Raises
    ------
    InputError : more targets than one, a bad ``prob`` or ``share``, or a law that knows no chance level.

    Warns
    -----
    FitWarning : the draws have not converged.
    """
    prob, at = check_prob(prob), as_targets(at)
    if len(at) != 1:
        raise InputError(f"at has {len(at)} targets; give one")
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 < share < 1:
        raise InputError(f"share is {share!r}; give a share of the room above chance, such as 0.05")
    if not hasattr(fit, "groups") and not isinstance(fit, Mapping):
        raise InputError(
            f"tasks_above_chance takes a pooled fit over tasks, or {{task: forecaster}}; {type(fit).__name__} is neither"
        )
    parts = (
        {fit.label(group): fit.group(group) for group in fit.groups}
        if hasattr(fit, "groups")
        else dict(fit)
    )
    rows = []
    for task, part in parts.items():
        second = getattr(part, "second", part)
        if "chance" not in second.law.known:
            raise InputError(
                f"{second.law.name} knows no chance level; use a law that does, such as task_saturating{'' if not second.law.known else f'; its known inputs are {shown(second.law.known)}'}"
            )
        chance = float(np.asarray(second.with_known(pd.DataFrame({"L": [1.0]}))["chance"])[0])
        if "c" in second.law.names:  # where a model begins that has learned nothing
            known = (
                second.fit.published(second.key)
                if hasattr(second, "fit")
                else second.flat("c", "luck")
            )
            chance = chance * float(np.median(known["c"])) or float(np.median(known["luck"]))
        won = 1 - part.draws(at, of="mean")[:, 0] / (1 - chance)
        lower, middle, upper = np.quantile(won, [(1 - prob) / 2, 0.5, (1 + prob) / 2])
        off = float((won > share).mean())
        rows.append(
            {
                "task": task,
                "won": middle,
                "lower": lower,
                "upper": upper,
                "p_off_chance": off,
                "verdict": "off chance" if off > 0.95 else "at chance" if off < 0.05 else "unclear",
            }
        )
    made = Told(rows).sort_values("won", ascending=False, ignore_index=True)
    made.diagnosis = together(part.diagnosis for part in parts.values())
    if not made.diagnosis.ok:
        made.foot = str(made.diagnosis)
        warn(
            f"tasks_above_chance uses draws that have not converged: {made.diagnosis.problems[0]}",
            FitWarning,
        )
    return made
