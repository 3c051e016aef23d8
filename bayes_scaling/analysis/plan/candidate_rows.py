"""The rows of ``next_run``: how much each candidate narrows each target's interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.averaged_laws import laws_of
from bayes_scaling.analysis.plan.future_drift import Base, remaining_drift
from bayes_scaling.analysis.plan.preposterior import narrowing, simulated_weights, target_draws
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.runs.sizes import SIZES

MIN_EFFECTIVE = 100  # draws that the weights of half the outcomes must be worth
_MAX_UNRELIABLE = 0.1  # fraction of outcomes with unreliable weights above which no figure is given


@dataclass(frozen=True)
class Candidates:
    """Candidate runs, how far each extrapolates the fit (log scale), and their groups."""

    runs: pd.DataFrame
    beyond: np.ndarray
    groups: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Targets:
    """Targets, as ``Candidates``, and the draws of each, (draws, noises)."""

    runs: pd.DataFrame
    beyond: np.ndarray
    groups: list[tuple[Any, ...]]
    draws: list[np.ndarray]


@dataclass(frozen=True)
class Study:
    """What ``next_run`` was asked.

    Parameters
    ----------
    loss : Fit, PooledFit, Group, Chain or Average
        The forecaster.
    base : Fit, PooledFit, Group or Average
        The fit to which candidates are added.
    candidates : Candidates
        The runs that could be trained.
    targets : Targets
        The runs whose forecasts are narrowed.
    prob, of, outcomes, seed : see ``next_run``
        The options.
    """

    loss: Base | Chain | Average
    base: Base | Average
    candidates: Candidates
    targets: Targets
    prob: float
    of: str
    outcomes: int
    seed: int


def size_columns(study: Study) -> list[str]:
    """Return the columns that identify a candidate: sizes, inputs of the law and groups."""
    base, groups = study.base, _group_columns(study)
    return [
        str(name)
        for name in study.candidates.runs
        if name in SIZES or name in base.input_names or name in groups
    ]


def run_label(study: Study, runs: pd.DataFrame, i: int) -> str:
    """Return a run's label and its group."""
    group = [runs[name].iloc[i] for name in _group_columns(study)]
    return " / ".join(map(str, (runs.index[i], *group)))


def _group_columns(study: Study) -> Sequence[str]:
    """Columns that identify groups, of a pooled fit."""
    return study.base.pool.by if isinstance(study.base, PooledFit) else ()


def evaluate(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evaluate every candidate.

    Parameters
    ----------
    study : Study
        What was asked.

    Returns
    -------
    table : pd.DataFrame
        One row a candidate.
    by_target : pd.DataFrame
        One row a candidate and target.
    """
    runs, columns = study.candidates.runs, size_columns(study)
    rows, by_target = [], []
    for i in range(len(runs)):
        # every candidate has the same random numbers
        weights, reliability = simulated_weights(
            study.base, runs.iloc[[i]], study.outcomes, study.seed
        )
        reliable = (
            reliability["unsure"] <= _MAX_UNRELIABLE and reliability["effective"] >= MIN_EFFECTIVE
        )
        found = [_narrowing_at(study, i, j, weights) for j in range(len(study.targets.runs))]
        by_target += [
            {
                "candidate": run_label(study, runs, i),
                "target": run_label(study, study.targets.runs, j),
                **_row([one], reliable),
            }
            for j, one in enumerate(found)
        ]
        row = _row(found, reliable)
        compute = runs["C"].iloc[i] if "C" in runs else np.nan
        rows.append(
            {name: runs[name].iloc[i] for name in columns}
            | row
            | {
                "per_flop": row["shrunk"] / compute,
                **reliability,
                "how": "weights" if reliable else "not obtained",
            }
        )
    return pd.DataFrame(rows, index=runs.index), pd.DataFrame(by_target)


def _narrowing_at(study: Study, i: int, j: int, weights: np.ndarray) -> dict[str, Any]:
    """How much the i-th candidate narrows the j-th target."""
    now, fractions = study.targets.draws[j], _drift_fractions(study, i, j)
    after = now
    if any(fraction != 1 for fraction in fractions):
        target = study.targets.runs.iloc[[j]]
        after = target_draws(study.loss, target, study.of, study.seed, fractions)
    return narrowing(now, after, weights, study.prob)


def _drift_fractions(study: Study, i: int, j: int) -> list[float]:
    """The fraction of a target's drift that remains, of each law: the runs reach to i then."""
    candidates, targets = study.candidates, study.targets
    laws = laws_of(study.base)
    if not targets.beyond[j] > 0 or targets.groups[j] != candidates.groups[i]:
        return [1.0] * len(laws)
    candidate, target = candidates.runs.iloc[[i]], targets.runs.iloc[[j]]
    return [remaining_drift(law.fit, candidate, target) for law in laws]


def _row(found: Sequence[dict[str, Any]], reliable: bool) -> dict[str, float]:
    """One row from what was found at some targets, by geometric means; NaN if not reliable."""
    row = {
        "width": float(np.exp(np.mean([np.log(one["width"]) for one in found]))),
        "after": np.nan,
        "shrunk": np.nan,
        "error": np.nan,
        "sd_log": float(np.mean([one["sd_log"] for one in found])),
        "sd_log_after": np.nan,
    }
    if not reliable:
        return row
    ratio = np.exp(np.mean([np.log(one["ratio"]) for one in found], axis=0))
    blocks = np.exp(np.mean([np.log(one["blocks"]) for one in found], axis=0))
    error = np.hypot(
        ratio.std(ddof=1) / np.sqrt(len(ratio)),
        blocks.mean(axis=1).std(ddof=1) / np.sqrt(len(blocks)),
    )
    return row | {
        "after": row["width"] * float(ratio.mean()),
        "shrunk": float(1 - ratio.mean()),
        "error": float(error),
        "sd_log_after": float(np.mean([one["sd_log_after"] for one in found])),
    }
