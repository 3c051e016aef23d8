"""Which run to train next: how much each candidate is expected to narrow a forecast.

Preposterior analysis (Raiffa and Schlaifer 1961) on the draws of one fit: outcomes of a candidate
are simulated from the posterior predictive, the draws are reweighted by the likelihood of each,
and the width of the resulting interval is averaged over the outcomes.
"""

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.averaged_laws import farthest_beyond, groups_at, laws_of
from bayes_scaling.analysis.plan.candidate_rows import (
    MIN_EFFECTIVE,
    Candidates,
    Study,
    Targets,
    evaluate,
    run_label,
)
from bayes_scaling.analysis.plan.candidate_sentences import candidate_names, describe_candidates
from bayes_scaling.analysis.plan.future_drift import Base
from bayes_scaling.analysis.plan.preposterior import target_draws
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.group import Group
from bayes_scaling.results.pooled_fit import PooledFit
from bayes_scaling.results.verdict import Verdict
from bayes_scaling.runs.targets import as_targets


class NextRuns(AnnotatedTable):
    """Candidates, the best for its cost first, with sentences under them.

    ``by_target`` has each target separately.
    """

    _metadata: ClassVar[list[str]] = ["foot", "diagnosis", "by_target", "sentences"]

    by_target: AnnotatedTable
    sentences: tuple[str, ...]


def next_run(
    loss: Base | Chain | Average,
    candidates: Any,
    target: Any,
    *,
    prob: float = 0.9,
    of: str = "run",
    outcomes: int = 100,
    seed: int = 0,
) -> NextRuns:
    """Estimate how much each candidate run would narrow the forecast at a target, per FLOP too.

    Parameters
    ----------
    loss : Fit, PooledFit, Group, Average or Chain
        The fit to which a candidate would be added. Of a chain, which must begin with a Fit or a
        Group, the candidate's loss is measured, and the forecast of the error narrows. Of an
        average, the candidate also distinguishes its laws: their weights move by Bayes' rule.
    candidates : targets
        Runs that could be trained, one at a time, as ``bayes_scaling.targets`` returns them; for a
        pooled fit with the columns of the groups, or once for every group.
    target : targets
        The run, or runs, whose forecast is to be narrowed, likewise.
    prob : float
        Probability inside the target's central interval.
    of : str
        Forecast of a new "run", or of the law's curve, "mean".
    outcomes : int
        Simulated outcomes of each candidate, at least 10.
    seed : int
        Seed of the simulation.

    Returns
    -------
    NextRuns
        One row a candidate: its sizes; width of the target's interval now and after, as expected
        once the candidate is measured, in the outcome's unit; shrunk, 1 - after / width, and its
        Monte-Carlo error; per_flop, shrunk over the candidate's compute, 1/FLOPs (NaN without one);
        sd_log and sd_log_after, sd of the outcome's log (NaN if it may be negative); unsure, the
        fraction of outcomes with a Pareto k above 0.7; effective, the draws that the weights are
        worth; how: "weights", or "not obtained" if more than a tenth is unsure or fewer than 100
        draws remain. Of several targets width, after and shrunk are geometric means, and
        ``by_target`` has each. Rows are sorted by per_flop (by shrunk, without compute), with
        shrunk lowered by twice its error.

    Raises
    ------
    InputError
        If the fit cannot be reweighted, or candidates, targets, ``prob``, ``of``, ``outcomes`` or
        ``seed`` are invalid.

    Warns
    -----
    FitWarning
        If a fit has not converged.

    Notes
    -----
    This predicts the result of a new fit with the candidate. A candidate beyond all runs may
    drift off the law, as any forecast may; the new fit attributes that to the law, and lets
    forecasts drift from the candidate on. The candidate's noise is that at its own scale, without
    a measurement error. Priors stay those of the runs that were fitted.
    """
    base, prob = base_fit(loss), check_prob(prob)
    check_of(of)
    check_seed(seed)
    if isinstance(outcomes, bool) or not isinstance(outcomes, int | np.integer) or outcomes < 10:
        raise InputError(f"outcomes is {outcomes!r}; give a whole number of at least 10")
    proposed = _candidates(candidates, base)
    targets = _targets(target, base, loss, of, seed)
    loss.diagnosis.warn("a plan")
    study = Study(loss, base, proposed, targets, prob, of, int(outcomes), seed)
    table, by_target = evaluate(study)
    order = _by_value_for_cost(table)
    return _answer(study, table, by_target, order)


def base_fit(loss: Any) -> Base | Average:
    """Return the fit to which candidates are added, refused if its draws cannot be reweighted."""
    base = loss.first if isinstance(loss, Chain) else loss
    if isinstance(base, Average) and base is not loss:
        raise InputError(
            "the first fit of this chain is an average; ask for the average alone, or for a chain "
            "that begins with one of its fits"
        )
    if not isinstance(base, Fit | PooledFit | Group | Average):
        raise InputError(
            "next_run takes a fit first (a Fit, a pooled fit or a group of it, an average, or a "
            "chain that begins with a fit), then candidates and the target; "
            f"it was given a {type(base).__name__} first"
        )
    if any(law.fit.law.noise.smooth for law in laws_of(base)):
        raise InputError(
            "with a smooth discrepancy runs are correlated, and draws cannot be reweighted by one "
            "run; fit without smooth"
        )
    return base


def _candidates(candidates: Any, base: Base | Average) -> Candidates:
    """The candidates, with their groups and how far each extrapolates the fit."""
    runs, beyond = as_runs("candidates", candidates, base)
    return Candidates(runs, beyond, groups_at(base, runs))


def _targets(
    target: Any, base: Base | Average, loss: Base | Chain | Average, of: str, seed: int
) -> Targets:
    """The targets, with their groups, how far each extrapolates the fit, and their draws."""
    runs, beyond = as_runs("target", target, base)
    draws = [target_draws(loss, runs.iloc[[j]], of, seed) for j in range(len(runs))]
    if (count := len(draws[0])) < MIN_EFFECTIVE:
        raise InputError(
            f"the fit has {count} draws, and reweighting takes {MIN_EFFECTIVE} or more; "
            "give it more draws"
        )
    return Targets(runs, beyond, groups_at(base, runs), draws)


def as_runs(what: str, runs: Any, base: Base | Average) -> tuple[pd.DataFrame, np.ndarray]:
    """Return runs, in every group of a pooled fit if they name none, and how far they reach."""
    try:
        table = base.of_every_group(runs) if isinstance(base, PooledFit) else as_targets(runs)
        return table, farthest_beyond(base, table)
    except InputError as error:
        raise InputError(f"{what}: {error}") from None


def _by_value_for_cost(table: pd.DataFrame) -> np.ndarray:
    """The order of candidates: by shrunk less twice its error, for each FLOP."""
    value = table["shrunk"] - 2 * table["error"]
    cost = table["C"] if "C" in table else 1.0
    return np.argsort(-(value / cost).to_numpy(), kind="stable")


def _answer(
    study: Study, table: pd.DataFrame, by_target: pd.DataFrame, order: np.ndarray
) -> NextRuns:
    """The candidates in order, with sentences and the diagnosis."""
    answer = NextRuns(table.iloc[order])
    extrapolates = study.candidates.beyond[order] > 0
    drift_moves = bool(
        study.of == "run"
        and extrapolates[answer["how"] == "weights"].any()
        and study.base.drift_note(study.targets.runs) != ""
    )
    answer.by_target = AnnotatedTable(by_target)
    found = study.base.check_targets(study.candidates.runs).reach
    reach = Verdict("Reach", cautions=found.problems + found.cautions)
    answer.diagnosis = study.loss.diagnosis + Diagnosis(reach=reach)
    names = candidate_names(
        study, answer, [run_label(study, study.candidates.runs, i) for i in order]
    )
    answer.sentences = tuple(describe_candidates(study, answer, names, drift_moves))
    lines, diagnosis = list(answer.sentences), str(answer.diagnosis)
    answer.foot = "\n".join([*lines, diagnosis] if answer.diagnosis.ok else [diagnosis, *lines])
    return answer
