"""The answer of ``next_runs``: a table of runs, and sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bayes_scaling._core.formatting import describe_run, percent
from bayes_scaling._core.messages import plural, shorten_list
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.analysis.plan.joint_outcomes import Joint
from bayes_scaling.analysis.plan.run_designs import Beliefs, Design
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.runs.sizes import SIZES


class RunsToTrain(AnnotatedTable):
    """Runs to train in order, with sentences under them.

    ``designs`` compares the ways to choose, ``by_target`` has each target and outcome, and ``fit``
    is the fit with everything that was measured, None of a batch. ``targets`` are the runs as a
    table that ``forecast`` takes.
    """

    _metadata: ClassVar[list[str]] = [
        "foot",
        "diagnosis",
        "designs",
        "by_target",
        "sentences",
        "fit",
        "targets",
    ]

    designs: AnnotatedTable
    by_target: AnnotatedTable
    sentences: tuple[str, ...]
    fit: Any = None
    targets: pd.DataFrame


@dataclass(frozen=True)
class Asked:
    """What the answer is about."""

    candidates: pd.DataFrame
    targets: pd.DataFrame
    names: tuple[str, ...]
    shown: tuple[str, ...]
    of: str
    prob: float
    fitted: bool = True


def first_part(design: Design, costs: np.ndarray, budget: float) -> list[int]:
    """The cheaper runs of a design, until a part of the budget is spent, cheapest first.

    What they show may change the choice of the expensive ones.
    """
    order = sorted(design.runs, key=lambda i: costs[i])
    spent = np.cumsum(costs[order])
    return order[: int(np.searchsorted(spent, budget * (1 - 1e-12))) + 1]


def runs_to_train(
    asked: Asked, found: Sequence[Design], joints: Sequence[Joint], costs: np.ndarray
) -> RunsToTrain:
    """Write the first of some designs as a table.

    Parameters
    ----------
    asked : Asked
        What was asked.
    found : sequence of Design
        The designs, the one to train first.
    joints : sequence of Joint
        The outcomes.
    costs : np.ndarray
        Cost of each candidate.

    Returns
    -------
    RunsToTrain
    """
    best = found[0]
    rows = asked.candidates.iloc[best.runs]
    ratio = np.exp(best.worth)
    width = float(np.exp(np.mean([np.log(joint.width).mean() for joint in joints])))
    cost = costs[best.runs]
    table = RunsToTrain(
        rows[[name for name in asked.shown if name in rows]].assign(
            cost=cost, spent=np.cumsum(cost), width=width, after=width * ratio, shrunk=1 - ratio
        )
    )
    table.designs = AnnotatedTable(
        {
            "runs": [len(one.runs) for one in found],
            "cost": [float(costs[one.runs].sum()) for one in found],
            "shrunk": [1 - np.exp(one.value) for one in found],
        },
        index=pd.Index([one.name for one in found], name="design"),
    )
    table.by_target = _by_target(asked, best, joints)
    table.targets = rows
    return table


def _by_target(asked: Asked, design: Design, joints: Sequence[Joint]) -> AnnotatedTable:
    """Width now and after all runs, of every outcome and target."""
    beliefs = Beliefs(joints)
    for i in design.runs:
        beliefs.add(i)
    rows = [
        {
            "outcome": name,
            "target": label,
            "width": width,
            "after": width * np.exp(log),
            "shrunk": 1 - np.exp(log),
        }
        for name, joint, logs in zip(asked.names, joints, beliefs.log_ratios())
        for label, width, log in zip(asked.targets.index, joint.width, logs)
    ]
    return AnnotatedTable(pd.DataFrame(rows))


def after_stages(
    asked: Asked, parts: Sequence[RunsToTrain], fit: Any, now: Sequence[Joint], budget: float
) -> RunsToTrain:
    """Join the runs of all stages, each with the width that was expected when it was chosen.

    Parameters
    ----------
    asked : Asked
        What was asked at first.
    parts : sequence of RunsToTrain
        The runs of each stage, with their outcomes.
    fit : Fit or Average
        The fit with all of them.
    now : sequence of Joint
        What it predicts of the targets.
    budget : float
        What all runs could cost.

    Returns
    -------
    RunsToTrain
    """
    if not parts:
        table = runs_to_train(asked, [Design("none", [], [])], now, np.ones(len(asked.candidates)))
        describe(table, asked, budget, fit.diagnosis)
        return table
    stages = [part.assign(stage=k + 1) for k, part in enumerate(parts)]
    table = RunsToTrain(pd.concat([pd.DataFrame(part) for part in stages]))
    first = parts[0]["width"].iloc[0]
    table["spent"] = table["cost"].cumsum()
    table["width"] = first
    table["shrunk"] = 1 - table["after"] / first
    table.designs, table.fit = parts[-1].designs, fit
    table.targets = pd.concat([part.targets for part in parts])
    table.by_target = AnnotatedTable(
        {"target": asked.targets.index, "after": now[0].width}, index=range(len(asked.targets))
    )
    width = float(np.exp(np.log(now[0].width).mean()))
    table.sentences = (
        f"Trained {plural(len(table), 'run')} in {plural(len(parts), 'stage')}, for "
        f"{table['spent'].iloc[-1]:.3g} of {budget:.3g}. {_interval(asked)[:1].upper()}"
        f"{_interval(asked)[1:]} was {first:.3g} wide, and is {width:.3g} now.",
    )
    table.diagnosis = fit.diagnosis
    table.foot = "\n".join([*table.sentences, str(fit.diagnosis)])
    return table


def describe(table: RunsToTrain, asked: Asked, budget: float, diagnosis: Diagnosis) -> None:
    """Write the sentences, the foot and the diagnosis of a table."""
    table.sentences = tuple(_sentences(table, asked, budget))
    table.diagnosis = diagnosis
    lines = list(table.sentences)
    verdict = str(diagnosis) if asked.fitted else "By the law's priors: no run was fitted."
    table.foot = "\n".join([*lines, verdict] if diagnosis.ok else [verdict, *lines])


def _sentences(table: RunsToTrain, asked: Asked, budget: float) -> Iterator[str]:
    """What to train, what it costs and gains, and how other designs compare."""
    if not len(table):
        yield (
            f"No affordable run is expected to narrow {_interval(asked)} noticeably: "
            "keep the budget, or give candidates nearer to the target."
        )
        return
    last = table.iloc[-1]
    names = [
        f"{label} ({describe_run({n: row[n] for n in asked.shown if n in row})})"
        for label, row in table.iterrows()
    ]
    yield (
        f"Train {plural(len(table), 'run')}, for {last['spent']:.3g} of {budget:.3g}: "
        f"{shorten_list(names, 4)}. Once they are measured {_interval(asked)} is expected to be "
        f"{last['shrunk']:.1%} narrower."
    )
    others = table.designs.iloc[1:]
    if len(others):
        parts = [f"{name} {row['shrunk']:.1%}" for name, row in others.iterrows()]
        yield f"Chosen as {table.designs.index[0]}; others narrow it by: {', '.join(parts)}."
    if table.fit is None:
        yield "As a batch; fit again after some of them and ask for the rest to do better."


def _interval(asked: Asked) -> str:
    """The interval that narrows."""
    what = "of a new run" if asked.of == "run" else "of the curve"
    outcome = asked.names[0] if len(asked.names) == 1 else f"{len(asked.names)} outcomes"
    if len(asked.targets) == 1:
        shown = {k: v for k, v in asked.targets.iloc[0].to_dict().items() if k in asked.shown}
        return f"the {percent(asked.prob)} interval of {outcome} {what} at {describe_run(shown)}"
    return (
        f"the {percent(asked.prob)} interval of {outcome} {what} at {len(asked.targets)} targets, "
        "by the geometric mean,"
    )


def shown_columns(candidates: pd.DataFrame, inputs: Sequence[str]) -> tuple[str, ...]:
    """Columns that identify a run: sizes, the law's inputs and its groups."""
    return tuple(
        str(name)
        for name in candidates
        if name in SIZES or name in inputs or str(name).rpartition("_")[0] in inputs
    )
