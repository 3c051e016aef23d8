"""Which runs to train next for a budget: a batch, or one after the other as they are measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.average import Average
from bayes_scaling.analysis.plan.first_runs import joint_of_prior
from bayes_scaling.analysis.plan.future_drift import Base
from bayes_scaling.analysis.plan.informative_run import as_runs, base_fit
from bayes_scaling.analysis.plan.joint_outcomes import Joint, joint_outcome
from bayes_scaling.analysis.plan.more_runs import with_measured
from bayes_scaling.analysis.plan.run_costs import Cost, check_budget, costs_of
from bayes_scaling.analysis.plan.run_designs import designs, in_order
from bayes_scaling.analysis.plan.several_runs_result import (
    Asked,
    RunsToTrain,
    after_stages,
    describe,
    first_part,
    runs_to_train,
    shown_columns,
)
from bayes_scaling.law.law import Law
from bayes_scaling.models._registry import find_law
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.choose_law import choose_law, is_auto
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.runs.targets import as_targets

type Loss = Base | Chain | Average
type Measure = Callable[["pd.Series[Any]"], float]

_MOST_CANDIDATES = 5000


def next_runs(
    loss: Loss | Mapping[str, Loss] | None,
    candidates: Any,
    to: Any,
    *,
    budget: float,
    cost: Cost = None,
    measure: Measure | None = None,
    stages: int = 4,
    law: Law | str = "auto",
    prob: float = 0.9,
    of: str = "run",
    seed: int = 0,
) -> RunsToTrain:
    r"""Choose the runs within a budget that narrow the forecast at targets most.

    Parameters
    ----------
    loss : Fit, PooledFit, Group, Average, Chain, mapping of these, or None
        The fit to which runs are added, as in ``next_run``; of a mapping {name: fit} every run
        measures each outcome. None where no run was trained yet: then the law's priors count.
    candidates : targets
        Runs that could be trained, each once, as ``bayes_scaling.targets`` returns them.
    to : targets
        The run, or runs, whose forecast is to be narrowed.
    budget : float
        What all runs may cost together.
    cost : str or callable, optional
        Column of the candidates with their cost, or a function of the table of candidates; compute
        C, FLOPs, where left out.
    measure : callable, optional
        Trains a run, a row of the candidates, and returns its outcome. With it runs are trained in
        stages, the cheaper ones first, and the rest is chosen again by a new fit after each stage.
        Without it all are chosen at once, as a batch.
    stages : int
        With ``measure`` the number of parts in which the budget is spent.
    law : Law or str
        Where ``loss`` is None: the law, its name, or "auto".
    prob : float
        Probability inside the targets' central intervals.
    of : str
        Forecast of a new "run", or of the law's curve, "mean".
    seed : int
        Seed of the noise, and of new fits.

    Returns
    -------
    RunsToTrain
        The runs in order: their sizes; cost, and spent, the sum so far; width of the targets'
        interval now and after, once this run and those above it are measured, in the outcome's
        unit (geometric mean of several targets), and shrunk, 1 - after / width. ``designs``
        compares the ways to choose, ``by_target`` has each target, and with ``measure`` ``fit`` is
        the last fit and the table has the outcomes.

    Raises
    ------
    InputError
        If the fit, candidates, targets, budget, cost or an option is invalid.

    Warns
    -----
    FitWarning
        If a fit has not converged.

    Notes
    -----
    Every set of runs is judged by what it leaves of the targets' variance,
    :math:`K_{tt} - K_{tS} (K_{SS} + R)^{-1} K_{St}` on the scale of the likelihood's link. K is the
    covariance over all draws, so that laws of an average and modes of a posterior count with their
    weights, plus that of the law's own error: the drift beyond the training runs, and a smooth one
    of the size of a run's noise. Where the law may be wrong, a run near the target thus keeps its
    worth. This is adjusted variance (Bayes linear analysis): exact for Normal outcomes, otherwise
    no less than is expected. Runs are added greedily, by gain for the cost and by gain alone; the
    best of these, of the cheapest runs and of an L-shaped grid (arXiv 2608.07222) is returned.
    """
    prob = check_prob(prob)
    check_of(of)
    check_seed(seed)
    if isinstance(stages, bool) or not isinstance(stages, int | np.integer) or stages < 1:
        raise InputError(f"stages is {stages!r}; give a whole number from 1")
    question = _question(loss, candidates, to, law, of, prob, seed)
    runs = question.asked.candidates
    if len(runs) > _MOST_CANDIDATES:
        raise InputError(f"there are {len(runs):,} candidates; give {_MOST_CANDIDATES:,} at most")
    costs = costs_of(runs, cost)
    total = check_budget(budget, costs)
    if measure is not None:
        return _in_stages(question, costs, total, measure, int(stages))
    joints = question.joints()
    fewest = 0 if question.law is None else len(question.law.parameters) + 1
    found = designs(joints, costs, total, runs, fewest)
    table = runs_to_train(question.asked, found, joints, costs)
    describe(table, question.asked, total, question.diagnosis)
    return table


@dataclass(frozen=True)
class _Question:
    """Forecasters, or a law where there are none, and what was asked of them."""

    losses: tuple[Loss, ...]
    law: Law | None
    asked: Asked
    seed: int

    def joints(self) -> list[Joint]:
        """The joint covariance of every outcome."""
        one = self.asked
        options = (one.candidates, one.targets, one.of, one.prob, self.seed)
        if self.law is not None:
            return [joint_of_prior(self.law, *options)]
        return [joint_outcome(loss, *options) for loss in self.losses]

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnoses of all fits."""
        return sum((loss.diagnosis for loss in self.losses), Diagnosis())


def _question(
    loss: Any, candidates: Any, to: Any, law: Law | str, of: str, prob: float, seed: int
) -> _Question:
    """Read forecasters, candidates and targets."""
    if loss is None:
        runs, targets = _checked(candidates, "candidates"), _checked(to, "to")
        chosen = choose_law(runs, None, {}) if is_auto(law) else find_law(law)
        shown = shown_columns(runs, tuple(chosen.inputs))
        asked = Asked(runs, targets, (chosen.outcome,), shown, of, prob, fitted=False)
        return _Question((), chosen, asked, seed)
    losses = tuple(loss.values()) if isinstance(loss, Mapping) else (loss,)
    if not losses:
        raise InputError("the mapping of fits is empty; give {name: fit}")
    for one in losses:
        base = base_fit(one)
        (runs, _), (targets, _) = as_runs("candidates", candidates, base), as_runs("to", to, base)
        one.diagnosis.warn("a plan")
    names = tuple(map(str, loss)) if isinstance(loss, Mapping) else (losses[0].outcome_name,)
    shown = shown_columns(runs, (*losses[0].input_names, *losses[0].group_columns))
    return _Question(losses, None, Asked(runs, targets, names, shown, of, prob), seed)


def _checked(runs: Any, what: str) -> pd.DataFrame:
    try:
        return as_targets(runs)
    except InputError as error:
        raise InputError(f"{what}: {error}") from None


def _in_stages(
    question: _Question, costs: np.ndarray, budget: float, measure: Measure, stages: int
) -> RunsToTrain:
    """Choose, train the cheaper runs and fit again, until the budget is spent."""
    if len(question.losses) != 1 or not isinstance(question.losses[0], Fit | Average):
        raise InputError(
            "measure adds what was measured to one Fit or Average; leave measure out, and fit "
            "again yourself"
        )
    (loss,) = question.losses
    everything, free, left = question.asked, np.arange(len(costs)), budget
    parts: list[RunsToTrain] = []
    for stage in range(stages):
        if not (costs[free] <= left).any():
            break
        asked = replace(everything, candidates=everything.candidates.iloc[free])
        joints = _Question((loss,), None, asked, question.seed).joints()
        found = designs(joints, costs[free], left, asked.candidates)
        chosen = first_part(found[0], costs[free], left / (stages - stage))
        if not chosen:
            break
        part = in_order(found[0].name, joints, chosen)
        parts.append(runs_to_train(asked, [part, *found[1:]], joints, costs[free]))
        runs = parts[-1].targets
        parts[-1]["outcome"] = [float(measure(row)) for _, row in runs.iterrows()]
        loss = with_measured(loss, runs, parts[-1]["outcome"].to_list(), question.seed)
        left -= float(parts[-1]["cost"].sum())
        free = np.delete(free, part.runs)
    now = _Question((loss,), None, everything, question.seed).joints()
    return after_stages(everything, parts, loss, now, budget)
